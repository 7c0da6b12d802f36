import type { CreateKeyRequest, CreateKeyResponse } from "@aws-sdk/client-kms";
import { scopeKey } from "../../../base/scope.ts";
import type { RequestContext } from "../../../wire/context.ts";
import { keyArn } from "../arns.ts";
import { notBuilt, validationError } from "../errors.ts";
import { generateMaterial, sealMaterial } from "../key-material.ts";
import { keyMetadata } from "../key-metadata.ts";
import { defaultKeyPolicy } from "../key-policies.ts";
import { keySpecFacts, type KeySpecFacts } from "../key-specs.ts";
import type { Kms } from "../kms.ts";
import { checkKeyPolicy } from "../policy-check.ts";
import type { KeyRecord } from "../records.ts";
import { readTags } from "../tags.ts";

/** https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateKey.html */
export function createKey(kms: Kms) {
  return async (input: CreateKeyRequest, { scope, principal }: RequestContext): Promise<CreateKeyResponse> => {
    const { facts, ...kind } = kindOf(input);
    const tags = readTags(input.Tags ?? []);
    if (input.Policy !== undefined) checkKeyPolicy(input.Policy, principal, input.BypassPolicyLockoutSafetyCheck);
    const keyId = kms.ids.uuid();
    const arn = keyArn(scope, keyId);
    const createdAt = kms.now();
    const empty: KeyRecord = {
      keyId,
      createdAt,
      description: input.Description ?? "",
      ...kind,
      manager: "CUSTOMER",
      enabled: true,
      materials: [],
      policy: input.Policy ?? defaultKeyPolicy(scope.account),
      tags,
    };
    const key = kind.origin === "AWS_KMS" ? await withMaterial(kms, arn, empty, facts) : empty;
    await kms.records.keys.insert(scopeKey(scope), keyId, key);
    return { KeyMetadata: keyMetadata({ scope, arn, key }) };
  };
}

async function withMaterial(kms: Kms, arn: string, key: KeyRecord, facts: KeySpecFacts): Promise<KeyRecord> {
  const bytes = await generateMaterial(facts);
  const { material, publicKey } = sealMaterial(kms.keyring, arn, facts, bytes, key.createdAt);
  return { ...key, materials: [material], ...(publicKey === undefined ? {} : { publicKey }) };
}

function kindOf(input: CreateKeyRequest): Pick<KeyRecord, "spec" | "usage" | "origin"> & { facts: KeySpecFacts } {
  const { KeySpec, CustomerMasterKeySpec, Origin: origin = "AWS_KMS", MultiRegion, CustomKeyStoreId, XksKeyId } = input;
  if (KeySpec !== undefined && CustomerMasterKeySpec !== undefined)
    throw validationError(
      "You cannot specify KeySpec and CustomerMasterKeySpec in the same request. CustomerMasterKeySpec is deprecated.",
    );
  if (MultiRegion) throw notBuilt("A multi-Region key");
  if (CustomKeyStoreId !== undefined || XksKeyId !== undefined) throw notBuilt("A custom key store");
  if (origin !== "AWS_KMS" && origin !== "EXTERNAL") throw notBuilt(`The origin ${origin}`);
  const spec = KeySpec ?? CustomerMasterKeySpec ?? "SYMMETRIC_DEFAULT";
  const facts = keySpecFacts(spec);
  if (!facts) throw notBuilt(`The key spec ${spec}`);
  const usage = input.KeyUsage ?? (facts.kind === "symmetric" ? "ENCRYPT_DECRYPT" : undefined);
  if (usage === undefined)
    throw validationError("You must specify a KeyUsage value for all KMS keys except for symmetric encryption keys.");
  if (!facts.usages.includes(usage)) throw validationError(`KeyUsage ${usage} is not compatible with KeySpec ${spec}`);
  return { spec, usage, origin, facts };
}
