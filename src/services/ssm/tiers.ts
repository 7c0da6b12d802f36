import type { ParameterTier } from "@aws-sdk/client-ssm";
import { advancedTooLarge, policiesNeedAdvanced, standardTooLarge, tierDowngrade } from "./errors.ts";
import type { VersionRecord } from "./records.ts";

const STANDARD_BYTES = 4096;
const ADVANCED_BYTES = 8192;
/** For each account and Region. */
export const MAX_PARAMETERS = { Standard: 10_000, Advanced: 100_000 } as const;

/** What decides about a parameter's tier. */
export interface TierNeeds {
  /** As requested; unset: the account's default. */
  requested: ParameterTier | undefined;
  /** The account's. */
  preset: ParameterTier;
  /** What the parameter has, when it is there. */
  present: VersionRecord["tier"] | undefined;
  value: string;
  hasPolicies: boolean;
  /** Whether there are as many standard parameters as there may be. */
  standardIsFull: boolean;
}

/**
 * The tier that a parameter gets, https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-advanced-parameters.html
 * @throws AwsError ValidationException when the value or policies do not fit it, or it is below what the parameter has
 */
export function chooseTier({
  requested,
  preset,
  present,
  value,
  hasPolicies,
  standardIsFull,
}: TierNeeds): VersionRecord["tier"] {
  const bytes = Buffer.byteLength(value);
  if (bytes > ADVANCED_BYTES) throw advancedTooLarge();
  if (requested === "Standard" && present === "Advanced") throw tierDowngrade();
  const wanted = requested ?? preset;
  if (wanted === "Advanced" || present === "Advanced") return "Advanced";
  const needsAdvanced = bytes > STANDARD_BYTES || hasPolicies || (!present && standardIsFull);
  if (wanted === "Intelligent-Tiering") return needsAdvanced ? "Advanced" : "Standard";
  if (bytes > STANDARD_BYTES) throw standardTooLarge();
  if (hasPolicies) throw policiesNeedAdvanced();
  return "Standard";
}
