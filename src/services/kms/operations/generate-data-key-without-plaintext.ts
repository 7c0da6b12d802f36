import type {
  GenerateDataKeyWithoutPlaintextRequest,
  GenerateDataKeyWithoutPlaintextResponse,
} from "@aws-sdk/client-kms";
import type { RequestContext } from "../../../wire/context.ts";
import { makeDataKey } from "../data-keys.ts";
import type { Kms } from "../kms.ts";

/** https://docs.aws.amazon.com/kms/latest/APIReference/API_GenerateDataKeyWithoutPlaintext.html */
export function generateDataKeyWithoutPlaintext(kms: Kms) {
  return async (
    input: GenerateDataKeyWithoutPlaintextRequest,
    context: RequestContext,
  ): Promise<GenerateDataKeyWithoutPlaintextResponse> => {
    const { blob, told } = await makeDataKey(kms, context, "GenerateDataKeyWithoutPlaintext", input);
    return { CiphertextBlob: blob, ...told };
  };
}
