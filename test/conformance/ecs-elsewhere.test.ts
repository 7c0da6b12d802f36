import {
  CreateClusterCommand,
  CreateDaemonCommand,
  CreateExpressGatewayServiceCommand,
  CreateServiceCommand,
  DeleteAttributesCommand,
  DeleteDaemonCommand,
  DeleteDaemonTaskDefinitionCommand,
  DeleteExpressGatewayServiceCommand,
  DeleteServiceCommand,
  DeleteTaskDefinitionsCommand,
  DeregisterContainerInstanceCommand,
  DeregisterTaskDefinitionCommand,
  DescribeContainerInstancesCommand,
  DescribeDaemonCommand,
  DescribeDaemonDeploymentsCommand,
  DescribeDaemonRevisionsCommand,
  DescribeDaemonTaskDefinitionCommand,
  DescribeExpressGatewayServiceCommand,
  DescribeTaskDefinitionCommand,
  DiscoverPollEndpointCommand,
  ListAttributesCommand,
  ListContainerInstancesCommand,
  ListDaemonDeploymentsCommand,
  ListDaemonsCommand,
  ListDaemonTaskDefinitionsCommand,
  ListServicesByNamespaceCommand,
  ListTaskDefinitionFamiliesCommand,
  ListTaskDefinitionsCommand,
  PutAttributesCommand,
  RegisterContainerInstanceCommand,
  RegisterDaemonTaskDefinitionCommand,
  RunTaskCommand,
  StartTaskCommand,
  SubmitAttachmentStateChangesCommand,
  SubmitContainerStateChangeCommand,
  SubmitTaskStateChangeCommand,
  UpdateClusterSettingsCommand,
  UpdateContainerAgentCommand,
  UpdateContainerInstancesStateCommand,
  UpdateDaemonCommand,
  UpdateExpressGatewayServiceCommand,
  UpdateServiceCommand,
  type ECSClient,
} from "@aws-sdk/client-ecs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { TestEngine, until } from "../support/engine.ts";
import { CLUSTER, Fargate } from "../support/fargate.ts";

/* Task definitions to their end, services by namespace, and what an account has not that runs tasks on Fargate alone. */

const REGION = "eu-west-1";
const ACCOUNT = "000000000000";
const CLIENT = "ClientException";
const INVALID = "InvalidParameterException";

let engine: TestEngine;
let fargate: Fargate;
let ecs: ECSClient;

beforeAll(async () => {
  engine = await TestEngine.start(["--compute", "simulated", "--region", REGION]);
  fargate = await Fargate.prepare(engine);
  ecs = fargate.clients.ecs;
  await service("plain", await fargate.define([{ image: "app:1" }], { family: "plain" }));
});
afterAll(() => engine?.stop());

const arn = (resource: string) => `arn:aws:ecs:${REGION}:${ACCOUNT}:${resource}`;

function service(serviceName: string, taskDefinition: string, more: object = {}) {
  return ecs.send(
    new CreateServiceCommand({
      cluster: CLUSTER,
      serviceName,
      taskDefinition,
      launchType: "FARGATE",
      desiredCount: 0,
      networkConfiguration: fargate.network(),
      ...more,
    }),
  );
}

describe("DeleteTaskDefinitions", () => {
  const remove = (...taskDefinitions: string[]) => ecs.send(new DeleteTaskDefinitionsCommand({ taskDefinitions }));
  const deregister = (taskDefinition: string) => ecs.send(new DeregisterTaskDefinitionCommand({ taskDefinition }));
  const describing = (taskDefinition: string) => ecs.send(new DescribeTaskDefinitionCommand({ taskDefinition }));
  const listed = async (familyPrefix: string, status: "ACTIVE" | "INACTIVE" | "DELETE_IN_PROGRESS") =>
    (await ecs.send(new ListTaskDefinitionsCommand({ familyPrefix, status }))).taskDefinitionArns;
  const gone = (taskDefinition: string) =>
    until(() =>
      describing(taskDefinition).then(
        () => false,
        (cause: Error) => cause.name === CLIENT,
      ),
    );

  test("removes INACTIVE revisions that nothing uses; the family goes on counting", async () => {
    const define = () => fargate.define([{ image: "app:1" }], { family: "deleted" });
    const [first, second] = [await define(), await define()];
    await deregister(first);
    const { taskDefinitions, failures } = await remove(first, second, "deleted:7");
    expect(taskDefinitions).toMatchObject([
      { taskDefinitionArn: first, status: "DELETE_IN_PROGRESS", deleteRequestedAt: expect.any(Date) },
    ]);
    expect(failures).toEqual([
      {
        arn: second,
        reason: "The specified task definition is still in ACTIVE status. Please deregister the target and try again.",
      },
      {
        arn: arn("task-definition/deleted:7"),
        reason:
          "The specified task definition does not exist. Specify a valid account, family, revision and try again.",
      },
    ]);
    await gone(first);
    expect(await listed("deleted", "ACTIVE")).toEqual([second]);
    await deregister(second);
    await remove("deleted:2");
    await gone(second);
    const { families } = await ecs.send(new ListTaskDefinitionFamiliesCommand({ familyPrefix: "deleted" }));
    expect(families).toEqual([]);
    expect(await define()).toBe(arn("task-definition/deleted:3"));
  });

  test("a revision stays while a task or a service uses it, and runs nothing new", async () => {
    const used = await fargate.define([{ image: "app:1" }], { family: "used" });
    const tasks = await fargate.start(used);
    await service("using", used);
    await deregister(used);
    await remove(used);
    expect(await listed("used", "DELETE_IN_PROGRESS")).toEqual([used]);
    expect(await listed("used", "INACTIVE")).toEqual([]);
    expect((await deregister(used)).taskDefinition!.status).toBe("DELETE_IN_PROGRESS");
    await expect(fargate.run(used)).rejects.toMatchObject({ name: CLIENT, message: "TaskDefinition is inactive" });
    await ecs.send(new UpdateServiceCommand({ cluster: CLUSTER, service: "using", desiredCount: 1 }));
    await fargate.stop(tasks);
    await engine.kill();
    await engine.up();
    expect((await describing(used)).taskDefinition!.status).toBe("DELETE_IN_PROGRESS");
    await ecs.send(new DeleteServiceCommand({ cluster: CLUSTER, service: "using", force: true }));
    await gone(used);
  });

  test.each([
    [[], "Task definitions cannot be empty."],
    [Array.from({ length: 11 }, (_, index) => `x:${index + 1}`), "Task definitions cannot have more than 10 elements"],
    [["plain"], "Revision is missing"],
    [["plain:x"], "Invalid revision number. Number: x"],
  ])("refuses %o", async (names, message) => {
    await expect(remove(...names)).rejects.toMatchObject({ name: INVALID, message });
  });
});

test("ListServicesByNamespace: Service Connect's services of all clusters, page by page", async () => {
  const { cluster } = await ecs.send(
    new CreateClusterCommand({ clusterName: "connected", serviceConnectDefaults: { namespace: "shop" } }),
  );
  const taskDefinition = await fargate.define([
    { image: "app:1", portMappings: [{ name: "http", containerPort: 80 }] },
  ]);
  const connect = { serviceConnectConfiguration: { enabled: true, namespace: "shop" } };
  await service("one", taskDefinition, connect);
  await service("two", taskDefinition, { ...connect, cluster: "connected" });
  const list = (more: object = {}) => ecs.send(new ListServicesByNamespaceCommand({ namespace: "shop", ...more }));
  const all = [arn("service/connected/two"), arn(`service/${CLUSTER}/one`)];
  expect((await list()).serviceArns).toEqual(all);
  const first = await list({ maxResults: 1, namespace: cluster!.serviceConnectDefaults!.namespace });
  expect(first.serviceArns).toEqual(all.slice(0, 1));
  expect((await list({ nextToken: first.nextToken })).serviceArns).toEqual(all.slice(1));
  await expect(list({ namespace: "none" })).rejects.toMatchObject({ name: "NamespaceNotFoundException" });
});

test("UpdateClusterSettings", async () => {
  const update = (value: string, cluster = CLUSTER) =>
    ecs.send(new UpdateClusterSettingsCommand({ cluster, settings: [{ name: "containerInsights", value }] }));
  expect((await update("disabled")).cluster).toMatchObject({
    clusterName: CLUSTER,
    settings: [{ name: "containerInsights", value: "disabled" }],
  });
  await expect(update("enabled")).rejects.toMatchObject({ name: INVALID });
  await expect(update("disabled", "none")).rejects.toMatchObject({ name: "ClusterNotFoundException" });
});

const cluster = CLUSTER;
const DAEMON = arn("daemon/test/d");
const NO_INSTANCES = "No Container Instances were found in your cluster.";

describe("answers that there is none", () => {
  const missing = [{ arn: arn(`container-instance/${CLUSTER}/i`), reason: "MISSING" }];
  test.each([
    [new ListContainerInstancesCommand({ cluster }), { containerInstanceArns: [] }],
    [
      new DescribeContainerInstancesCommand({ cluster, containerInstances: ["i"] }),
      { containerInstances: [], failures: missing },
    ],
    [
      new UpdateContainerInstancesStateCommand({ cluster, containerInstances: ["i"], status: "DRAINING" }),
      { containerInstances: [], failures: missing },
    ],
    [new ListAttributesCommand({ cluster, targetType: "container-instance" }), { attributes: [] }],
    [new ListDaemonsCommand({}), { daemonSummariesList: [] }],
    [new ListDaemonTaskDefinitionsCommand({}), { daemonTaskDefinitions: [] }],
    [
      new DescribeDaemonDeploymentsCommand({ daemonDeploymentArns: [DAEMON] }),
      { daemonDeployments: [], failures: [{ arn: DAEMON, reason: "MISSING" }] },
    ],
    [
      new DescribeDaemonRevisionsCommand({ daemonRevisionArns: [DAEMON] }),
      { daemonRevisions: [], failures: [{ arn: DAEMON, reason: "MISSING" }] },
    ],
  ])("%#", async (command, answer) => {
    const { $metadata: _, ...given } = await ecs.send(command as ListContainerInstancesCommand);
    expect(given).toEqual(answer);
  });
});

describe("refuses what nothing here can be asked for", () => {
  const attributes = [{ name: "stack", value: "prod", targetId: "i" }];
  const containerDefinitions = [{ name: "app", image: "app" }];
  test.each([
    [
      new DeregisterContainerInstanceCommand({ cluster, containerInstance: "i" }),
      CLIENT,
      "Referenced container instance i not found.",
    ],
    [
      new UpdateContainerAgentCommand({ cluster, containerInstance: "i" }),
      CLIENT,
      "Referenced container instance i not found.",
    ],
    [new RegisterContainerInstanceCommand({ cluster }), CLIENT, "Unable to verify the instance identity document."],
    [new DiscoverPollEndpointCommand({ cluster }), INVALID, NO_INSTANCES],
    [
      new DescribeContainerInstancesCommand({ cluster, containerInstances: [] }),
      INVALID,
      "Container instances cannot be empty.",
    ],
    [new ListContainerInstancesCommand({ cluster: "none" }), "ClusterNotFoundException", "Cluster not found."],
    [
      new PutAttributesCommand({ cluster, attributes }),
      "TargetNotFoundException",
      /^The specified target wasn't found\./,
    ],
    [
      new DeleteAttributesCommand({ cluster, attributes }),
      "TargetNotFoundException",
      /^The specified target wasn't found\./,
    ],
    [new StartTaskCommand({ cluster, taskDefinition: "plain", containerInstances: ["i"] }), INVALID, NO_INSTANCES],
    [
      new StartTaskCommand({ cluster, taskDefinition: "none", containerInstances: ["i"] }),
      CLIENT,
      "TaskDefinition not found.",
    ],
    [new RunTaskCommand({ cluster, taskDefinition: "plain" }), INVALID, NO_INSTANCES],
    [new SubmitTaskStateChangeCommand({ cluster }), "AccessDeniedException", /authorization/],
    [new SubmitContainerStateChangeCommand({ cluster }), "AccessDeniedException", /authorization/],
    [new SubmitAttachmentStateChangesCommand({ cluster, attachments: [] }), "AccessDeniedException", /authorization/],
    [
      new CreateDaemonCommand({ daemonName: "d", daemonTaskDefinitionArn: "t:1", capacityProviderArns: ["c"] }),
      "UnsupportedFeatureException",
      /Managed Instances/,
    ],
    [
      new RegisterDaemonTaskDefinitionCommand({ family: "d", containerDefinitions }),
      "UnsupportedFeatureException",
      /Managed Instances/,
    ],
    [
      new UpdateDaemonCommand({ daemonArn: DAEMON, daemonTaskDefinitionArn: "t:1", capacityProviderArns: ["c"] }),
      "DaemonNotFoundException",
      /daemon/,
    ],
    [new DeleteDaemonCommand({ daemonArn: DAEMON }), "DaemonNotFoundException", /daemon/],
    [new DescribeDaemonCommand({ daemonArn: DAEMON }), "DaemonNotFoundException", /daemon/],
    [new ListDaemonDeploymentsCommand({ daemonArn: DAEMON }), "DaemonNotFoundException", /daemon/],
    [new DescribeDaemonTaskDefinitionCommand({ daemonTaskDefinition: "t:1" }), CLIENT, /daemon task definition/],
    [new DeleteDaemonTaskDefinitionCommand({ daemonTaskDefinition: "t:1" }), CLIENT, /daemon task definition/],
    [
      new CreateExpressGatewayServiceCommand({ infrastructureRoleArn: "r" }),
      "UnsupportedFeatureException",
      /Express Mode/,
    ],
    [
      new DescribeExpressGatewayServiceCommand({ serviceArn: arn("service/test/x") }),
      "ResourceNotFoundException",
      /resource/,
    ],
    [
      new UpdateExpressGatewayServiceCommand({ serviceArn: arn("service/test/x") }),
      "ResourceNotFoundException",
      /resource/,
    ],
    [
      new DeleteExpressGatewayServiceCommand({ serviceArn: arn("service/test/x") }),
      "ResourceNotFoundException",
      /resource/,
    ],
  ])("%#: $1", async (command, name, message) => {
    await expect(ecs.send(command as ListContainerInstancesCommand)).rejects.toMatchObject({
      name,
      message: message instanceof RegExp ? expect.stringMatching(message) : message,
    });
  });
});
