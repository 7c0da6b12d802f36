import { invalidBucketName, keyTooLong } from "./errors.ts";

const NAME = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;
const PREFIXES = ["xn--", "sthree-", "amzn-s3-demo-"];
const SUFFIXES = ["-s3alias", "--ol-s3", ".mrap", "--x-s3", "--table-s3"];
const MAX_KEY_BYTES = 1024;

/**
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
 * @throws AwsError `InvalidBucketName`
 */
export function checkBucketName(name: string): void {
  const isAddress = /^\d+\.\d+\.\d+\.\d+$/.test(name);
  const reserved =
    PREFIXES.some((prefix) => name.startsWith(prefix)) || SUFFIXES.some((suffix) => name.endsWith(suffix));
  if (!NAME.test(name) || name.includes("..") || isAddress || reserved) throw invalidBucketName(name);
}

/** @throws AwsError `KeyTooLongError` */
export function checkKey(key: string): void {
  const size = Buffer.byteLength(key);
  if (size > MAX_KEY_BYTES) throw keyTooLong(size);
}
