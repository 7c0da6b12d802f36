import { expect, it } from "vitest";
import type { ConditionValues } from "../authorization.ts";
import { letsIn } from "./outsiders.ts";
import { ACCOUNT, documentOf, NOW } from "./policy-kit.ts";
import { parsePolicy } from "./policy.ts";
import type { FederatedSubject, ServiceSubject } from "./subject.ts";

const ecs: ServiceSubject = { type: "Service", name: "ecs-tasks.amazonaws.com" };
const provider = `arn:aws:iam::${ACCOUNT}:oidc-provider/token.actions.githubusercontent.com`;
const github: FederatedSubject = { type: "Federated", provider };
const role = `arn:aws:iam::${ACCOUNT}:role/app`;

const trustEcs = { Effect: "Allow", Principal: { Service: ecs.name }, Action: "sts:AssumeRole" };
const deputy = {
  ...trustEcs,
  Condition: {
    ArnLike: { "aws:SourceArn": `arn:aws:ecs:eu-west-1:${ACCOUNT}:*` },
    StringEquals: { "aws:SourceAccount": ACCOUNT },
  },
};
const trustGithub = {
  Effect: "Allow",
  Principal: { Federated: provider },
  Action: "sts:AssumeRoleWithWebIdentity",
  Condition: {
    StringEquals: { "token.actions.githubusercontent.com:aud": "sts.amazonaws.com" },
    StringLike: { "token.actions.githubusercontent.com:sub": "repo:me/mine:*" },
  },
};
const source = { "aws:SourceAccount": ACCOUNT, "aws:SourceArn": `arn:aws:ecs:eu-west-1:${ACCOUNT}:task/c/1` };
const token = {
  "token.actions.githubusercontent.com:aud": "sts.amazonaws.com",
  "token.actions.githubusercontent.com:sub": "repo:me/mine:ref:x",
};
const assume = "sts:AssumeRole";
const web = "sts:AssumeRoleWithWebIdentity";

const cases: [string, object[], ServiceSubject | FederatedSubject, string, ConditionValues, string][] = [
  ["a service", [trustEcs], ecs, assume, {}, "allowed"],
  ["another service", [trustEcs], { type: "Service", name: "ec2.amazonaws.com" }, assume, {}, "implicitDeny"],
  ["another action", [trustEcs], ecs, "sts:TagSession", {}, "implicitDeny"],
  ["for the right account", [deputy], ecs, assume, source, "allowed"],
  ["for another account", [deputy], ecs, assume, { ...source, "aws:SourceAccount": "444455556666" }, "implicitDeny"],
  ["for nobody in particular", [deputy], ecs, assume, {}, "implicitDeny"],
  [
    "a service is none of the account's",
    [{ ...trustEcs, Principal: { AWS: ACCOUNT } }],
    ecs,
    assume,
    {},
    "implicitDeny",
  ],
  ["a service is not anybody", [{ ...trustEcs, Principal: { AWS: "*" } }], ecs, assume, {}, "implicitDeny"],
  [
    "a denial for everybody",
    [trustEcs, { ...trustEcs, Effect: "Deny", Principal: { AWS: "*" } }],
    ecs,
    assume,
    {},
    "explicitDeny",
  ],
  [
    "a denial for everybody but services",
    [
      trustEcs,
      {
        ...trustEcs,
        Effect: "Deny",
        Principal: { AWS: "*" },
        Condition: { Bool: { "aws:PrincipalIsAWSService": "false" } },
      },
    ],
    ecs,
    assume,
    {},
    "allowed",
  ],
  ["a service that is denied", [trustEcs, { ...trustEcs, Effect: "Deny" }], ecs, assume, {}, "explicitDeny"],
  [
    "by the service's name",
    [{ ...trustEcs, Condition: { StringEquals: { "aws:PrincipalServiceName": ecs.name } } }],
    ecs,
    assume,
    {},
    "allowed",
  ],
  ["a web identity", [trustGithub], github, web, token, "allowed"],
  [
    "a web identity of another repository",
    [trustGithub],
    github,
    web,
    { ...token, "token.actions.githubusercontent.com:sub": "repo:you/yours:x" },
    "implicitDeny",
  ],
  [
    "a web identity of another provider",
    [trustGithub],
    { type: "Federated", provider: "accounts.google.com" },
    web,
    token,
    "implicitDeny",
  ],
];

it.each(cases)("%s", (_, statements, subject, action, conditions, expected) => {
  const policy = parsePolicy(documentOf(...statements), "trust");
  const environment = { region: "eu-west-1", secureTransport: true, at: NOW };
  expect(letsIn(policy, subject, { action, resource: role, resourceAccount: ACCOUNT, environment, conditions })).toBe(
    expected,
  );
});
