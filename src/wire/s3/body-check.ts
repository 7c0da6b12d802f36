import { hash } from "node:crypto";
import { CHECKSUM_ALGORITHMS, createChecksum } from "../../base/checksum.ts";
import { AwsError } from "../../base/errors.ts";
import type { RoutedRequest } from "../wire.ts";

/**
 * Compares a document with the digests that were sent with it. An upload's are compared by whoever reads it.
 * @throws AwsError `InvalidDigest`, `BadDigest`, `InvalidRequest`
 */
export function checkBody(operation: string, { headers, body }: RoutedRequest): void {
  const md5 = headers["content-md5"];
  if (md5 !== undefined) {
    if (!/^[A-Za-z0-9+/]{22}==$/.test(md5)) throw invalidDigest();
    if (hash("md5", body, "base64") !== md5) throw badDigest("Content-MD5");
  }
  // There they are those of the object that the parts make.
  if (operation === "CompleteMultipartUpload") return;
  let digests = md5 === undefined ? 0 : 1;
  for (const algorithm of CHECKSUM_ALGORITHMS) {
    const declared = headers[`x-amz-checksum-${algorithm.toLowerCase()}`];
    if (declared === undefined) continue;
    digests++;
    const checksum = createChecksum(algorithm);
    checksum.update(body);
    if (checksum.digest().toString("base64") !== declared) throw badDigest(algorithm);
  }
  if (operation === "DeleteObjects" && !digests)
    throw new AwsError("InvalidRequest", "Missing required header for this request: Content-MD5", 400);
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html */
export function invalidDigest(): AwsError {
  return new AwsError("InvalidDigest", "The Content-MD5 you specified was invalid.", 400);
}

/** @param kind `Content-MD5`, or the algorithm of an `x-amz-checksum-*` header */
export function badDigest(kind: string): AwsError {
  return new AwsError("BadDigest", `The ${kind} you specified did not match what we received.`, 400);
}
