import { invalidArgument } from "./errors.ts";

/** A continuation token: clients are not to read it. */
export function writeToken(key: string): string {
  return Buffer.from(`1${key}`).toString("base64");
}

/** @throws AwsError `InvalidArgument` for a token that is not ours */
export function readToken(token: string | undefined): string | undefined {
  if (token === undefined) return undefined;
  const text = Buffer.from(token, "base64").toString("utf8");
  if (!text.startsWith("1") || writeToken(text.slice(1)) !== token)
    throw invalidArgument("The continuation token provided is incorrect", "continuation-token", token);
  return text.slice(1);
}
