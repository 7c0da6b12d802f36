import { AwsError } from "../../base/errors.ts";
import type { AuthenticationError } from "../../identity/authentication-error.ts";
import type { WireRequest } from "../protocol.ts";
import type { RestDialect } from "../rest-dialect.ts";
import { isS3Host, s3Address } from "./address.ts";
import { s3Payload } from "./payload.ts";
import { S3Wire } from "./wire.ts";
import { METHOD_NOT_ALLOWED } from "./wording.ts";

/** S3's ways: buckets in host names, uploads that stream, errors of its own. */
export const s3Dialect: RestDialect = {
  wire: new S3Wire(),
  isMeant: (head) => isS3Host(head.headers["host"] ?? "") || hasVersion2(head),
  address(head) {
    if (hasVersion2(head))
      throw new AwsError(
        "InvalidRequest",
        "The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256.",
        400,
      );
    if (head.headers["authorization"]?.startsWith("AWS4-") && head.headers["x-amz-content-sha256"] === undefined)
      throw new AwsError("InvalidRequest", "Missing required header for this request: x-amz-content-sha256", 400);
    return s3Address(head.headers["host"] ?? "", head.path);
  },
  inputHead: withQueryHeaders,
  payload: s3Payload,
  unknownOperation(operation) {
    if (operation === undefined) return new AwsError("MethodNotAllowed", METHOD_NOT_ALLOWED, 405);
    return new AwsError(
      "NotImplemented",
      `A header you provided implies functionality that is not implemented (s3:${operation} is not built in Neargate yet)`,
      501,
    );
  },
  authenticationAnswer: (error, head) => (isExpiredUrl(error, head) ? expiredUrl() : undefined),
  internalFailure: () => new AwsError("InternalError", "We encountered an internal error. Please try again.", 500),
};

/** Signature Version 2, which S3 does not take for buckets made since 2020; only S3 ever had it in this form. */
function hasVersion2({ headers, query }: WireRequest): boolean {
  return headers["authorization"]?.startsWith("AWS ") || (query.has("AWSAccessKeyId") && query.has("Signature"));
}

/** A presigned URL may carry S3's headers as parameters. */
function withQueryHeaders(head: WireRequest): WireRequest {
  if (!head.query.has("X-Amz-Signature")) return head;
  const headers = { ...head.headers };
  for (const [name, value] of head.query) if (/^x-amz-/i.test(name)) headers[name.toLowerCase()] ??= value;
  return { ...head, headers };
}

function isExpiredUrl({ fault }: AuthenticationError, { query }: WireRequest): boolean {
  return fault === "expired" && query.has("X-Amz-Signature");
}

function expiredUrl(): AwsError {
  return new AwsError("AccessDenied", "Request has expired", 403);
}
