import { expect, test } from "vitest";
import { AuthenticationError } from "../identity/authentication-error.ts";
import { authenticationAnswer } from "./authentication-answers.ts";
import type { Protocol } from "./protocol.ts";

const INVALID = "The security token included in the request is invalid.";
const EXPIRED = "The security token included in the request is expired";

const invalid: [Protocol, string, number, string][] = [
  ["awsJson1_0", "UnrecognizedClientException", 400, INVALID],
  ["awsJson1_1", "UnrecognizedClientException", 400, INVALID],
  ["rpcv2Cbor", "UnrecognizedClientException", 400, INVALID],
  ["restJson1", "UnrecognizedClientException", 403, INVALID],
  ["awsQuery", "InvalidClientTokenId", 403, INVALID],
  ["ec2Query", "AuthFailure", 401, "AWS was not able to validate the provided access credentials"],
  ["restXml", "InvalidToken", 400, "The provided token is malformed or otherwise invalid."],
];
const expired: [Protocol, string, number, string][] = [
  ["awsJson1_0", "ExpiredTokenException", 400, EXPIRED],
  ["awsJson1_1", "ExpiredTokenException", 400, EXPIRED],
  ["rpcv2Cbor", "ExpiredTokenException", 400, EXPIRED],
  ["restJson1", "ExpiredTokenException", 403, EXPIRED],
  ["awsQuery", "ExpiredToken", 403, EXPIRED],
  ["ec2Query", "RequestExpired", 400, "Request has expired."],
  ["restXml", "ExpiredToken", 400, "The provided token has expired."],
];

test.each(invalid)("a session token that is nobody's, %s", (protocol, code, status, message) => {
  const answer = authenticationAnswer(new AuthenticationError("invalidToken", INVALID), protocol);
  expect(answer).toMatchObject({ code, status, message });
});

test.each(expired)("a session that has expired, %s", (protocol, code, status, message) => {
  const answer = authenticationAnswer(new AuthenticationError("expiredToken", EXPIRED), protocol);
  expect(answer).toMatchObject({ code, status, message });
});
