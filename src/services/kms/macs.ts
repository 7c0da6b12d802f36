import { createHmac } from "node:crypto";
import type { MacAlgorithmSpec } from "@aws-sdk/client-kms";
import { incompatibleAlgorithm, invalidUsage } from "./errors.ts";
import { currentMaterial, openMaterial } from "./key-material.ts";
import type { FoundKey } from "./key-reference.ts";
import { factsOf } from "./key-specs.ts";
import type { Kms } from "./kms.ts";

/** @throws AwsError InvalidKeyUsageException unless the key makes MACs by this algorithm */
export function requireMac({ key, arn }: FoundKey, operation: string, algorithm: MacAlgorithmSpec): void {
  if (key.usage !== "GENERATE_VERIFY_MAC") throw invalidUsage(arn, key.usage, operation);
  if (!factsOf(key).mac.includes(algorithm)) throw incompatibleAlgorithm(algorithm, key.spec);
}

/** The HMAC of a message under a key that is enabled and {@link requireMac}. */
export function makeMac(kms: Kms, { key, arn }: FoundKey, algorithm: MacAlgorithmSpec, message: Uint8Array): Buffer {
  const hash = `sha${algorithm.slice(-3)}`;
  return createHmac(hash, openMaterial(kms.keyring, arn, currentMaterial(key)))
    .update(message)
    .digest();
}
