import type { GenerateDataKeyPairRequest, GenerateDataKeyPairResponse } from "@aws-sdk/client-kms";
import type { RequestContext } from "../../../wire/context.ts";
import { makeDataKeyPair } from "../data-keys.ts";
import type { Kms } from "../kms.ts";

/** https://docs.aws.amazon.com/kms/latest/APIReference/API_GenerateDataKeyPair.html */
export function generateDataKeyPair(kms: Kms) {
  return async (input: GenerateDataKeyPairRequest, context: RequestContext): Promise<GenerateDataKeyPairResponse> => {
    const { plaintext, publicKey, blob, told } = await makeDataKeyPair(kms, context, "GenerateDataKeyPair", input);
    return {
      PrivateKeyCiphertextBlob: blob,
      PrivateKeyPlaintext: plaintext,
      PublicKey: publicKey,
      KeyPairSpec: input.KeyPairSpec,
      ...told,
    };
  };
}
