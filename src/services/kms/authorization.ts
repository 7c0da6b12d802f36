import type {
  EncryptionAlgorithmSpec,
  EncryptRequest,
  GenerateDataKeyPairRequest,
  GrantConstraints,
  ReEncryptRequest,
} from "@aws-sdk/client-kms";
import { scopeKey } from "../../base/scope.ts";
import type { ActionCheck, ConditionValues } from "../../identity/authorization.ts";
import type { AuthorizationContext, AuthorizationRules } from "../../wire/authorization.ts";
import { aliasArn } from "./arns.ts";
import { decryptionKey } from "./encryption.ts";
import {
  callerConditions,
  ifThere,
  keyCheck,
  missingKeyCheck,
  namedKeyCheck,
  type KeyCheckOptions,
} from "./key-checks.ts";
import { existingKey } from "./key-reference.ts";
import type { Kms } from "./kms.ts";
import { retiredGrant } from "./retirement.ts";
import { keySpecFacts } from "./key-specs.ts";

type Sdk = typeof import("@aws-sdk/client-kms");
type EncryptingInput = Pick<EncryptRequest, "KeyId" | "EncryptionContext"> &
  Partial<Pick<EncryptRequest, "EncryptionAlgorithm">>;
type PairInput = Pick<GenerateDataKeyPairRequest, "KeyPairSpec">;

/**
 * What KMS's operations need to be allowed, https://docs.aws.amazon.com/kms/latest/developerguide/kms-api-permissions-reference.html
 * The policy of a key decides, with its grants; IAM policies count where it names the account.
 */
export function kmsRules(kms: Kms): AuthorizationRules<Sdk> {
  /** An action on the key that the request names, with what else is true of the request. */
  const onKey =
    <Input extends { KeyId: string | undefined }>(
      action: string,
      options: (input: Input, context: AuthorizationContext) => KeyCheckOptions = () => ({}),
    ) =>
    async (input: Input, context: AuthorizationContext): Promise<ActionCheck[]> => [
      await namedKeyCheck(kms, context, action, input.KeyId!, options(input, context)),
    ];
  /** As {@link onKey}, for operations that use a key, which may be named by an alias. */
  const using = <Input extends { KeyId: string | undefined }>(
    action: string,
    options: (input: Input) => KeyCheckOptions = () => ({}),
  ) => onKey<Input>(action, (input) => ({ ...options(input), aliases: true }));
  const encrypting = <Input extends EncryptingInput>(
    action: string,
    conditions: (input: Input) => ConditionValues = () => ({}),
  ) =>
    using<Input>(action, (input) => ({
      encryptionContext: input.EncryptionContext ?? {},
      conditions: { "kms:EncryptionAlgorithm": input.EncryptionAlgorithm ?? "SYMMETRIC_DEFAULT", ...conditions(input) },
    }));
  const onAlias = (action: string, name: string, { scope, caller }: AuthorizationContext): ActionCheck => ({
    action: `kms:${action}`,
    resources: [{ arn: aliasArn(scope, name) }],
    conditions: callerConditions(caller),
  });
  /** The key that an alias has now, if any. */
  const onTarget = async (action: string, name: string, { scope, caller }: AuthorizationContext) => {
    const alias = await kms.records.aliases.get(scopeKey(scope), name);
    return alias ? [await keyCheck(kms, caller, action, await existingKey(kms, scope, alias.keyId))] : [];
  };
  const onAnything =
    (action: string) =>
    (_: unknown, { caller }: AuthorizationContext): ActionCheck[] => [
      { action: `kms:${action}`, resources: [{ arn: "*" }], conditions: callerConditions(caller) },
    ];
  const signing = <
    Input extends { KeyId: string | undefined; MessageType?: string; SigningAlgorithm?: string | undefined },
  >(
    action: string,
  ) =>
    using<Input>(action, ({ MessageType = "RAW", SigningAlgorithm }) => ({
      conditions: { "kms:MessageType": MessageType, "kms:SigningAlgorithm": SigningAlgorithm! },
    }));
  const making = <Input extends { KeyId: string | undefined; MacAlgorithm: string | undefined }>(action: string) =>
    using<Input>(action, ({ MacAlgorithm }) => ({ conditions: { "kms:MacAlgorithm": MacAlgorithm! } }));
  const onGrants = (_: unknown, { caller }: AuthorizationContext): KeyCheckOptions => ({
    conditions: { "kms:GrantIsForAWSResource": String(caller.calledVia !== undefined) },
  });

  return {
    CancelKeyDeletion: onKey("CancelKeyDeletion"),
    CreateAlias: async (input, context) => [
      onAlias("CreateAlias", input.AliasName!, context),
      await namedKeyCheck(kms, context, "CreateAlias", input.TargetKeyId!),
    ],
    CreateGrant: onKey("CreateGrant", (input, { caller }) => ({
      grant: {
        operations: input.Operations!,
        ...(input.Constraints ? { constraints: input.Constraints } : {}),
      },
      conditions: {
        "kms:GrantIsForAWSResource": String(caller.calledVia !== undefined),
        "kms:GrantOperations": input.Operations!,
        ...constraintTypes(input.Constraints),
        ...(input.GranteePrincipal === undefined ? {} : { "kms:GranteePrincipal": input.GranteePrincipal }),
        ...(input.RetiringPrincipal === undefined ? {} : { "kms:RetiringPrincipal": input.RetiringPrincipal }),
      },
    })),
    CreateKey: (input, { caller }) => {
      const spec = input.KeySpec ?? input.CustomerMasterKeySpec ?? "SYMMETRIC_DEFAULT";
      const requestTags = Object.fromEntries((input.Tags ?? []).map(({ TagKey, TagValue }) => [TagKey!, TagValue!]));
      const check = {
        resources: [{ arn: "*" }],
        conditions: {
          ...callerConditions(caller),
          "kms:KeySpec": spec,
          "kms:KeyUsage": input.KeyUsage ?? keySpecFacts(spec)?.usages[0] ?? "ENCRYPT_DECRYPT",
          "kms:KeyOrigin": input.Origin ?? "AWS_KMS",
          "kms:MultiRegion": String(input.MultiRegion ?? false),
          "kms:BypassPolicyLockoutSafetyCheck": String(input.BypassPolicyLockoutSafetyCheck ?? false),
        },
        requestTags,
      };
      const actions = input.Tags?.length ? ["kms:CreateKey", "kms:TagResource"] : ["kms:CreateKey"];
      return actions.map((action) => ({ ...check, action }));
    },
    Decrypt: async (input, context) => [
      await decryptionCheck(kms, context, "Decrypt", {
        blob: input.CiphertextBlob,
        keyId: input.KeyId,
        algorithm: input.EncryptionAlgorithm,
        encryptionContext: input.EncryptionContext,
      }),
    ],
    DeleteAlias: async (input, context) => [
      onAlias("DeleteAlias", input.AliasName!, context),
      ...(await onTarget("DeleteAlias", input.AliasName!, context)),
    ],
    DeleteImportedKeyMaterial: onKey("DeleteImportedKeyMaterial"),
    DeriveSharedSecret: using("DeriveSharedSecret", ({ KeyAgreementAlgorithm }) => ({
      conditions: { "kms:KeyAgreementAlgorithm": KeyAgreementAlgorithm! },
    })),
    DescribeKey: using("DescribeKey"),
    DisableKey: onKey("DisableKey"),
    DisableKeyRotation: onKey("DisableKeyRotation"),
    EnableKey: onKey("EnableKey"),
    EnableKeyRotation: onKey("EnableKeyRotation", ({ RotationPeriodInDays = 365 }) => ({
      conditions: { "kms:RotationPeriodInDays": String(RotationPeriodInDays) },
    })),
    Encrypt: encrypting("Encrypt"),
    GenerateDataKey: encrypting("GenerateDataKey"),
    GenerateDataKeyPair: encrypting<EncryptingInput & PairInput>("GenerateDataKeyPair", pairSpec),
    GenerateDataKeyPairWithoutPlaintext: encrypting<EncryptingInput & PairInput>(
      "GenerateDataKeyPairWithoutPlaintext",
      pairSpec,
    ),
    GenerateDataKeyWithoutPlaintext: encrypting("GenerateDataKeyWithoutPlaintext"),
    GenerateMac: making("GenerateMac"),
    GenerateRandom: onAnything("GenerateRandom"),
    GetKeyPolicy: onKey("GetKeyPolicy"),
    GetKeyRotationStatus: onKey("GetKeyRotationStatus"),
    GetParametersForImport: onKey("GetParametersForImport", ({ WrappingAlgorithm, WrappingKeySpec }) => ({
      conditions: { "kms:WrappingAlgorithm": WrappingAlgorithm!, "kms:WrappingKeySpec": WrappingKeySpec! },
    })),
    GetPublicKey: using("GetPublicKey"),
    ImportKeyMaterial: onKey("ImportKeyMaterial", ({ ExpirationModel = "KEY_MATERIAL_EXPIRES", ValidTo }) => ({
      conditions: {
        "kms:ExpirationModel": ExpirationModel,
        ...(ValidTo ? { "kms:ValidTo": ValidTo.toISOString() } : {}),
      },
    })),
    ListAliases: onAnything("ListAliases"),
    ListGrants: onKey("ListGrants", onGrants),
    ListKeyPolicies: onKey("ListKeyPolicies"),
    ListKeyRotations: onKey("ListKeyRotations"),
    ListKeys: onAnything("ListKeys"),
    ListResourceTags: onKey("ListResourceTags"),
    ListRetirableGrants: onAnything("ListRetirableGrants"),
    PutKeyPolicy: onKey("PutKeyPolicy", ({ BypassPolicyLockoutSafetyCheck = false }) => ({
      conditions: { "kms:BypassPolicyLockoutSafetyCheck": String(BypassPolicyLockoutSafetyCheck) },
    })),
    ReEncrypt: (input, context) => reEncryptChecks(kms, input, context),
    ReplicateKey: onKey("ReplicateKey", ({ ReplicaRegion }) => ({
      conditions: { "kms:ReplicaRegion": ReplicaRegion! },
    })),
    RetireGrant: async (input, { scope, caller }) => {
      const retired = await ifThere(() => retiredGrant(kms, scope, input));
      if (!retired) return [missingKeyCheck(caller, "RetireGrant")];
      const { found, grantId } = retired;
      const grant = await kms.records.grants.get(scopeKey(found.scope), grantId);
      const conditions = constraintTypes(grant?.constraints);
      return [await keyCheck(kms, caller, "RetireGrant", found, { grantId, conditions })];
    },
    RevokeGrant: onKey("RevokeGrant", onGrants),
    RotateKeyOnDemand: onKey("RotateKeyOnDemand"),
    ScheduleKeyDeletion: onKey("ScheduleKeyDeletion", ({ PendingWindowInDays = 30 }) => ({
      conditions: { "kms:ScheduleKeyDeletionPendingWindowInDays": String(PendingWindowInDays) },
    })),
    Sign: signing("Sign"),
    TagResource: onKey("TagResource", ({ Tags }) => ({
      requestTags: Object.fromEntries(Tags!.map(({ TagKey, TagValue }) => [TagKey!, TagValue!])),
    })),
    UntagResource: onKey("UntagResource", ({ TagKeys }) => ({
      requestTags: Object.fromEntries(TagKeys!.map((name) => [name, ""])),
    })),
    UpdateAlias: async (input, context) => [
      onAlias("UpdateAlias", input.AliasName!, context),
      ...(await onTarget("UpdateAlias", input.AliasName!, context)),
      await namedKeyCheck(kms, context, "UpdateAlias", input.TargetKeyId!),
    ],
    UpdateKeyDescription: onKey("UpdateKeyDescription"),
    UpdatePrimaryRegion: onKey("UpdatePrimaryRegion", ({ PrimaryRegion }) => ({
      conditions: { "kms:PrimaryRegion": PrimaryRegion! },
    })),
    Verify: signing("Verify"),
    VerifyMac: making("VerifyMac"),
  };
}

interface Encrypted {
  blob: Uint8Array | undefined;
  keyId: string | undefined;
  algorithm: EncryptionAlgorithmSpec | undefined;
  encryptionContext: Record<string, string> | undefined;
}

/** On the key that encrypted something. */
async function decryptionCheck(
  kms: Kms,
  { scope, caller }: AuthorizationContext,
  action: string,
  { blob = new Uint8Array(), keyId, algorithm = "SYMMETRIC_DEFAULT", encryptionContext = {} }: Encrypted,
): Promise<ActionCheck> {
  const found = await ifThere(() => decryptionKey(kms, scope, { blob, keyId, algorithm }));
  if (!found) return missingKeyCheck(caller, action);
  const conditions = { "kms:EncryptionAlgorithm": algorithm };
  return await keyCheck(kms, caller, action, found, { encryptionContext, conditions });
}

async function reEncryptChecks(
  kms: Kms,
  input: ReEncryptRequest,
  context: AuthorizationContext,
): Promise<ActionCheck[]> {
  const from = await decryptionCheck(kms, context, "ReEncryptFrom", {
    blob: input.CiphertextBlob,
    keyId: input.SourceKeyId,
    algorithm: input.SourceEncryptionAlgorithm,
    encryptionContext: input.SourceEncryptionContext,
  });
  const to = await namedKeyCheck(kms, context, "ReEncryptTo", input.DestinationKeyId!, {
    aliases: true,
    encryptionContext: input.DestinationEncryptionContext ?? {},
    conditions: { "kms:EncryptionAlgorithm": input.DestinationEncryptionAlgorithm ?? "SYMMETRIC_DEFAULT" },
  });
  const same = { "kms:ReEncryptOnSameKey": String(to.resources[0]?.arn === from.resources[0]?.arn) };
  return [from, to].map((check) => ({ ...check, conditions: { ...check.conditions, ...same } }));
}

function pairSpec({ KeyPairSpec }: PairInput): ConditionValues {
  return { "kms:DataKeyPairSpec": KeyPairSpec! };
}

function constraintTypes(constraints: GrantConstraints | undefined): ConditionValues {
  const types = Object.entries(constraints ?? {}).flatMap(([type, value]) => (value === undefined ? [] : [type]));
  return types.length > 0 ? { "kms:GrantConstraintType": types } : {};
}
