import { deflateRawSync } from "node:zlib";
import type { SessionFacts } from "../../identity/principal.ts";
import { packedTooLarge } from "./errors.ts";

/** Bytes that policies and tags may take in a token. AWS says of its own limit only how much of it is used. */
const SPACE = 4096;

/**
 * How much of the space for policies and tags a session uses, in percent; `undefined` when it has none of them.
 * @throws AwsError PackedPolicyTooLarge
 */
export function packedPolicySize({ policy, policyArns, tags }: Partial<SessionFacts>): number | undefined {
  if (policy === undefined && !policyArns && !tags) return undefined;
  const bytes = deflateRawSync(JSON.stringify([policy, policyArns, tags]), { level: 9 }).length;
  const percent = Math.ceil((100 * bytes) / SPACE);
  if (percent > 100) throw packedTooLarge(tags ? "tags" : "policy", percent);
  return percent;
}
