import { CreateLogGroupCommand, PutRetentionPolicyCommand } from "@aws-sdk/client-cloudwatch-logs";
import {
  AuthorizeSecurityGroupIngressCommand,
  CreateSecurityGroupCommand,
  DescribeSecurityGroupsCommand,
  DescribeSubnetsCommand,
  DescribeVpcsCommand,
} from "@aws-sdk/client-ec2";
import {
  CreateRepositoryCommand,
  DescribeImagesCommand,
  DescribeRepositoriesCommand,
  GetAuthorizationTokenCommand,
} from "@aws-sdk/client-ecr";
import {
  CreateClusterCommand,
  CreateServiceCommand,
  DescribeServicesCommand,
  DescribeTaskDefinitionCommand,
  RegisterTaskDefinitionCommand,
  UpdateServiceCommand,
  type NetworkConfiguration,
  type RegisterTaskDefinitionCommandInput,
} from "@aws-sdk/client-ecs";
import { AttachRolePolicyCommand, CreateRoleCommand, GetRoleCommand } from "@aws-sdk/client-iam";
import { unless, type Clients } from "./clients.ts";
import { buildDemoImage } from "./demo-image.ts";
import { EXECUTION_POLICY, NAMES, PORT, TASKS } from "./names.ts";
import type { OciImage } from "./oci-image.ts";
import type { Progress } from "./progress.ts";
import { pushImage } from "./push.ts";
import { waitUntilStable } from "./wait.ts";

export interface DeployOptions {
  clients: Clients;
  region: string;
  /** Where built layers are kept for the next run. */
  cacheFolder: string;
  progress: Progress;
  signal: AbortSignal;
}

/**
 * Makes the demo: an image in a repository, and a service of two tasks from it, as anyone would with the public API.
 * What an earlier run made is used again.
 */
export async function deploy(options: DeployOptions): Promise<void> {
  const { clients, cacheFolder, progress, signal } = options;
  const image = await progress.step(
    "image from this machine's Node.js",
    () => buildDemoImage(cacheFolder),
    ({ layers }) => `${megabytes(layers.reduce((sum, layer) => sum + layer.size, 0))}`,
  );
  signal.throwIfAborted();
  const repositoryUri = await progress.step(`repository ${NAMES.repository}`, () => ensureRepository(clients));
  const reference = await progress.step(
    "push",
    () => push(clients, repositoryUri, image),
    (pushed) => pushed.note,
  );
  signal.throwIfAborted();
  await progress.step(`log group ${NAMES.logGroup}`, () => ensureLogGroup(clients));
  const network = await progress.step("default VPC, security group", () => ensureNetwork(clients));
  const role = await progress.step(`execution role ${NAMES.role}`, () => ensureRole(clients));
  await progress.step(`cluster ${NAMES.cluster}`, () =>
    clients.ecs.send(new CreateClusterCommand({ clusterName: NAMES.cluster })),
  );
  const taskDefinition = await progress.step(
    "task definition, 0.25 vCPU and 512 MB",
    () => ensureTaskDefinition(options, reference.image, role),
    (arn) => arn.split("/").at(-1)!,
  );
  signal.throwIfAborted();
  await progress.step(`service ${NAMES.service} of ${TASKS} tasks`, () =>
    ensureService(clients, taskDefinition, network),
  );
  await progress.step("tasks run, service stable", () => waitUntilStable(clients, progress, signal));
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}

async function ensureRepository({ ecr }: Clients): Promise<string> {
  const repositoryName = NAMES.repository;
  const created = await unless(
    ["RepositoryAlreadyExistsException"],
    ecr.send(new CreateRepositoryCommand({ repositoryName })),
  );
  const repository =
    created?.repository ??
    (await ecr.send(new DescribeRepositoriesCommand({ repositoryNames: [repositoryName] }))).repositories?.[0];
  return repository!.repositoryUri!;
}

/** The image's tag is of its digest, so one that is there already need not be pushed again. */
async function push(
  { ecr }: Clients,
  repositoryUri: string,
  image: OciImage,
): Promise<{ image: string; note: string }> {
  const tag = image.manifest.digest.slice("sha256:".length).slice(0, 12);
  const reference = `${repositoryUri}:${tag}`;
  const repositoryName = NAMES.repository;
  const found = await unless(
    ["ImageNotFoundException"],
    ecr.send(new DescribeImagesCommand({ repositoryName, imageIds: [{ imageTag: tag }] })),
  );
  if (found) return { image: reference, note: "is there already" };
  const { authorizationData } = await ecr.send(new GetAuthorizationTokenCommand({}));
  const { proxyEndpoint, authorizationToken } = authorizationData![0]!;
  const sent = await pushImage(
    {
      registry: proxyEndpoint!,
      repository: repositoryUri.slice(repositoryUri.indexOf("/") + 1),
      authorizationToken: authorizationToken!,
    },
    image,
    tag,
  );
  return { image: reference, note: `${megabytes(sent)} to ${reference}` };
}

async function ensureLogGroup({ logs }: Clients): Promise<void> {
  const logGroupName = NAMES.logGroup;
  await unless(["ResourceAlreadyExistsException"], logs.send(new CreateLogGroupCommand({ logGroupName })));
  await logs.send(new PutRetentionPolicyCommand({ logGroupName, retentionInDays: 7 }));
}

/** What pulls the image and writes the log. @returns its ARN */
async function ensureRole({ iam }: Clients): Promise<string> {
  const RoleName = NAMES.role;
  const trust = { Effect: "Allow", Principal: { Service: "ecs-tasks.amazonaws.com" }, Action: "sts:AssumeRole" };
  const AssumeRolePolicyDocument = JSON.stringify({ Version: "2012-10-17", Statement: [trust] });
  const created = await unless(
    ["EntityAlreadyExistsException"],
    iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument })),
  );
  await iam.send(new AttachRolePolicyCommand({ RoleName, PolicyArn: EXECUTION_POLICY }));
  const { Role } = created ?? (await iam.send(new GetRoleCommand({ RoleName })));
  return Role!.Arn!;
}

async function ensureNetwork({ ec2 }: Clients): Promise<NetworkConfiguration> {
  const { Vpcs = [] } = await ec2.send(
    new DescribeVpcsCommand({ Filters: [{ Name: "is-default", Values: ["true"] }] }),
  );
  const VpcId = Vpcs[0]?.VpcId;
  if (!VpcId) throw new Error("there is no default VPC in this Region");
  const inVpc = { Name: "vpc-id", Values: [VpcId] };
  const { Subnets = [] } = await ec2.send(new DescribeSubnetsCommand({ Filters: [inVpc] }));
  const { SecurityGroups = [] } = await ec2.send(
    new DescribeSecurityGroupsCommand({ Filters: [inVpc, { Name: "group-name", Values: [NAMES.securityGroup] }] }),
  );
  const GroupId =
    SecurityGroups[0]?.GroupId ??
    (
      await ec2.send(
        new CreateSecurityGroupCommand({
          VpcId,
          GroupName: NAMES.securityGroup,
          Description: `Neargate demo: HTTP on port ${PORT}`,
        }),
      )
    ).GroupId!;
  await unless(
    ["InvalidPermission.Duplicate"],
    ec2.send(
      new AuthorizeSecurityGroupIngressCommand({
        GroupId,
        IpPermissions: [{ IpProtocol: "tcp", FromPort: PORT, ToPort: PORT, IpRanges: [{ CidrIp: "0.0.0.0/0" }] }],
      }),
    ),
  );
  return {
    awsvpcConfiguration: {
      subnets: Subnets.map((subnet) => subnet.SubnetId!),
      securityGroups: [GroupId],
      assignPublicIp: "ENABLED",
    },
  };
}

/** Registers a revision, unless the latest one runs this image already. */
async function ensureTaskDefinition(
  { clients: { ecs }, region }: DeployOptions,
  image: string,
  executionRoleArn: string,
): Promise<string> {
  const latest = await unless(
    ["ClientException"],
    ecs.send(new DescribeTaskDefinitionCommand({ taskDefinition: NAMES.family })),
  );
  const current = latest?.taskDefinition;
  const runsIt = current?.containerDefinitions?.[0]?.image === image && current.executionRoleArn === executionRoleArn;
  if (current?.status === "ACTIVE" && runsIt) return current.taskDefinitionArn!;
  const input: RegisterTaskDefinitionCommandInput = {
    family: NAMES.family,
    requiresCompatibilities: ["FARGATE"],
    networkMode: "awsvpc",
    cpu: "256",
    memory: "512",
    executionRoleArn,
    containerDefinitions: [
      {
        name: NAMES.container,
        image,
        essential: true,
        portMappings: [{ containerPort: PORT, protocol: "tcp" }],
        environment: [{ name: "DEMO_IMAGE", value: image }],
        logConfiguration: {
          logDriver: "awslogs",
          options: { "awslogs-group": NAMES.logGroup, "awslogs-region": region, "awslogs-stream-prefix": "demo" },
        },
      },
    ],
  };
  const registered = await ecs.send(new RegisterTaskDefinitionCommand(input));
  return registered.taskDefinition!.taskDefinitionArn!;
}

async function ensureService(
  { ecs }: Clients,
  taskDefinition: string,
  networkConfiguration: NetworkConfiguration,
): Promise<void> {
  const { cluster, service } = NAMES;
  const { services = [] } = await ecs.send(new DescribeServicesCommand({ cluster, services: [service] }));
  const wanted = { cluster, taskDefinition, networkConfiguration, desiredCount: TASKS };
  if (services[0]?.status === "ACTIVE") await ecs.send(new UpdateServiceCommand({ ...wanted, service }));
  else await ecs.send(new CreateServiceCommand({ ...wanted, serviceName: service, launchType: "FARGATE" }));
}
