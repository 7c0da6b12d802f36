import type { PutParameterRequest } from "@aws-sdk/client-ssm";
import type { Scope } from "../../base/scope.ts";
import type { Caller } from "../../identity/caller.ts";
import { checkPattern } from "./allowed-pattern.ts";
import { typeChanged, typeMissing, unsupportedDataType, validation } from "./errors.ts";
import { parsePolicies } from "./policies.ts";
import type { ParameterRecord, VersionRecord } from "./records.ts";
import { defaultTier } from "./settings.ts";
import type { Ssm } from "./ssm.ts";
import { chooseTier, MAX_PARAMETERS } from "./tiers.ts";
import { DEFAULT_KEY, sealValue } from "./values.ts";
import { scopeKey } from "../../base/scope.ts";

const AMI = /^ami-(?:[0-9a-f]{8}|[0-9a-f]{17})$/;

/**
 * The version that a PutParameter request makes; what it does not say stays as it was.
 * @throws AwsError ValidationException and many more
 */
export async function newVersion(
  ssm: Ssm,
  scope: Scope,
  input: PutParameterRequest,
  present: ParameterRecord | undefined,
  caller: Caller,
): Promise<VersionRecord> {
  const former = present?.latest;
  const value = input.Value!;
  const type = input.Type ?? former?.type;
  if (type === undefined) throw typeMissing();
  if (former && type !== former.type) throw typeChanged();
  if (input.KeyId !== undefined && type !== "SecureString")
    throw validation("KeyId can be specified only for parameters of the type SecureString.");
  const dataType = input.DataType ?? former?.dataType ?? "text";
  checkDataType(dataType, type, value);
  const allowedPattern = input.AllowedPattern ?? former?.allowedPattern;
  if (allowedPattern) checkPattern(allowedPattern, value);
  const policies = input.Policies === undefined ? (former?.policies ?? []) : parsePolicies(input.Policies);
  const tier = chooseTier({
    requested: input.Tier,
    preset: await defaultTier(ssm, scope),
    present: former?.tier,
    value,
    hasPolicies: policies.length > 0,
    standardIsFull: (await count(ssm, scope, "Standard")) >= MAX_PARAMETERS.Standard,
  });
  const keyId = type === "SecureString" ? (input.KeyId ?? former?.keyId ?? DEFAULT_KEY) : undefined;
  return {
    version: (former?.version ?? 0) + 1,
    type,
    value: await sealValue(ssm, scope, { name: present?.name ?? input.Name!, type, tier, keyId }, value, caller),
    description: input.Description ?? former?.description,
    allowedPattern,
    keyId,
    tier,
    dataType,
    policies,
    modifiedAt: new Date(ssm.clock.now()),
    modifiedBy: caller.principal.arn,
  };
}

/** How many parameters of a tier there are. */
export async function count({ records }: Ssm, scope: Scope, tier: VersionRecord["tier"]): Promise<number> {
  return await records.parameters.count(scopeKey(scope), { tier });
}

/** @throws AwsError ValidationException */
function checkDataType(dataType: string, type: string, value: string): void {
  if (dataType === "text") return;
  if (dataType !== "aws:ec2:image" || type !== "String") throw unsupportedDataType(dataType);
  if (!AMI.test(value)) throw validation("The value of a parameter of the data type aws:ec2:image must be an AMI ID.");
}
