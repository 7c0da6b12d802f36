import {
  CreateClusterCommand,
  CreateServiceCommand,
  DeleteClusterCommand,
  DeleteServiceCommand,
  DeregisterTaskDefinitionCommand,
  DescribeClustersCommand,
  DescribeServicesCommand,
  DescribeTaskDefinitionCommand,
  DescribeTasksCommand,
  ListServicesCommand,
  ListTasksCommand,
  RegisterTaskDefinitionCommand,
  RunTaskCommand,
  StopTaskCommand,
  UpdateServiceCommand,
  type ContainerDefinition,
  type CreateServiceRequest,
  type RegisterTaskDefinitionRequest,
  type RunTaskRequest,
} from "@aws-sdk/client-ecs";
import { NO_GROUP, type Clients, type ErrorCase, type Made } from "./error-case.ts";

const ROLE = "arn:aws:iam::000000000000:role/ecsTaskExecutionRole";
const TASK = "0123456789abcdef0123456789abcdef";

function network({ subnetId }: Made, securityGroups: string[] = []) {
  return { awsvpcConfiguration: { subnets: [subnetId], securityGroups } };
}

const run = (more: Partial<RunTaskRequest>) => (aws: Clients, made: Made) =>
  aws.ecs.send(
    new RunTaskCommand({
      cluster: "errors",
      taskDefinition: "web",
      launchType: "FARGATE",
      networkConfiguration: network(made),
      ...more,
    }),
  );

const create = (more: Partial<CreateServiceRequest>) => (aws: Clients, made: Made) =>
  aws.ecs.send(
    new CreateServiceCommand({
      cluster: "errors",
      serviceName: "new",
      taskDefinition: "web",
      desiredCount: 1,
      launchType: "FARGATE",
      networkConfiguration: network(made),
      ...more,
    }),
  );

const register =
  (container: Partial<ContainerDefinition>, more: Partial<RegisterTaskDefinitionRequest> = {}) =>
  (aws: Clients) =>
    aws.ecs.send(
      new RegisterTaskDefinitionCommand({
        family: "refused",
        networkMode: "awsvpc",
        requiresCompatibilities: ["FARGATE"],
        cpu: "256",
        memory: "512",
        containerDefinitions: [{ name: "app", image: "busybox", ...container }],
        ...more,
      }),
    );

const S3_CONFIGURATION = { "config-file-type": "s3", "config-file-value": "arn:aws:s3:::bucket/extra.conf" };

/** A log configuration that is complete but for what is left out. */
function awslogs(...left: string[]): ContainerDefinition["logConfiguration"] {
  const options = { "awslogs-group": "/g", "awslogs-region": "us-east-1", "awslogs-stream-prefix": "p" };
  const kept = Object.entries(options).filter(([name]) => !left.includes(name));
  return { logDriver: "awslogs", options: Object.fromEntries(kept) };
}

const clusters: ErrorCase[] = [
  {
    when: "CreateCluster has a name with a space",
    send: ({ ecs }) => ecs.send(new CreateClusterCommand({ clusterName: "no good" })),
    code: "InvalidParameterException",
    message: "ClusterName must match ^[a-zA-Z0-9\\\\-_]{1,255}$",
  },
  {
    when: "DeleteCluster names none that exists",
    send: ({ ecs }) => ecs.send(new DeleteClusterCommand({ cluster: "none" })),
    code: "ClusterNotFoundException",
    message: "Cluster not found.",
  },
  {
    when: "DeleteCluster names one with a service",
    send: ({ ecs }) => ecs.send(new DeleteClusterCommand({ cluster: "errors" })),
    code: "ClusterContainsServicesException",
    message: "The Cluster cannot be deleted while Services are active.",
  },
  {
    when: "DeleteCluster names one with a task of no service",
    send: ({ ecs }) => ecs.send(new DeleteClusterCommand({ cluster: "tasks" })),
    code: "ClusterContainsTasksException",
    message: "The Cluster cannot be deleted while Tasks are active.",
  },
  {
    when: "DescribeClusters names 101",
    send: ({ ecs }) =>
      ecs.send(new DescribeClustersCommand({ clusters: Array.from({ length: 101 }, (_, index) => `c${index}`) })),
    code: "InvalidParameterException",
    message: "Clusters cannot have more than 100 elements",
  },
];

const definitions: ErrorCase[] = [
  {
    when: "DescribeTaskDefinition names no family that exists",
    send: ({ ecs }) => ecs.send(new DescribeTaskDefinitionCommand({ taskDefinition: "none" })),
    code: "ClientException",
    message: "Unable to describe task definition.",
  },
  {
    when: "DeregisterTaskDefinition names no revision",
    send: ({ ecs }) => ecs.send(new DeregisterTaskDefinitionCommand({ taskDefinition: "web" })),
    code: "InvalidParameterException",
    message: "Revision is missing",
  },
  {
    when: "RegisterTaskDefinition asks for a size Fargate does not have",
    send: register({}, { cpu: "256", memory: "4096" }),
    code: "ClientException",
    message:
      "No Fargate configuration exists for given values: 256 CPU, 4096 memory. See the Amazon ECS documentation for the valid values.",
  },
  {
    when: "RegisterTaskDefinition says no CPU for Fargate",
    send: register({}, { cpu: undefined }),
    code: "ClientException",
    message: "Fargate requires that 'cpu' be defined at the task level.",
  },
  {
    when: "RegisterTaskDefinition says no memory for Fargate",
    send: register({ memory: 128 }, { memory: undefined }),
    code: "ClientException",
    message: "Fargate requires that 'memory' be defined at the task level.",
  },
  {
    when: "RegisterTaskDefinition has CPU that is no number",
    send: register({}, { cpu: "much" }),
    code: "ClientException",
    message: "Invalid 'cpu' setting for task.",
  },
  {
    when: "RegisterTaskDefinition has Fargate with bridge networks",
    send: register({}, { networkMode: "bridge" }),
    code: "ClientException",
    message: "Fargate only supports network mode ‘awsvpc’.",
  },
  {
    when: "RegisterTaskDefinition has a privileged container",
    send: register({ privileged: true }),
    code: "ClientException",
    message: "Fargate requires that the ‘privileged’ setting be ‘false’ at the container level.",
  },
  {
    when: "RegisterTaskDefinition has an image of ECR and no execution role",
    send: register({ image: "000000000000.dkr.ecr.us-east-1.amazonaws.com/web:v1" }),
    code: "ClientException",
    message: "Fargate requires task definition to have execution role ARN to support ECR images.",
  },
  {
    when: "RegisterTaskDefinition has awslogs and no execution role",
    send: register({ logConfiguration: awslogs() }),
    code: "ClientException",
    message: "Fargate requires task definition to have execution role ARN to support log driver awslogs.",
  },
  {
    when: "RegisterTaskDefinition has awslogs without a prefix",
    send: register({ logConfiguration: awslogs("awslogs-stream-prefix") }, { executionRoleArn: ROLE }),
    code: "ClientException",
    message:
      "Fargate requires log configuration options to include awslogs-stream-prefix to support log driver awslogs.",
  },
  {
    when: "RegisterTaskDefinition has awslogs without its options",
    send: register({ logConfiguration: awslogs("awslogs-group", "awslogs-region") }, { executionRoleArn: ROLE }),
    code: "ClientException",
    message: "Log driver awslogs requires options: awslogs-region, awslogs-group",
  },
  {
    when: "RegisterTaskDefinition has no container",
    send: register({}, { containerDefinitions: [] }),
    code: "ClientException",
    message: "Container list cannot be empty.",
  },
  {
    when: "RegisterTaskDefinition has no essential container",
    send: register({ essential: false }),
    code: "ClientException",
    message: "Task definition doesn't have any essential container.",
  },
  {
    when: "RegisterTaskDefinition maps a port to another",
    send: register({ portMappings: [{ containerPort: 80, hostPort: 8080 }] }),
    code: "ClientException",
    message: "When networkMode=awsvpc, the host ports and container ports in port mappings must match.",
  },
  {
    when: "RegisterTaskDefinition has a container bigger than the task",
    send: register({ memory: 1024 }),
    code: "ClientException",
    message: "The 'memory' setting for container 'app' is greater than for the task.",
  },
  {
    when: "RegisterTaskDefinition has a container that depends on none",
    send: register({ dependsOn: [{ containerName: "db", condition: "START" }] }),
    code: "ClientException",
    message: "Cannot depend on container + 'db' because it does not exist",
  },
];

const tasks: ErrorCase[] = [
  {
    when: "RunTask names no cluster that exists",
    send: run({ cluster: "none" }),
    code: "ClusterNotFoundException",
    message: "Cluster not found.",
  },
  {
    when: "RunTask names no family that exists",
    send: run({ taskDefinition: "none" }),
    code: "ClientException",
    message: "TaskDefinition not found.",
  },
  {
    when: "RunTask names a definition that was deregistered",
    send: run({ taskDefinition: "old:1" }),
    code: "ClientException",
    message: "TaskDefinition is inactive",
  },
  {
    when: "RunTask has a log router that gets its configuration from S3",
    send: async (aws, made) => {
      const firelens = { type: "fluentbit", options: S3_CONFIGURATION } as const;
      const router = { name: "router", image: "fluent-bit", firelensConfiguration: firelens };
      const app = { name: "app", image: "busybox", logConfiguration: { logDriver: "awsfirelens" } } as const;
      const { taskDefinition } = await register({}, { family: "routed", containerDefinitions: [app, router] })(aws);
      return run({ taskDefinition: taskDefinition!.taskDefinitionArn! })(aws, made);
    },
    code: "PlatformTaskDefinitionIncompatibilityException",
    message: "One or more of the requested capabilities are not supported.",
  },
  {
    when: "RunTask says no network",
    send: run({ networkConfiguration: undefined }),
    code: "InvalidParameterException",
    message: "Network Configuration must be provided when networkMode 'awsvpc' is specified.",
  },
  {
    when: "RunTask names no subnet that exists",
    send: run({ networkConfiguration: { awsvpcConfiguration: { subnets: ["subnet-00000000000000000"] } } }),
    code: "InvalidParameterException",
    message:
      "Error retrieving subnet information for [subnet-00000000000000000]: The subnet ID 'subnet-00000000000000000' does not exist (ErrorCode: InvalidSubnetID.NotFound)",
  },
  {
    when: "RunTask names no security group that exists",
    send: (aws, made) => run({ networkConfiguration: network(made, [NO_GROUP]) })(aws, made),
    code: "InvalidParameterException",
    message: `Error retrieving security group information for [${NO_GROUP}]: The security group '${NO_GROUP}' does not exist (ErrorCode: InvalidGroup.NotFound)`,
  },
  {
    when: "RunTask has a definition that is not for Fargate",
    send: run({ taskDefinition: "bridge" }),
    code: "InvalidParameterException",
    message: "Task definition does not support launch_type FARGATE.",
  },
  {
    when: "RunTask overrides a container the definition does not have",
    send: run({ overrides: { containerOverrides: [{ name: "db", command: ["true"] }] } }),
    code: "InvalidParameterException",
    message: "Override for container named db is not a container in the TaskDefinition.",
  },
  {
    when: "RunTask has no platform that exists",
    send: run({ platformVersion: "9.9.9" }),
    code: "PlatformUnknownException",
    message: "The specified platform does not exist.",
  },
  {
    when: "StopTask names no task that exists",
    send: ({ ecs }) => ecs.send(new StopTaskCommand({ cluster: "errors", task: TASK })),
    code: "InvalidParameterException",
    message: "The referenced task was not found.",
  },
  {
    when: "DescribeTasks names none",
    send: ({ ecs }) => ecs.send(new DescribeTasksCommand({ cluster: "errors", tasks: [] })),
    code: "InvalidParameterException",
    message: "Tasks cannot be empty.",
  },
  {
    when: "ListTasks names a cluster that was deleted",
    send: ({ ecs }) => ecs.send(new ListTasksCommand({ cluster: "gone" })),
    code: "ClusterNotFoundException",
    message: "The referenced cluster was inactive.",
  },
  {
    when: "ListTasks names no service that exists",
    send: ({ ecs }) => ecs.send(new ListTasksCommand({ cluster: "errors", serviceName: "none" })),
    code: "ServiceNotFoundException",
    message: "Service not found.",
  },
];

const services: ErrorCase[] = [
  {
    when: "CreateService has the name of another",
    send: create({ serviceName: "busy", desiredCount: 7 }),
    code: "InvalidParameterException",
    message: "Creation of service was not idempotent.",
  },
  {
    when: "CreateService names no family that exists",
    send: create({ taskDefinition: "none" }),
    code: "ClientException",
    message: "TaskDefinition not found.",
  },
  {
    when: "CreateService says no network",
    send: create({ networkConfiguration: undefined }),
    code: "InvalidParameterException",
    message: "Network Configuration must be provided when networkMode 'awsvpc' is specified.",
  },
  {
    when: "UpdateService names none that exists",
    send: ({ ecs }) => ecs.send(new UpdateServiceCommand({ cluster: "errors", service: "none", desiredCount: 1 })),
    code: "ServiceNotFoundException",
    message: "Service not found.",
  },
  {
    when: "UpdateService names one that was deleted",
    send: ({ ecs }) => ecs.send(new UpdateServiceCommand({ cluster: "errors", service: "ended", desiredCount: 1 })),
    code: "ServiceNotActiveException",
    message: "Service was not ACTIVE.",
  },
  {
    when: "DeleteService names one that is scaled up, without force",
    send: ({ ecs }) => ecs.send(new DeleteServiceCommand({ cluster: "errors", service: "busy" })),
    code: "InvalidParameterException",
    message: "The service cannot be stopped while it is scaled above 0.",
  },
  {
    when: "DescribeServices names no cluster that exists",
    send: ({ ecs }) => ecs.send(new DescribeServicesCommand({ cluster: "none", services: ["busy"] })),
    code: "ClusterNotFoundException",
    message: "Cluster not found.",
  },
  {
    when: "DescribeServices names none",
    send: ({ ecs }) => ecs.send(new DescribeServicesCommand({ cluster: "errors", services: [] })),
    code: "InvalidParameterException",
    message: "Services cannot be empty.",
  },
  {
    when: "ListServices has a token it did not give",
    send: ({ ecs }) => ecs.send(new ListServicesCommand({ cluster: "errors", nextToken: "invented" })),
    code: "InvalidParameterException",
    message: "Invalid token.",
  },
];

export const ecsErrors: ErrorCase[] = [...clusters, ...definitions, ...tasks, ...services];
