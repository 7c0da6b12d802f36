import { AwsError } from "../base/errors.ts";
import type { Protocol } from "./protocol.ts";
import type { ServiceDefinition } from "./service.ts";

/** The operation does not exist, or exists and is not built: AWS's code for it, and a text that says which. */
export function unknownOperation(
  { statics }: ServiceDefinition,
  protocol: Protocol,
  operation: string | undefined,
  inModel: boolean,
): AwsError {
  const query = protocol === "awsQuery" || protocol === "ec2Query";
  const code = query ? "InvalidAction" : "UnknownOperationException";
  if (operation === undefined)
    return new AwsError(query ? "MissingAction" : code, "The request names no operation.", 400);
  const known = inModel ? ` (${statics.name}:${operation} is not built in Neargate yet)` : "";
  return new AwsError(code, `The action ${operation} is not valid for this web service.${known}`, 400);
}

/**
 * No service of the engine is meant. A service that is named and not built answers 501: with 404, clients would believe
 * that what they asked for is gone.
 */
export function unknownService(name: string | undefined): AwsError {
  if (name) return new AwsError("NotImplemented", `The service ${name} is not built in Neargate yet.`, 501);
  return new AwsError(
    "UnknownOperationException",
    "The request names no service: it has no X-Amz-Target, no Action and no signature.",
    404,
  );
}

/** Something broke that is no fault of the client; the log knows what. */
export function internalFailure(protocol: Protocol | undefined): AwsError {
  if (protocol === "ec2Query") return new AwsError("InternalError", "An internal error has occurred", 500);
  return new AwsError(
    "InternalFailure",
    "The request processing has failed because of an unknown error, exception or failure.",
    500,
  );
}
