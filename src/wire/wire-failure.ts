import { AwsError } from "../base/errors.ts";

/** The body cannot be read as the operation's input. */
export function serializationFailure(message: string): AwsError {
  return new AwsError("SerializationException", message, 400);
}
