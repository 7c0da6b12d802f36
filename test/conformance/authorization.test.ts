import { request } from "node:http";
import { CloudWatchLogs } from "@aws-sdk/client-cloudwatch-logs";
import { EC2 } from "@aws-sdk/client-ec2";
import { ECR } from "@aws-sdk/client-ecr";
import { ECS } from "@aws-sdk/client-ecs";
import { EFS } from "@aws-sdk/client-efs";
import { IAM } from "@aws-sdk/client-iam";
import { S3 } from "@aws-sdk/client-s3";
import { ServiceDiscovery } from "@aws-sdk/client-servicediscovery";
import { STS } from "@aws-sdk/client-sts";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { TestEngine } from "../support/engine.ts";

/* What users and roles may do in every service: who is let in, who is not, and what they are told. */

const ACCOUNT = "000000000000";
const REGION = "eu-west-1";
const ARN = `arn:aws:iam::${ACCOUNT}`;

interface Keys {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string;
}

let engine: TestEngine;
let open: TestEngine;
let root: Clients;
let names = 0;

beforeAll(async () => {
  [engine, open] = await Promise.all([
    TestEngine.start(["--compute", "simulated"]),
    TestEngine.start(["--compute", "simulated", "--auth", "off"]),
  ]);
  root = clients(engine.credentials);
});
afterAll(() => Promise.all([engine?.stop(), open?.stop()]));

type Clients = ReturnType<typeof clients>;

function clients(credentials: Keys, endpoint = engine.endpoint) {
  const options = { endpoint, region: REGION, credentials, maxAttempts: 1 };
  return {
    ec2: new EC2(options),
    ecr: new ECR(options),
    ecs: new ECS(options),
    efs: new EFS(options),
    iam: new IAM(options),
    logs: new CloudWatchLogs(options),
    map: new ServiceDiscovery(options),
    s3: new S3({ ...options, forcePathStyle: true }),
    sts: new STS(options),
  };
}

interface Statement {
  Effect?: "Allow" | "Deny";
  Action: string | string[];
  Resource?: string | string[];
  Condition?: object;
}

function policy(...statements: Statement[]): string {
  const Statement = statements.map((each) => ({ Effect: "Allow", Resource: "*", ...each }));
  return JSON.stringify({ Version: "2012-10-17", Statement });
}

/** A user with rights. */
async function user(...statements: Statement[]): Promise<Clients & { name: string; arn: string }> {
  const name = `user-${names++}`;
  await root.iam.createUser({ UserName: name });
  if (statements.length)
    await root.iam.putUserPolicy({ UserName: name, PolicyName: "rights", PolicyDocument: policy(...statements) });
  const { AccessKey } = await root.iam.createAccessKey({ UserName: name });
  const keys = { accessKeyId: AccessKey!.AccessKeyId!, secretAccessKey: AccessKey!.SecretAccessKey! };
  return { ...clients(keys), name, arn: `${ARN}:user/${name}` };
}

function trust(principal: object): string {
  const Statement = { Effect: "Allow", Principal: principal, Action: "sts:AssumeRole" };
  return JSON.stringify({ Version: "2012-10-17", Statement });
}

const TASKS = trust({ Service: "ecs-tasks.amazonaws.com" });

function refused(name: string, status: number, message: string | RegExp) {
  return expect.objectContaining({
    name,
    message: typeof message === "string" ? message : expect.stringMatching(message),
    $metadata: expect.objectContaining({ httpStatusCode: status }),
  });
}

/** AWS's words for what nothing allows. */
function denial(who: { arn: string }, action: string, resource: string, reason = "identity-based policy"): string {
  return `User: ${who.arn} is not authorized to perform: ${action} on resource: ${resource} because no ${reason} allows the ${action} action`;
}

const container = { name: "app", image: "app", essential: true };

describe("a user without rights is told so", () => {
  let nobody: Awaited<ReturnType<typeof user>>;
  beforeAll(async () => {
    nobody = await user();
  });

  test.each<[string, (as: Clients) => Promise<unknown>, string, number, string]>([
    ["ecs", (as) => as.ecs.listClusters(), "AccessDeniedException", 400, "ecs:ListClusters on *"],
    [
      "ecs, of a cluster",
      (as) => as.ecs.createCluster({ clusterName: "a" }),
      "AccessDeniedException",
      400,
      `ecs:CreateCluster on arn:aws:ecs:${REGION}:${ACCOUNT}:cluster/a`,
    ],
    [
      "ecr",
      (as) => as.ecr.createRepository({ repositoryName: "a/b" }),
      "AccessDeniedException",
      400,
      `ecr:CreateRepository on arn:aws:ecr:${REGION}:${ACCOUNT}:repository/a/b`,
    ],
    [
      "logs",
      (as) => as.logs.createLogGroup({ logGroupName: "/a" }),
      "AccessDeniedException",
      400,
      `logs:CreateLogGroup on arn:aws:logs:${REGION}:${ACCOUNT}:log-group:/a:log-stream:`,
    ],
    [
      "servicediscovery",
      (as) => as.map.listNamespaces(),
      "AccessDeniedException",
      400,
      "servicediscovery:ListNamespaces on *",
    ],
    [
      "efs",
      (as) => as.efs.describeFileSystems(),
      "AccessDeniedException",
      403,
      `elasticfilesystem:DescribeFileSystems on arn:aws:elasticfilesystem:${REGION}:${ACCOUNT}:file-system/*`,
    ],
    ["iam", (as) => as.iam.createUser({ UserName: "b" }), "AccessDenied", 403, `iam:CreateUser on ${ARN}:user/b`],
  ])("%s", async (_service, call, code, status, what) => {
    const [action, resource] = what.split(" on ") as [string, string];
    await expect(call(nobody)).rejects.toEqual(refused(code, status, denial(nobody, action, resource)));
  });

  test("ec2, which names no resource where there is none, and encodes more where there is one", async () => {
    const intro = "You are not authorized to perform this operation.";
    await expect(nobody.ec2.describeVpcs()).rejects.toEqual(
      refused(
        "UnauthorizedOperation",
        403,
        `${intro} ${denial(nobody, "ec2:DescribeVpcs", "*").replace(" on resource: *", "")}`,
      ),
    );
    const resource = `arn:aws:ec2:${REGION}:${ACCOUNT}:vpc/*`;
    const error = await nobody.ec2.createVpc({ CidrBlock: "10.0.0.0/16", DryRun: true }).catch((cause: Error) => cause);
    expect(error).toEqual(refused("UnauthorizedOperation", 403, /^You are not authorized/));
    const [said, encoded = ""] = (error as Error).message.split(". Encoded authorization failure message: ");
    expect(said).toBe(`${intro} ${denial(nobody, "ec2:CreateVpc", resource)}`);
    const { DecodedMessage } = await root.sts.decodeAuthorizationMessage({ EncodedMessage: encoded });
    expect(JSON.parse(DecodedMessage!)).toMatchObject({
      allowed: false,
      explicitDeny: false,
      context: { principal: { name: nobody.name, arn: nobody.arn }, action: "ec2:CreateVpc", resource },
    });
  });

  test("s3, with the resource in quotation marks", async () => {
    await root.s3.createBucket({ Bucket: "told", CreateBucketConfiguration: { LocationConstraint: REGION } });
    await expect(nobody.s3.putObject({ Bucket: "told", Key: "k", Body: "x" })).rejects.toEqual(
      refused("AccessDenied", 403, denial(nobody, "s3:PutObject", '"arn:aws:s3:::told/k"')),
    );
    await expect(nobody.s3.listBuckets()).rejects.toEqual(
      refused(
        "AccessDenied",
        403,
        `User: ${nobody.arn} is not authorized to perform: s3:ListAllMyBuckets because no identity-based policy allows the s3:ListAllMyBuckets action`,
      ),
    );
    // Of what is nobody's, everyone is told that it is not there.
    await expect(nobody.s3.listObjectsV2({ Bucket: "no-such-bucket" })).rejects.toEqual(
      refused("NoSuchBucket", 404, "The specified bucket does not exist"),
    );
  });

  test("but who it is it may always ask", async () => {
    expect(await nobody.sts.getCallerIdentity()).toMatchObject({ Account: ACCOUNT, Arn: nobody.arn });
  });
});

describe("policies decide", () => {
  test("by action and resource, and a denial outweighs all", async () => {
    const clusters = `arn:aws:ecs:${REGION}:${ACCOUNT}:cluster`;
    const as = await user(
      { Action: "ecs:*", Resource: `${clusters}/mine-*` },
      { Effect: "Deny", Action: "ecs:DeleteCluster", Resource: "*" },
    );
    expect((await as.ecs.createCluster({ clusterName: "mine-1" })).cluster?.status).toBe("ACTIVE");
    await expect(as.ecs.createCluster({ clusterName: "yours" })).rejects.toEqual(
      refused("AccessDeniedException", 400, denial(as, "ecs:CreateCluster", `${clusters}/yours`)),
    );
    await expect(as.ecs.deleteCluster({ cluster: "mine-1" })).rejects.toEqual(
      refused(
        "AccessDeniedException",
        400,
        `User: ${as.arn} is not authorized to perform: ecs:DeleteCluster on resource: ${clusters}/mine-1 with an explicit deny in an identity-based policy`,
      ),
    );
    await root.iam.deleteUserPolicy({ UserName: as.name, PolicyName: "rights" });
    await expect(as.ecs.createCluster({ clusterName: "mine-2" })).rejects.toThrow("no identity-based policy allows");
  });

  test("within the permissions boundary, and the session's own policy", async () => {
    const as = await user({ Action: "*" });
    const { Policy } = await root.iam.createPolicy({
      PolicyName: "boundary",
      PolicyDocument: policy({ Action: ["ecs:ListClusters", "sts:*"] }),
    });
    await root.iam.putUserPermissionsBoundary({ UserName: as.name, PermissionsBoundary: Policy!.Arn! });
    await as.ecs.listClusters();
    await expect(as.logs.describeLogGroups()).rejects.toThrow("because no permissions boundary allows the logs:");

    await root.iam.createRole({ RoleName: "wide", AssumeRolePolicyDocument: trust({ AWS: as.arn }) });
    await root.iam.putRolePolicy({ RoleName: "wide", PolicyName: "all", PolicyDocument: policy({ Action: "*" }) });
    const { Credentials } = await as.sts.assumeRole({
      RoleArn: `${ARN}:role/wide`,
      RoleSessionName: "narrow",
      Policy: policy({ Action: "ecs:ListClusters" }),
    });
    const role = clients({
      accessKeyId: Credentials!.AccessKeyId!,
      secretAccessKey: Credentials!.SecretAccessKey!,
      sessionToken: Credentials!.SessionToken!,
    });
    await role.ecs.listClusters();
    const arn = `arn:aws:sts::${ACCOUNT}:assumed-role/wide/narrow`;
    await expect(role.ecs.listTaskDefinitions()).rejects.toEqual(
      refused("AccessDeniedException", 400, denial({ arn }, "ecs:ListTaskDefinitions", "*", "session policy")),
    );
  });

  test("by tags of the resource and of the request, and tags need a right of their own", async () => {
    const tag = (value: string) => [{ key: "team", value }];
    const as = await user(
      { Action: "ecs:CreateCluster", Condition: { StringEquals: { "aws:RequestTag/team": "blue" } } },
      { Action: ["ecs:DeleteCluster"], Condition: { StringEquals: { "aws:ResourceTag/team": "blue" } } },
      { Action: "ecs:TagResource", Condition: { StringEquals: { "ecs:CreateAction": "CreateCluster" } } },
    );
    await as.ecs.createCluster({ clusterName: "tagged", tags: tag("blue") });
    await expect(as.ecs.createCluster({ clusterName: "red", tags: tag("red") })).rejects.toThrow("ecs:CreateCluster");
    const { clusterArn } = (await root.ecs.createCluster({ clusterName: "red", tags: tag("red") })).cluster!;
    await expect(as.ecs.tagResource({ resourceArn: clusterArn, tags: tag("blue") })).rejects.toThrow("ecs:TagResource");
    await expect(as.ecs.deleteCluster({ cluster: "red" })).rejects.toThrow("ecs:DeleteCluster");
    await as.ecs.deleteCluster({ cluster: "tagged" });
  });

  test("by what the services themselves know", async () => {
    const cluster = `arn:aws:ecs:${REGION}:${ACCOUNT}:cluster/known`;
    const as = await user(
      { Action: "ecs:ListServices", Condition: { ArnEquals: { "ecs:cluster": cluster } } },
      { Action: "s3:ListBucket", Condition: { StringLike: { "s3:prefix": "home/*" } } },
      { Action: "s3:GetObject", Condition: { StringEquals: { "s3:ExistingObjectTag/class": "open" } } },
      { Action: "ec2:CreateSubnet", Condition: { StringEquals: { "ec2:ResourceTag/own": "yes" } } },
      { Action: "ec2:CreateSubnet", Resource: `arn:aws:ec2:*:*:subnet/*` },
    );
    await root.ecs.createCluster({ clusterName: "known" });
    await as.ecs.listServices({ cluster: "known" });
    await expect(as.ecs.listServices({ cluster: "other" })).rejects.toThrow("ecs:ListServices on resource: *");

    await root.s3.createBucket({ Bucket: "known", CreateBucketConfiguration: { LocationConstraint: REGION } });
    await as.s3.listObjectsV2({ Bucket: "known", Prefix: "home/me" });
    await expect(as.s3.listObjectsV2({ Bucket: "known" })).rejects.toThrow("s3:ListBucket");

    await root.s3.putObject({ Bucket: "known", Key: "open", Body: "o", Tagging: "class=open" });
    await root.s3.putObject({ Bucket: "known", Key: "shut", Body: "s", Tagging: "class=shut" });
    await as.s3.getObject({ Bucket: "known", Key: "open" });
    await expect(as.s3.getObject({ Bucket: "known", Key: "shut" })).rejects.toThrow("s3:GetObject");

    const make = async (tags: { Key: string; Value: string }[]) => {
      const TagSpecifications = [{ ResourceType: "vpc" as const, Tags: tags }];
      return (await root.ec2.createVpc({ CidrBlock: "10.9.0.0/16", TagSpecifications })).Vpc!.VpcId!;
    };
    const [own, other] = await Promise.all([make([{ Key: "own", Value: "yes" }]), make([{ Key: "own", Value: "no" }])]);
    await as.ec2.createSubnet({ VpcId: own, CidrBlock: "10.9.1.0/24" });
    await expect(as.ec2.createSubnet({ VpcId: other, CidrBlock: "10.9.1.0/24" })).rejects.toThrow(`vpc/${other}`);
  });

  test("whether a role may be given to tasks", async () => {
    await root.iam.createRole({ RoleName: "app", AssumeRolePolicyDocument: TASKS });
    await root.iam.createRole({ RoleName: "secret", AssumeRolePolicyDocument: TASKS });
    const role = (name: string) => `${ARN}:role/${name}`;
    const as = await user(
      { Action: ["ecs:RegisterTaskDefinition", "ecs:RunTask"] },
      {
        Action: "iam:PassRole",
        Resource: role("app"),
        Condition: { StringEquals: { "iam:PassedToService": "ecs-tasks.amazonaws.com" } },
      },
    );
    const definition = {
      family: "passing",
      requiresCompatibilities: ["FARGATE" as const],
      networkMode: "awsvpc" as const,
      cpu: "256",
      memory: "512",
      containerDefinitions: [container],
    };
    await as.ecs.registerTaskDefinition({ ...definition, taskRoleArn: role("app") });
    const denied = denial(as, "iam:PassRole", role("secret"));
    await expect(as.ecs.registerTaskDefinition({ ...definition, executionRoleArn: role("secret") })).rejects.toEqual(
      refused("AccessDeniedException", 400, denied),
    );
    await expect(
      as.ecs.runTask({ taskDefinition: "passing", overrides: { taskRoleArn: role("secret") } }),
    ).rejects.toEqual(refused("AccessDeniedException", 400, denied));
  });
});

describe("policies of resources", () => {
  const statement = (more: object) =>
    JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", ...more }] });

  test("of buckets let users in, and keep others out", async () => {
    const Bucket = "policed";
    await root.s3.createBucket({ Bucket, CreateBucketConfiguration: { LocationConstraint: REGION } });
    await root.s3.putObject({ Bucket, Key: "in/a", Body: "A", Tagging: "class=open" });
    await root.s3.putObject({ Bucket, Key: "out/b", Body: "B" });
    const [guest, reader] = await Promise.all([user(), user({ Action: "s3:*" })]);
    await expect(root.s3.getBucketPolicy({ Bucket })).rejects.toEqual(
      refused("NoSuchBucketPolicy", 404, "The bucket policy does not exist"),
    );
    const Resource = `arn:aws:s3:::${Bucket}`;
    const Policy = JSON.stringify({
      Version: "2012-10-17",
      Statement: [
        { Effect: "Allow", Principal: { AWS: guest.arn }, Action: "s3:GetObject", Resource: `${Resource}/in/*` },
        { Effect: "Deny", Principal: "*", Action: "s3:GetObject", Resource: `${Resource}/out/*` },
      ],
    });
    await root.s3.putBucketPolicy({ Bucket, Policy });
    expect((await root.s3.getBucketPolicy({ Bucket })).Policy).toBe(Policy);
    expect((await root.s3.getBucketPolicyStatus({ Bucket })).PolicyStatus).toEqual({ IsPublic: false });
    const { Body } = await guest.s3.getObject({ Bucket, Key: "in/a" });
    expect(await Body!.transformToString()).toBe("A");
    await expect(guest.s3.getObject({ Bucket, Key: "in/none" })).rejects.toEqual(
      refused("AccessDenied", 403, denial(guest, "s3:ListBucket", `"${Resource}"`)),
    );
    await expect(reader.s3.getObject({ Bucket, Key: "in/none" })).rejects.toEqual(
      refused("NoSuchKey", 404, "The specified key does not exist."),
    );
    await expect(reader.s3.getObject({ Bucket, Key: "out/b" })).rejects.toEqual(
      refused(
        "AccessDenied",
        403,
        `User: ${reader.arn} is not authorized to perform: s3:GetObject on resource: "${Resource}/out/b" with an explicit deny in a resource-based policy`,
      ),
    );
    const { Errors, Deleted } = await guest.s3.deleteObjects({ Bucket, Delete: { Objects: [{ Key: "in/a" }] } });
    expect(Deleted).toBeUndefined();
    expect(Errors).toMatchObject([{ Key: "in/a", Code: "AccessDenied", Message: /s3:DeleteObject/ }].map(partly));
    await expect(root.s3.putBucketPolicy({ Bucket, Policy: "{}" })).rejects.toEqual(
      refused("MalformedPolicy", 400, /./),
    );
    const foreign = statement({ Principal: "*", Action: "s3:GetObject", Resource: "arn:aws:s3:::other/*" });
    await expect(root.s3.putBucketPolicy({ Bucket, Policy: foreign })).rejects.toEqual(
      refused("MalformedPolicy", 400, "Policy has invalid resource"),
    );
    await root.s3.deleteBucketPolicy({ Bucket });
    await expect(guest.s3.getObject({ Bucket, Key: "in/a" })).rejects.toThrow("no identity-based policy");
  });

  test("make buckets public only where nothing blocks it", async () => {
    const Bucket = "public";
    await root.s3.createBucket({ Bucket, CreateBucketConfiguration: { LocationConstraint: REGION } });
    await root.s3.putObject({ Bucket, Key: "a", Body: "A" });
    const read = () => fetch(`${engine.endpoint}/${Bucket}/a`);
    const Policy = statement({ Principal: "*", Action: "s3:GetObject", Resource: `arn:aws:s3:::${Bucket}/*` });
    await expect(root.s3.putBucketPolicy({ Bucket, Policy })).rejects.toEqual(
      refused("AccessDenied", 403, /because public policies are prevented by the BlockPublicPolicy setting/),
    );
    await root.s3.deletePublicAccessBlock({ Bucket });
    const stranger = await read();
    expect(stranger.status).toBe(403);
    expect(await stranger.text()).toContain("<Code>AccessDenied</Code><Message>Access Denied</Message>");
    await root.s3.putBucketPolicy({ Bucket, Policy });
    expect((await root.s3.getBucketPolicyStatus({ Bucket })).PolicyStatus).toEqual({ IsPublic: true });
    expect(await (await read()).text()).toBe("A");
    expect(await offer(`${Bucket}.s3.localhost`, "/a")).toEqual({ status: 403, wanted: false });
    await root.s3.putPublicAccessBlock({
      Bucket,
      PublicAccessBlockConfiguration: { RestrictPublicBuckets: true },
    });
    expect((await read()).status).toBe(403);
  });

  test("of repositories let users in, also those who push and pull", async () => {
    const repositoryName = "policed";
    await root.ecr.createRepository({ repositoryName });
    const as = await user({ Action: "ecr:GetAuthorizationToken" });
    const arn = `arn:aws:ecr:${REGION}:${ACCOUNT}:repository/${repositoryName}`;
    const { authorizationData } = await as.ecr.getAuthorizationToken();
    const registry = (path: string, method = "GET") =>
      fetch(`${engine.endpoint}/v2/${repositoryName}/${path}`, {
        method,
        headers: { authorization: `Basic ${authorizationData![0]!.authorizationToken}` },
      });
    await expect(root.ecr.getRepositoryPolicy({ repositoryName })).rejects.toEqual(
      refused(
        "RepositoryPolicyNotFoundException",
        400,
        `Repository policy does not exist for the repository with name '${repositoryName}' in the registry with id '${ACCOUNT}'`,
      ),
    );
    const pull = await registry("manifests/latest");
    expect(pull.status).toBe(403);
    expect(await pull.json()).toEqual({ errors: [{ code: "DENIED", message: denial(as, "ecr:BatchGetImage", arn) }] });
    const policyText = statement({ Principal: { AWS: as.arn }, Action: ["ecr:BatchGetImage", "ecr:ListImages"] });
    const withResource = statement({ Principal: "*", Action: "ecr:*", Resource: "*" });
    await expect(root.ecr.setRepositoryPolicy({ repositoryName, policyText: withResource })).rejects.toEqual(
      refused(
        "InvalidParameterException",
        400,
        "Invalid parameter at 'PolicyText' failed to satisfy constraint: 'Invalid repository policy provided'",
      ),
    );
    expect(await root.ecr.setRepositoryPolicy({ repositoryName, policyText })).toMatchObject({ policyText });
    expect((await registry("manifests/latest")).status).toBe(404);
    expect((await registry("blobs/uploads/", "POST")).status).toBe(403);
    expect((await as.ecr.listImages({ repositoryName })).imageIds).toEqual([]);
    expect(await root.ecr.deleteRepositoryPolicy({ repositoryName })).toMatchObject({ policyText });
    expect((await registry("manifests/latest")).status).toBe(403);
  });

  test("of log groups let users in", async () => {
    const [as, logGroupName] = [await user(), "/policed"];
    await root.logs.createLogGroup({ logGroupName });
    const policyDocument = statement({
      Principal: { AWS: as.arn },
      Action: "logs:CreateLogStream",
      Resource: `arn:aws:logs:${REGION}:${ACCOUNT}:log-group:${logGroupName}:*`,
    });
    await root.logs.putResourcePolicy({ policyName: "p", policyDocument });
    expect(await root.logs.describeResourcePolicies()).toMatchObject({
      resourcePolicies: [{ policyName: "p", policyDocument, lastUpdatedTime: expect.any(Number) }],
    });
    await as.logs.createLogStream({ logGroupName, logStreamName: "s" });
    await root.logs.deleteResourcePolicy({ policyName: "p" });
    await expect(root.logs.deleteResourcePolicy({ policyName: "p" })).rejects.toEqual(
      refused("ResourceNotFoundException", 400, "Policy with name [p] does not exist."),
    );
    const stream = `arn:aws:logs:${REGION}:${ACCOUNT}:log-group:${logGroupName}:log-stream:t`;
    await expect(as.logs.createLogStream({ logGroupName, logStreamName: "t" })).rejects.toEqual(
      refused("AccessDeniedException", 400, denial(as, "logs:CreateLogStream", stream)),
    );
  });

  test("of file systems count for what is done to them", async () => {
    const as = await user({ Action: "elasticfilesystem:*" });
    const { FileSystemId } = await as.efs.createFileSystem({ CreationToken: "policed" });
    const Policy = JSON.stringify({
      Version: "2012-10-17",
      Statement: { Effect: "Deny", Principal: "*", Action: "elasticfilesystem:UpdateFileSystem" },
    });
    await expect(root.efs.putFileSystemPolicy({ FileSystemId, Policy: "[]" })).rejects.toEqual(
      refused("InvalidPolicyException", 400, /./),
    );
    await root.efs.putFileSystemPolicy({ FileSystemId, Policy });
    await expect(as.efs.updateFileSystem({ FileSystemId, ThroughputMode: "elastic" })).rejects.toThrow(
      "with an explicit deny in a resource-based policy",
    );
  });
});

test("an engine that checks no signatures lets everyone do everything", async () => {
  const anyone = clients({ accessKeyId: "AKIAANY", secretAccessKey: "any" }, open.endpoint);
  await anyone.ecs.createCluster({ clusterName: "open" });
  await anyone.ec2.describeVpcs();
  await anyone.s3.listBuckets();
  await anyone.iam.createUser({ UserName: "without" });
  await anyone.ecs.registerTaskDefinition({
    family: "open",
    requiresCompatibilities: ["FARGATE"],
    networkMode: "awsvpc",
    cpu: "256",
    memory: "512",
    taskRoleArn: `${ARN}:role/none`,
    containerDefinitions: [container],
  });
});

/** Asks whether a body is wanted, as curl does; whoever may not write is told so before. */
async function offer(host: string, path: string): Promise<{ status: number; wanted: boolean }> {
  return await new Promise((resolve, reject) => {
    let wanted = false;
    const headers = { host, expect: "100-continue", "content-length": 5 };
    const sent = request(`${engine.endpoint}${path}`, { method: "PUT", headers });
    sent.once("continue", () => (wanted = true));
    sent.once("response", (response) => {
      sent.destroy();
      resolve({ status: response.statusCode!, wanted });
    });
    sent.once("error", reject);
    sent.flushHeaders();
  });
}

function partly({ Message, ...rest }: { Message: RegExp }) {
  return { ...rest, Message: expect.stringMatching(Message) };
}
