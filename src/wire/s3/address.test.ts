import { expect, test } from "vitest";
import { bucketOfHost, isS3Host, s3Address } from "./address.ts";

test.each([
  ["127.0.0.1:4566", undefined],
  ["[::1]:4566", undefined],
  ["localhost:4566", undefined],
  ["s3.localhost:4566", undefined],
  ["s3.eu-west-1.amazonaws.com", undefined],
  ["s3.amazonaws.com", undefined],
  ["s3.dualstack.eu-west-1.amazonaws.com", undefined],
  ["s3-eu-west-1.amazonaws.com", undefined],
  ["engine.example.com:4566", undefined],
  ["169.254.170.2", undefined],
  ["my.bucket.s3.eu-west-1.amazonaws.com", "my.bucket"],
  ["b.s3.amazonaws.com", "b"],
  ["b.s3-us-west-2.amazonaws.com", "b"],
  ["b.s3.cn-north-1.amazonaws.com.cn", "b"],
  ["b.s3.localhost:4566", "b"],
  ["b.s3.eu-west-1.localhost:4566", "b"],
  ["s3.logs.s3.eu-west-1.amazonaws.com", "s3.logs"],
  ["bucket.localhost:4566", "bucket"],
  ["my.bucket.localhost", "my.bucket"],
])("host %s", (host, bucket) => {
  expect(bucketOfHost(host)).toBe(bucket);
});

test.each([
  ["127.0.0.1", "/", "/", {}],
  ["127.0.0.1", "/b", "/", { Bucket: "b" }],
  ["127.0.0.1", "/b/", "/", { Bucket: "b" }],
  ["127.0.0.1", "/b/a%2Fb/c", "/a%2Fb/c", { Bucket: "b" }],
  ["127.0.0.1", "/b//a", "//a", { Bucket: "b" }],
  ["b.localhost", "/", "/", { Bucket: "b" }],
  ["b.localhost", "/a/../b", "/a/../b", { Bucket: "b" }],
])("%s%s", (host, path, rest, labels) => {
  expect(s3Address(host, path)).toEqual({ path: rest, labels });
});

test("hosts that only S3 has", () => {
  expect(["s3.localhost:1", "b.localhost", "s3.eu-west-1.amazonaws.com"].every(isS3Host)).toBe(true);
  expect(["localhost:1", "127.0.0.1", "ecs.eu-west-1.amazonaws.com"].some(isS3Host)).toBe(false);
});
