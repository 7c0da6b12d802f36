import { AwsError } from "../base/errors.ts";
import type { AuthenticationError, AuthenticationFault } from "../identity/authentication-error.ts";
import type { Protocol } from "./protocol.ts";

interface Answer {
  code: string;
  status: number;
  /** Instead of the JSON services' text. */
  message?: string;
}

type Answers = Readonly<Record<AuthenticationFault, Answer>>;

const JSON_ANSWERS: Answers = {
  missing: { code: "MissingAuthenticationTokenException", status: 400 },
  incomplete: { code: "IncompleteSignatureException", status: 400 },
  unknownKey: { code: "UnrecognizedClientException", status: 400 },
  invalidToken: { code: "UnrecognizedClientException", status: 400 },
  expiredToken: { code: "ExpiredTokenException", status: 400 },
  wrongSignature: { code: "InvalidSignatureException", status: 400 },
  wrongScope: { code: "InvalidSignatureException", status: 400 },
  expired: { code: "InvalidSignatureException", status: 400 },
  notYetCurrent: { code: "InvalidSignatureException", status: 400 },
  payloadMismatch: { code: "InvalidSignatureException", status: 400 },
  unsupported: { code: "InvalidSignatureException", status: 400 },
  webPage: { code: "AccessDeniedException", status: 400 },
};

const QUERY_ANSWERS: Answers = {
  missing: { code: "MissingAuthenticationToken", status: 403, message: "Request is missing Authentication Token" },
  incomplete: { code: "IncompleteSignature", status: 400 },
  unknownKey: { code: "InvalidClientTokenId", status: 403 },
  invalidToken: { code: "InvalidClientTokenId", status: 403 },
  expiredToken: { code: "ExpiredToken", status: 403 },
  wrongSignature: { code: "SignatureDoesNotMatch", status: 403 },
  wrongScope: { code: "SignatureDoesNotMatch", status: 403 },
  expired: { code: "SignatureDoesNotMatch", status: 403 },
  notYetCurrent: { code: "SignatureDoesNotMatch", status: 403 },
  payloadMismatch: { code: "SignatureDoesNotMatch", status: 403 },
  unsupported: { code: "SignatureDoesNotMatch", status: 403 },
  webPage: { code: "AccessDenied", status: 403 },
};

const AUTH_FAILURE = { code: "AuthFailure", message: "AWS was not able to validate the provided access credentials" };

const EC2_ANSWERS: Answers = {
  ...QUERY_ANSWERS,
  missing: {
    code: "MissingParameter",
    status: 400,
    message: "The request must contain the parameter AWSAccessKeyId",
  },
  unknownKey: { ...AUTH_FAILURE, status: 401 },
  invalidToken: { ...AUTH_FAILURE, status: 401 },
  expiredToken: { code: "RequestExpired", status: 400, message: "Request has expired." },
  expired: { code: "RequestExpired", status: 400, message: "Request has expired." },
  notYetCurrent: { ...AUTH_FAILURE, status: 401 },
  wrongScope: { ...AUTH_FAILURE, status: 401 },
  webPage: { code: "UnauthorizedOperation", status: 403 },
};

const TOO_SKEWED = {
  code: "RequestTimeTooSkewed",
  status: 403,
  message: "The difference between the request time and the current time is too large.",
};

const REST_XML_ANSWERS: Answers = {
  ...QUERY_ANSWERS,
  missing: { code: "AccessDenied", status: 403, message: "Access Denied" },
  unknownKey: {
    code: "InvalidAccessKeyId",
    status: 403,
    message: "The AWS Access Key Id you provided does not exist in our records.",
  },
  invalidToken: {
    code: "InvalidToken",
    status: 400,
    message: "The provided token is malformed or otherwise invalid.",
  },
  expiredToken: { code: "ExpiredToken", status: 400, message: "The provided token has expired." },
  expired: TOO_SKEWED,
  notYetCurrent: TOO_SKEWED,
  payloadMismatch: { code: "XAmzContentSHA256Mismatch", status: 400 },
};

/** What a service of that protocol answers to a request whose signer is not known, in AWS's codes and words. */
export function authenticationAnswer(error: AuthenticationError, protocol: Protocol): AwsError {
  const answer = answersOf(protocol)[error.fault];
  // REST services answer what the JSON ones do, as 403.
  const status = protocol === "restJson1" ? 403 : answer.status;
  return new AwsError(answer.code, answer.message ?? error.message, status);
}

function answersOf(protocol: Protocol): Answers {
  switch (protocol) {
    case "awsQuery":
      return QUERY_ANSWERS;
    case "ec2Query":
      return EC2_ANSWERS;
    case "restXml":
      return REST_XML_ANSWERS;
    default:
      return JSON_ANSWERS;
  }
}
