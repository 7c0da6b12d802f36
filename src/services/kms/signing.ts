import type { MessageType, SigningAlgorithmSpec } from "@aws-sdk/client-kms";
import { digestBytes, type Signed } from "./crypto/signatures.ts";
import { incompatibleAlgorithm, invalidUsage, notBuilt, validationError } from "./errors.ts";
import type { FoundKey } from "./key-reference.ts";
import { factsOf } from "./key-specs.ts";

/**
 * What is signed or verified, once the key was found to do so by the algorithm.
 * @throws AwsError InvalidKeyUsageException; ValidationException for a digest of another length
 */
export function signedBy(
  { key, arn }: FoundKey,
  operation: string,
  input: {
    SigningAlgorithm: SigningAlgorithmSpec | undefined;
    Message: Uint8Array | undefined;
    MessageType?: MessageType | undefined;
  },
): Signed & { algorithm: SigningAlgorithmSpec } {
  const { SigningAlgorithm: algorithm, Message, MessageType = "RAW" } = input;
  if (key.usage !== "SIGN_VERIFY") throw invalidUsage(arn, key.usage, operation);
  if (!factsOf(key).signing.includes(algorithm!)) throw incompatibleAlgorithm(algorithm!, key.spec);
  if (MessageType === "EXTERNAL_MU") throw notBuilt("The message type EXTERNAL_MU");
  const isDigest = MessageType === "DIGEST";
  if (isDigest && Message!.length !== digestBytes(algorithm!))
    throw validationError(`Digest is invalid length for algorithm ${algorithm}.`);
  return { bytes: Message!, isDigest, algorithm: algorithm! };
}
