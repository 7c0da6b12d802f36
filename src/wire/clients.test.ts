import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { CommandError, run } from "../base/command.ts";
import { testSts } from "../services/sts/test-sts.ts";
import { TEST_ACCOUNT, TEST_KEY, startTestServer, type TestServer } from "./test-server.ts";
import { testEc2, testEcs, testLogs } from "./test-services.ts";

// The clients that people have: AWS's command line and boto3, as they are, with the endpoint in the environment.

let server: TestServer;
let home: string;
beforeAll(async () => {
  server = await startTestServer([testEcs(), testEc2(), testLogs(), testSts()]);
  home = mkdtempSync(join(tmpdir(), "neargate-clients-"));
});
afterAll(async () => {
  await server.close();
  rmSync(home, { recursive: true });
});

function environment(): NodeJS.ProcessEnv {
  return {
    PATH: "/usr/bin:/bin",
    HOME: home,
    AWS_ACCESS_KEY_ID: TEST_KEY.accessKeyId,
    AWS_SECRET_ACCESS_KEY: TEST_KEY.secretAccessKey,
    AWS_DEFAULT_REGION: "eu-west-1",
    AWS_MAX_ATTEMPTS: "2",
    AWS_EC2_METADATA_DISABLED: "true",
    AWS_PAGER: "",
  };
}

async function aws(...args: string[]): Promise<unknown> {
  const command = [...args, "--endpoint-url", server.endpoint, "--output", "json"];
  const { stdout } = await run("/usr/bin/aws", command, { env: environment() });
  return stdout ? JSON.parse(stdout) : undefined;
}

async function awsFailure(...args: string[]): Promise<string> {
  const failure = await aws(...args).then(
    () => undefined,
    (cause: unknown) => cause,
  );
  if (!(failure instanceof CommandError)) throw new Error("the command succeeded");
  return failure.stderr.trim();
}

test("the AWS CLI", async () => {
  expect(await aws("sts", "get-caller-identity")).toMatchObject({ Account: TEST_ACCOUNT });
  expect(await aws("ecs", "list-clusters")).toEqual({
    clusterArns: [`arn:aws:ecs:eu-west-1:${TEST_ACCOUNT}:cluster/default`],
  });
  expect(await aws("ec2", "describe-vpcs", "--vpc-ids", "vpc-1", "--filters", "Name=state,Values=a,b")).toMatchObject({
    Vpcs: [{ VpcId: "vpc-1", Tags: [{ Key: "state", Value: "a|b" }] }],
  });
  expect(
    await aws("ec2", "attach-internet-gateway", "--internet-gateway-id", "igw-1", "--vpc-id", "vpc-1"),
  ).toBeUndefined();
  expect(await aws("logs", "create-log-group", "--log-group-name", "/ecs/web")).toBeUndefined();
}, 60_000);

test("the AWS CLI's errors", async () => {
  expect(await awsFailure("ec2", "delete-vpc", "--vpc-id", "vpc-0")).toBe(
    "An error occurred (InvalidVpcID.NotFound) when calling the DeleteVpc operation: The vpc ID 'vpc-0' does not exist",
  );
  expect(await awsFailure("ecs", "describe-services", "--services", "x")).toBe(
    "An error occurred (ClusterNotFoundException) when calling the DescribeServices operation: Cluster not found.",
  );
  expect(await awsFailure("ec2", "describe-instances")).toContain("(InvalidAction)");
  expect(await awsFailure("ecs", "run-task", "--task-definition", "x", "--launch-type", "MOON")).toContain(
    "(InvalidParameterException) when calling the RunTask operation: 1 validation error detected: Value 'MOON' at 'launchType' failed to satisfy constraint: Member must satisfy enum value set: [",
  );
}, 60_000);

const BOTO3 = `
import json, sys, urllib.request
import boto3, botocore.exceptions
endpoint = sys.argv[1]
make = lambda name, **options: boto3.client(name, endpoint_url=endpoint, **options)
def error(call):
    try: call()
    except botocore.exceptions.ClientError as e: return [type(e).__name__, e.response["Error"]["Code"], e.response["ResponseMetadata"]["HTTPStatusCode"]]
url = make("sts").generate_presigned_url("get_caller_identity", HttpMethod="GET")
def fetch(url):
    try: return [200, urllib.request.urlopen(url).read().decode()]
    except urllib.error.HTTPError as e: return [e.code, e.read().decode()]
json.dump({
    "identity": make("sts").get_caller_identity()["Arn"],
    "vpcs": [v["VpcId"] for v in make("ec2").describe_vpcs(VpcIds=["vpc-1", "vpc-2"])["Vpcs"]],
    "clusters": make("ecs").list_clusters()["clusterArns"],
    "notFound": error(lambda: make("ecs").describe_services(services=["x"])),
    "wrongSecret": error(lambda: make("ecs", aws_access_key_id="AKIATESTTESTTESTTEST", aws_secret_access_key="x").list_clusters()),
    "wrongSecretEc2": error(lambda: make("ec2", aws_access_key_id="AKIATESTTESTTESTTEST", aws_secret_access_key="x").describe_vpcs()),
    "presigned": fetch(url),
    "presignedAltered": fetch(url.replace("GetCallerIdentity", "GetSessionToken")),
}, sys.stdout)
`;

test("boto3, with presigned URLs", async () => {
  const { stdout } = await run("/usr/bin/python3", ["-c", BOTO3, server.endpoint], { env: environment() });
  expect(JSON.parse(stdout)).toEqual({
    identity: `arn:aws:iam::${TEST_ACCOUNT}:root`,
    vpcs: ["vpc-1", "vpc-2"],
    clusters: [`arn:aws:ecs:eu-west-1:${TEST_ACCOUNT}:cluster/default`],
    notFound: ["ClusterNotFoundException", "ClusterNotFoundException", 400],
    wrongSecret: ["ClientError", "InvalidSignatureException", 400],
    wrongSecretEc2: ["ClientError", "SignatureDoesNotMatch", 403],
    presigned: [200, expect.stringContaining(`<Account>${TEST_ACCOUNT}</Account>`)],
    presignedAltered: [403, expect.stringContaining("<Code>SignatureDoesNotMatch</Code>")],
  });
}, 60_000);
