import { expect, test } from "vitest";
import {
  embeddedReference,
  formatImageReference,
  InvalidReferenceError,
  parseImageReference,
  parseRegistryHost,
} from "./reference.ts";

const D = `sha256:${"0123456789abcdef".repeat(4)}`;

test.each([
  ["nginx", "docker.io/library/nginx:latest"],
  ["nginx:1.27", "docker.io/library/nginx:1.27"],
  ["library/nginx", "docker.io/library/nginx:latest"],
  ["bitnami/redis:7", "docker.io/bitnami/redis:7"],
  ["docker.io/nginx", "docker.io/library/nginx:latest"],
  ["index.docker.io/nginx", "docker.io/library/nginx:latest"],
  ["index.docker.io/library/nginx:1", "docker.io/library/nginx:1"],
  [`nginx@${D}`, `docker.io/library/nginx@${D}`],
  [`nginx:1.27@${D}`, `docker.io/library/nginx:1.27@${D}`],
  ["localhost/web", "localhost/web:latest"],
  ["localhost:4566/web", "localhost:4566/web:latest"],
  ["localhost:4566/team/web:v1", "localhost:4566/team/web:v1"],
  [`localhost:4566/web@${D}`, `localhost:4566/web@${D}`],
  ["127.0.0.1:4566/web", "127.0.0.1:4566/web:latest"],
  ["[::1]:4566/web:2", "[::1]:4566/web:2"],
  ["quay.io/prometheus/node-exporter:v1.8.2", "quay.io/prometheus/node-exporter:v1.8.2"],
  ["UPPER/web", "UPPER/web:latest"],
  ["host:80/a__b/c---d/e.f", "host:80/a__b/c---d/e.f:latest"],
  ["gcr.io/a-b/c_d:T-a.g_1", "gcr.io/a-b/c_d:T-a.g_1"],
  ["public.ecr.aws/docker/library/busybox:stable", "public.ecr.aws/docker/library/busybox:stable"],
  ["a:5000", "docker.io/library/a:5000"],
])("%s is %s", (text, full) => {
  const reference = parseImageReference(text);
  expect(formatImageReference(reference)).toBe(full);
  expect(parseImageReference(full)).toEqual(reference);
});

test.each(
  [
    "",
    "a".repeat(64),
    "nginx:",
    "nginx@",
    "nginx@sha256:12",
    "nginx:-bad",
    `nginx:${"t".repeat(129)}`,
    "Nginx",
    "docker.io/Nginx",
    "a//b",
    "/a",
    "a/",
    "a..b",
    "a___b",
    "-a/b",
    "localhost:port/a",
    "http://localhost/a",
    "a b",
    `host.example/${"a/".repeat(130)}b`,
  ].map((text) => [text]),
)("%j is refused", (text) => {
  expect(() => parseImageReference(text)).toThrow(InvalidReferenceError);
});

test("refusals are in Docker's words", () => {
  expect(() => parseImageReference("My/Nginx")).toThrow(
    "invalid reference format: repository name (Nginx) must be lowercase",
  );
  expect(() => parseImageReference("nginx::1")).toThrow("invalid reference format");
});

const scope = { account: "000000000000", region: "eu-west-1" };
const aws = { account: "123456789012", region: "us-east-1" };
const china = { account: "123456789012", region: "cn-north-1" };

test.each([
  ["localhost:4566/web", scope, "web"],
  ["127.0.0.1:4566/team/web:1", scope, "team/web"],
  ["127.5.5.5:4566/web", scope, "web"],
  ["[::1]:4566/web", scope, "web"],
  ["123456789012.dkr.ecr.us-east-1.amazonaws.com/web:1", aws, "web"],
  [`123456789012.dkr.ecr.us-east-1.amazonaws.com/web@${D}`, aws, "web"],
  ["123456789012.dkr.ecr-fips.us-east-1.amazonaws.com/web", aws, "web"],
  ["123456789012.dkr-ecr.us-east-1.on.aws/a/b/c", aws, "a/b/c"],
  ["123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn/web", china, "web"],
  ["123456789012.dkr.ecr.us-east-1.localhost:4566/web", aws, "web"],
])("%s is embedded", (text, expected, repository) => {
  expect(embeddedReference(parseImageReference(text), { port: 4566, scope })).toEqual({ scope: expected, repository });
});

test.each([
  "web",
  "localhost/web",
  "localhost:5000/web",
  "127.0.0.1:5000/web",
  "10.0.0.1:4566/web",
  "registry.example:4566/web",
  "public.ecr.aws/web/web",
  "123456789012.dkr.ecr.us-east-1.localhost:5000/web",
  "123.dkr.ecr.us-east-1.amazonaws.com/web",
  "123456789012.dkr.ecr.us-east-1.amazonaws.com.example/web",
])("%s is elsewhere", (text) => {
  expect(embeddedReference(parseImageReference(text), { port: 4566, scope })).toBeUndefined();
});

test("the scope is read from a registry's host", () => {
  expect(parseRegistryHost("123456789012.dkr.ecr.us-east-1.localhost:4566")).toEqual({ scope: aws, port: 4566 });
  expect(parseRegistryHost("localhost:4566")).toBeUndefined();
});
