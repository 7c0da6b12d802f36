import { CloudWatchLogs } from "@aws-sdk/client-cloudwatch-logs";
import { EC2 } from "@aws-sdk/client-ec2";
import { ECR } from "@aws-sdk/client-ecr";
import { ECS } from "@aws-sdk/client-ecs";
import { IAM } from "@aws-sdk/client-iam";
import { S3 } from "@aws-sdk/client-s3";
import { ServiceDiscovery } from "@aws-sdk/client-servicediscovery";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { TestEngine } from "../support/engine.ts";

/* Ways around policies: whatever a request calls a thing, policies are asked about the thing that it gets. */

const ACCOUNT = "000000000000";
const REGION = "eu-west-1";
const ecsArn = (resource: string, partition = "aws") => `arn:${partition}:ecs:${REGION}:${ACCOUNT}:${resource}`;

let engine: TestEngine;
let root: Clients;
let users = 0;

beforeAll(async () => {
  engine = await TestEngine.start(["--compute", "simulated"]);
  root = clients(engine.credentials);
});
afterAll(() => engine?.stop());

type Clients = ReturnType<typeof clients>;

function clients(credentials: { accessKeyId: string; secretAccessKey: string }) {
  const options = { endpoint: engine.endpoint, region: REGION, credentials, maxAttempts: 1 };
  return {
    ec2: new EC2(options),
    ecr: new ECR(options),
    ecs: new ECS(options),
    iam: new IAM(options),
    logs: new CloudWatchLogs(options),
    s3: new S3({ ...options, forcePathStyle: true }),
    map: new ServiceDiscovery({ ...options, disableHostPrefix: true }),
  };
}

interface Rule {
  Effect?: "Allow" | "Deny";
  Action: string | string[];
  Resource?: string | string[];
  Condition?: object;
}

/** A user with rights. */
async function user(...rules: Rule[]): Promise<Clients & { name: string; arn: string }> {
  const UserName = `user-${users++}`;
  const { User } = await root.iam.createUser({ UserName });
  const Statement = rules.map((rule) => ({ Effect: "Allow", Resource: "*", ...rule }));
  const PolicyDocument = JSON.stringify({ Version: "2012-10-17", Statement });
  if (rules.length) await root.iam.putUserPolicy({ UserName, PolicyName: "rights", PolicyDocument });
  const { AccessKey } = await root.iam.createAccessKey({ UserName });
  const keys = { accessKeyId: AccessKey!.AccessKeyId!, secretAccessKey: AccessKey!.SecretAccessKey! };
  return { ...clients(keys), name: UserName, arn: User!.Arn! };
}

const denied = /explicit deny in an identity-based policy/;

describe("ECS", () => {
  const running = { name: "prod", arn: ecsArn("cluster/prod") };
  beforeAll(async () => {
    await Promise.all(["prod", "dev", "default"].map((clusterName) => root.ecs.createCluster({ clusterName })));
    await root.ecs.registerTaskDefinition({
      family: "app",
      requiresCompatibilities: ["FARGATE"],
      networkMode: "awsvpc",
      cpu: "256",
      memory: "512",
      containerDefinitions: [{ name: "app", image: "app", essential: true }],
    });
    const service = {
      taskDefinition: "app",
      desiredCount: 0,
      launchType: "FARGATE" as const,
      networkConfiguration: await network(),
    };
    await root.ecs.createService({ ...service, cluster: "prod", serviceName: "web" });
    await root.ecs.createService({ ...service, serviceName: "web" });
  });

  async function network() {
    const { Subnets = [] } = await root.ec2.describeSubnets({});
    return { awsvpcConfiguration: { subnets: [Subnets[0]!.SubnetId!] } };
  }

  test("a cluster is denied under each of its names", async () => {
    const as = await user(
      { Action: "ecs:*" },
      { Effect: "Deny", Action: "ecs:*", Resource: [running.arn, ecsArn("service/prod/*")] },
      { Effect: "Deny", Action: "ecs:ListServices", Condition: { ArnEquals: { "ecs:cluster": running.arn } } },
    );
    for (const name of [
      "prod",
      running.arn,
      ecsArn("cluster/prod", "aws-cn"),
      ecsArn("prod"),
      "arn:x:y:eu-west-1:000000000000:cluster/prod",
    ]) {
      await expect(as.ecs.describeClusters({ clusters: ["dev", name] }), name).rejects.toThrow(denied);
      await expect(as.ecs.deleteCluster({ cluster: name }), name).rejects.toThrow(denied);
      await expect(as.ecs.listServices({ cluster: name }), name).rejects.toThrow(denied);
    }
    for (const name of [ecsArn("cluster/prod", "aws-cn"), "arn:x:y:eu-west-1:000000000000:cluster/prod"])
      await expect(as.ecs.tagResource({ resourceArn: name, tags: [{ key: "a", value: "b" }] }), name).rejects.toThrow(
        denied,
      );
  });

  test("a service is denied under each of its names", async () => {
    const as = await user(
      { Action: "ecs:*" },
      { Effect: "Deny", Action: "ecs:*", Resource: [ecsArn("service/prod/web"), ecsArn("service/default/web")] },
    );
    const names = [
      "web",
      "prod/web",
      ecsArn("service/prod/web"),
      ecsArn("service/web"),
      ecsArn("service/prod/web", "aws-cn"),
    ];
    for (const service of names) {
      await expect(as.ecs.deleteService({ cluster: "prod", service }), service).rejects.toThrow(denied);
      await expect(as.ecs.describeServices({ cluster: "prod", services: [service] }), service).rejects.toThrow(denied);
    }
    for (const resourceArn of [ecsArn("service/web"), ecsArn("service/default/web", "aws-cn")])
      await expect(as.ecs.listTagsForResource({ resourceArn }), resourceArn).rejects.toThrow(denied);
  });

  test("a task definition is denied by its family", async () => {
    const as = await user(
      { Action: "ecs:*" },
      { Effect: "Deny", Action: "ecs:*", Resource: ecsArn("task-definition/app:*") },
    );
    for (const name of [
      ecsArn("task-definition/app:1"),
      ecsArn("task-definition/app"),
      ecsArn("task-definition/app:1", "x"),
    ])
      await expect(as.ecs.listTagsForResource({ resourceArn: name }), name).rejects.toThrow(denied);
  });
});

describe("ECS's condition keys", () => {
  const role = { requiresCompatibilities: ["FARGATE" as const], networkMode: "awsvpc" as const };
  const containerDefinitions = [{ name: "app", image: "app", essential: true }];

  test("sizes are numbers, however they are spelled", async () => {
    const as = await user(
      { Action: "ecs:*" },
      { Effect: "Deny", Action: "ecs:*", Condition: { NumericGreaterThan: { "ecs:task-cpu": "512" } } },
      { Effect: "Deny", Action: "ecs:*", Condition: { NumericGreaterThan: { "ecs:task-memory": "2048" } } },
    );
    const register = (cpu: string, memory: string) =>
      as.ecs.registerTaskDefinition({ ...role, containerDefinitions, family: "sized", cpu, memory });
    await register(".5 vCPU", "2 GB");
    for (const [cpu, memory] of [
      ["1024", "2048"],
      ["1 vCPU", "2 GB"],
      ["512", "3 GB"],
    ] as const)
      await expect(register(cpu, memory), `${cpu}, ${memory}`).rejects.toThrow(denied);
    await expect(as.ecs.runTask({ taskDefinition: "sized", overrides: { cpu: "4 vCPU" } })).rejects.toThrow(denied);
  });

  test("of services: definitions and namespaces by their ARNs, public addresses as truth", async () => {
    await root.ecs.registerTaskDefinition({
      ...role,
      containerDefinitions,
      family: "barred",
      cpu: "256",
      memory: "512",
    });
    await root.ecs.createCluster({ clusterName: "connected", serviceConnectDefaults: { namespace: "barred" } });
    const arn = `arn:aws:servicediscovery:${REGION}:${ACCOUNT}:namespace/*`;
    const definition = ecsArn("task-definition/barred:*");
    const as = await user(
      { Action: "ecs:*" },
      { Effect: "Deny", Action: "ecs:*", Condition: { ArnLike: { "ecs:task-definition": definition } } },
      { Effect: "Deny", Action: "ecs:*", Condition: { ArnLike: { "ecs:namespace": arn } } },
      { Effect: "Deny", Action: "ecs:*", Condition: { Bool: { "ecs:auto-assign-public-ip": "true" } } },
    );
    const create = (more: object) =>
      as.ecs.createService({ serviceName: "s", cluster: "connected", launchType: "FARGATE", ...more });
    for (const taskDefinition of ["barred", "barred:1", ecsArn("task-definition/barred:1")])
      await expect(create({ taskDefinition }), taskDefinition).rejects.toThrow(denied);
    for (const more of [{}, { namespace: "barred" }])
      await expect(create({ serviceConnectConfiguration: { enabled: true, ...more } })).rejects.toThrow(denied);
    const awsvpcConfiguration = { subnets: ["subnet-1"], assignPublicIp: "ENABLED" };
    await expect(create({ networkConfiguration: { awsvpcConfiguration } })).rejects.toThrow(denied);
  });
});

describe("EC2", () => {
  test("a security group is denied by its name, too", async () => {
    const { GroupId } = await root.ec2.createSecurityGroup({ GroupName: "guarded", Description: "g" });
    const as = await user(
      { Action: "ec2:*" },
      { Effect: "Deny", Action: "ec2:*", Resource: `arn:aws:ec2:*:*:security-group/${GroupId}` },
    );
    const IpPermissions = [{ IpProtocol: "tcp", FromPort: 22, ToPort: 22, IpRanges: [{ CidrIp: "0.0.0.0/0" }] }];
    await expect(as.ec2.authorizeSecurityGroupIngress({ GroupName: "guarded", IpPermissions })).rejects.toThrow(denied);
    await expect(as.ec2.deleteSecurityGroup({ GroupName: "guarded" })).rejects.toThrow(denied);
    await expect(as.ec2.deleteSecurityGroup({ GroupId })).rejects.toThrow(denied);
  });

  test("the role of a flow log is the account's own, and may be passed", async () => {
    const { Vpcs = [] } = await root.ec2.describeVpcs({});
    const as = await user({ Action: "ec2:*" });
    const made = as.ec2.createFlowLogs({
      ResourceIds: [Vpcs[0]!.VpcId!],
      ResourceType: "VPC",
      TrafficType: "ALL",
      LogGroupName: "somebodys",
      DeliverLogsPermissionArn: "arn:aws:iam::111111111111:role/any",
    });
    await expect(made).rejects.toThrow("iam:PassRole");
  });

  test("both VPCs of a peering, and what an association is with, count", async () => {
    const vpc = async (CidrBlock: string) => (await root.ec2.createVpc({ CidrBlock })).Vpc!.VpcId!;
    const [a, b] = [await vpc("10.41.0.0/16"), await vpc("10.42.0.0/16")];
    const { Subnet } = await root.ec2.createSubnet({ VpcId: b, CidrBlock: "10.42.1.0/24" });
    const { RouteTable } = await root.ec2.createRouteTable({ VpcId: b });
    const { AssociationId } = await root.ec2.associateRouteTable({
      RouteTableId: RouteTable!.RouteTableId!,
      SubnetId: Subnet!.SubnetId!,
    });
    const arn = (kind: string, id: string) => `arn:aws:ec2:${REGION}:${ACCOUNT}:${kind}/${id}`;
    const as = await user(
      { Action: "ec2:*" },
      {
        Effect: "Deny",
        Action: ["ec2:AcceptVpcPeeringConnection", "ec2:DisassociateRouteTable"],
        Resource: [arn("vpc", b), arn("subnet", Subnet!.SubnetId!)],
      },
      {
        Effect: "Deny",
        Action: "ec2:CreateVpcPeeringConnection",
        Condition: { ArnEquals: { "ec2:AccepterVpc": arn("vpc", a) } },
      },
    );
    await expect(as.ec2.createVpcPeeringConnection({ VpcId: b, PeerVpcId: a })).rejects.toThrow(denied);
    const { VpcPeeringConnection } = await as.ec2.createVpcPeeringConnection({ VpcId: a, PeerVpcId: b });
    await expect(
      as.ec2.acceptVpcPeeringConnection({ VpcPeeringConnectionId: VpcPeeringConnection!.VpcPeeringConnectionId! }),
    ).rejects.toThrow(denied);
    await expect(as.ec2.disassociateRouteTable({ AssociationId: AssociationId! })).rejects.toThrow(denied);
  });
});

describe("Logs", () => {
  test("a log group is denied under each of its names", async () => {
    await root.logs.createLogGroup({ logGroupName: "guarded" });
    const as = await user(
      { Action: "logs:*" },
      { Effect: "Deny", Action: "logs:*", Resource: `arn:aws:logs:*:*:log-group:guarded*` },
    );
    for (const partition of ["aws", "aws-cn"]) {
      const arn = `arn:${partition}:logs:${REGION}:${ACCOUNT}:log-group:guarded`;
      await expect(as.logs.tagResource({ resourceArn: arn, tags: { a: "b" } }), arn).rejects.toThrow(denied);
      await expect(as.logs.filterLogEvents({ logGroupIdentifier: arn }), arn).rejects.toThrow(denied);
    }
  });

  test("policies of the account may have statements of the same name", async () => {
    const policyDocument = (Sid: string) =>
      JSON.stringify({
        Version: "2012-10-17",
        Statement: {
          Sid,
          Effect: "Allow",
          Principal: { Service: "es.amazonaws.com" },
          Action: "logs:PutLogEvents",
          Resource: "*",
        },
      });
    await root.logs.putResourcePolicy({ policyName: "one", policyDocument: policyDocument("a") });
    await root.logs.putResourcePolicy({ policyName: "two", policyDocument: policyDocument("a") });
    await root.logs.createLogGroup({ logGroupName: "after" });
    await root.logs.filterLogEvents({ logGroupName: "after" });
  });
});

test("tags of whatever name are seen by policies", async () => {
  const as = await user({
    Action: ["ecs:CreateCluster", "ecs:TagResource"],
    Condition: { "ForAllValues:StringEquals": { "aws:TagKeys": ["team"] } },
  });
  const make = (clusterName: string, key: string) => as.ecs.createCluster({ clusterName, tags: [{ key, value: "x" }] });
  await make("tagged", "team");
  await expect(make("tagged-2", "__proto__")).rejects.toThrow("no identity-based policy");
});

test("bucket policies tell presigned addresses from other requests, and old ones from new ones", async () => {
  const Bucket = "signed";
  await root.s3.createBucket({ Bucket, CreateBucketConfiguration: { LocationConstraint: REGION } });
  await root.s3.putObject({ Bucket, Key: "a", Body: "a" });
  const as = await user({ Action: "s3:GetObject", Condition: { StringEquals: { "s3:ResourceAccount": ACCOUNT } } });
  const forbid = async (Condition: object) => {
    const resource = `arn:aws:s3:::${Bucket}/*`;
    const statement = { Effect: "Deny", Principal: "*", Action: "s3:*", Resource: resource, Condition };
    const Policy = JSON.stringify({ Version: "2012-10-17", Statement: statement });
    await root.s3.putBucketPolicy({ Bucket, Policy });
  };
  const url = (await engine.aws("s3", "presign", `s3://${Bucket}/a`, "--region", REGION)).trim();
  const status = async () => (await fetch(url)).status;
  expect(await status()).toBe(200);
  await forbid({ NumericGreaterThan: { "s3:signatureAge": 600_000 } });
  expect(await status()).toBe(200);
  await forbid({ NumericGreaterThanEquals: { "s3:signatureAge": 0 } });
  expect(await status()).toBe(403);
  await forbid({ StringNotEquals: { "s3:authType": "REST-HEADER" } });
  expect(await status()).toBe(403);
  await as.s3.getObject({ Bucket, Key: "a" });
});

describe("Cloud Map", () => {
  test("the service that names find is the one that is asked about", async () => {
    const { Vpcs = [] } = await root.ec2.describeVpcs({});
    await root.map.createPrivateDnsNamespace({ Name: "twice", Vpc: Vpcs[0]!.VpcId! });
    await root.map.createHttpNamespace({ Name: "twice" });
    const namespaces = await expect
      .poll(async () => (await root.map.listNamespaces({})).Namespaces!.filter(({ Name }) => Name === "twice"), {
        timeout: 60_000,
      })
      .toHaveLength(2)
      .then(async () => (await root.map.listNamespaces({})).Namespaces!.filter(({ Name }) => Name === "twice"));
    for (const { Id } of namespaces) {
      const { Service } = await root.map.createService({ Name: `of-${Id}`, NamespaceId: Id, Type: "HTTP" });
      const as = await user(
        { Action: "servicediscovery:*" },
        { Effect: "Deny", Action: "servicediscovery:*", Resource: Service!.Arn! },
      );
      await expect(as.map.discoverInstances({ NamespaceName: "twice", ServiceName: Service!.Name! })).rejects.toThrow(
        denied,
      );
    }
  });
});

test("the password of a deleted user opens no repository, whomever its policy lets in", async () => {
  await root.ecr.createRepository({ repositoryName: "shared" });
  await root.ecr.setRepositoryPolicy({
    repositoryName: "shared",
    policyText: JSON.stringify({
      Version: "2012-10-17",
      Statement: { Effect: "Allow", Principal: "*", Action: "ecr:ListImages" },
    }),
  });
  const as = await user({ Action: "ecr:GetAuthorizationToken" });
  const { authorizationData } = await as.ecr.getAuthorizationToken({});
  const list = () =>
    fetch(`${engine.endpoint}/v2/shared/tags/list`, {
      headers: { authorization: `Basic ${authorizationData![0]!.authorizationToken!}` },
    });
  expect((await list()).status).toBe(200);
  await root.iam.deleteUserPolicy({ UserName: as.name, PolicyName: "rights" });
  const { AccessKeyMetadata = [] } = await root.iam.listAccessKeys({ UserName: as.name });
  for (const { AccessKeyId } of AccessKeyMetadata)
    await root.iam.deleteAccessKey({ UserName: as.name, AccessKeyId: AccessKeyId! });
  await root.iam.deleteUser({ UserName: as.name });
  expect((await list()).status).toBe(403);
});

test("whose an access key is, only those are told who may ask", async () => {
  const [as, other] = await Promise.all([user(), user()]);
  const { AccessKeyMetadata = [] } = await root.iam.listAccessKeys({ UserName: other.name });
  for (const AccessKeyId of [AccessKeyMetadata[0]!.AccessKeyId!, "AKIAAAAAAAAAAAAAAAAA"])
    await expect(as.iam.getAccessKeyLastUsed({ AccessKeyId })).rejects.toThrow(
      `on resource: access key ${AccessKeyId} `,
    );
});
