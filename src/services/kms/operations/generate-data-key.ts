import type { GenerateDataKeyRequest, GenerateDataKeyResponse } from "@aws-sdk/client-kms";
import type { RequestContext } from "../../../wire/context.ts";
import { makeDataKey } from "../data-keys.ts";
import type { Kms } from "../kms.ts";

/** https://docs.aws.amazon.com/kms/latest/APIReference/API_GenerateDataKey.html */
export function generateDataKey(kms: Kms) {
  return async (input: GenerateDataKeyRequest, context: RequestContext): Promise<GenerateDataKeyResponse> => {
    const { plaintext, blob, told } = await makeDataKey(kms, context, "GenerateDataKey", input);
    return { CiphertextBlob: blob, Plaintext: plaintext, ...told };
  };
}
