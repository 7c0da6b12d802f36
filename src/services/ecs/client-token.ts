import { invalidParameter } from "./errors.ts";

/** @param most characters that the operation takes @throws AwsError InvalidParameterException */
export function checkClientToken(token: string | undefined, most: number): void {
  if (token !== undefined && token.length > most) throw invalidParameter(`idempotency token longer than ${most}.`);
}
