import {
  CreateClusterCommand,
  CreateServiceCommand,
  DeleteServiceCommand,
  DescribeClustersCommand,
  DescribeServicesCommand,
  DescribeTasksCommand,
  ListTasksCommand,
  UpdateClusterCommand,
  UpdateServiceCommand,
  waitUntilServicesStable,
  type CreateServiceRequest,
  type Service,
  type Task,
} from "@aws-sdk/client-ecs";
import {
  CreateHttpNamespaceCommand,
  CreatePrivateDnsNamespaceCommand,
  CreateServiceCommand as CreateRegistryCommand,
  DiscoverInstancesCommand,
  GetOperationCommand,
  ListInstancesCommand,
  ListNamespacesCommand,
  ListServicesCommand,
  ServiceDiscoveryClient,
  type CreateServiceCommandInput,
  type InstanceSummary,
} from "@aws-sdk/client-servicediscovery";
import { DescribeVpcsCommand } from "@aws-sdk/client-ec2";
import { afterAll, beforeAll, expect, test } from "vitest";
import { TestEngine, until } from "../support/engine.ts";
import { CLUSTER, Fargate, LOG_GROUP } from "../support/fargate.ts";

/* Cloud Map registration and Service Connect as clients see them: containers and proxies are simulated. */

let engine: TestEngine;
let fargate: Fargate;
let taskDefinition: string;

beforeAll(async () => {
  engine = await TestEngine.start(["--compute", "simulated"]);
  fargate = await Fargate.prepare(engine);
  taskDefinition = await fargate.define([
    {
      image: "public.example/web:1",
      portMappings: [
        { name: "web", containerPort: 8080, appProtocol: "http" },
        { name: "db", containerPort: 5432 },
      ],
    },
  ]);
});

afterAll(() => engine.stop());

const ecs = () => fargate.clients.ecs;
const sd = () => fargate.clients.cloudMap;
let unnamed = 0;

async function create(more: Partial<CreateServiceRequest>): Promise<Service> {
  const { service } = await ecs().send(
    new CreateServiceCommand({
      cluster: CLUSTER,
      serviceName: `service-${++unnamed}`,
      taskDefinition,
      desiredCount: 1,
      launchType: "FARGATE",
      networkConfiguration: fargate.network(),
      // Replaces at once: what is tested here is not how deployments roll.
      deploymentConfiguration: { minimumHealthyPercent: 0, maximumPercent: 200 },
      ...more,
    }),
  );
  return service!;
}

async function stable(...names: string[]): Promise<void> {
  const waiter = { client: ecs(), maxWaitTime: 60, minDelay: 1, maxDelay: 1 };
  await waitUntilServicesStable(waiter, { cluster: CLUSTER, services: names });
}

async function described(name: string): Promise<Service> {
  const { services: found } = await ecs().send(new DescribeServicesCommand({ cluster: CLUSTER, services: [name] }));
  return found![0]!;
}

async function tasksOf(serviceName: string): Promise<Task[]> {
  const { taskArns } = await ecs().send(new ListTasksCommand({ cluster: CLUSTER, serviceName }));
  if (!taskArns?.length) return [];
  return (await ecs().send(new DescribeTasksCommand({ cluster: CLUSTER, tasks: taskArns }))).tasks!;
}

async function httpNamespace(name: string): Promise<string> {
  const { OperationId } = await sd().send(new CreateHttpNamespaceCommand({ Name: name }));
  return await namespaceOf(OperationId!);
}

async function namespaceOf(OperationId: string): Promise<string> {
  let id: string | undefined;
  await until(async () => {
    const { Operation } = await sd().send(new GetOperationCommand({ OperationId }));
    id = Operation!.Status === "SUCCESS" ? Operation!.Targets!["NAMESPACE"] : undefined;
    return id !== undefined;
  });
  return id!;
}

async function registry(input: CreateServiceCommandInput): Promise<{ id: string; arn: string }> {
  const { Service: made } = await sd().send(new CreateRegistryCommand(input));
  return { id: made!.Id!, arn: made!.Arn! };
}

async function instances(ServiceId: string): Promise<InstanceSummary[]> {
  return (await sd().send(new ListInstancesCommand({ ServiceId }))).Instances!;
}

async function namesIn(namespaceId: string): Promise<string[]> {
  const Filters = [{ Name: "NAMESPACE_ID" as const, Values: [namespaceId] }];
  return (await sd().send(new ListServicesCommand({ Filters }))).Services!.map((one) => one.Name!);
}

const taskId = (task: Task) => task.taskArn!.split("/").at(-1)!;
const detail = (task: Task, name: string) =>
  task.attachments!.find(({ type }) => type === "ElasticNetworkInterface")!.details!.find((one) => one.name === name)!
    .value!;
const refused = (message: string | RegExp, name = "InvalidParameterException") =>
  expect.objectContaining({ name, message: typeof message === "string" ? message : expect.stringMatching(message) });

test("tasks are instances of their registry while they run, also after a kill -9", async () => {
  const { Vpcs } = await fargate.clients.ec2.send(new DescribeVpcsCommand({}));
  const { OperationId } = await sd().send(
    new CreatePrivateDnsNamespaceCommand({ Name: "corp", Vpc: Vpcs![0]!.VpcId! }),
  );
  const NamespaceId = await namespaceOf(OperationId!);
  const { id, arn } = await registry({
    Name: "api",
    NamespaceId,
    DnsConfig: { DnsRecords: [{ Type: "SRV", TTL: 10 }] },
    HealthCheckCustomConfig: { FailureThreshold: 1 },
  });
  const serviceRegistries = [{ registryArn: arn, containerName: "app", containerPort: 8080 }];
  const made = await create({ serviceName: "api", desiredCount: 2, serviceRegistries });
  expect(made.serviceRegistries).toEqual(serviceRegistries);
  await stable("api");
  const tasks = await tasksOf("api");
  const found = await instances(id);
  expect(found.map((one) => one.Id).toSorted()).toEqual(tasks.map(taskId).toSorted());
  const task = tasks.find((one) => taskId(one) === found[0]!.Id)!;
  expect(found[0]!.Attributes).toEqual({
    AWS_INIT_HEALTH_STATUS: "HEALTHY",
    AWS_INSTANCE_IPV4: detail(task, "privateIPv4Address"),
    AWS_INSTANCE_PORT: "8080",
    AVAILABILITY_ZONE: task.availabilityZone,
    REGION: engine.region,
    ECS_CLUSTER_NAME: CLUSTER,
    ECS_SERVICE_NAME: "api",
    ECS_TASK_DEFINITION_FAMILY: taskDefinition.split("/")[1]!.split(":")[0],
  });

  await engine.kill();
  await engine.up();
  expect((await instances(id)).map((one) => one.Id).toSorted()).toEqual(tasks.map(taskId).toSorted());
  await fargate.stop([task]);
  expect((await instances(id)).map((one) => one.Id)).not.toContain(taskId(task));

  const updated = await ecs().send(
    new UpdateServiceCommand({ cluster: CLUSTER, service: "api", serviceRegistries: [], desiredCount: 1 }),
  );
  expect(updated.service).toMatchObject({ serviceRegistries: [], deployments: [{}, {}] });
  await until(async () => (await instances(id)).length === 0, 60_000);
});

test("a task with a health check is unhealthy until it was probed", async () => {
  const NamespaceId = await httpNamespace("probed");
  const HealthCheckCustomConfig = { FailureThreshold: 1 };
  const deploy = async (name: string, interval: number) => {
    const { id, arn } = await registry({ Name: name, NamespaceId, HealthCheckCustomConfig });
    const healthCheck = { command: ["CMD", "true"], interval };
    const definition = await fargate.define([{ image: "public.example/web:1", healthCheck }]);
    await create({ serviceName: name, taskDefinition: definition, serviceRegistries: [{ registryArn: arn }] });
    return id;
  };
  // The one is not probed before this test is over.
  const [, id] = await Promise.all([deploy("unprobed", 300), deploy("probed", 5)]);
  const data = new ServiceDiscoveryClient({
    endpoint: engine.endpoint,
    region: engine.region,
    credentials: engine.credentials,
    disableHostPrefix: true, // there is no name `data-127.0.0.1`
  });
  const discover = async (ServiceName: string, HealthStatus: "HEALTHY" | "ALL") =>
    (await data.send(new DiscoverInstancesCommand({ NamespaceName: "probed", ServiceName, HealthStatus }))).Instances!;
  await until(async () => (await discover("unprobed", "ALL")).length === 1, 60_000);
  expect(await discover("unprobed", "HEALTHY")).toEqual([]);
  await until(async () => (await discover("probed", "HEALTHY")).length === 1, 60_000);
  expect((await instances(id))[0]!.Attributes).toMatchObject({ AWS_INIT_HEALTH_STATUS: "UNHEALTHY" });
});

test("registries that do not fit are refused", async () => {
  const { Vpcs } = await fargate.clients.ec2.send(new DescribeVpcsCommand({}));
  const { OperationId } = await sd().send(
    new CreatePrivateDnsNamespaceCommand({ Name: "refused", Vpc: Vpcs![0]!.VpcId! }),
  );
  const NamespaceId = await namespaceOf(OperationId!);
  const make = (Name: string, Type: "A" | "SRV") =>
    registry({ Name, NamespaceId, DnsConfig: { DnsRecords: [{ Type, TTL: 10 }] } });
  const a = (await make("a", "A")).arn;
  const srv = (await make("srv", "SRV")).arn;
  const cases: [message: string | RegExp, registries: NonNullable<CreateServiceRequest["serviceRegistries"]>][] = [
    ["serviceRegistries can have at most 1 items.", [{ registryArn: a }, { registryArn: srv }]],
    [/^Service registry not found/, [{ registryArn: `${a}0` }]],
    [/do not require a value for 'port'/, [{ registryArn: a, port: 80 }]],
    [/do not require a value for 'containerPort'/, [{ registryArn: a, containerName: "app", containerPort: 8080 }]],
    [/values for either 'port' or/, [{ registryArn: srv }]],
    [/but not both/, [{ registryArn: srv, port: 80, containerName: "app", containerPort: 8080 }]],
    [
      "The container app did not have a container port 81 defined.",
      [{ registryArn: srv, containerName: "app", containerPort: 81 }],
    ],
    [
      "The container x does not exist in the task definition.",
      [{ registryArn: srv, containerName: "x", containerPort: 81 }],
    ],
  ];
  for (const [message, serviceRegistries] of cases)
    await expect(create({ serviceRegistries })).rejects.toEqual(refused(message));
});

test("Service Connect: views, the proxy's container, instances, and aliases that fit together", async () => {
  await httpNamespace("mesh");
  const logConfiguration = {
    logDriver: "awslogs" as const,
    options: { "awslogs-group": LOG_GROUP, "awslogs-region": engine.region, "awslogs-stream-prefix": "sc" },
  };
  const web = { portName: "web", clientAliases: [{ port: 80 }] };
  const configuration = { enabled: true, namespace: "mesh", services: [web], logConfiguration };
  const request = { serviceName: "web", clientToken: "once", serviceConnectConfiguration: configuration };
  const made = await create(request);
  expect((await create(request)).deployments).toHaveLength(1);
  const [deployment] = made.deployments!;
  expect(deployment!.serviceConnectConfiguration).toEqual(configuration);
  expect(deployment!.serviceConnectResources).toEqual([
    { discoveryName: "web", discoveryArn: expect.stringMatching(/:service\/srv-/) },
  ]);
  await stable("web");
  const [task] = await tasksOf("web");
  const [attachment, eni] = task!.attachments!;
  expect([attachment, eni]).toMatchObject([{ type: "ServiceConnect", status: "ATTACHED" }, {}]);
  const [proxy, app] = task!.containers!;
  expect(attachment!.details).toEqual([{ name: "ContainerName", value: proxy!.name }]);
  expect(proxy).toMatchObject({
    name: expect.stringMatching(/^ecs-service-connect-\w{5}$/),
    lastStatus: "RUNNING",
    healthStatus: "HEALTHY",
  });
  expect(proxy!.image).toBeUndefined();
  expect(app!.name).toBe("app");
  const found = await instances(deployment!.serviceConnectResources![0]!.discoveryArn!.split("/").at(-1)!);
  expect(found).toMatchObject([
    {
      Id: taskId(task!),
      Attributes: { AWS_INSTANCE_IPV4: detail(task!, "privateIPv4Address"), AWS_INSTANCE_PORT: "8080" },
    },
  ]);

  const inMesh = (services: object[]) =>
    create({
      serviceConnectConfiguration: { enabled: true, namespace: "mesh", services: services as (typeof web)[] },
    });
  await expect(inMesh([web])).rejects.toEqual(refused(/^SC service is already used by arn:.*namespace\/ns-/));
  await expect(
    inMesh([{ ...web, discoveryName: "other", clientAliases: [{ port: 80, dnsName: "web.mesh" }] }]),
  ).rejects.toEqual(refused(/^The client alias web.mesh:80 is already used/));
  await expect(inMesh([{ ...web, portName: "nope" }])).rejects.toEqual(
    refused("The portName 'nope' does not refer to any named PortMapping in the task definition."),
  );
  await expect(create({ serviceConnectConfiguration: { enabled: true, namespace: "nowhere" } })).rejects.toEqual(
    refused("Failed to retrieve namespace for nowhere", "NamespaceNotFoundException"),
  );

  const mesh = (await sd().send(new ListNamespacesCommand({}))).Namespaces!.find(({ Name }) => Name === "mesh")!;
  await registry({ Name: "mine", NamespaceId: mesh.Id! });
  await expect(inMesh([{ ...web, discoveryName: "mine" }])).rejects.toEqual(refused(/^SC service is already used/));

  // The same configuration is no change; another one is a new deployment.
  const update = (serviceConnectConfiguration: CreateServiceRequest["serviceConnectConfiguration"]) =>
    ecs().send(new UpdateServiceCommand({ cluster: CLUSTER, service: "web", serviceConnectConfiguration }));
  expect((await update(configuration)).service!.deployments).toHaveLength(1);
  const changed = await update({ ...configuration, services: [{ ...web, clientAliases: [{ port: 81 }] }] });
  expect(changed.service!.deployments).toHaveLength(2);
  let tasks: Task[] = [];
  await until(async () => {
    tasks = await tasksOf("web");
    const [only, ...others] = tasks;
    return !others.length && only?.taskArn !== task!.taskArn && only?.lastStatus === "RUNNING";
  }, 60_000);
  const [replacement] = tasks;
  const serviceId = (await described("web"))
    .deployments![0]!.serviceConnectResources![0]!.discoveryArn!.split("/")
    .at(-1)!;
  await expect
    .poll(async () => (await instances(serviceId)).map((one) => one.Id), { timeout: 30_000 })
    .toEqual([taskId(replacement!)]);

  // Switched off, its names are free again.
  await update({ enabled: false });
  expect((await described("web")).deployments![0]!.serviceConnectConfiguration).toBeUndefined();
  const heir = await inMesh([web]);
  await ecs().send(new DeleteServiceCommand({ cluster: CLUSTER, service: "web", force: true }));
  await ecs().send(new DeleteServiceCommand({ cluster: CLUSTER, service: heir.serviceName, force: true }));
  // The Cloud Map service goes with the last that offers it.
  await until(async () => (await namesIn(mesh.Id!)).join() === "mine", 60_000);
});

test("a cluster's default namespace is made, used, and taken away", async () => {
  const { cluster } = await ecs().send(
    new CreateClusterCommand({ clusterName: "connected", serviceConnectDefaults: { namespace: "made" } }),
  );
  const namespace = cluster!.serviceConnectDefaults!.namespace!;
  const { Namespaces } = await sd().send(new ListNamespacesCommand({}));
  expect(Namespaces).toContainEqual(expect.objectContaining({ Arn: namespace, Name: "made", Type: "HTTP" }));
  const client = { cluster: "connected", serviceConnectConfiguration: { enabled: true } };
  const service = await create({ ...client, desiredCount: 0 });
  expect(service.deployments![0]!.serviceConnectConfiguration).toEqual({ enabled: true, namespace });

  const change = (name: string) =>
    ecs().send(new UpdateClusterCommand({ cluster: "connected", serviceConnectDefaults: { namespace: name } }));
  expect((await change("")).cluster!.serviceConnectDefaults).toBeUndefined();
  await expect(create({ ...client, desiredCount: 0 })).rejects.toEqual(refused(/^A namespace must be specified/));
  await change("made");
  const { clusters } = await ecs().send(new DescribeClustersCommand({ clusters: ["connected"] }));
  expect(clusters![0]!.serviceConnectDefaults).toEqual({ namespace });
  await expect(
    ecs().send(
      new UpdateClusterCommand({
        cluster: "connected",
        configuration: { executeCommandConfiguration: { kmsKeyId: "alias/exec" } },
      }),
    ),
  ).rejects.toEqual(refused("'configuration.executeCommandConfiguration.kmsKeyId' is not supported by Neargate yet."));
});

test("the AWS CLI", async () => {
  const given = { cluster: CLUSTER, "service-name": "cli", "task-definition": taskDefinition, "desired-count": "0" };
  const connect = {
    enabled: true,
    namespace: "made",
    services: [{ portName: "db", clientAliases: [{ port: 5432, dnsName: "postgres" }] }],
  };
  const flags = Object.entries({
    ...given,
    "launch-type": "FARGATE",
    "network-configuration": JSON.stringify(fargate.network()),
    "service-connect-configuration": JSON.stringify(connect),
  }).flatMap(([name, value]) => [`--${name}`, value]);
  const answer = await engine.awsJson<{ service: Service }>("ecs", "create-service", ...flags);
  expect(answer.service.deployments![0]!.serviceConnectResources).toMatchObject([{ discoveryName: "db" }]);
});

test("port names of task definitions", async () => {
  const define = (...portMappings: object[]) => fargate.define([{ image: "x", portMappings }]);
  await expect(define({ containerPort: 80, name: "Web" })).rejects.toEqual(
    refused(/^Invalid port mapping name 'Web'/, "ClientException"),
  );
  await expect(define({ containerPort: 80, appProtocol: "http" })).rejects.toEqual(
    refused("Port mapping name must be specified when appProtocol is specified.", "ClientException"),
  );
  await expect(define({ containerPort: 80, name: "a" }, { containerPort: 81, name: "a" })).rejects.toEqual(
    refused("When networkMode=awsvpc, port mapping name is already used", "ClientException"),
  );
});
