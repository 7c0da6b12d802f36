import { describe, expect, it } from "vitest";
import { ACCOUNT, allow, deny, documentOf, OTHER_ACCOUNT, userNamed } from "./policy-kit.ts";
import { parsePolicy } from "./policy.ts";
import { contextKeysOf, simulate, type SimulationInput } from "./simulate.ts";

const named = (id: string, ...statements: object[]) => ({
  id,
  policy: parsePolicy(documentOf(...statements), "identity"),
});
const guarding = (...statements: object[]) => ({
  id: "ResourcePolicy",
  policy: parsePolicy(documentOf(...statements), "resource"),
});
const bucket = "arn:aws:s3:::bucket";
const ana = userNamed("ana");

/** The example of `aws iam simulate-custom-policy`, whose answer says where the statement stands. */
const dynamo =
  '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"dynamodb:*","Resource":"*","Condition":{"DateGreaterThan":{"aws:CurrentTime":"2018-08-16T12:00:00Z"}}}}';

function run(input: Partial<SimulationInput>) {
  const result = simulate({ action: "s3:GetObject", resource: bucket, context: {}, identity: [], ...input });
  return {
    ...result,
    matched: result.matchedStatements.map(({ source, statement }) => `${source.id} ${statement.sid ?? ""}`.trim()),
  };
}

describe("the policy simulator", () => {
  it("tells where a lone statement stands", () => {
    const policy = { id: "PolicyInputList.1", policy: parsePolicy(dynamo, "identity") };
    const trial = { action: "dynamodb:CreateBackup", resource: "*", identity: [policy] };
    const after = simulate({ ...trial, context: { "aws:CurrentTime": ["2019-04-25T11:00:00Z"] } });
    expect(after).toMatchObject({ decision: "allowed", missingContextKeys: [] });
    expect(after.matchedStatements[0]!.statement).toMatchObject({
      start: { line: 1, column: 38 },
      end: { line: 1, column: 167 },
    });
    const before = simulate({ ...trial, context: { "AWS:currenttime": ["2014-04-25T11:00:00Z"] } });
    expect(before).toMatchObject({ decision: "implicitDeny", matchedStatements: [], missingContextKeys: [] });
    expect(simulate({ ...trial, context: {} })).toMatchObject({
      decision: "implicitDeny",
      missingContextKeys: ["aws:CurrentTime"],
    });
  });

  it("tells where the statements of a list stand", () => {
    const text = `{
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Action": "codecommit:ListRepositories",

            "Resource": "*"
        },
        { "Effect": "Deny", "Action": "*", "Resource": "*" }
    ]
}`;
    const { statements } = parsePolicy(text, "identity");
    expect(statements.map(({ start, end }) => [start, end])).toEqual([
      [
        { line: 3, column: 19 },
        { line: 9, column: 10 },
      ],
      [
        { line: 9, column: 10 },
        { line: 10, column: 61 },
      ],
    ]);
  });

  it("names the statements that settle it", () => {
    const one = named("one", { ...allow("s3:*"), Sid: "A" }, { ...allow("ecs:*"), Sid: "B" });
    const two = named("two", { ...allow("s3:Get*"), Sid: "C" });
    const no = named("no", { ...deny("s3:GetObject"), Sid: "D" });
    expect(run({ identity: [one, two] })).toMatchObject({ decision: "allowed", matched: ["one A", "two C"] });
    expect(run({ identity: [one, no] })).toMatchObject({ decision: "explicitDeny", matched: ["no D"] });
    expect(run({ identity: [one], action: "ec2:RunInstances" })).toMatchObject({
      decision: "implicitDeny",
      matched: [],
    });
  });

  it("takes a permissions boundary into account", () => {
    const identity = [named("one", allow("*"))];
    expect(run({ identity, boundaries: [named("limit", allow("s3:*"))] })).toMatchObject({
      decision: "allowed",
      matched: ["one"],
    });
    expect(run({ identity, boundaries: [named("limit", allow("ecs:*"))] })).toMatchObject({
      decision: "implicitDeny",
      details: { identity: "allowed", boundary: "implicitDeny" },
    });
    expect(run({ identity, boundaries: [named("limit", allow("*"), deny("s3:*"))] })).toMatchObject({
      decision: "explicitDeny",
      matched: ["limit"],
    });
  });

  it("takes a resource's policy into account", () => {
    const resourcePolicy = guarding({ ...allow("s3:GetObject"), Principal: { AWS: ana.arn } });
    expect(run({ resourcePolicy, principal: ana })).toMatchObject({ decision: "allowed", matched: ["ResourcePolicy"] });
    expect(run({ resourcePolicy, principal: userNamed("bob") })).toMatchObject({ decision: "implicitDeny" });
    expect(run({ resourcePolicy })).toMatchObject({ decision: "implicitDeny" });
    const abroad = { resourcePolicy, principal: ana, resourceAccount: OTHER_ACCOUNT };
    expect(run(abroad)).toMatchObject({
      decision: "implicitDeny",
      details: { identity: "implicitDeny", resource: "allowed" },
    });
    expect(run({ ...abroad, identity: [named("one", allow("*"))] })).toMatchObject({
      decision: "allowed",
      matched: ["one", "ResourcePolicy"],
    });
  });

  it("knows of the principal what is always true of it", () => {
    const identity = [
      named(
        "one",
        allow("s3:*", `${bucket}/\${aws:username}`, {
          Condition: { StringEquals: { "aws:PrincipalAccount": ACCOUNT } },
        }),
      ),
    ];
    expect(run({ identity, resource: `${bucket}/ana`, principal: ana })).toMatchObject({
      decision: "allowed",
      missingContextKeys: [],
    });
    expect(run({ identity, resource: `${bucket}/ana` })).toMatchObject({
      decision: "implicitDeny",
      missingContextKeys: ["aws:username", "aws:PrincipalAccount"],
    });
    expect(
      run({ identity, resource: `${bucket}/bob`, principal: ana, context: { "aws:username": ["bob"] } }),
    ).toMatchObject({ decision: "allowed" });
  });

  it("misses only keys of statements about the action", () => {
    const identity = [
      named("one", allow("ecs:*", "*", { Condition: { Null: { "ecs:cluster": "false" } } }), allow("s3:*")),
    ];
    expect(run({ identity })).toMatchObject({ decision: "allowed", missingContextKeys: [] });
  });
});

it("lists the condition keys that policies ask for, each once", () => {
  const first = named(
    "a",
    allow("*", ["arn:aws:s3:::b/${aws:username}", "arn:aws:s3:::b/${*}${aws:PrincipalTag/team, 'x'}"]),
  );
  const second = named(
    "b",
    allow("*", "*", {
      Condition: {
        StringEquals: { "AWS:UserName": "x", "s3:prefix": "${aws:userid}" },
        Bool: { "aws:SecureTransport": "true" },
      },
    }),
  );
  expect(contextKeysOf([first.policy, second.policy])).toEqual([
    "aws:username",
    "aws:PrincipalTag/team",
    "s3:prefix",
    "aws:userid",
    "aws:SecureTransport",
  ]);
});
