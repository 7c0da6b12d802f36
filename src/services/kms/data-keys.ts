import { randomBytes } from "node:crypto";
import type {
  GenerateDataKeyPairWithoutPlaintextRequest,
  GenerateDataKeyWithoutPlaintextRequest,
} from "@aws-sdk/client-kms";
import type { RequestContext } from "../../wire/context.ts";
import { incompatibleAlgorithm, invalidUsage, notBuilt, validationError } from "./errors.ts";
import { currentMaterial, exportPrivateKey, exportPublicKey, generatePair } from "./key-material.ts";
import type { FoundKey } from "./key-reference.ts";
import { keySpecFacts } from "./key-specs.ts";
import type { Kms } from "./kms.ts";
import { endDryRun, usableKey } from "./requests.ts";
import { encryptSymmetric } from "./symmetric.ts";

/** A data key, in the clear and encrypted, with what is told of the key that encrypted it. */
export interface DataKey {
  plaintext: Buffer;
  blob: Buffer;
  told: { KeyId: string; KeyMaterialId: string };
}

const AES_BYTES = { AES_128: 16, AES_256: 32 };

/** @throws AwsError as for all that use a symmetric key; DryRunOperationException */
export async function makeDataKey(
  kms: Kms,
  context: RequestContext,
  operation: string,
  input: GenerateDataKeyWithoutPlaintextRequest,
): Promise<DataKey> {
  const { KeySpec, NumberOfBytes, EncryptionContext = {}, DryRun } = input;
  if ((KeySpec === undefined) === (NumberOfBytes === undefined))
    throw validationError("Please specify either number of bytes or key spec.");
  const found = await symmetricKey(kms, context, operation, input);
  endDryRun(DryRun);
  const plaintext = randomBytes(NumberOfBytes ?? AES_BYTES[KeySpec!]);
  return { plaintext, blob: encryptSymmetric(kms, found, plaintext, EncryptionContext), told: toldOf(found) };
}

/** The private key in PKCS #8, the public one as SubjectPublicKeyInfo. @throws AwsError as {@link makeDataKey} */
export async function makeDataKeyPair(
  kms: Kms,
  context: RequestContext,
  operation: string,
  input: GenerateDataKeyPairWithoutPlaintextRequest,
): Promise<DataKey & { publicKey: Buffer }> {
  const { KeyPairSpec, EncryptionContext = {}, DryRun } = input;
  const facts = keySpecFacts(KeyPairSpec!);
  if (!facts) throw notBuilt(`The key pair spec ${KeyPairSpec}`);
  const found = await symmetricKey(kms, context, operation, input);
  endDryRun(DryRun);
  const pair = await generatePair(facts);
  const plaintext = exportPrivateKey(pair);
  const blob = encryptSymmetric(kms, found, plaintext, EncryptionContext);
  return { plaintext, publicKey: exportPublicKey(pair), blob, told: toldOf(found) };
}

async function symmetricKey(
  kms: Kms,
  context: RequestContext,
  operation: string,
  input: Parameters<typeof usableKey>[2],
): Promise<FoundKey> {
  const found = await usableKey(kms, context, input);
  const { key, arn } = found;
  if (key.usage !== "ENCRYPT_DECRYPT") throw invalidUsage(arn, key.usage, operation);
  if (key.spec !== "SYMMETRIC_DEFAULT") throw incompatibleAlgorithm("SYMMETRIC_DEFAULT", key.spec);
  return found;
}

function toldOf({ key, arn }: FoundKey): DataKey["told"] {
  return { KeyId: arn, KeyMaterialId: currentMaterial(key).id };
}
