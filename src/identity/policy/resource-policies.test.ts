import { describe, expect, it } from "vitest";
import type { ActionCheck } from "../authorization.ts";
import { rootPrincipal } from "../principal.ts";
import {
  ACCOUNT,
  allow,
  ALLOWED,
  DENIED_IDENTITY,
  DENIED_RESOURCE,
  deny,
  documentOf,
  grant,
  NO_BOUNDARY,
  NO_IDENTITY,
  NO_RESOURCE,
  NO_SESSION,
  OTHER_ACCOUNT,
  outcomeOf,
  READ,
  readOf,
  refuse,
  SECRET,
  sessionOf,
  type Situation,
  userNamed,
} from "./policy-kit.ts";

const ana = userNamed("ana");
const session = sessionOf("app");
const root = rootPrincipal(ACCOUNT, "AKIAROOT");
const anaArn = `arn:aws:iam::${ACCOUNT}:user/ana`;
const roleArn = `arn:aws:iam::${ACCOUNT}:role/app`;
const sessionArn = `arn:aws:sts::${ACCOUNT}:assumed-role/app/task-1`;
const account = `arn:aws:iam::${ACCOUNT}:root`;
const foreign = SECRET.replace(ACCOUNT, OTHER_ACCOUNT);
const all = [allow("*")];
const other = [allow("s3:*")];
const denies = [allow("*"), deny("secretsmanager:*")];
const keyed = (...statements: object[]): ActionCheck => ({
  ...readOf(SECRET, ...statements),
  resourcePolicyDecides: true,
});
const refuseAllBut = (principal: unknown) => ({ ...deny(READ), NotPrincipal: principal });

const groups: Record<string, [string, Situation, string][]> = {
  "resource policies for users of the account": [
    ["either is enough: resource", { principal: ana, check: readOf(SECRET, grant({ AWS: anaArn })) }, ALLOWED],
    [
      "either is enough: identity",
      { principal: ana, check: readOf(SECRET, grant({ AWS: `${anaArn}x` })), identity: all },
      ALLOWED,
    ],
    ["another user", { principal: ana, check: readOf(SECRET, grant({ AWS: `${anaArn}x` })) }, NO_IDENTITY],
    ["by unique id", { principal: ana, check: readOf(SECRET, grant({ AWS: ana.userId })) }, ALLOWED],
    ["anybody", { principal: ana, check: readOf(SECRET, grant("*")) }, ALLOWED],
    ["anybody, in an object", { principal: ana, check: readOf(SECRET, grant({ AWS: "*" })) }, ALLOWED],
    [
      "the account leaves it to identity policies: without",
      { principal: ana, check: readOf(SECRET, grant({ AWS: account })) },
      NO_IDENTITY,
    ],
    [
      "the account leaves it to identity policies: with",
      { principal: ana, check: readOf(SECRET, grant({ AWS: ACCOUNT })), identity: all },
      ALLOWED,
    ],
    [
      "a boundary does not limit what names the user",
      { principal: ana, check: readOf(SECRET, grant({ AWS: anaArn })), boundary: other },
      ALLOWED,
    ],
    [
      "a boundary's denial does",
      { principal: ana, check: readOf(SECRET, grant({ AWS: anaArn })), boundary: denies },
      "explicit: permissions boundary",
    ],
    [
      "identity denies",
      { principal: ana, check: readOf(SECRET, grant({ AWS: anaArn })), identity: denies },
      DENIED_IDENTITY,
    ],
    [
      "the resource denies the user",
      { principal: ana, check: readOf(SECRET, refuse({ AWS: anaArn })), identity: all },
      DENIED_RESOURCE,
    ],
    [
      "the resource denies the account",
      { principal: ana, check: readOf(SECRET, refuse({ AWS: ACCOUNT })), identity: all },
      DENIED_RESOURCE,
    ],
    [
      "the resource denies anybody",
      { principal: ana, check: readOf(SECRET, refuse("*")), identity: all },
      DENIED_RESOURCE,
    ],
    [
      "the resource denies another",
      { principal: ana, check: readOf(SECRET, refuse({ AWS: `${anaArn}x` })), identity: all },
      ALLOWED,
    ],
    [
      "the resource allows another action",
      { principal: ana, check: readOf(SECRET, { ...grant({ AWS: anaArn }), Action: "secretsmanager:PutSecretValue" }) },
      NO_IDENTITY,
    ],
    [
      "a condition of the resource's policy",
      {
        principal: ana,
        check: readOf(SECRET, grant("*", { Condition: { StringEquals: { "aws:PrincipalArn": anaArn } } })),
      },
      ALLOWED,
    ],
    [
      "a condition that does not hold",
      {
        principal: ana,
        check: readOf(SECRET, grant("*", { Condition: { StringEquals: { "aws:PrincipalArn": roleArn } } })),
      },
      NO_IDENTITY,
    ],
    [
      "a service is not a user",
      { principal: ana, check: readOf(SECRET, grant({ Service: "ecs-tasks.amazonaws.com" })) },
      NO_IDENTITY,
    ],
  ],
  "resource policies for sessions of the account": [
    ["the session by name", { principal: session, check: readOf(SECRET, grant({ AWS: sessionArn })) }, ALLOWED],
    ["another session", { principal: session, check: readOf(SECRET, grant({ AWS: `${sessionArn}0` })) }, NO_IDENTITY],
    [
      "the session by name, whatever its boundary leaves out",
      { principal: session, check: readOf(SECRET, grant({ AWS: sessionArn })), boundary: other },
      ALLOWED,
    ],
    [
      "the session by name, whatever its session policy leaves out",
      { principal: session, check: readOf(SECRET, grant({ AWS: sessionArn })), session: other },
      ALLOWED,
    ],
    ["the role", { principal: session, check: readOf(SECRET, grant({ AWS: roleArn })) }, ALLOWED],
    [
      "the role by unique id",
      { principal: session, check: readOf(SECRET, grant({ AWS: "AROA0000000000APP" })) },
      ALLOWED,
    ],
    [
      "the session by unique id",
      { principal: session, check: readOf(SECRET, grant({ AWS: "AROA0000000000APP:task-1" })) },
      ALLOWED,
    ],
    [
      "the role, limited by its boundary",
      { principal: session, check: readOf(SECRET, grant({ AWS: roleArn })), boundary: other },
      NO_BOUNDARY,
    ],
    [
      "the role, limited by its session policy",
      { principal: session, check: readOf(SECRET, grant({ AWS: roleArn })), session: other },
      NO_SESSION,
    ],
    [
      "the role, within both",
      { principal: session, check: readOf(SECRET, grant({ AWS: roleArn })), boundary: all, session: all },
      ALLOWED,
    ],
    [
      "anybody, whatever boundaries leave out",
      { principal: session, check: readOf(SECRET, grant("*")), boundary: other, session: other },
      ALLOWED,
    ],
    [
      "anybody with the role's ARN, whatever boundaries leave out",
      {
        principal: session,
        check: readOf(SECRET, grant("*", { Condition: { ArnEquals: { "aws:PrincipalArn": roleArn } } })),
        boundary: other,
      },
      ALLOWED,
    ],
    ["the account", { principal: session, check: readOf(SECRET, grant({ AWS: account })) }, NO_IDENTITY],
    [
      "a denial of the role",
      { principal: session, check: readOf(SECRET, refuse({ AWS: roleArn })), identity: all },
      DENIED_RESOURCE,
    ],
    [
      "a denial of the session",
      { principal: session, check: readOf(SECRET, refuse({ AWS: sessionArn })), identity: all },
      DENIED_RESOURCE,
    ],
    [
      "a denial of another role",
      { principal: session, check: readOf(SECRET, refuse({ AWS: `${roleArn}2` })), identity: all },
      ALLOWED,
    ],
    [
      "a role of another path is another",
      { principal: sessionOf("team/app"), check: readOf(SECRET, grant({ AWS: roleArn })) },
      NO_IDENTITY,
    ],
    [
      "the strongest of several",
      {
        principal: session,
        check: readOf(SECRET, grant({ AWS: [account, roleArn] }), grant({ AWS: sessionArn })),
        boundary: other,
      },
      ALLOWED,
    ],
  ],
  "denials for all but some": [
    [
      "the user and its account are spared",
      { principal: ana, check: readOf(SECRET, refuseAllBut({ AWS: [anaArn, account] })), identity: all },
      ALLOWED,
    ],
    [
      "the user is not if it has a boundary",
      {
        principal: ana,
        check: readOf(SECRET, refuseAllBut({ AWS: [anaArn, account] })),
        identity: all,
        boundary: all,
      },
      DENIED_RESOURCE,
    ],
    [
      "the user without its account is not",
      { principal: ana, check: readOf(SECRET, refuseAllBut({ AWS: anaArn })), identity: all },
      DENIED_RESOURCE,
    ],
    [
      "another user is not",
      { principal: ana, check: readOf(SECRET, refuseAllBut({ AWS: [`${anaArn}x`, account] })), identity: all },
      DENIED_RESOURCE,
    ],
    [
      "a session with its role and account is",
      {
        principal: session,
        check: readOf(SECRET, refuseAllBut({ AWS: [sessionArn, roleArn, ACCOUNT] })),
        identity: all,
      },
      ALLOWED,
    ],
    [
      "a session with its role alone is not",
      { principal: session, check: readOf(SECRET, refuseAllBut({ AWS: [roleArn, ACCOUNT] })), identity: all },
      DENIED_RESOURCE,
    ],
    [
      "the root user by its account",
      { principal: root, check: readOf(SECRET, refuseAllBut({ AWS: ACCOUNT })) },
      ALLOWED,
    ],
    [
      "everybody is spared",
      { principal: ana, check: readOf(SECRET, refuseAllBut({ AWS: "*" })), identity: all },
      ALLOWED,
    ],
  ],
  "other accounts": [
    ["neither allows", { principal: ana, check: readOf(foreign) }, NO_IDENTITY],
    ["only identity allows", { principal: ana, check: readOf(foreign), identity: all }, NO_RESOURCE],
    ["only the resource allows", { principal: ana, check: readOf(foreign, grant({ AWS: anaArn })) }, NO_IDENTITY],
    [
      "both allow: the user",
      { principal: ana, check: readOf(foreign, grant({ AWS: anaArn })), identity: all },
      ALLOWED,
    ],
    [
      "both allow: the account",
      { principal: ana, check: readOf(foreign, grant({ AWS: account })), identity: all },
      ALLOWED,
    ],
    ["both allow: anybody", { principal: ana, check: readOf(foreign, grant("*")), identity: all }, ALLOWED],
    [
      "the resource allows another account",
      { principal: ana, check: readOf(foreign, grant({ AWS: OTHER_ACCOUNT })), identity: all },
      NO_RESOURCE,
    ],
    [
      "a session by name needs identity policies, too",
      { principal: session, check: readOf(foreign, grant({ AWS: sessionArn })) },
      NO_IDENTITY,
    ],
    [
      "the boundary limits",
      { principal: session, check: readOf(foreign, grant({ AWS: sessionArn })), identity: all, boundary: other },
      NO_BOUNDARY,
    ],
    [
      "the session policy limits",
      { principal: session, check: readOf(foreign, grant({ AWS: roleArn })), identity: all, session: other },
      NO_SESSION,
    ],
    [
      "the resource denies",
      { principal: ana, check: readOf(foreign, grant({ AWS: anaArn }), refuse("*")), identity: all },
      DENIED_RESOURCE,
    ],
    [
      "a bucket, whose ARN does not say whose it is",
      {
        principal: ana,
        check: { action: "s3:GetObject", resources: [{ arn: "arn:aws:s3:::b/k", account: OTHER_ACCOUNT }] },
        identity: all,
      },
      NO_RESOURCE,
    ],
    [
      "a bucket of the own account",
      {
        principal: ana,
        check: { action: "s3:GetObject", resources: [{ arn: "arn:aws:s3:::b/k", account: ACCOUNT }] },
        identity: all,
      },
      ALLOWED,
    ],
    ["the root user needs the resource's policy there", { principal: root, check: readOf(foreign) }, NO_RESOURCE],
    [
      "the root user with the resource's policy",
      { principal: root, check: readOf(foreign, grant({ AWS: ACCOUNT })) },
      ALLOWED,
    ],
  ],
  "resources whose policy decides": [
    ["without a policy", { principal: ana, check: keyed(), identity: all }, NO_RESOURCE],
    [
      "identity policies alone are not enough",
      { principal: ana, check: keyed(grant({ AWS: `${anaArn}x` })), identity: all },
      NO_RESOURCE,
    ],
    [
      "the account lets identity policies decide: with",
      { principal: ana, check: keyed(grant({ AWS: account })), identity: all },
      ALLOWED,
    ],
    [
      "the account lets identity policies decide: without",
      { principal: ana, check: keyed(grant({ AWS: account })) },
      NO_IDENTITY,
    ],
    ["the user is enough", { principal: ana, check: keyed(grant({ AWS: anaArn })) }, ALLOWED],
    ["the role is enough", { principal: session, check: keyed(grant({ AWS: roleArn })) }, ALLOWED],
    [
      "the role within its boundary",
      { principal: session, check: keyed(grant({ AWS: roleArn })), boundary: other },
      NO_BOUNDARY,
    ],
    ["identity denies", { principal: ana, check: keyed(grant({ AWS: anaArn })), identity: denies }, DENIED_IDENTITY],
    [
      "the policy denies",
      { principal: ana, check: keyed(grant({ AWS: account }), refuse({ AWS: anaArn })), identity: all },
      DENIED_RESOURCE,
    ],
    ["the root user where its account is named", { principal: root, check: keyed(grant({ AWS: account })) }, ALLOWED],
    ["the root user where it is not", { principal: root, check: keyed(grant({ AWS: anaArn })) }, NO_RESOURCE],
  ],
};

describe.each(Object.entries(groups))("%s", (_, cases) => {
  it.each(cases)("%s", async (_name, situation, outcome) => {
    expect(await outcomeOf(situation)).toBe(outcome);
  });
});

describe("roles that are taken on", () => {
  const role = `arn:aws:iam::${ACCOUNT}:role/deploy`;
  const assume = (principal: unknown, more: object = {}): ActionCheck => ({
    action: "sts:AssumeRole",
    resourcePolicyDecides: true,
    conditions: { "sts:ExternalId": "42", "sts:RoleSessionName": "x" },
    resources: [
      {
        arn: role,
        policy: () => documentOf({ Effect: "Allow", Action: "sts:AssumeRole", Principal: principal, ...more }),
      },
    ],
  });
  const cases: [string, Situation, string][] = [
    ["the user by name", { principal: ana, check: assume({ AWS: anaArn }) }, ALLOWED],
    ["the account alone", { principal: ana, check: assume({ AWS: account }) }, NO_IDENTITY],
    [
      "the account and identity policies",
      { principal: ana, check: assume({ AWS: account }), identity: [allow("sts:AssumeRole", role)] },
      ALLOWED,
    ],
    [
      "identity policies alone",
      { principal: ana, check: assume({ Service: "ecs-tasks.amazonaws.com" }), identity: all },
      NO_RESOURCE,
    ],
    [
      "by a user of another account, without identity policies",
      { principal: userNamed("ana", OTHER_ACCOUNT), check: assume({ AWS: OTHER_ACCOUNT }) },
      NO_IDENTITY,
    ],
    [
      "by a user of another account, with",
      {
        principal: userNamed("ana", OTHER_ACCOUNT),
        check: assume({ AWS: OTHER_ACCOUNT }),
        identity: [allow("sts:AssumeRole", role)],
      },
      ALLOWED,
    ],
    [
      "with the external id",
      { principal: ana, check: assume({ AWS: anaArn }, { Condition: { StringEquals: { "sts:ExternalId": "42" } } }) },
      ALLOWED,
    ],
    [
      "with another external id",
      { principal: ana, check: assume({ AWS: anaArn }, { Condition: { StringEquals: { "sts:ExternalId": "43" } } }) },
      NO_RESOURCE,
    ],
    ["by another role", { principal: session, check: assume({ AWS: roleArn }) }, ALLOWED],
    [
      "an explicit denial",
      { principal: ana, check: assume({ AWS: anaArn }), identity: [deny("sts:*")] },
      DENIED_IDENTITY,
    ],
  ];
  it.each(cases)("%s", async (_, situation, outcome) => {
    expect(await outcomeOf(situation)).toBe(outcome);
  });
});
