import { expect, test } from "vitest";
import { isPublic } from "./policies.ts";

const policy = (statement: object) =>
  JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "*", Resource: "*", ...statement }] });

test.each([
  ["everybody", { Principal: "*" }, true],
  ["every AWS principal", { Principal: { AWS: ["arn:aws:iam::111111111111:root", "*"] } }, true],
  ["all but one", { NotPrincipal: { AWS: "arn:aws:iam::111111111111:root" } }, true],
  ["an account", { Principal: { AWS: "111111111111" } }, false],
  ["a service", { Principal: { Service: "ecs-tasks.amazonaws.com" } }, false],
  ["a denial", { Effect: "Deny", Principal: "*" }, false],
  ["an organization", { Principal: "*", Condition: { StringEquals: { "aws:PrincipalOrgID": "o-1" } } }, false],
  ["an endpoint", { Principal: "*", Condition: { StringEquals: { "aws:sourceVpce": "vpce-1" } } }, false],
  ["all addresses", { Principal: "*", Condition: { IpAddress: { "aws:SourceIp": "0.0.0.0/0" } } }, true],
  ["all but some", { Principal: "*", Condition: { NotIpAddress: { "aws:SourceIp": "10.0.0.0/8" } } }, true],
  ["if it is known", { Principal: "*", Condition: { StringEqualsIfExists: { "aws:SourceVpc": "vpc-1" } } }, true],
  ["a stage", { Principal: "*", Condition: { StringEquals: { "secretsmanager:VersionStage": "AWSCURRENT" } } }, true],
])("whether a policy lets in whoever comes: %s", (_, statement, broad) => {
  expect(isPublic(policy(statement))).toBe(broad);
});
