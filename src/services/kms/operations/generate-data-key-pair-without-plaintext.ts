import type {
  GenerateDataKeyPairWithoutPlaintextRequest,
  GenerateDataKeyPairWithoutPlaintextResponse,
} from "@aws-sdk/client-kms";
import type { RequestContext } from "../../../wire/context.ts";
import { makeDataKeyPair } from "../data-keys.ts";
import type { Kms } from "../kms.ts";

/** https://docs.aws.amazon.com/kms/latest/APIReference/API_GenerateDataKeyPairWithoutPlaintext.html */
export function generateDataKeyPairWithoutPlaintext(kms: Kms) {
  return async (
    input: GenerateDataKeyPairWithoutPlaintextRequest,
    context: RequestContext,
  ): Promise<GenerateDataKeyPairWithoutPlaintextResponse> => {
    const operation = "GenerateDataKeyPairWithoutPlaintext";
    const { publicKey, blob, told } = await makeDataKeyPair(kms, context, operation, input);
    return { PrivateKeyCiphertextBlob: blob, PublicKey: publicKey, KeyPairSpec: input.KeyPairSpec, ...told };
  };
}
