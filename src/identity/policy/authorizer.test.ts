import { describe, expect, it } from "vitest";
import type { ActionCheck } from "../authorization.ts";
import { anonymousPrincipal, rootPrincipal } from "../principal.ts";
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
const stranger = anonymousPrincipal(ACCOUNT);
const anaArn = `arn:aws:iam::${ACCOUNT}:user/ana`;
const all = [allow("*")];
const other = [allow("s3:*")];
const denies = [allow("*"), deny("secretsmanager:*")];
/** By an endpoint whose policy has these statements. */
const by = (...statements: object[]) => ({
  vpc: { vpcId: "vpc-1", privateIp: "10.0.0.1", endpointId: "vpce-1", endpointPolicy: () => documentOf(...statements) },
});

const groups: Record<string, [string, Situation, string][]> = {
  "identity policies": [
    ["nothing allows", { principal: ana, check: readOf(SECRET) }, NO_IDENTITY],
    ["something else is allowed", { principal: ana, check: readOf(SECRET), identity: other }, NO_IDENTITY],
    ["everything is allowed", { principal: ana, check: readOf(SECRET), identity: all }, ALLOWED],
    ["this is allowed on this", { principal: ana, check: readOf(SECRET), identity: [allow(READ, SECRET)] }, ALLOWED],
    [
      "this is allowed on something else",
      { principal: ana, check: readOf(SECRET), identity: [allow(READ, `${SECRET}x`)] },
      NO_IDENTITY,
    ],
    ["a denial outweighs", { principal: ana, check: readOf(SECRET), identity: denies }, DENIED_IDENTITY],
    [
      "a denial of something else does not",
      { principal: ana, check: readOf(SECRET), identity: [...all, deny("s3:*")] },
      ALLOWED,
    ],
    ["a denial comes first", { principal: ana, check: readOf(SECRET), identity: [deny("*"), ...all] }, DENIED_IDENTITY],
    ["the same for roles", { principal: session, check: readOf(SECRET), identity: all }, ALLOWED],
    [
      "no resource at all is every resource",
      { principal: ana, check: { action: READ, resources: [] }, identity: [allow(READ, SECRET)] },
      NO_IDENTITY,
    ],
    [
      "all of some resources must be allowed",
      {
        principal: ana,
        check: { action: READ, resources: [{ arn: SECRET }, { arn: `${SECRET}x` }] },
        identity: [allow(READ, SECRET)],
      },
      NO_IDENTITY,
    ],
    [
      "a resource of AWS is everybody's",
      {
        principal: ana,
        check: { action: "iam:GetPolicy", resources: [{ arn: "arn:aws:iam::aws:policy/ReadOnlyAccess" }] },
        identity: [allow("iam:*")],
      },
      ALLOWED,
    ],
  ],
  "permissions boundaries": [
    ["both allow", { principal: ana, check: readOf(SECRET), identity: all, boundary: all }, ALLOWED],
    ["the boundary does not", { principal: ana, check: readOf(SECRET), identity: all, boundary: other }, NO_BOUNDARY],
    ["only the boundary does", { principal: ana, check: readOf(SECRET), identity: other, boundary: all }, NO_IDENTITY],
    [
      "the boundary denies",
      { principal: ana, check: readOf(SECRET), identity: all, boundary: denies },
      "explicit: permissions boundary",
    ],
    [
      "identity denies first",
      { principal: ana, check: readOf(SECRET), identity: denies, boundary: denies },
      DENIED_IDENTITY,
    ],
    ["of a role", { principal: session, check: readOf(SECRET), identity: all, boundary: other }, NO_BOUNDARY],
  ],
  "session policies": [
    ["both allow", { principal: session, check: readOf(SECRET), identity: all, session: all }, ALLOWED],
    [
      "the session's does not",
      { principal: session, check: readOf(SECRET), identity: all, session: other },
      NO_SESSION,
    ],
    [
      "only the session's does",
      { principal: session, check: readOf(SECRET), identity: other, session: all },
      NO_IDENTITY,
    ],
    [
      "the session's denies",
      { principal: session, check: readOf(SECRET), identity: all, session: denies },
      "explicit: session policy",
    ],
    [
      "all three allow",
      { principal: session, check: readOf(SECRET), identity: all, boundary: all, session: all },
      ALLOWED,
    ],
    [
      "the boundary is asked before the session",
      { principal: session, check: readOf(SECRET), identity: all, boundary: other, session: other },
      NO_BOUNDARY,
    ],
    [
      "an empty session policy allows nothing",
      { principal: session, check: readOf(SECRET), identity: all, session: [deny("s3:*")] },
      NO_SESSION,
    ],
  ],
  "the root user and strangers": [
    ["the root user may do everything", { principal: root, check: readOf(SECRET) }, ALLOWED],
    ["a resource's policy may deny it", { principal: root, check: readOf(SECRET, refuse("*")) }, DENIED_RESOURCE],
    [
      "a denial of a user is not about it",
      { principal: root, check: readOf(SECRET, refuse({ AWS: anaArn })) },
      ALLOWED,
    ],
    [
      "it gets at a bucket's policy in any case",
      {
        principal: root,
        check: {
          action: "s3:DeleteBucketPolicy",
          resources: [
            { arn: "arn:aws:s3:::b", account: ACCOUNT, policy: () => documentOf({ ...deny("s3:*"), Principal: "*" }) },
          ],
        },
      },
      ALLOWED,
    ],
    [
      "but not at its objects",
      {
        principal: root,
        check: {
          action: "s3:GetObject",
          resources: [
            {
              arn: "arn:aws:s3:::b/k",
              account: ACCOUNT,
              policy: () => documentOf({ ...deny("s3:*"), Principal: "*" }),
            },
          ],
        },
      },
      DENIED_RESOURCE,
    ],
    ["a stranger may do nothing", { principal: stranger, check: readOf(SECRET) }, NO_RESOURCE],
    ["a stranger where anybody may", { principal: stranger, check: readOf(SECRET, grant("*")) }, ALLOWED],
    [
      "a stranger is not of the account",
      { principal: stranger, check: readOf(SECRET, grant({ AWS: ACCOUNT })) },
      NO_RESOURCE,
    ],
    ["a stranger is denied", { principal: stranger, check: readOf(SECRET, grant("*"), refuse("*")) }, DENIED_RESOURCE],
  ],
  "VPC endpoints": [
    [
      "one that lets everything through",
      { principal: ana, check: readOf(SECRET), identity: all, caller: by({ ...allow("*"), Principal: "*" }) },
      ALLOWED,
    ],
    [
      "one that lets something else through",
      { principal: ana, check: readOf(SECRET), identity: all, caller: by({ ...allow("s3:*"), Principal: "*" }) },
      "implicit: VPC endpoint policy",
    ],
    [
      "one that denies",
      { principal: ana, check: readOf(SECRET), identity: all, caller: by({ ...deny("*"), Principal: "*" }) },
      "explicit: VPC endpoint policy",
    ],
    [
      "one that lets one's account through",
      {
        principal: ana,
        check: readOf(SECRET),
        identity: all,
        caller: by({ ...allow("*"), Principal: { AWS: ACCOUNT } }),
      },
      ALLOWED,
    ],
    [
      "one that lets others through",
      {
        principal: ana,
        check: readOf(SECRET),
        identity: all,
        caller: by({ ...allow("*"), Principal: { AWS: OTHER_ACCOUNT } }),
      },
      "implicit: VPC endpoint policy",
    ],
    [
      "the root user is limited, too",
      { principal: root, check: readOf(SECRET), caller: by({ ...allow("s3:*"), Principal: "*" }) },
      "implicit: VPC endpoint policy",
    ],
    [
      "it grants nothing",
      { principal: ana, check: readOf(SECRET), caller: by({ ...allow("*"), Principal: "*" }) },
      NO_IDENTITY,
    ],
  ],
};

describe.each(Object.entries(groups))("%s", (_, cases) => {
  it.each(cases)("%s", async (_name, situation, outcome) => {
    expect(await outcomeOf(situation)).toBe(outcome);
  });
});

describe("what is read", () => {
  const tagged = (reads: string[]): ActionCheck => ({
    action: "ecs:StopTask",
    resources: [
      {
        arn: `arn:aws:ecs:eu-west-1:${ACCOUNT}:task/c/1`,
        tags: () => {
          reads.push("tags");
          return { team: "a" };
        },
      },
    ],
  });
  const ifTagged = (name: string) => allow(name, "*", { Condition: { StringEquals: { "ecs:ResourceTag/team": "a" } } });

  it("is tags only where a statement about the action asks for them", async () => {
    const reads: string[] = [];
    expect(await outcomeOf({ principal: ana, check: tagged(reads), identity: [...all, ifTagged("ecs:RunTask")] })).toBe(
      ALLOWED,
    );
    expect(reads).toEqual([]);
    expect(await outcomeOf({ principal: ana, check: tagged(reads), identity: [ifTagged("ecs:*")] })).toBe(ALLOWED);
    expect(reads).toEqual(["tags"]);
  });
});
