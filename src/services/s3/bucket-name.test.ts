import { expect, test } from "vitest";
import { checkBucketName } from "./bucket-name.ts";

test.each(["abc", "my-bucket", "my.bucket", "1bucket", "a".repeat(63), "1.2.3"])("%s", (name) => {
  expect(() => checkBucketName(name)).not.toThrow();
});

test.each([
  "ab",
  "a".repeat(64),
  "Bucket",
  "a_b",
  "-ab",
  "ab-",
  ".ab",
  "a..b",
  "192.168.1.1",
  "xn--abc",
  "sthree-abc",
  "abc-s3alias",
  "abc--ol-s3",
  "..",
  "a/b",
])("%s is refused", (name) => {
  expect(() => checkBucketName(name)).toThrow("not valid");
});
