import {
  BatchGetSecretValueCommand,
  CancelRotateSecretCommand,
  CreateSecretCommand,
  DeleteResourcePolicyCommand,
  DeleteSecretCommand,
  DescribeSecretCommand,
  GetRandomPasswordCommand,
  GetResourcePolicyCommand,
  GetSecretValueCommand,
  ListSecretsCommand,
  ListSecretVersionIdsCommand,
  PutResourcePolicyCommand,
  PutSecretValueCommand,
  RemoveRegionsFromReplicationCommand,
  ReplicateSecretToRegionsCommand,
  RestoreSecretCommand,
  RotateSecretCommand,
  SecretsManagerClient,
  StopReplicationToReplicaCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateSecretCommand,
  UpdateSecretVersionStageCommand,
  ValidateResourcePolicyCommand,
} from "@aws-sdk/client-secrets-manager";
import { DeleteParameterCommand, GetParameterCommand, PutParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { filesWith } from "../support/files.ts";
import { TestEngine } from "../support/engine.ts";

/* AWS Secrets Manager as clients see it. */

let engine: TestEngine;
let secrets: SecretsManagerClient;
let elsewhere: SecretsManagerClient;
let names = 0;

beforeAll(async () => {
  engine = await TestEngine.start(["--compute", "simulated"]);
  const { endpoint, region, credentials } = engine;
  secrets = new SecretsManagerClient({ endpoint, region, credentials, maxAttempts: 1 });
  elsewhere = new SecretsManagerClient({ endpoint, region: "eu-west-1", credentials, maxAttempts: 1 });
});
afterAll(() => engine?.stop());

const freshName = () => `app/secret${names++}`;

async function secret(SecretString = "first"): Promise<{ id: string; arn: string; version: string }> {
  const { Name, ARN, VersionId } = await secrets.send(new CreateSecretCommand({ Name: freshName(), SecretString }));
  return { id: Name!, arn: ARN!, version: VersionId! };
}

const read = async (SecretId: string, client = secrets) =>
  (await client.send(new GetSecretValueCommand({ SecretId }))).SecretString;

async function failure(request: Promise<unknown>): Promise<string> {
  return await request.then(
    () => "no failure",
    (cause: Error) => `${cause.name}: ${cause.message}`,
  );
}

test("values are read by name, whole and partial ARN, version and stage", async () => {
  const { id, arn, version } = await secret("one");
  expect(arn).toMatch(/^arn:aws:secretsmanager:us-east-1:000000000000:secret:app\/secret\d+-[A-Za-z0-9]{6}$/);
  const put = await secrets.send(new PutSecretValueCommand({ SecretId: arn, SecretBinary: Buffer.from([1, 2]) }));
  expect(put.VersionStages).toEqual(["AWSCURRENT"]);
  expect(await secrets.send(new GetSecretValueCommand({ SecretId: id, VersionStage: "AWSPREVIOUS" }))).toMatchObject({
    ARN: arn,
    Name: id,
    VersionId: version,
    SecretString: "one",
    VersionStages: ["AWSPREVIOUS"],
    CreatedDate: expect.any(Date) as Date,
  });
  const current = await secrets.send(
    new GetSecretValueCommand({ SecretId: arn.slice(0, -7), VersionId: put.VersionId }),
  );
  expect(Buffer.from(current.SecretBinary!)).toEqual(Buffer.from([1, 2]));
  expect(current.SecretString).toBeUndefined();
  const other = { SecretId: id, VersionId: version, VersionStage: "AWSCURRENT" };
  expect(await failure(secrets.send(new GetSecretValueCommand(other)))).toBe(
    "InvalidRequestException: You provided a VersionStage that is not associated to the provided VersionId.",
  );
  expect(await failure(secrets.send(new GetSecretValueCommand({ SecretId: id, VersionStage: "no" })))).toBe(
    "ResourceNotFoundException: Secrets Manager can't find the specified secret value for staging label: no",
  );
  expect(await failure(read("app/none"))).toBe(
    "ResourceNotFoundException: Secrets Manager can't find the specified secret.",
  );
  expect(await failure(read("bad name"))).toBe(
    "ValidationException: Invalid name. Must be a valid name containing alphanumeric characters, or any of the following: -/_+=.@!",
  );
});

test("a repeated request is the same request, another value under its token is refused", async () => {
  const request = { Name: freshName(), SecretString: "v", ClientRequestToken: "t".repeat(32) };
  const made = await secrets.send(new CreateSecretCommand(request));
  expect(await secrets.send(new CreateSecretCommand(request))).toMatchObject({
    ARN: made.ARN,
    VersionId: "t".repeat(32),
  });
  const inUse = `You can't use ClientRequestToken ${"t".repeat(32)} because that value is already in use for a version of secret ${made.ARN}.`;
  expect(await failure(secrets.send(new CreateSecretCommand({ ...request, SecretString: "w" })))).toBe(
    `ResourceExistsException: ${inUse}`,
  );
  const put = { SecretId: request.Name, ClientRequestToken: request.ClientRequestToken, SecretString: "w" };
  expect(await failure(secrets.send(new PutSecretValueCommand(put)))).toBe(`ResourceExistsException: ${inUse}`);
  expect(await failure(secrets.send(new CreateSecretCommand({ Name: request.Name, SecretString: "v" })))).toBe(
    `ResourceExistsException: The operation failed because the secret ${request.Name} already exists.`,
  );
});

test("deletion has a window in which it is taken back; a name may be used again at once after a forced one", async () => {
  const { id, arn, version } = await secret();
  const { DeletionDate } = await secrets.send(new DeleteSecretCommand({ SecretId: id, RecoveryWindowInDays: 7 }));
  expect(DeletionDate!.getTime() - Date.now()).toBeGreaterThan(6.9 * 86_400_000);
  const marked =
    "InvalidRequestException: You can't perform this operation on the secret because it was marked for deletion.";
  expect(await failure(read(id))).toBe(marked);
  expect(await failure(secrets.send(new PutSecretValueCommand({ SecretId: id, SecretString: "x" })))).toBe(marked);
  expect(await failure(secrets.send(new CreateSecretCommand({ Name: id, SecretString: "x" })))).toBe(
    "InvalidRequestException: You can't create this secret because a secret with this name is already scheduled for deletion.",
  );
  const listed = async (IncludePlannedDeletion: boolean) => {
    const input = { IncludePlannedDeletion, Filters: [{ Key: "name" as const, Values: [id] }] };
    return (await secrets.send(new ListSecretsCommand(input))).SecretList!.map(({ Name }) => Name);
  };
  expect([await listed(false), await listed(true)]).toEqual([[], [id]]);
  await secrets.send(new RestoreSecretCommand({ SecretId: id }));
  expect((await secrets.send(new DescribeSecretCommand({ SecretId: id }))).VersionIdsToStages).toEqual({
    [version]: ["AWSCURRENT"],
  });
  const force = { SecretId: id, ForceDeleteWithoutRecovery: true };
  expect(await failure(secrets.send(new DeleteSecretCommand({ ...force, RecoveryWindowInDays: 7 })))).toBe(
    "InvalidParameterException: You can't use ForceDeleteWithoutRecovery in conjunction with RecoveryWindowInDays.",
  );
  await secrets.send(new DeleteSecretCommand(force));
  await secrets.send(new DeleteSecretCommand(force)); // also of what is gone
  const again = await secrets.send(new CreateSecretCommand({ Name: id, SecretString: "new" }));
  expect(again.ARN).not.toBe(arn);
  expect(await failure(read(arn))).toBe("ResourceNotFoundException: Secrets Manager can't find the specified secret.");
});

test("labels move between versions", async () => {
  const { id, version: first } = await secret("1");
  const pending = await secrets.send(
    new PutSecretValueCommand({ SecretId: id, SecretString: "2", VersionStages: ["AWSPENDING", "mine"] }),
  );
  expect(await read(id)).toBe("1");
  const move = { SecretId: id, VersionStage: "AWSCURRENT", MoveToVersionId: pending.VersionId };
  expect(await failure(secrets.send(new UpdateSecretVersionStageCommand(move)))).toBe(
    `InvalidParameterException: The parameter RemoveFromVersionId can't be empty. Staging label AWSCURRENT is currently attached to version ${first}, so you must explicitly reference that version in RemoveFromVersionId.`,
  );
  await secrets.send(new UpdateSecretVersionStageCommand({ ...move, RemoveFromVersionId: first }));
  expect(await read(id)).toBe("2");
  const versions = async (IncludeDeprecated = false) =>
    (await secrets.send(new ListSecretVersionIdsCommand({ SecretId: id, IncludeDeprecated }))).Versions!.map((one) => [
      one.VersionId,
      one.VersionStages,
      one.KmsKeyIds,
    ]);
  expect(await versions()).toEqual([
    [first, ["AWSPREVIOUS"], ["DefaultEncryptionKey"]],
    [pending.VersionId, ["AWSCURRENT", "AWSPENDING", "mine"], ["DefaultEncryptionKey"]],
  ]);
  await secrets.send(new UpdateSecretCommand({ SecretId: id, SecretString: "3" }));
  expect((await versions(true)).map(([, stages]) => stages)).toEqual([
    undefined,
    ["AWSPENDING", "AWSPREVIOUS", "mine"],
    ["AWSCURRENT"],
  ]);
  const remove = { SecretId: id, VersionStage: "mine", RemoveFromVersionId: pending.VersionId };
  await secrets.send(new UpdateSecretVersionStageCommand(remove));
  expect((await versions())[0]![1]).toEqual(["AWSPENDING", "AWSPREVIOUS"]);
});

test("copies in other Regions are read there, follow the secret, and can be set free", async () => {
  const name = freshName();
  const made = await secrets.send(
    new CreateSecretCommand({ Name: name, SecretString: "1", AddReplicaRegions: [{ Region: "eu-west-1" }] }),
  );
  expect(made.ReplicationStatus).toMatchObject([{ Region: "eu-west-1", Status: "InSync" }]);
  expect(await read(made.ARN!.replace("us-east-1", "eu-west-1"), elsewhere)).toBe("1");
  await secrets.send(new PutSecretValueCommand({ SecretId: name, SecretString: "2" }));
  await secrets.send(new TagResourceCommand({ SecretId: name, Tags: [{ Key: "team", Value: "blue" }] }));
  expect(await read(name, elsewhere)).toBe("2");
  expect(await elsewhere.send(new DescribeSecretCommand({ SecretId: name }))).toMatchObject({
    PrimaryRegion: "us-east-1",
    Tags: [{ Key: "team", Value: "blue" }],
  });
  expect(await failure(elsewhere.send(new PutSecretValueCommand({ SecretId: name, SecretString: "3" })))).toBe(
    "InvalidParameterException: Operation not permitted on a replica secret. Call must be made in primary secret's region.",
  );
  expect(await failure(secrets.send(new DeleteSecretCommand({ SecretId: name })))).toBe(
    `InvalidParameterException: You can't delete secret ${name} that still has replica regions [eu-west-1]`,
  );
  await elsewhere.send(new StopReplicationToReplicaCommand({ SecretId: name }));
  await elsewhere.send(new PutSecretValueCommand({ SecretId: name, SecretString: "own" }));
  expect([await read(name), await read(name, elsewhere)]).toEqual(["2", "own"]);
  const again = { SecretId: name, AddReplicaRegions: [{ Region: "eu-west-1" }] };
  expect((await secrets.send(new ReplicateSecretToRegionsCommand(again))).ReplicationStatus).toMatchObject([
    { Status: "Failed", StatusMessage: `Replication failed: Secret name ${name} already exists in region eu-west-1.` },
  ]);
  const forced = { ...again, ForceOverwriteReplicaSecret: true };
  expect((await secrets.send(new ReplicateSecretToRegionsCommand(forced))).ReplicationStatus).toMatchObject([
    { Status: "InSync" },
  ]);
  expect(await read(name, elsewhere)).toBe("2");
  const removal = { SecretId: name, RemoveReplicaRegions: ["eu-west-1"] };
  expect((await secrets.send(new RemoveRegionsFromReplicationCommand(removal))).ReplicationStatus).toEqual([]);
  expect(await failure(read(name, elsewhere))).toMatch(/^ResourceNotFoundException/);
});

test("secrets are listed, filtered and read together", async () => {
  const prefix = `list${names++}`;
  for (const n of [1, 2, 3])
    await secrets.send(
      new CreateSecretCommand({
        Name: `${prefix}/n${n}`,
        SecretString: `value ${n}`,
        Description: n === 2 ? "Orders database" : "cache",
        Tags: [{ Key: "stage", Value: n === 3 ? "prod" : "test" }],
      }),
    );
  const list = async (Filters: { Key: "name" | "description" | "tag-value" | "all"; Values: string[] }[]) =>
    (
      await secrets.send(
        new ListSecretsCommand({ Filters: [{ Key: "name", Values: [prefix] }, ...Filters], SortBy: "name" }),
      )
    ).SecretList!.map(({ Name }) => Name!.slice(-2));
  expect(await list([])).toEqual(["n1", "n2", "n3"]);
  expect(await list([{ Key: "description", Values: ["database"] }])).toEqual(["n2"]);
  expect(await list([{ Key: "tag-value", Values: ["!prod"] }])).toEqual(["n1", "n2"]);
  expect(await list([{ Key: "all", Values: ["PROD"] }])).toEqual(["n3"]);
  const filter = [{ Key: "name" as const, Values: [prefix] }];
  const page = await secrets.send(new ListSecretsCommand({ Filters: filter, MaxResults: 2, SortOrder: "desc" }));
  expect(page.SecretList!.map(({ Name }) => Name!.slice(-2))).toEqual(["n3", "n2"]);
  const last = await secrets.send(
    new ListSecretsCommand({ Filters: filter, SortOrder: "desc", NextToken: page.NextToken }),
  );
  expect(last.SecretList!.map(({ Name }) => Name!.slice(-2))).toEqual(["n1"]);
  const batch = await secrets.send(new BatchGetSecretValueCommand({ SecretIdList: [`${prefix}/n1`, `${prefix}/no`] }));
  expect(batch.SecretValues!.map(({ SecretString }) => SecretString)).toEqual(["value 1"]);
  expect(batch.Errors).toMatchObject([{ SecretId: `${prefix}/no`, ErrorCode: "ResourceNotFoundException" }]);
  const filtered = await secrets.send(new BatchGetSecretValueCommand({ Filters: filter, MaxResults: 2 }));
  expect(filtered.SecretValues!.map(({ SecretString }) => SecretString)).toEqual(["value 1", "value 2"]);
  expect(filtered.NextToken).toBeDefined();
});

test("tags, policies, rotation and passwords", async () => {
  const { id, arn } = await secret();
  const described = async () => await secrets.send(new DescribeSecretCommand({ SecretId: id }));
  expect((await described()).Tags).toBeUndefined();
  await secrets.send(new TagResourceCommand({ SecretId: id, Tags: [{ Key: "a", Value: "1" }] }));
  await secrets.send(new UntagResourceCommand({ SecretId: id, TagKeys: ["a", "b"] }));
  expect((await described()).Tags).toEqual([]);

  const open = {
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Principal: "*", Action: "secretsmanager:GetSecretValue", Resource: "*" }],
  };
  const policy = { SecretId: id, ResourcePolicy: JSON.stringify(open) };
  expect(await failure(secrets.send(new PutResourcePolicyCommand({ ...policy, BlockPublicPolicy: true })))).toMatch(
    /^PublicPolicyException: The BlockPublicPolicy parameter is set to true/,
  );
  expect((await secrets.send(new ValidateResourcePolicyCommand(policy))).PolicyValidationPassed).toBe(false);
  expect(await secrets.send(new PutResourcePolicyCommand(policy))).toMatchObject({ ARN: arn, Name: id });
  const { ResourcePolicy } = await secrets.send(new GetResourcePolicyCommand({ SecretId: id }));
  expect(JSON.parse(ResourcePolicy!)).toEqual(open);
  await secrets.send(new DeleteResourcePolicyCommand({ SecretId: id }));
  expect((await secrets.send(new GetResourcePolicyCommand({ SecretId: id }))).ResourcePolicy).toBeUndefined();
  expect(await failure(secrets.send(new PutResourcePolicyCommand({ SecretId: id, ResourcePolicy: "{" })))).toMatch(
    /^MalformedPolicyDocumentException/,
  );

  expect(await failure(secrets.send(new RotateSecretCommand({ SecretId: id })))).toBe(
    "InvalidRequestException: No Lambda rotation function ARN is associated with this secret.",
  );
  const RotationLambdaARN = "arn:aws:lambda:us-east-1:000000000000:function:rotate";
  const rules = { AutomaticallyAfterDays: 30 };
  expect(
    await failure(secrets.send(new RotateSecretCommand({ SecretId: id, RotationLambdaARN, RotationRules: rules }))),
  ).toBe(
    "AccessDeniedException: Secrets Manager cannot invoke the specified Lambda function. Ensure that the function policy grants access to the principal secretsmanager.amazonaws.com.",
  );
  expect((await described()).RotationEnabled).toBeUndefined();
  expect(await failure(secrets.send(new CancelRotateSecretCommand({ SecretId: id })))).toMatch(/^InvalidRequest/);

  const { RandomPassword } = await secrets.send(
    new GetRandomPasswordCommand({ PasswordLength: 16, ExcludePunctuation: true, ExcludeCharacters: "abc0" }),
  );
  expect(RandomPassword).toMatch(/^(?=.*[d-z])(?=.*[A-Z])(?=.*[1-9])[d-zA-Z1-9]{16}$/);
  expect(await failure(secrets.send(new GetRandomPasswordCommand({ PasswordLength: 3 })))).toBe(
    "InvalidParameterException: Password length is too short based on the required types.",
  );
});

test("the AWS CLI reads a secret", async () => {
  const { id } = await secret('{"user":"u","password":"p"}');
  const query = ["--query", "SecretString", "--output", "text"];
  const text = await engine.aws("secretsmanager", "get-secret-value", "--secret-id", id, ...query);
  expect(JSON.parse(text)).toEqual({ user: "u", password: "p" });
});

test("values are nowhere in the clear: not in errors, not in any file, deleted or not", async () => {
  const { endpoint, region, credentials } = engine;
  const ssm = new SSMClient({ endpoint, region, credentials, maxAttempts: 1 });
  const values = Array.from({ length: 8 }, (_, n) => `clear-${n}-${"0123456789abcdef".repeat(4)}-${Math.random()}`);
  const [one, two, gone, binary, secure, plain, advanced, huge] = values as [string, ...string[]];
  const { id } = await secret(one);
  await secrets.send(new PutSecretValueCommand({ SecretId: id, SecretString: two }));
  await secrets.send(
    new ReplicateSecretToRegionsCommand({ SecretId: id, AddReplicaRegions: [{ Region: "eu-west-1" }] }),
  );
  await read(id);
  const doomed = await secret(gone);
  await secrets.send(new DeleteSecretCommand({ SecretId: doomed.id, ForceDeleteWithoutRecovery: true }));
  await secrets.send(new CreateSecretCommand({ Name: freshName(), SecretBinary: Buffer.from(binary!) }));
  const tooLarge = new CreateSecretCommand({ Name: freshName(), SecretString: huge!.repeat(1000) });
  expect(await failure(secrets.send(tooLarge))).toBe(
    "ValidationException: 1 validation error detected: Value at 'secretString' failed to satisfy constraint: Member must have length less than or equal to 65536",
  );
  await ssm.send(new PutParameterCommand({ Name: "/clear/secure", Type: "SecureString", Value: secure! }));
  await ssm.send(new PutParameterCommand({ Name: "/clear/plain", Type: "String", Value: plain! }));
  const Value = `${advanced}${"x".repeat(5000)}`;
  await ssm.send(new PutParameterCommand({ Name: "/clear/big", Type: "SecureString", Tier: "Advanced", Value }));
  await ssm.send(new GetParameterCommand({ Name: "/clear/secure", WithDecryption: true }));
  await ssm.send(new DeleteParameterCommand({ Name: "/clear/secure" }));

  const needles = values.flatMap((value) => [value, Buffer.from(value).toString("base64").slice(0, 40)]);
  for (const needle of needles) expect(filesWith(engine.dataFolder, needle), needle).toEqual([]);
  expect(await read(id)).toBe(two);
  expect((await ssm.send(new GetParameterCommand({ Name: "/clear/plain" }))).Parameter!.Value).toBe(plain);
});
