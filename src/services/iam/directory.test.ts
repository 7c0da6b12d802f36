import { randomBytes } from "node:crypto";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { systemClock } from "../../base/clock.ts";
import { randomIds } from "../../base/ids.ts";
import { silentLogger } from "../../base/log.ts";
import type { PrincipalPolicies } from "../../identity/directory.ts";
import { principalsOf } from "../../identity/policy/policy.ts";
import { rolePrincipal, type Principal, type SessionFacts } from "../../identity/principal.ts";
import { Keyring } from "../../keyring/keyring.ts";
import { sqliteDialect } from "../../store/sqlite.ts";
import { Store } from "../../store/store.ts";
import type { RequestContext } from "../../wire/context.ts";
import { Iam } from "./iam.ts";
import { addUserToGroup } from "./operations/add-user-to-group.ts";
import { attachGroupPolicy } from "./operations/attach-group-policy.ts";
import { attachRolePolicy } from "./operations/attach-role-policy.ts";
import { createAccessKey } from "./operations/create-access-key.ts";
import { createGroup } from "./operations/create-group.ts";
import { createPolicyVersion } from "./operations/create-policy-version.ts";
import { createPolicy } from "./operations/create-policy.ts";
import { createRole } from "./operations/create-role.ts";
import { createUser } from "./operations/create-user.ts";
import { deleteRolePolicy } from "./operations/delete-role-policy.ts";
import { deleteRole } from "./operations/delete-role.ts";
import { detachRolePolicy } from "./operations/detach-role-policy.ts";
import { getRole } from "./operations/get-role.ts";
import { putRolePermissionsBoundary } from "./operations/put-role-permissions-boundary.ts";
import { putRolePolicy } from "./operations/put-role-policy.ts";
import { removeUserFromGroup } from "./operations/remove-user-from-group.ts";
import { tagRole } from "./operations/tag-role.ts";
import { updateAccessKey } from "./operations/update-access-key.ts";
import { updateAssumeRolePolicy } from "./operations/update-assume-role-policy.ts";

const account = "000000000000";
const context = { scope: { account, region: "us-east-1" } } as RequestContext;
const EXECUTION = "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy";
const S3_READER = "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess";
const trust = (service: string) =>
  JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Principal: { Service: service }, Action: "sts:AssumeRole" }],
  });
const allow = (Action: string) =>
  JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", Action, Resource: "*" }] });

let store: Store;
let iam: Iam;
beforeEach(async () => {
  store = new Store(sqliteDialect(":memory:"), silentLogger);
  const keyring = new Keyring(randomBytes(32), { provider: "file", id: "test", place: "nowhere" });
  iam = new Iam({
    store,
    keyring,
    rootKey: () => ({ account: "000000000000", accessKeyId: "AKIAROOT" }),
    clock: systemClock,
    ids: randomIds,
    log: silentLogger,
  });
  await store.open();
  iam.start();
});
afterEach(async () => {
  await iam.stop();
  await store.close();
});

async function role(RoleName: string, more = {}) {
  const AssumeRolePolicyDocument = trust("ecs-tasks.amazonaws.com");
  const { Role } = await createRole(iam)({ RoleName, AssumeRolePolicyDocument, ...more }, context);
  return { arn: Role!.Arn!, id: Role!.RoleId! };
}

function as(of: { arn: string; id: string }, session: Partial<SessionFacts> = {}): Principal {
  return rolePrincipal(of, "session", { issuedAt: 0, expiresAt: 0, ...session }, "ASIA");
}

/** The documents of what the directory answers, without white space. */
async function documentsOf(principal: Principal) {
  const found = await iam.directory.policiesOf(principal);
  const texts = (policies: PrincipalPolicies["identity"] | undefined) =>
    policies?.map(({ text }) => text.replaceAll(/\s/g, "")).toSorted();
  return (
    found && {
      identity: texts(found.identity),
      boundary: texts(found.boundary && [found.boundary]),
      session: texts(found.session),
    }
  );
}

/** How many statements the work sends to the database. */
async function queriesOf(work: () => Promise<unknown>): Promise<number> {
  const db = vi.spyOn(store, "db", "get");
  try {
    await work();
    return db.mock.calls.length;
  } finally {
    db.mockRestore();
  }
}

test("a role's policies are what is put in it and attached to it, at once", async () => {
  const made = await role("worker");
  expect(await documentsOf(as(made))).toEqual({ identity: [], boundary: undefined, session: undefined });
  await putRolePolicy(iam)({ RoleName: "worker", PolicyName: "one", PolicyDocument: allow("s3:GetObject") }, context);
  await attachRolePolicy(iam)({ RoleName: "worker", PolicyArn: EXECUTION }, context);
  expect((await documentsOf(as(made)))!.identity).toEqual([
    expect.stringContaining("s3:GetObject"),
    expect.stringContaining("ecr:GetAuthorizationToken"),
  ]);
  await deleteRolePolicy(iam)({ RoleName: "worker", PolicyName: "one" }, context);
  await detachRolePolicy(iam)({ RoleName: "worker", PolicyArn: EXECUTION }, context);
  expect((await documentsOf(as(made)))!.identity).toEqual([]);
});

test("a managed policy's new default version counts at once, also as a boundary", async () => {
  const { Policy } = await createPolicy(iam)({ PolicyName: "mine", PolicyDocument: allow("ecs:List*") }, context);
  const made = await role("worker");
  await attachRolePolicy(iam)({ RoleName: "worker", PolicyArn: Policy!.Arn }, context);
  await putRolePermissionsBoundary(iam)({ RoleName: "worker", PermissionsBoundary: Policy!.Arn }, context);
  expect(await documentsOf(as(made))).toMatchObject({ identity: [allow("ecs:List*")], boundary: [allow("ecs:List*")] });
  const version = { PolicyArn: Policy!.Arn, PolicyDocument: allow("ecs:*"), SetAsDefault: true };
  await createPolicyVersion(iam)(version, context);
  expect(await documentsOf(as(made))).toMatchObject({ identity: [allow("ecs:*")], boundary: [allow("ecs:*")] });
});

test("sessions bring their own policies and tags", async () => {
  const made = await role("worker", {
    Tags: [
      { Key: "team", Value: "blue" },
      { Key: "stage", Value: "test" },
    ],
  });
  const session = { policy: allow("s3:*"), policyArns: [S3_READER], tags: { team: "red" } };
  expect((await documentsOf(as(made, session)))!.session).toEqual([
    allow("s3:*"),
    expect.stringContaining("s3:Describe*"),
  ]);
  expect((await iam.directory.policiesOf(as(made, session)))!.tags).toEqual({ team: "red", stage: "test" });
  expect((await iam.directory.policiesOf(as(made)))!.tags).toEqual({ team: "blue", stage: "test" });
});

test("a role that was made anew under its name is another one", async () => {
  const first = await role("worker");
  await deleteRole(iam)({ RoleName: "worker" }, context);
  expect(await iam.directory.policiesOf(as(first))).toBeUndefined();
  const second = await role("worker");
  expect(await iam.directory.policiesOf(as(first))).toBeUndefined();
  expect(await iam.directory.policiesOf(as(second))).toBeDefined();
});

test("who gets the name of somebody who was trusted is not trusted", async () => {
  const first = await role("first");
  const AssumeRolePolicyDocument = JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Principal: { AWS: first.arn }, Action: "sts:AssumeRole" }],
  });
  await createRole(iam)({ RoleName: "second", AssumeRolePolicyDocument }, context);
  const trusted = async () => {
    const { trustPolicy } = (await iam.directory.role({ account, name: "second" }))!;
    return principalsOf(trustPolicy);
  };
  expect(await trusted()).toEqual([{ type: "AWS", name: first.arn }]);
  await deleteRole(iam)({ RoleName: "first" }, context);
  await role("first");
  expect(await trusted()).toEqual([{ type: "AWS", name: first.id }]);
});

test("roles are found by ARN and by name, with their trust policy as it is now", async () => {
  const made = await role("worker", { Path: "/a/", MaxSessionDuration: 7200 });
  const facts = await iam.directory.role({ account, name: "worker" });
  expect(facts).toMatchObject({ ...made, name: "worker", maxSessionDuration: 7200, tags: {} });
  expect(await iam.directory.role({ arn: made.arn })).toEqual(facts);
  expect(await iam.directory.role({ arn: made.arn.replace("/a/", "/b/") })).toBeUndefined();
  expect(await iam.directory.role({ account: "111122223333", name: "worker" })).toBeUndefined();
  const PolicyDocument = trust("ec2.amazonaws.com");
  await updateAssumeRolePolicy(iam)({ RoleName: "worker", PolicyDocument }, context);
  await tagRole(iam)({ RoleName: "worker", Tags: [{ Key: "a", Value: "b" }] }, context);
  const now = await iam.directory.role({ arn: made.arn });
  expect(now!.trustPolicy.text).toBe(PolicyDocument);
  expect(now!.tags).toEqual({ a: "b" });
});

test("users have the policies of their groups, and keys until these are inactive", async () => {
  const { User } = await createUser(iam)({ UserName: "Bob" }, context);
  await createGroup(iam)({ GroupName: "readers" }, context);
  await attachGroupPolicy(iam)({ GroupName: "readers", PolicyArn: S3_READER }, context);
  const principal: Principal = {
    type: "User",
    accountId: account,
    arn: User!.Arn!,
    userId: User!.UserId!,
    userName: "Bob",
    accessKeyId: "AKIA",
  };
  expect((await documentsOf(principal))!.identity).toEqual([]);
  await addUserToGroup(iam)({ GroupName: "readers", UserName: "Bob" }, context);
  expect((await documentsOf(principal))!.identity).toHaveLength(1);
  await removeUserFromGroup(iam)({ GroupName: "readers", UserName: "Bob" }, context);
  expect((await documentsOf(principal))!.identity).toEqual([]);

  const { AccessKey } = await createAccessKey(iam)({ UserName: "Bob" }, context);
  const key = { AccessKeyId: AccessKey!.AccessKeyId!, UserName: "Bob" };
  expect(await iam.directory.userKey(key.AccessKeyId)).toEqual({
    accessKeyId: key.AccessKeyId,
    secretAccessKey: AccessKey!.SecretAccessKey,
    active: true,
    userName: "Bob",
    userArn: User!.Arn,
    userId: User!.UserId,
    accountId: account,
  });
  await updateAccessKey(iam)({ ...key, Status: "Inactive" }, context);
  expect(await iam.directory.userKey(key.AccessKeyId)).toMatchObject({ active: false });
});

test("what is known costs no query, and a change costs no other account anything", async () => {
  const made = await role("worker");
  await attachRolePolicy(iam)({ RoleName: "worker", PolicyArn: EXECUTION }, context);
  const session = as(made, { policy: allow("s3:*"), policyArns: [S3_READER] });
  const ask = async () => {
    await iam.directory.policiesOf(session);
    await iam.directory.role({ arn: made.arn });
    await iam.directory.role({ account, name: "nobody" });
    await iam.directory.userKey("AKIANOBODY");
  };
  expect(await queriesOf(ask)).toBeGreaterThan(0);
  expect(await queriesOf(ask)).toBe(0);
  const elsewhere = { scope: { account: "111122223333", region: "us-east-1" } } as RequestContext;
  await createPolicy(iam)({ PolicyName: "theirs", PolicyDocument: allow("s3:*") }, elsewhere);
  expect(await queriesOf(() => iam.directory.policiesOf(session))).toBe(0);
});

test("the last use of a role is shown, and survives a restart", async () => {
  const made = await role("worker");
  await iam.directory.role({ arn: made.arn });
  iam.directory.roleUsed(made.arn, { service: "ecs", region: "eu-west-1", at: 1_700_000_000_500 });
  const lastUse = async () => (await getRole(iam)({ RoleName: "worker" }, context)).Role!.RoleLastUsed;
  const use = { LastUsedDate: new Date(1_700_000_000_000), Region: "eu-west-1" };
  await expect.poll(lastUse).toEqual(use);
  iam.directory.roleUsed(made.arn, { service: "ecs", region: "eu-west-3", at: 1_700_000_060_000 });
  const later = { LastUsedDate: new Date(1_700_000_060_000), Region: "eu-west-3" };
  await expect.poll(lastUse).toEqual(later);
  await iam.stop();
  iam.start();
  expect(await lastUse()).toEqual(later);
});
