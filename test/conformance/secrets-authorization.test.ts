import { CreateAccessKeyCommand, CreateUserCommand, IAMClient, PutUserPolicyCommand } from "@aws-sdk/client-iam";
import { CreateKeyCommand, DisableKeyCommand, KMSClient } from "@aws-sdk/client-kms";
import {
  BatchGetSecretValueCommand,
  CreateSecretCommand,
  GetSecretValueCommand,
  PutResourcePolicyCommand,
  SecretsManagerClient,
  TagResourceCommand,
  UpdateSecretCommand,
} from "@aws-sdk/client-secrets-manager";
import {
  GetParameterCommand,
  GetParametersByPathCommand,
  GetParametersCommand,
  PutParameterCommand,
  SSMClient,
} from "@aws-sdk/client-ssm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { TestEngine } from "../support/engine.ts";

/* What users may do with secrets, parameters and the keys they are under. */

const USER = "arn:aws:iam::000000000000:user/reader";

let engine: TestEngine;
let iam: IAMClient;
let kms: KMSClient;
let owner: { secrets: SecretsManagerClient; ssm: SSMClient };
let reader: typeof owner;

beforeAll(async () => {
  engine = await TestEngine.start(["--compute", "simulated"]);
  const { endpoint, region, credentials } = engine;
  const config = { endpoint, region, maxAttempts: 1 };
  const clients = (keys: typeof credentials) => ({
    secrets: new SecretsManagerClient({ ...config, credentials: keys }),
    ssm: new SSMClient({ ...config, credentials: keys }),
  });
  iam = new IAMClient({ ...config, credentials });
  kms = new KMSClient({ ...config, credentials });
  owner = clients(credentials);
  await iam.send(new CreateUserCommand({ UserName: "reader" }));
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: "reader" }));
  reader = clients({ accessKeyId: AccessKey!.AccessKeyId!, secretAccessKey: AccessKey!.SecretAccessKey! });
});
afterAll(() => engine?.stop());

interface Statement {
  Effect?: "Allow" | "Deny";
  Action: string;
  Resource: string;
  Condition?: object;
}

/** Gives the user these rights and no others. */
async function allow(...statements: Statement[]): Promise<void> {
  const Statement = statements.map((statement) => ({ Effect: "Allow", ...statement }));
  const PolicyDocument = JSON.stringify({ Version: "2012-10-17", Statement });
  await iam.send(new PutUserPolicyCommand({ UserName: "reader", PolicyName: "rights", PolicyDocument }));
}

const secret = async (Name: string, more: { KmsKeyId?: string; Tags?: { Key: string; Value: string }[] } = {}) =>
  (await owner.secrets.send(new CreateSecretCommand({ Name, SecretString: `value of ${Name}`, ...more }))).ARN!;

const read = async (SecretId: string, VersionStage?: string) =>
  (await reader.secrets.send(new GetSecretValueCommand({ SecretId, VersionStage }))).SecretString;

async function failure(request: Promise<unknown>): Promise<string> {
  return await request.then(
    () => "no failure",
    (cause: Error) => `${cause.name}: ${cause.message}`,
  );
}

const denied = (action: string, resource: string) =>
  `AccessDeniedException: User: ${USER} is not authorized to perform: ${action} on resource: ${resource} because no identity-based policy allows the ${action} action`;

test("a user reads exactly the secrets that its policy names", async () => {
  const [mine, other] = [await secret("team/mine"), await secret("other")];
  const withoutEnd = other.slice(0, -"-a1b2c3".length);
  await allow({ Action: "secretsmanager:GetSecretValue", Resource: mine });
  expect(await read("team/mine")).toBe("value of team/mine");
  expect(await read(mine)).toBe("value of team/mine");
  // Whether there is such a secret is not told.
  const none = "arn:aws:secretsmanager:us-east-1:000000000000:secret:none";
  for (const id of ["other", other, withoutEnd, "none", none])
    expect(await failure(read(id))).toBe(denied("secretsmanager:GetSecretValue", id));
  expect(await failure(reader.secrets.send(new CreateSecretCommand({ Name: "none", SecretString: "x" })))).toBe(
    denied("secretsmanager:CreateSecret", "none"),
  );
  const batch = new BatchGetSecretValueCommand({ SecretIdList: ["team/mine", "other"] });
  expect(await failure(reader.secrets.send(batch))).toBe(denied("secretsmanager:BatchGetSecretValue", "*"));
  const wide = "arn:aws:secretsmanager:us-east-1:000000000000:secret:team/*";
  await allow(
    { Action: "secretsmanager:BatchGetSecretValue", Resource: "*" },
    { Action: "secretsmanager:GetSecretValue", Resource: wide },
  );
  const { SecretValues, Errors } = await reader.secrets.send(batch);
  expect(SecretValues!.map(({ SecretString }) => SecretString)).toEqual(["value of team/mine"]);
  const Message = denied("secretsmanager:GetSecretValue", "other").replace("AccessDeniedException: ", "");
  expect(Errors).toEqual([{ SecretId: "other", ErrorCode: "AccessDeniedException", Message }]);
});

test("conditions on tags and labels, and policies on the secret itself, are heeded", async () => {
  await secret("tagged", { Tags: [{ Key: "team", Value: "blue" }] });
  const byTag = (team: string): Statement => ({
    Action: "secretsmanager:*",
    Resource: "*",
    Condition: { StringEquals: { "secretsmanager:ResourceTag/team": team } },
  });
  await allow(byTag("red"));
  expect(await failure(read("tagged"))).toBe(denied("secretsmanager:GetSecretValue", "tagged"));
  await allow(byTag("blue"));
  expect(await read("tagged")).toBe("value of tagged");
  // Who would lose its rights by it may not change the tag.
  const retag = new TagResourceCommand({ SecretId: "tagged", Tags: [{ Key: "team", Value: "red" }] });
  expect(await failure(reader.secrets.send(retag))).toMatch(/^AccessDeniedException/);
  await allow({
    Action: "secretsmanager:GetSecretValue",
    Resource: "*",
    Condition: { StringEquals: { "secretsmanager:VersionStage": "AWSCURRENT" } },
  });
  expect(await read("tagged")).toBe("value of tagged");
  expect(await failure(read("tagged", "AWSPREVIOUS"))).toBe(denied("secretsmanager:GetSecretValue", "tagged"));

  await allow({ Action: "ecs:ListClusters", Resource: "*" });
  const policy = async (Effect: string) => {
    const Statement = [{ Effect, Principal: { AWS: USER }, Action: "secretsmanager:GetSecretValue", Resource: "*" }];
    const ResourcePolicy = JSON.stringify({ Version: "2012-10-17", Statement });
    await owner.secrets.send(new PutResourcePolicyCommand({ SecretId: "tagged", ResourcePolicy }));
  };
  await policy("Allow");
  expect(await read("tagged")).toBe("value of tagged");
  await policy("Deny");
  await allow({ Action: "secretsmanager:*", Resource: "*" });
  expect(await failure(read("tagged"))).toBe(
    `AccessDeniedException: User: ${USER} is not authorized to perform: secretsmanager:GetSecretValue on resource: tagged with an explicit deny in a resource-based policy`,
  );
});

test("who may read a secret needs its key too, unless it is AWS's", async () => {
  const { KeyMetadata } = await kms.send(new CreateKeyCommand({}));
  const key = KeyMetadata!.Arn!;
  await secret("keyed", { KmsKeyId: key });
  const readAll: Statement = { Action: "secretsmanager:GetSecretValue", Resource: "*" };
  const decrypt = (service: string): Statement => ({
    Action: "kms:Decrypt",
    Resource: key,
    Condition: { StringEquals: { "kms:ViaService": `${service}.us-east-1.amazonaws.com` } },
  });
  await allow(readAll);
  expect(await failure(read("keyed"))).toBe("AccessDeniedException: Access to KMS is not allowed");
  await allow(readAll, decrypt("ssm"));
  expect(await failure(read("keyed"))).toBe("AccessDeniedException: Access to KMS is not allowed");
  await allow(readAll, decrypt("secretsmanager"));
  expect(await read("keyed")).toBe("value of keyed");

  await secret("idle", { KmsKeyId: key });
  const managed = { SecretId: "keyed", KmsKeyId: "alias/aws/secretsmanager" };
  await owner.secrets.send(new UpdateSecretCommand(managed));
  await kms.send(new DisableKeyCommand({ KeyId: key }));
  await allow(readAll);
  expect(await read("keyed")).toBe("value of keyed");
  expect(await failure(owner.secrets.send(new GetSecretValueCommand({ SecretId: "idle" })))).toBe(
    `DecryptionFailure: Secrets Manager can't decrypt the protected secret text using the provided KMS key: ${key} is disabled.`,
  );
  expect(await failure(owner.secrets.send(new CreateSecretCommand({ Name: "empty", KmsKeyId: key })))).toBe(
    `EncryptionFailure: Secrets Manager can't encrypt the protected secret text using the provided KMS key: ${key} is disabled.`,
  );
});

test("parameters are read by name and path, written and referred to as policies say", async () => {
  const root = "arn:aws:ssm:us-east-1:000000000000:parameter";
  const put = (Name: string, client = owner, more: { Overwrite?: boolean } = {}) =>
    client.ssm.send(new PutParameterCommand({ Name, Value: "v", Type: "SecureString", ...more }));
  for (const name of ["/blue/one", "/blue/two", "/red/one"]) await put(name);
  const get = (Name: string) => reader.ssm.send(new GetParameterCommand({ Name, WithDecryption: true }));
  const byPath = (Path: string) => reader.ssm.send(new GetParametersByPathCommand({ Path, WithDecryption: true }));

  await allow({ Action: "ssm:GetParameter*", Resource: `${root}/blue/*` });
  expect((await get("/blue/one")).Parameter!.Value).toBe("v");
  expect(await failure(get("/red/one"))).toBe(denied("ssm:GetParameter", `${root}/red/one`));
  const mixed = new GetParametersCommand({ Names: ["/blue/one", "/red/one"] });
  expect(await failure(reader.ssm.send(mixed))).toBe(denied("ssm:GetParameters", `${root}/red/one`));
  expect(await failure(byPath("/blue"))).toBe(denied("ssm:GetParametersByPath", `${root}/blue`));
  await allow({ Action: "ssm:GetParametersByPath", Resource: `${root}/blue` });
  expect((await byPath("/blue")).Parameters).toHaveLength(2);

  await allow({
    Action: "ssm:PutParameter",
    Resource: "*",
    Condition: { StringEquals: { "ssm:Overwrite": "false" } },
  });
  await put("/blue/three", reader);
  expect(await failure(put("/blue/three", reader, { Overwrite: true }))).toBe(
    denied("ssm:PutParameter", `${root}/blue/three`),
  );

  const arn = await secret("referred");
  await allow({ Action: "ssm:GetParameter", Resource: "*" });
  expect(await failure(get("/aws/reference/secretsmanager/referred"))).toBe(
    denied("secretsmanager:GetSecretValue", "referred"),
  );
  await allow(
    { Action: "ssm:GetParameter", Resource: "*" },
    { Action: "secretsmanager:GetSecretValue", Resource: arn },
  );
  expect((await get("/aws/reference/secretsmanager/referred")).Parameter!.Value).toBe("value of referred");
});
