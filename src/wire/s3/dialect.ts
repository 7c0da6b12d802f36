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
  isMeant: (head) => isS3Host(head.headers["host"] ?? "") || hasVersion2(head) || readsPublicObject(head),
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
  authenticationAnswer: (error, head) => untimelyUrl(error, head) ?? malformedSignature(error, head),
  internalFailure: () => new AwsError("InternalError", "We encountered an internal error. Please try again.", 500),
};

/** Signature Version 2, which S3 does not take for buckets made since 2020; only S3 ever had it in this form. */
function hasVersion2({ headers, query }: WireRequest): boolean {
  return headers["authorization"]?.startsWith("AWS ") || (query.has("AWSAccessKeyId") && query.has("Signature"));
}

/** A stranger who reads `/BUCKET/KEY`: no other service answers questions that nobody signed. Versions are no buckets. */
function readsPublicObject({ method, path, headers, query }: WireRequest): boolean {
  const isOther =
    headers["x-amz-target"] !== undefined || headers["smithy-protocol"] !== undefined || query.has("Action");
  return /^(GET|HEAD)$/.test(method) && !isOther && /^\/(?!\d{4}-\d\d-\d\d\/)[a-z0-9][a-z0-9.-]{2,62}(\/|$)/.test(path);
}

/** A presigned URL may carry S3's headers as parameters. */
function withQueryHeaders(head: WireRequest): WireRequest {
  if (!head.query.has("X-Amz-Signature")) return head;
  const headers = { ...head.headers };
  for (const [name, value] of head.query) if (/^x-amz-/i.test(name)) headers[name.toLowerCase()] ??= value;
  return { ...head, headers };
}

/** A presigned URL before or after its time. */
function untimelyUrl({ fault }: AuthenticationError, { query }: WireRequest): AwsError | undefined {
  if (!query.has("X-Amz-Signature")) return undefined;
  if (fault === "expired") return new AwsError("AccessDenied", "Request has expired", 403);
  return fault === "notYetCurrent" ? new AwsError("AccessDenied", "Request is not yet valid", 403) : undefined;
}

/** S3 has a code of its own for signatures that it cannot read, and one for those of URLs. */
function malformedSignature({ fault, message }: AuthenticationError, { query }: WireRequest): AwsError | undefined {
  if (fault !== "incomplete" && fault !== "wrongScope") return undefined;
  return query.has("X-Amz-Algorithm") || query.has("X-Amz-Signature")
    ? new AwsError("AuthorizationQueryParametersError", message, 400)
    : new AwsError("AuthorizationHeaderMalformed", `The authorization header is malformed; ${message}`, 400);
}
