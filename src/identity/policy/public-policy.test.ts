import { expect, test } from "vitest";
import { isPublicPolicy } from "./public-policy.ts";

const allow = { Effect: "Allow", Action: "s3:GetObject", Resource: "arn:aws:s3:::b/*" };
const everyone = { ...allow, Principal: "*" };
const where = (Condition: object) => ({ ...everyone, Condition });

test.each<[boolean, string, object]>([
  [true, "everyone", everyone],
  [true, "everyone, as AWS's principal", { ...allow, Principal: { AWS: "*" } }],
  [true, "everyone among others", { ...allow, Principal: { AWS: ["arn:aws:iam::111122223333:root", "*"] } }],
  [true, "everyone but some", { ...allow, NotPrincipal: { AWS: "arn:aws:iam::111122223333:root" } }],
  [false, "an account", { ...allow, Principal: { AWS: "arn:aws:iam::111122223333:root" } }],
  [false, "a service", { ...allow, Principal: { Service: "logs.amazonaws.com" } }],
  [false, "nobody", { ...everyone, Effect: "Deny" }],
  [false, "a network", where({ IpAddress: { "aws:SourceIp": "203.0.113.0/24" } })],
  [true, "half of the internet", where({ IpAddress: { "aws:SourceIp": "0.0.0.0/1" } })],
  [true, "all networks but one", where({ NotIpAddress: { "aws:SourceIp": "203.0.113.0/24" } })],
  [false, "a VPC", where({ StringEquals: { "aws:sourceVpc": "vpc-1" } })],
  [true, "any VPC", where({ StringLike: { "aws:SourceVpc": "vpc-*" } })],
  [true, "a value of the request's own", where({ StringEquals: { "aws:SourceVpc": "${aws:username}" } })],
  [false, "an account by its ARN", where({ ArnLike: { "aws:SourceArn": "arn:aws:sns:*:111122223333:*" } })],
  [true, "any account by its ARN", where({ ArnLike: { "aws:SourceArn": "arn:aws:sns:*:*:*" } })],
  [true, "who says so in a header", where({ StringEquals: { "aws:Referer": "https://example.com" } })],
  [true, "all VPCs but one, in small letters", where({ stringnotequals: { "aws:SourceVpc": "vpc-1" } })],
  [true, "who has no account", where({ null: { "aws:PrincipalAccount": "true" } })],
  [
    true,
    "who has no other account",
    where({ "ForAllValues:StringEquals": { "aws:PrincipalAccount": "111122223333" } }),
  ],
  [
    false,
    "an account among several",
    where({ "ForAnyValue:StringEquals": { "aws:PrincipalAccount": "111122223333" } }),
  ],
  [true, "any address, as a text", where({ StringLike: { "aws:SourceIp": "*" } })],
  [true, "an eighth of the internet's next version", where({ IpAddress: { "aws:SourceIp": "2000::/3" } })],
  [false, "a network of the next version", where({ IpAddress: { "aws:SourceIp": "2001:db8::/32" } })],
  [true, "who did not sign", where({ StringEquals: { "aws:userid": "anonymous" } })],
  [true, "a VPC, if there is one, in small letters", where({ stringequalsifexists: { "aws:SourceVpc": "vpc-1" } })],
  [true, "a VPC, if there is one", where({ StringEqualsIfExists: { "aws:SourceVpc": "vpc-1" } })],
])("%s: a policy that allows %s", (isPublic, _who, statement) => {
  expect(isPublicPolicy(JSON.stringify({ Version: "2012-10-17", Statement: [statement] }))).toBe(isPublic);
  expect(isPublicPolicy(JSON.stringify({ Version: "2012-10-17", Statement: statement }))).toBe(isPublic);
});
