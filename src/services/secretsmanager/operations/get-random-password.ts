import type { GetRandomPasswordRequest, GetRandomPasswordResponse } from "@aws-sdk/client-secrets-manager";
import { randomPassword } from "../password.ts";

/** https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetRandomPassword.html */
export function getRandomPassword() {
  return async (input: GetRandomPasswordRequest): Promise<GetRandomPasswordResponse> => ({
    RandomPassword: randomPassword(input),
  });
}
