import { createSign, generateKeyPairSync, type KeyObject } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DescribeVpcsCommand, EC2Client } from "@aws-sdk/client-ec2";
import { ECRClient, GetAuthorizationTokenCommand } from "@aws-sdk/client-ecr";
import { DescribeClustersCommand, ECSClient, ListClustersCommand } from "@aws-sdk/client-ecs";
import {
  CreateAccessKeyCommand,
  CreateOpenIDConnectProviderCommand,
  CreateRoleCommand,
  CreateUserCommand,
  DeleteAccessKeyCommand,
  DeleteRoleCommand,
  DeleteUserCommand,
  DeleteUserPolicyCommand,
  GetUserCommand,
  IAMClient,
  PutRolePolicyCommand,
  PutUserPolicyCommand,
  DeleteRolePolicyCommand,
  UpdateAccessKeyCommand,
  UpdateUserCommand,
} from "@aws-sdk/client-iam";
import {
  AssumeRoleCommand,
  AssumeRoleWithWebIdentityCommand,
  DecodeAuthorizationMessageCommand,
  GetAccessKeyInfoCommand,
  GetCallerIdentityCommand,
  GetSessionTokenCommand,
  STSClient,
  type AssumeRoleCommandInput,
  type Credentials,
} from "@aws-sdk/client-sts";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { run } from "../support/command.ts";
import { TestEngine } from "../support/engine.ts";

/* STS as clients see it, with users and roles whose policies are enforced. */

const ACCOUNT = "000000000000";
const ARN = `arn:aws:iam::${ACCOUNT}`;
const ALICE = `${ARN}:user/staff/alice`;

interface Keys {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string;
}

let engine: TestEngine;
let iam: IAMClient;
let alice: Keys;
let issuer: Issuer;

beforeAll(async () => {
  [engine, issuer] = await Promise.all([TestEngine.start(["--compute", "simulated"]), Issuer.start()]);
  iam = client(IAMClient);
  await iam.send(new CreateUserCommand({ UserName: "alice", Path: "/staff/" }));
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: "alice" }));
  alice = { accessKeyId: AccessKey!.AccessKeyId!, secretAccessKey: AccessKey!.SecretAccessKey! };
  await allow("alice", [{ Action: "ecs:*", Resource: "*" }]);
  const account = { AWS: `${ARN}:root` };
  await Promise.all([
    role("named", { AWS: ALICE }, { actions: TAKE }),
    role("account", account),
    role("long", { AWS: ALICE }, { MaxSessionDuration: 7200 }),
    role("outside", { AWS: ALICE }, { condition: { StringEquals: { "sts:ExternalId": "the-partner" } } }),
    role("chained", { AWS: `${ARN}:role/path/named` }, { actions: TAKE }),
    role("tasks", { Service: "ecs-tasks.amazonaws.com" }),
  ]);
  await iam.send(
    new PutRolePolicyCommand({ RoleName: "named", PolicyName: "ecs", PolicyDocument: statements([LIST, ASSUME]) }),
  );
});
afterAll(async () => {
  await Promise.all([engine?.stop(), issuer?.stop()]);
});

const TAKE = ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"];
const LIST = { Action: ["ecs:ListClusters", "ecs:DescribeClusters"], Resource: "*" };
const ASSUME = { Action: TAKE, Resource: "*" };

function client<C>(Client: new (config: object) => C, credentials: Keys = engine.credentials): C {
  return new Client({ endpoint: engine.endpoint, region: engine.region, credentials, maxAttempts: 1 });
}

const sts = (keys?: Keys) => client(STSClient, keys);

function statements(list: object[]): string {
  return JSON.stringify({ Version: "2012-10-17", Statement: list.map((each) => ({ Effect: "Allow", ...each })) });
}

async function allow(UserName: string, list: object[]): Promise<void> {
  await iam.send(new PutUserPolicyCommand({ UserName, PolicyName: "own", PolicyDocument: statements(list) }));
}

async function role(RoleName: string, Principal: object, more: RoleOptions = {}): Promise<void> {
  const { actions = "sts:AssumeRole", condition, ...input } = more;
  const trust = { Principal, Action: actions, ...(condition ? { Condition: condition } : {}) };
  const Path = RoleName === "named" ? "/path/" : "/";
  const document = { AssumeRolePolicyDocument: statements([trust]) };
  await iam.send(new CreateRoleCommand({ RoleName, Path, ...document, ...input }));
}

interface RoleOptions {
  actions?: string | string[];
  condition?: object;
  MaxSessionDuration?: number;
}

const NAMED = `${ARN}:role/path/named`;

async function assume(keys: Keys, name: string, more: Partial<AssumeRoleCommandInput> = {}) {
  const RoleArn = name === "named" ? NAMED : `${ARN}:role/${name}`;
  return await sts(keys).send(new AssumeRoleCommand({ RoleArn, RoleSessionName: "me", ...more }));
}

function keysOf({ Credentials }: { Credentials?: Credentials | undefined }): Keys {
  const { AccessKeyId, SecretAccessKey, SessionToken } = Credentials!;
  return { accessKeyId: AccessKeyId!, secretAccessKey: SecretAccessKey!, sessionToken: SessionToken! };
}

function refused(name: string, message: unknown, status = 400) {
  return expect.objectContaining({
    name,
    message,
    $metadata: expect.objectContaining({ httpStatusCode: status }),
  });
}

const denied = (arn: string, action: string, resource: string) =>
  refused("AccessDenied", `User: ${arn} is not authorized to perform: ${action} on resource: ${resource}`, 403);

const identity = async (keys?: Keys) => {
  const { $metadata: _, ...rest } = await sts(keys).send(new GetCallerIdentityCommand({}));
  return rest;
};

describe("GetCallerIdentity", () => {
  test("of the root user and of a user who may do nothing of STS", async () => {
    expect(await identity()).toEqual({ Account: ACCOUNT, UserId: ACCOUNT, Arn: `${ARN}:root` });
    const { User } = await iam.send(new GetUserCommand({ UserName: "alice" }));
    expect(await identity(alice)).toEqual({ Account: ACCOUNT, UserId: User!.UserId, Arn: ALICE });
  });

  test("a key that is inactive is none, until it is active again", async () => {
    const set = (Status: "Active" | "Inactive") =>
      iam.send(new UpdateAccessKeyCommand({ UserName: "alice", AccessKeyId: alice.accessKeyId, Status }));
    await set("Inactive");
    await expect(identity(alice)).rejects.toEqual(
      refused("InvalidClientTokenId", "The security token included in the request is invalid.", 403),
    );
    await expect(client(ECSClient, alice).send(new ListClustersCommand({}))).rejects.toEqual(
      refused("UnrecognizedClientException", "The security token included in the request is invalid."),
    );
    await set("Active");
    expect(await identity(alice)).toMatchObject({ Arn: ALICE });
  });
});

describe("AssumeRole", () => {
  test("a role that names its taker: the session is the role's, and what the role may do", async () => {
    const answer = await assume(alice, "named");
    expect(answer).toMatchObject({
      AssumedRoleUser: {
        Arn: `arn:aws:sts::${ACCOUNT}:assumed-role/named/me`,
        AssumedRoleId: expect.stringMatching(/^AROA[A-Z0-9]{17}:me$/),
      },
      Credentials: { AccessKeyId: expect.stringMatching(/^ASIA[A-Z2-7]{16}$/), Expiration: expect.any(Date) },
    });
    expect(answer).not.toHaveProperty("PackedPolicySize");
    const hours = (answer.Credentials!.Expiration!.getTime() - Date.now()) / 3_600_000;
    expect(hours).toBeGreaterThan(0.99);
    expect(hours).toBeLessThanOrEqual(1);
    const keys = keysOf(answer);
    expect(await identity(keys)).toEqual({
      Account: ACCOUNT,
      UserId: answer.AssumedRoleUser!.AssumedRoleId,
      Arn: answer.AssumedRoleUser!.Arn,
    });
    await client(ECSClient, keys).send(new ListClustersCommand({}));
    await expect(client(EC2Client, keys).send(new DescribeVpcsCommand({}))).rejects.toMatchObject({
      name: "UnauthorizedOperation",
    });
  });

  test("a role that trusts the account leaves it to the taker's policies", async () => {
    const resource = `${ARN}:role/account`;
    await expect(assume(alice, "account")).rejects.toEqual(denied(ALICE, "sts:AssumeRole", resource));
    await allow("alice", [
      { Action: "ecs:*", Resource: "*" },
      { Action: "sts:AssumeRole", Resource: resource },
    ]);
    expect((await assume(alice, "account")).AssumedRoleUser!.Arn).toContain("assumed-role/account/me");
  });

  test.each([
    ["is not there", "nothing", {}],
    ["trusts somebody else", "tasks", {}],
    ["wants another external id", "outside", { ExternalId: "somebody" }],
    ["wants an external id", "outside", {}],
  ])("a role that %s", async (_, name, more) => {
    await expect(assume(alice, name, more)).rejects.toEqual(denied(ALICE, "sts:AssumeRole", `${ARN}:role/${name}`));
  });

  test("the root user takes on what trusts the account, and nothing else", async () => {
    await assume(engine.credentials, "account");
    await expect(assume(engine.credentials, "named")).rejects.toEqual(denied(`${ARN}:root`, "sts:AssumeRole", NAMED));
  });

  test("an external id that is right", async () => {
    await assume(alice, "outside", { ExternalId: "the-partner" });
  });

  test("tags and a source identity need rights of their own", async () => {
    await expect(assume(alice, "long", { Tags: [{ Key: "a", Value: "b" }] })).rejects.toEqual(
      denied(ALICE, "sts:TagSession", `${ARN}:role/long`),
    );
    await expect(assume(alice, "long", { SourceIdentity: "alice" })).rejects.toEqual(
      denied(ALICE, "sts:SetSourceIdentity", `${ARN}:role/long`),
    );
    const answer = await assume(alice, "named", { Tags: [{ Key: "a", Value: "b" }], SourceIdentity: "alice" });
    expect(answer).toMatchObject({ SourceIdentity: "alice", PackedPolicySize: 1 });
  });

  test("how long", async () => {
    const before = Math.floor(Date.now() / 1000);
    const { Credentials } = await assume(alice, "long", { DurationSeconds: 7200 });
    const issuedAt = Credentials!.Expiration!.getTime() / 1000 - 7200;
    expect(issuedAt).toBeGreaterThanOrEqual(before);
    expect(issuedAt).toBeLessThanOrEqual(Math.ceil(Date.now() / 1000));
    await expect(assume(alice, "long", { DurationSeconds: 7201 })).rejects.toEqual(
      refused("ValidationError", "The requested DurationSeconds exceeds the MaxSessionDuration set for this role."),
    );
    await expect(assume(alice, "long", { DurationSeconds: 899 })).rejects.toEqual(
      refused("ValidationError", expect.stringContaining("Value '899' at 'durationSeconds' failed")),
    );
  });

  test("a chain of roles: an hour at most, and tags that are passed on stay as they are", async () => {
    const first = keysOf(
      await assume(alice, "named", {
        Tags: [
          { Key: "Team", Value: "core" },
          { Key: "own", Value: "x" },
        ],
        TransitiveTagKeys: ["Team"],
        SourceIdentity: "alice",
      }),
    );
    await expect(assume(first, "chained", { DurationSeconds: 3601 })).rejects.toEqual(
      refused(
        "ValidationError",
        "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.",
      ),
    );
    await expect(assume(first, "chained", { Tags: [{ Key: "team", Value: "other" }] })).rejects.toEqual(
      refused("InvalidParameterValue", expect.stringContaining("conflicts with a transitive tag key")),
    );
    await expect(assume(first, "chained", { SourceIdentity: "bob" })).rejects.toEqual(
      denied(`arn:aws:sts::${ACCOUNT}:assumed-role/named/me`, "sts:SetSourceIdentity", `${ARN}:role/chained`),
    );
    expect(await assume(first, "chained")).toMatchObject({ SourceIdentity: "alice", PackedPolicySize: 1 });
  });

  test("session policies narrow", async () => {
    const Policy = statements([{ Action: "ecs:DescribeClusters", Resource: "*" }]);
    const PolicyArns = [{ arn: "arn:aws:iam::aws:policy/AmazonECS_FullAccess" }];
    const narrow = client(ECSClient, keysOf(await assume(alice, "named", { Policy })));
    await narrow.send(new DescribeClustersCommand({}));
    await expect(narrow.send(new ListClustersCommand({}))).rejects.toMatchObject({
      name: "AccessDeniedException",
      message: expect.stringContaining("because no session policy allows the ecs:ListClusters action"),
    });
    const wide = client(ECSClient, keysOf(await assume(alice, "named", { PolicyArns })));
    await wide.send(new ListClustersCommand({}));
  });

  const arns = (count: number) => Array.from({ length: count }, (_, n) => ({ arn: `${ARN}:policy/p${n}` }));
  test.each<[string, Partial<AssumeRoleCommandInput>, string, unknown]>([
    ["a policy that is none", { Policy: "{" }, "MalformedPolicyDocument", expect.any(String)],
    ["a policy that is not there", { PolicyArns: arns(1) }, "MalformedPolicyDocument", expect.stringContaining("p0")],
    [
      "eleven policies",
      { PolicyArns: arns(11) },
      "ValidationError",
      expect.stringContaining("less than or equal to 10"),
    ],
    [
      "a tag twice",
      { Tags: ["a", "A"].map((Key) => ({ Key, Value: "" })) },
      "InvalidParameterValue",
      "Duplicate tag keys found. Please note that Tag keys are case insensitive.",
    ],
    [
      "a transitive tag that is none",
      { TransitiveTagKeys: ["a"] },
      "ValidationError",
      "The specified transitive tag key must be included in the requested tags.",
    ],
    [
      "more tags than fit",
      { Tags: Array.from({ length: 50 }, (_, n) => ({ Key: `${n}`, Value: randomText(250) })) },
      "PackedPolicyTooLarge",
      expect.stringMatching(/^Packed size of session tags consumes \d{3}% of allotted space\.$/),
    ],
    [
      "a role's ARN that is none",
      { RoleArn: "arn:aws:ecs:us-east-1:000000000000:x" },
      "ValidationError",
      "Request ARN is invalid",
    ],
    [
      "a one-time code",
      { SerialNumber: `${ARN}:mfa/a`, TokenCode: "000000" },
      "AccessDenied",
      expect.stringContaining("MultiFactor"),
    ],
  ])("%s", async (_, more, name, message) => {
    const status = name === "AccessDenied" ? 403 : 400;
    const codes: Record<string, string> = {
      MalformedPolicyDocument: "MalformedPolicyDocumentException",
      PackedPolicyTooLarge: "PackedPolicyTooLargeException",
    };
    await expect(assume(alice, "named", more)).rejects.toEqual(refused(codes[name] ?? name, message, status));
  });

  test("a session ends with its role, also when another is made of that name", async () => {
    await role("brief", { AWS: ALICE });
    const keys = keysOf(await assume(alice, "brief"));
    await identity(keys);
    await iam.send(new DeleteRoleCommand({ RoleName: "brief" }));
    await expect(identity(keys)).rejects.toMatchObject({ name: "InvalidClientTokenId" });
    await role("brief", { AWS: ALICE });
    await expect(identity(keys)).rejects.toMatchObject({ name: "InvalidClientTokenId" });
    expect(await identity(keysOf(await assume(alice, "brief")))).toMatchObject({ Account: ACCOUNT });
  });

  test("what a role may do changes under its sessions", async () => {
    const keys = keysOf(await assume(alice, "long"));
    const list = () => client(ECSClient, keys).send(new ListClustersCommand({}));
    await expect(list()).rejects.toMatchObject({ name: "AccessDeniedException" });
    const policy = { RoleName: "long", PolicyName: "p" };
    await iam.send(new PutRolePolicyCommand({ ...policy, PolicyDocument: statements([LIST]) }));
    await list();
    await iam.send(new DeleteRolePolicyCommand(policy));
    await expect(list()).rejects.toMatchObject({ name: "AccessDeniedException" });
  });
});

describe("GetSessionToken", () => {
  test("the session is the user's own, and has no session and nothing of IAM to itself", async () => {
    const answer = await sts(alice).send(new GetSessionTokenCommand({}));
    expect((answer.Credentials!.Expiration!.getTime() - Date.now()) / 3_600_000).toBeCloseTo(12, 1);
    const keys = keysOf(answer);
    expect(await identity(keys)).toEqual(await identity(alice));
    await client(ECSClient, keys).send(new ListClustersCommand({}));
    await expect(sts(keys).send(new GetSessionTokenCommand({}))).rejects.toEqual(
      refused("AccessDenied", "Cannot call GetSessionToken with session credentials", 403),
    );
    await expect(client(IAMClient, keys).send(new GetUserCommand({}))).rejects.toMatchObject({
      name: "InvalidClientTokenId",
    });
  });

  test("a user who is renamed keeps the session and a registry password, under the new name, until it is deleted", async () => {
    await iam.send(new CreateUserCommand({ UserName: "before" }));
    const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: "before" }));
    const AccessKeyId = AccessKey!.AccessKeyId!;
    await allow("before", [{ Action: ["ecr:GetAuthorizationToken", "ecr:ListImages"], Resource: "*" }]);
    const user = { accessKeyId: AccessKeyId, secretAccessKey: AccessKey!.SecretAccessKey! };
    const keys = keysOf(await sts(user).send(new GetSessionTokenCommand({})));
    const { authorizationData } = await client(ECRClient, keys).send(new GetAuthorizationTokenCommand({}));
    const headers = { authorization: `Basic ${authorizationData![0]!.authorizationToken}` };
    const registry = async (path: string, method = "GET") => {
      const answer = await fetch(`${engine.endpoint}/v2/${path}`, { method, headers });
      return `${answer.status} ${await answer.text()}`;
    };
    expect(await registry("none/tags/list")).toMatch(/^404 /);
    await iam.send(new UpdateUserCommand({ UserName: "before", NewUserName: "after" }));
    expect(await identity(keys)).toMatchObject({ Arn: `${ARN}:user/after` });
    expect(await registry("none/tags/list")).toMatch(/^404 /);
    expect(await registry("none/manifests/latest", "DELETE")).toContain(`User: ${ARN}:user/after is not authorized`);
    await iam.send(new DeleteUserPolicyCommand({ UserName: "after", PolicyName: "own" }));
    await iam.send(new DeleteAccessKeyCommand({ UserName: "after", AccessKeyId }));
    await iam.send(new DeleteUserCommand({ UserName: "after" }));
    await expect(identity(keys)).rejects.toMatchObject({ name: "InvalidClientTokenId" });
    for (const path of ["", "none/tags/list"])
      expect(await registry(path)).toMatch(/^403 .*Your authorization token has expired/);
  });

  test("the root user's lasts an hour", async () => {
    const answer = await sts().send(new GetSessionTokenCommand({ DurationSeconds: 7200 }));
    expect((answer.Credentials!.Expiration!.getTime() - Date.now()) / 3_600_000).toBeCloseTo(1, 1);
    expect(await identity(keysOf(answer))).toMatchObject({ Arn: `${ARN}:root` });
  });
});

test("GetAccessKeyInfo", async () => {
  const { accessKeyId } = keysOf(await assume(alice, "named"));
  for (const AccessKeyId of [engine.credentials.accessKeyId, alice.accessKeyId, accessKeyId])
    expect(await sts().send(new GetAccessKeyInfoCommand({ AccessKeyId }))).toMatchObject({ Account: ACCOUNT });
  await expect(sts().send(new GetAccessKeyInfoCommand({ AccessKeyId: "AKIAAAAAAAAAAAAAAAAA" }))).rejects.toMatchObject({
    name: "ValidationError",
  });
  await expect(sts(alice).send(new GetAccessKeyInfoCommand({ AccessKeyId: accessKeyId }))).rejects.toEqual(
    refused("AccessDenied", expect.stringContaining("sts:GetAccessKeyInfo"), 403),
  );
});

test("DecodeAuthorizationMessage", async () => {
  const EncodedMessage = "nothing-of-ours";
  await expect(sts().send(new DecodeAuthorizationMessageCommand({ EncodedMessage }))).rejects.toMatchObject({
    name: "InvalidAuthorizationMessageException",
  });
});

describe("AssumeRoleWithWebIdentity", () => {
  let trusted: string;
  beforeAll(async () => {
    const { OpenIDConnectProviderArn } = await iam.send(
      new CreateOpenIDConnectProviderCommand({
        Url: issuer.url,
        ClientIDList: ["sts.amazonaws.com"],
        ThumbprintList: [issuer.thumbprint],
      }),
    );
    trusted = OpenIDConnectProviderArn!;
    const host = issuer.url.replace("https://", "");
    await role(
      "web",
      { Federated: trusted },
      {
        actions: ["sts:AssumeRoleWithWebIdentity", "sts:TagSession"],
        condition: {
          StringEquals: { [`${host}:aud`]: "sts.amazonaws.com" },
          StringLike: { [`${host}:sub`]: "repo:me/*" },
        },
      },
    );
  });

  const NOBODY = { accessKeyId: "", secretAccessKey: "" };
  const assumeWeb = async (WebIdentityToken: string, name = "web", more = {}) =>
    await sts(NOBODY).send(
      new AssumeRoleWithWebIdentityCommand({
        RoleArn: `${ARN}:role/${name}`,
        RoleSessionName: "ci",
        WebIdentityToken,
        ...more,
      }),
    );

  test.each(["RS256", "ES256"] as const)("a token that the provider signed, %s", async (algorithm) => {
    const answer = await assumeWeb(issuer.token({}, { algorithm }));
    expect(answer).toMatchObject({
      Audience: "sts.amazonaws.com",
      Provider: trusted,
      SubjectFromWebIdentityToken: "repo:me/app",
      AssumedRoleUser: { Arn: `arn:aws:sts::${ACCOUNT}:assumed-role/web/ci` },
    });
    expect(await identity(keysOf(answer))).toMatchObject({ Arn: answer.AssumedRoleUser!.Arn });
  });

  test("a provider that changes its keys, and one that gives tags", async () => {
    issuer.changeKeys();
    const tags = { "https://aws.amazon.com/tags": { principal_tags: { team: ["core"] } } };
    // Keys are not asked for again at once: anybody may send tokens with unknown ones.
    await expect(assumeWeb(issuer.token(tags))).rejects.toMatchObject({ name: "InvalidIdentityTokenException" });
    issuer.changeBack();
    expect(await assumeWeb(issuer.token(tags))).toMatchObject({ PackedPolicySize: 1 });
  });

  test("a token alone lets in: no signature is asked for, and none replaces it", async () => {
    const form = (parameters: Record<string, string>) =>
      fetch(engine.endpoint, {
        method: "POST",
        body: new URLSearchParams({ Version: "2011-06-15", ...parameters }),
      });
    const RoleArn = `${ARN}:role/web`;
    const web = { Action: "AssumeRoleWithWebIdentity", RoleArn, RoleSessionName: "ci" };
    expect((await form({ ...web, WebIdentityToken: issuer.token() })).status).toBe(200);
    const unsigned = await form({ Action: "AssumeRole", RoleArn, RoleSessionName: "ci" });
    expect(unsigned.status).toBe(403);
    expect(await unsigned.text()).toContain("<Code>MissingAuthenticationToken</Code>");
  });

  const now = Math.floor(Date.now() / 1000);
  const INVALID = "InvalidIdentityTokenException";
  test.each<[string, () => string, string, unknown]>([
    ["no token", () => "none", INVALID, expect.stringContaining("is not a valid JWT")],
    [
      "another provider",
      () => issuer.token({ iss: "https://other.test" }),
      INVALID,
      /^No OpenIDConnect provider found in your account for https:\/\/other\.test$/,
    ],
    [
      "a provider without TLS",
      () => issuer.token({ iss: issuer.url.replace("https", "http") }),
      INVALID,
      /^No OpenIDConnect/,
    ],
    ["another audience", () => issuer.token({ aud: "me" }), INVALID, "Incorrect token audience"],
    ["no audience", () => issuer.token({ aud: undefined }), INVALID, "Missing a required claim: aud"],
    ["no subject", () => issuer.token({ sub: undefined }), INVALID, "Missing a required claim: sub"],
    [
      "an expired one",
      () => issuer.token({ exp: now - 1 }),
      "ExpiredTokenException",
      /^Token expired: current date\/time \d+ must be before the expiration date\/time\d+$/,
    ],
    ["one of the future", () => issuer.token({ nbf: now + 1000 }), INVALID, expect.any(String)],
    ["an altered one", () => issuer.token({}, { altered: true }), INVALID, "Token signature invalid"],
    ["one without a signature", () => issuer.token({}, { algorithm: "none" }), INVALID, expect.any(String)],
    ["one signed with the public key", () => issuer.token({}, { algorithm: "HS256" }), INVALID, expect.any(String)],
    [
      "an unknown key",
      () => issuer.token({}, { kid: "other" }),
      INVALID,
      expect.stringContaining("Couldn't retrieve verification key"),
    ],
    [
      "another subject",
      () => issuer.token({ sub: "repo:you/app" }),
      "AccessDenied",
      "Not authorized to perform sts:AssumeRoleWithWebIdentity",
    ],
  ])("%s", async (_, token, name, message) => {
    const matcher = message instanceof RegExp ? expect.stringMatching(message) : message;
    await expect(assumeWeb(token())).rejects.toEqual(refused(name, matcher, name === "AccessDenied" ? 403 : 400));
  });

  test("a role that is not there, one that trusts somebody else, and one for too long", async () => {
    for (const name of ["nothing", "named"])
      await expect(assumeWeb(issuer.token(), name)).rejects.toMatchObject({ name: "AccessDenied" });
    await expect(assumeWeb(issuer.token(), "web", { DurationSeconds: 7200 })).rejects.toMatchObject({
      name: "ValidationError",
    });
  });

  test("a provider that shows another certificate than IAM knows, and one that cannot be reached", async () => {
    const provider = async (url: string, thumbprint: string) =>
      await iam.send(
        new CreateOpenIDConnectProviderCommand({
          Url: url,
          ClientIDList: ["sts.amazonaws.com"],
          ThumbprintList: [thumbprint],
        }),
      );
    await provider(`${issuer.url}/stranger`, "0".repeat(40));
    await expect(assumeWeb(issuer.token({ iss: `${issuer.url}/stranger` }))).rejects.toEqual(
      refused(INVALID, "OpenIDConnect provider's HTTPS certificate doesn't match configured thumbprint"),
    );
    await provider("https://127.0.0.1:1", issuer.thumbprint);
    await expect(assumeWeb(issuer.token({ iss: "https://127.0.0.1:1" }))).rejects.toMatchObject({
      name: "IDPCommunicationErrorException",
    });
  });
});

function randomText(length: number): string {
  return Array.from({ length }, () => String.fromCharCode(97 + Math.floor(Math.random() * 26))).join("");
}

interface TokenOptions {
  algorithm?: "RS256" | "ES256" | "none" | "HS256";
  altered?: boolean;
  kid?: string;
}

/** An OpenID Connect provider on the loopback interface, with a certificate that it made itself. */
class Issuer {
  readonly url: string;
  readonly thumbprint: string;
  private readonly server: Server;
  private readonly keys = [keyPairs(), keyPairs()];
  private current = 0;

  private constructor(server: Server, thumbprint: string) {
    this.server = server;
    this.thumbprint = thumbprint;
    this.url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  static async start(): Promise<Issuer> {
    const folder = mkdtempSync(join(tmpdir(), "neargate-issuer-"));
    const file = (name: string) => join(folder, name);
    const subject = ["-subj", "/CN=issuer", "-addext", "subjectAltName=IP:127.0.0.1", "-days", "2"];
    const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", file("key")];
    await run("openssl", ["req", "-x509", ...key, "-out", file("cert"), ...subject]);
    const fingerprint = await run("openssl", ["x509", "-in", file("cert"), "-noout", "-fingerprint", "-sha1"]);
    const thumbprint = fingerprint.split("=")[1]!.trim().replaceAll(":", "");
    const tls = { key: readFileSync(file("key")), cert: readFileSync(file("cert")) };
    rmSync(folder, { recursive: true });
    const server = createServer(tls);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const made = new Issuer(server, thumbprint);
    server.on("request", (request, response) => response.end(made.document(request.url!)));
    return made;
  }

  changeKeys(): void {
    this.current = 1;
  }

  changeBack(): void {
    this.current = 0;
  }

  token(claims: object = {}, { algorithm = "RS256", altered = false, kid }: TokenOptions = {}): string {
    const now = Math.floor(Date.now() / 1000);
    const usual = { iss: this.url, sub: "repo:me/app", aud: "sts.amazonaws.com", iat: now, exp: now + 300 };
    const part = (content: object) => Buffer.from(JSON.stringify(content)).toString("base64url");
    const head = part({ alg: algorithm, kid: kid ?? `${algorithm}-${this.current}` });
    const body = part({ ...usual, ...claims });
    const sign = createSign("sha256").update(altered ? `${head}.x${body}` : `${head}.${body}`);
    const pair = this.keys[this.current]!;
    const key = algorithm === "ES256" ? pair.ec.privateKey : pair.rsa.privateKey;
    const signature = sign.sign({ key, dsaEncoding: "ieee-p1363" });
    return `${head}.${body}.${algorithm === "none" ? "" : signature.toString("base64url")}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private document(path: string): string {
    const jwk = (key: KeyObject, alg: string) => ({
      ...key.export({ format: "jwk" }),
      kid: `${alg}-${this.current}`,
      use: "sig",
    });
    const { rsa, ec } = this.keys[this.current]!;
    return JSON.stringify(
      path === "/keys"
        ? { keys: [jwk(rsa.publicKey, "RS256"), jwk(ec.publicKey, "ES256")] }
        : { issuer: this.url, jwks_uri: `${this.url}/keys` },
    );
  }
}

function keyPairs() {
  return {
    rsa: generateKeyPairSync("rsa", { modulusLength: 2048 }),
    ec: generateKeyPairSync("ec", { namedCurve: "P-256" }),
  };
}
