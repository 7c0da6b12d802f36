import { CreateAliasCommand, CreateKeyCommand, DisableKeyCommand, KMSClient } from "@aws-sdk/client-kms";
import { CreateSecretCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import {
  AddTagsToResourceCommand,
  DeleteParametersCommand,
  DescribeParametersCommand,
  GetParameterCommand,
  GetParameterHistoryCommand,
  GetParametersByPathCommand,
  GetParametersCommand,
  GetServiceSettingCommand,
  LabelParameterVersionCommand,
  ListTagsForResourceCommand,
  PutParameterCommand,
  RemoveTagsFromResourceCommand,
  ResetServiceSettingCommand,
  SSMClient,
  UnlabelParameterVersionCommand,
  UpdateServiceSettingCommand,
  type ParameterStringFilter,
  type PutParameterCommandInput,
} from "@aws-sdk/client-ssm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { TestEngine } from "../support/engine.ts";

/* Parameter Store as clients see it. */

let engine: TestEngine;
let ssm: SSMClient;
let kms: KMSClient;
let secrets: SecretsManagerClient;

beforeAll(async () => {
  engine = await TestEngine.start(["--compute", "simulated"]);
  const { endpoint, region, credentials } = engine;
  const config = { endpoint, region, credentials, maxAttempts: 1 };
  ssm = new SSMClient(config);
  kms = new KMSClient(config);
  secrets = new SecretsManagerClient(config);
});
afterAll(() => engine?.stop());

const put = async (Name: string, Value: string, more: Partial<PutParameterCommandInput> = {}) =>
  await ssm.send(new PutParameterCommand({ Name, Value, Type: "String", ...more }));

const get = async (Name: string, WithDecryption = true) =>
  (await ssm.send(new GetParameterCommand({ Name, WithDecryption }))).Parameter!;

async function failure(request: Promise<unknown>): Promise<string> {
  return await request.then(
    () => "no failure",
    (cause: Error) => `${cause.name}: ${cause.message}`,
  );
}

test("a parameter is written, overwritten and read by name, ARN, version and label", async () => {
  expect(await put("/app/url", "http://a")).toMatchObject({ Version: 1, Tier: "Standard" });
  expect(await failure(put("/app/url", "b"))).toBe(
    "ParameterAlreadyExists: The parameter already exists. To overwrite this value, set the overwrite option in the request to true.",
  );
  expect(await put("/app/url", "http://b", { Overwrite: true, Type: undefined, Description: "address" })).toMatchObject(
    { Version: 2 },
  );
  const arn = "arn:aws:ssm:us-east-1:000000000000:parameter/app/url";
  expect(await get("/app/url")).toEqual({
    Name: "/app/url",
    Type: "String",
    Value: "http://b",
    Version: 2,
    LastModifiedDate: expect.any(Date) as Date,
    ARN: arn,
    DataType: "text",
  });
  expect(await get(`${arn}:1`)).toMatchObject({ Name: "/app/url", Value: "http://a", Version: 1, Selector: ":1" });
  const label = { Name: "/app/url", ParameterVersion: 1, Labels: ["live", "9no", "aws-no"] };
  expect(await ssm.send(new LabelParameterVersionCommand(label))).toMatchObject({
    InvalidLabels: ["9no", "aws-no"],
    ParameterVersion: 1,
  });
  expect(await get("/app/url:live")).toMatchObject({ Value: "http://a", Selector: ":live" });
  await ssm.send(new LabelParameterVersionCommand({ Name: "/app/url", Labels: ["live"] }));
  expect((await get("/app/url:live")).Value).toBe("http://b");
  const history = await ssm.send(new GetParameterHistoryCommand({ Name: "/app/url" }));
  expect(history.Parameters!.map(({ Version, Value, Labels }) => [Version, Value, Labels])).toEqual([
    [1, "http://a", []],
    [2, "http://b", ["live"]],
  ]);
  expect(history.Parameters![1]).toMatchObject({
    Description: "address",
    LastModifiedUser: "arn:aws:iam::000000000000:root",
  });
  const unlabel = { Name: "/app/url", ParameterVersion: 2, Labels: ["live", "no"] };
  expect(await ssm.send(new UnlabelParameterVersionCommand(unlabel))).toMatchObject({
    RemovedLabels: ["live"],
    InvalidLabels: ["no"],
  });
  expect(await failure(get("/app/url:7"))).toBe(
    "ParameterVersionNotFound: Systems Manager could not find version 7 of /app/url. Verify the version and try again.",
  );
  const many = await ssm.send(new GetParametersCommand({ Names: ["/app/url", "/app/no", "/app/url:7"] }));
  expect(many.Parameters!.map(({ Name }) => Name)).toEqual(["/app/url"]);
  expect(many.InvalidParameters).toEqual(["/app/no", "/app/url:7"]);
  const deleted = await ssm.send(new DeleteParametersCommand({ Names: ["/app/url", "/app/no"] }));
  expect(deleted).toMatchObject({ DeletedParameters: ["/app/url"], InvalidParameters: ["/app/no"] });
  expect(await failure(get("/app/url"))).toMatch(/^ParameterNotFound: /);
});

test("what is no parameter is refused in AWS's words", async () => {
  const deep = `/${Array.from({ length: 16 }, () => "d").join("/")}`;
  const cases: [name: string, value: string, more: Partial<PutParameterCommandInput>, message: RegExp][] = [
    ["aws-name", "v", {}, /^ValidationException: Parameter name: can't be prefixed with "aws" or "ssm"/],
    ["/ssm/name", "v", {}, /^ValidationException: Parameter name: can't be prefixed with "ssm" \(case-ins/],
    ["/aws/name", "v", {}, /^AccessDeniedException: No access to reserved parameter name: \/aws\/name\.$/],
    ["a/b", "v", {}, /^ValidationException: Parameter name must be a fully qualified name\.$/],
    ["with space", "v", {}, /^ValidationException: Parameter name: can't/],
    [deep, "v", {}, /^HierarchyLevelLimitExceededException/],
    [
      "x",
      "v",
      { Type: undefined },
      /^ValidationException: A parameter type is required when you create a parameter\.$/,
    ],
    ["x", "a".repeat(4097), {}, /^ValidationException: Standard tier parameters support a maximum/],
    ["x", "a".repeat(8193), { Tier: "Intelligent-Tiering" }, /^ValidationException: Advanced tier parameters support/],
    ["x", "abc", { AllowedPattern: "^\\d+$" }, /^ParameterPatternMismatchException: .*: \^\\d\+\$$/],
    ["x", "abc", { AllowedPattern: "(" }, /^InvalidAllowedPatternException/],
    ["x", `${"a".repeat(40)}!`, { AllowedPattern: "(a+)+" }, /^InvalidAllowedPatternException/],
    ["x", "v", { DataType: "aws:none" }, /^ValidationException: The following data type is not supported: aws:none/],
    [
      "x",
      "v",
      { Overwrite: true, Tags: [{ Key: "a", Value: "b" }] },
      /^ValidationException: Invalid request: tags and/,
    ],
    ["x", "v", { Tier: "Advanced", Policies: "[{}]" }, /^InvalidPolicyAttributeException/],
    [
      "x",
      "v",
      { Type: "SecureString", KeyId: "alias/none" },
      /^InvalidKeyId: Alias arn:aws:kms:.*alias\/none is not found/,
    ],
  ];
  for (const [name, value, more, message] of cases) expect(await failure(put(name, value, more))).toMatch(message);
  expect(await failure(get("{x}"))).toMatch(/^ValidationException: Parameter name: can't be prefixed with "ssm"/);
});

test("SecureStrings are encrypted under keys, which are asked each time", async () => {
  const { KeyMetadata } = await kms.send(new CreateKeyCommand({}));
  await kms.send(new CreateAliasCommand({ AliasName: "alias/params", TargetKeyId: KeyMetadata!.KeyId }));
  await put("/keys/default", "one", { Type: "SecureString" });
  await put("/keys/own", "two", { Type: "SecureString", KeyId: "alias/params" });
  const value = "three".repeat(1000);
  await put("/keys/large", value, { Type: "SecureString", KeyId: "alias/params", Tier: "Intelligent-Tiering" });
  expect(await get("/keys/default")).toMatchObject({ Value: "one", Type: "SecureString" });
  expect((await get("/keys/own")).Value).toBe("two");
  expect((await get("/keys/large")).Value).toBe(value);
  expect((await get("/keys/own", false)).Value).toMatch(/^[A-Za-z0-9+/]{100,}=*$/);
  const described = await ssm.send(
    new DescribeParametersCommand({ ParameterFilters: [{ Key: "Path", Values: ["/keys"] }] }),
  );
  expect(described.Parameters!.map(({ Name, KeyId, Tier }) => [Name, KeyId, Tier])).toEqual([
    ["/keys/default", "alias/aws/ssm", "Standard"],
    ["/keys/large", "alias/params", "Advanced"],
    ["/keys/own", "alias/params", "Standard"],
  ]);
  await kms.send(new DisableKeyCommand({ KeyId: KeyMetadata!.KeyId }));
  for (const name of ["/keys/own", "/keys/large"])
    expect(await failure(get(name))).toMatch(
      /^InvalidKeyId: arn:aws:kms:\S+ is disabled\. \(Service: AWSKMS; Status Code: 400; Error Code: DisabledException; Request ID: /,
    );
  expect((await get("/keys/own", false)).Value).toBeDefined();
});

test("hierarchies are listed by path, with filters and in pages", async () => {
  for (const name of ["/h/a", "/h/b/c", "/h/b/d", "/h/b/e/f", "/hh/x"])
    await put(name, name, name.endsWith("d") ? { Type: "StringList", Tags: [{ Key: "team", Value: "blue" }] } : {});
  const byPath = async (Path: string, Recursive = false, ParameterFilters?: ParameterStringFilter[]) =>
    (await ssm.send(new GetParametersByPathCommand({ Path, Recursive, ParameterFilters }))).Parameters!.map(
      ({ Name }) => Name,
    );
  expect(await byPath("/h")).toEqual(["/h/a"]);
  expect(await byPath("/h/b/")).toEqual(["/h/b/c", "/h/b/d"]);
  expect(await byPath("/h", true)).toEqual(["/h/a", "/h/b/c", "/h/b/d", "/h/b/e/f"]);
  expect(await byPath("/h", true, [{ Key: "Type", Values: ["StringList"] }])).toEqual(["/h/b/d"]);
  await ssm.send(new LabelParameterVersionCommand({ Name: "/h/a", Labels: ["live"] }));
  await put("/h/a", "newer", { Overwrite: true });
  const labelled = { Path: "/h", ParameterFilters: [{ Key: "Label", Values: ["live"] }] };
  expect((await ssm.send(new GetParametersByPathCommand(labelled))).Parameters).toMatchObject([{ Version: 1 }]);
  const first = await ssm.send(new GetParametersByPathCommand({ Path: "/h", Recursive: true, MaxResults: 3 }));
  const rest = await ssm.send(
    new GetParametersByPathCommand({ Path: "/h", Recursive: true, NextToken: first.NextToken }),
  );
  expect(rest.Parameters!.map(({ Name }) => Name)).toEqual(["/h/b/e/f"]);
  expect(rest.NextToken).toBeUndefined();
  expect(await failure(byPath("h"))).toMatch(/^ValidationException: The parameter doesn't meet the parameter name/);
  expect(await failure(byPath("/h", true, [{ Key: "Tier", Values: ["Standard"] }]))).toBe(
    "InvalidFilterKey: The following filter key is not valid: Tier. Valid filter keys include: [Type, KeyId, Label].",
  );
  const describe = async (ParameterFilters: ParameterStringFilter[]) =>
    (await ssm.send(new DescribeParametersCommand({ ParameterFilters }))).Parameters!.map(({ Name }) => Name);
  expect(await describe([{ Key: "tag:team", Values: ["blue"] }])).toEqual(["/h/b/d"]);
  expect(await describe([{ Key: "Name", Option: "BeginsWith", Values: ["/h/b/"] }])).toHaveLength(3);
  expect(await describe([{ Key: "Path", Option: "Recursive", Values: ["/h/b"] }])).toHaveLength(3);
});

test("tags and settings", async () => {
  await put("/t/tagged", "v", { Tags: [{ Key: "a", Value: "1" }] });
  const resource = { ResourceType: "Parameter" as const, ResourceId: "/t/tagged" };
  await ssm.send(new AddTagsToResourceCommand({ ...resource, Tags: [{ Key: "b", Value: "2" }] }));
  await ssm.send(new RemoveTagsFromResourceCommand({ ...resource, TagKeys: ["a"] }));
  expect((await ssm.send(new ListTagsForResourceCommand(resource))).TagList).toEqual([{ Key: "b", Value: "2" }]);
  expect(await failure(ssm.send(new ListTagsForResourceCommand({ ...resource, ResourceId: "/t/no" })))).toMatch(
    /^InvalidResourceId/,
  );

  const SettingId = "/ssm/parameter-store/default-parameter-tier";
  await ssm.send(new UpdateServiceSettingCommand({ SettingId, SettingValue: "Advanced" }));
  expect((await ssm.send(new GetServiceSettingCommand({ SettingId }))).ServiceSetting).toMatchObject({
    SettingValue: "Advanced",
    Status: "Customized",
  });
  expect((await put("/t/advanced", "v")).Tier).toBe("Advanced");
  await ssm.send(new ResetServiceSettingCommand({ SettingId }));
  expect((await put("/t/standard", "v")).Tier).toBe("Standard");
  expect(await failure(put("/t/advanced", "v", { Overwrite: true, Tier: "Standard" }))).toMatch(
    /^ValidationException: This parameter uses the advanced-parameter tier\. You can't downgrade/,
  );
});

test("secrets and AWS's public parameters are read as parameters", async () => {
  await secrets.send(new CreateSecretCommand({ Name: "ref/one", SecretString: "s3cret" }));
  const name = "/aws/reference/secretsmanager/ref/one";
  const parameter = await get(name);
  expect(parameter).toMatchObject({ Name: name, Type: "SecureString", Value: "s3cret", Version: 0 });
  expect(JSON.parse(parameter.SourceResult!)).toMatchObject({ Name: "ref/one", VersionStages: ["AWSCURRENT"] });
  expect((await get(`${name}:AWSCURRENT`)).Value).toBe("s3cret");
  expect(await failure(get(name, false))).toBe(
    "ValidationException: WithDecryption flag must be True for retrieving a Secret Manager secret.",
  );
  expect(await failure(get("/aws/reference/secretsmanager/no"))).toBe(
    "ParameterNotFound: An error occurred (ParameterNotFound) when referencing Secrets Manager: Secret /aws/reference/secretsmanager/no not found.",
  );
  expect((await get("/aws/service/global-infrastructure/regions/us-east-1")).Value).toBe("us-east-1");
  const path = { Path: "/aws/service/global-infrastructure/services/fargate/regions" };
  expect((await ssm.send(new GetParametersByPathCommand(path))).Parameters).toMatchObject([{ Value: "us-east-1" }]);
  // There are no machine images here: better no answer than one that leads nowhere.
  expect(await failure(get("/aws/service/ecs/optimized-ami/amazon-linux-2023/recommended"))).toMatch(
    /^ParameterNotFound/,
  );
});

test("the AWS CLI writes a parameter", async () => {
  await engine.aws("ssm", "put-parameter", "--name", "cli", "--type", "SecureString", "--value", "from the cli");
  expect((await get("cli")).Value).toBe("from the cli");
});
