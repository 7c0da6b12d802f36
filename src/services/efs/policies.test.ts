import { expect, test } from "vitest";
import { checkPolicy } from "./policies.ts";

const allow = { Effect: "Allow", Principal: { AWS: "*" } };
const client = ["ClientMount", "ClientWrite", "ClientRootAccess"].map((name) => `elasticfilesystem:${name}`);
const policy = (...Statement: object[]) => JSON.stringify({ Version: "2012-10-17", Statement });
const byMountTarget = { Bool: { "elasticfilesystem:AccessedViaMountTarget": "true" } };

test.each([
  policy({ ...allow, Action: client }),
  policy({ ...allow, Action: client, Condition: byMountTarget }),
  policy({ Effect: "Allow", Principal: "*", Action: "elasticfilesystem:*", Resource: "*" }),
  policy(...client.map((Action) => ({ ...allow, Action }))),
])("what lets everyone in is taken: %s", (text) => {
  expect(() => checkPolicy(text)).not.toThrow();
});

test.each([
  "no JSON",
  "[]",
  policy(),
  JSON.stringify({ Version: "2020-01-01", Statement: { ...allow, Action: "*" } }),
  policy({ ...allow }),
  policy({ ...allow, Action: client.slice(0, 2) }),
  policy({ ...allow, Effect: "Deny", Action: "*" }),
  policy({ ...allow, Action: client }, { ...allow, Effect: "Deny", Action: "*", Condition: {} }),
  policy({ ...allow, Principal: { AWS: "arn:aws:iam::111122223333:root" }, Action: client }),
  policy({ ...allow, Action: client, Condition: { Bool: { "aws:SecureTransport": "true" } } }),
  policy({ ...allow, Action: client, Condition: { ...byMountTarget, StringEquals: {} } }),
])("what could not be enforced is refused: %s", (text) => {
  expect(() => checkPolicy(text)).toThrow(expect.objectContaining({ code: "InvalidPolicyException" }));
});
