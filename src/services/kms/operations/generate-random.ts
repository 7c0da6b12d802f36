import { randomBytes } from "node:crypto";
import type { GenerateRandomRequest, GenerateRandomResponse } from "@aws-sdk/client-kms";
import { notBuilt, validationError } from "../errors.ts";
import type { Kms } from "../kms.ts";
import { checkUseOptions } from "../requests.ts";

/** https://docs.aws.amazon.com/kms/latest/APIReference/API_GenerateRandom.html */
export function generateRandom(kms: Kms) {
  return async (input: GenerateRandomRequest): Promise<GenerateRandomResponse> => {
    checkUseOptions(kms, input);
    if (input.CustomKeyStoreId !== undefined) throw notBuilt("A custom key store");
    if (input.NumberOfBytes === undefined) throw validationError("NumberOfBytes is required.");
    return { Plaintext: randomBytes(input.NumberOfBytes) };
  };
}
