import {
  CreateServiceCommand,
  CreateTaskSetCommand,
  DeleteServiceCommand,
  DeleteTaskSetCommand,
  DescribeServicesCommand,
  DescribeTasksCommand,
  DescribeTaskSetsCommand,
  ListTagsForResourceCommand,
  ListTasksCommand,
  PutClusterCapacityProvidersCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateServiceCommand,
  UpdateServicePrimaryTaskSetCommand,
  UpdateTaskProtectionCommand,
  UpdateTaskSetCommand,
  waitUntilServicesInactive,
  type CreateServiceRequest,
  type CreateTaskSetRequest,
  type Service,
  type TaskSet,
  type UpdateServiceRequest,
} from "@aws-sdk/client-ecs";
import {
  CreateHttpNamespaceCommand,
  CreateServiceCommand as CreateRegistryCommand,
  DiscoverInstancesCommand,
  ListNamespacesCommand,
} from "@aws-sdk/client-servicediscovery";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { TestEngine, until } from "../support/engine.ts";
import { CLUSTER, Fargate } from "../support/fargate.ts";

/* Services whose deployments somebody else controls, by task sets. */

const REGION = "eu-west-1";
const ACCOUNT = "000000000000";
const INVALID = "InvalidParameterException";

let engine: TestEngine;
let fargate: Fargate;
let ecs: Fargate["clients"]["ecs"];
/** Healthy as soon as it runs; its second revision. */
let blue: string;
let green: string;

beforeAll(async () => {
  // The first test sees it die, and brings it back.
  const environment = { NEARGATE_FAILPOINTS: "ecs.task-set-started=kill" };
  engine = await TestEngine.start(["--compute", "simulated", "--region", REGION], environment);
  fargate = await Fargate.prepare(engine);
  ecs = fargate.clients.ecs;
  const app = (tag: string) =>
    fargate.define([{ image: `app:${tag}`, healthCheck: { command: ["CMD", "true"], interval: 5 } }], {
      family: "app",
    });
  [blue, green] = [await app("1"), await app("2")];
  await external("plain");
});
afterAll(() => engine?.stop());

const arn = (resource: string) => `arn:aws:ecs:${REGION}:${ACCOUNT}:${resource}`;
const setArn = (service: string, id: string) => arn(`task-set/${CLUSTER}/${service}/${id}`);

async function external(serviceName: string, more: Partial<CreateServiceRequest> = {}): Promise<Service> {
  const { service } = await ecs.send(
    new CreateServiceCommand({
      cluster: CLUSTER,
      serviceName,
      deploymentController: { type: "EXTERNAL" },
      desiredCount: 0,
      ...more,
    }),
  );
  return service!;
}

async function taskSet(service: string, more: Partial<CreateTaskSetRequest> = {}): Promise<TaskSet> {
  const answer = await ecs.send(
    new CreateTaskSetCommand({
      cluster: CLUSTER,
      service,
      taskDefinition: blue,
      networkConfiguration: fargate.network(),
      ...(more.capacityProviderStrategy ? {} : { launchType: "FARGATE" }),
      ...more,
    }),
  );
  return answer.taskSet!;
}

const scaled = (value: number) => ({ scale: { value, unit: "PERCENT" as const } });

async function described(service: string): Promise<Service> {
  const { services } = await ecs.send(new DescribeServicesCommand({ cluster: CLUSTER, services: [service] }));
  return services![0]!;
}

async function found(service: string, ...taskSets: string[]): Promise<TaskSet[]> {
  return (await ecs.send(new DescribeTaskSetsCommand({ cluster: CLUSTER, service, taskSets }))).taskSets!;
}

async function steady(service: string, ...ids: string[]): Promise<TaskSet[]> {
  let sets: TaskSet[] = [];
  await until(
    async () =>
      (sets = await found(service, ...ids)).every(({ stabilityStatus }) => stabilityStatus === "STEADY_STATE"),
    30_000,
    `steady task sets of ${service}`,
  );
  return sets;
}

async function tasksOf(startedBy: string): Promise<string[]> {
  return (await ecs.send(new ListTasksCommand({ cluster: CLUSTER, startedBy }))).taskArns!;
}

const messages = async (service: string) => (await described(service)).events!.map(({ message }) => message!);

test("a control plane that is killed in the middle goes on where it was", async () => {
  const service = "killed";
  await external(service, { desiredCount: 2 });
  const make = () => taskSet(service, { ...scaled(100), clientToken: "once" });
  await make().catch(() => {}); // it may die before it answers
  await until(() => !engine.alive);
  await engine.up({ NEARGATE_FAILPOINTS: "ecs.task-set-stopped=kill" });
  const id = (await make()).id!;
  await until(async () => (await found(service, id))[0]!.runningCount === 2);
  expect(await tasksOf(id)).toHaveLength(2);
  await ecs.send(new DeleteTaskSetCommand({ cluster: CLUSTER, service, taskSet: id })).catch(() => {});
  await until(() => !engine.alive);
  await engine.up({ NEARGATE_FAILPOINTS: "" });
  await until(async () => !(await described(service)).taskSets!.length);
  expect((await messages(service)).filter((text) => text.includes("has started"))).toHaveLength(1);
});

describe("the service", () => {
  test("needs a name only, and has no task set fields before there is a primary one", async () => {
    const { service } = await ecs.send(
      new CreateServiceCommand({
        cluster: CLUSTER,
        serviceName: "bare",
        deploymentController: { type: "EXTERNAL" },
      }),
    );
    expect(service).toMatchObject({
      status: "ACTIVE",
      desiredCount: 0,
      runningCount: 0,
      pendingCount: 0,
      launchType: "EC2",
      deploymentController: { type: "EXTERNAL" },
      deploymentConfiguration: { maximumPercent: 200, minimumHealthyPercent: 100 },
      deployments: [],
      taskSets: [],
      schedulingStrategy: "REPLICA",
      propagateTags: "NONE",
      enableECSManagedTags: false,
    });
    for (const absent of ["taskDefinition", "platformVersion", "platformFamily", "networkConfiguration"])
      expect(service).not.toHaveProperty(absent);
  });

  test.each<[Partial<CreateServiceRequest>, string | RegExp]>([
    [{ taskDefinition: "app" }, "TaskDefinition must be blank."],
    [{ taskDefinition: "" }, "Family should not be null or empty."],
    [{ launchType: "FARGATE" }, /^LaunchType must be/],
    [{ networkConfiguration: { awsvpcConfiguration: { subnets: ["s"] } } }, "NetworkConfiguration must be null."],
    [{ platformVersion: "1.4.0" }, /^PlatformVersion must be/],
    [{ loadBalancers: [{ targetGroupArn: "arn", containerName: "app", containerPort: 80 }] }, /^LoadBalancers/],
    [{ schedulingStrategy: "DAEMON" }, /^The EXTERNAL deployment controller type is not supported for services using/],
    [{ serviceConnectConfiguration: { enabled: true } }, /^Service Connect feature is only supported with ECS/],
    [
      { deploymentConfiguration: { deploymentCircuitBreaker: { enable: true, rollback: true } } },
      /^Deployment circuit breaker feature is only supported with ECS deployment controller\. /,
    ],
    [
      { deploymentConfiguration: { alarms: { alarmNames: ["a"], enable: true, rollback: true } } },
      /^Alarm based rollback feature is only supported with ECS deployment controller\. /,
    ],
    [{ deploymentConfiguration: { strategy: "BLUE_GREEN" } }, /only supported with ECS deployment controller/],
    [{ deploymentConfiguration: { maximumPercent: 50 } }, "maximumPercent must be at least 100"],
    [{ availabilityZoneRebalancing: "ENABLED" }, /availabilityZoneRebalancing/],
    [{ healthCheckGracePeriodSeconds: 5 }, /^Health check grace period is only valid for services/],
    [{ deploymentController: { type: "CODE_DEPLOY" }, taskDefinition: "app" }, /deploymentController CODE_DEPLOY/],
  ])("is not made with %j", async (more, message) => {
    const refusal = { name: INVALID, message: typeof message === "string" ? message : expect.stringMatching(message) };
    const network = more.deploymentController ? { networkConfiguration: fargate.network() } : {};
    await expect(external("refused", { ...network, ...more })).rejects.toMatchObject(refusal);
  });

  test.each<[Partial<UpdateServiceRequest>, RegExp]>([
    [{ taskDefinition: "app" }, /^Unable to update task definition on services with an EXTERNAL/],
    [{ platformVersion: "LATEST" }, /^Unable to update platform version/],
    [{ networkConfiguration: { awsvpcConfiguration: { subnets: ["s"] } } }, /^Unable to update network parameters/],
    [{ serviceRegistries: [] }, /^Unable to update service registries/],
    [{ forceNewDeployment: true }, /^Cannot force a new deployment on services with an EXTERNAL/],
    [{ deploymentController: { type: "ECS" } }, /deploymentController/],
    [{ desiredCount: -1 }, /lesser than 0/],
  ])("is not updated with %j", async (more, message) => {
    const update = new UpdateServiceCommand({ cluster: CLUSTER, service: "plain", ...more });
    await expect(ecs.send(update)).rejects.toMatchObject({ name: INVALID, message: expect.stringMatching(message) });
  });

  test("is made once by a client token", async () => {
    const more = { clientToken: "token", desiredCount: 0, tags: [{ key: "team", value: "a" }] };
    const [one, two] = [await external("once", more), await external("once", more)];
    expect(two.createdAt).toEqual(one.createdAt);
    await expect(external("once", { ...more, desiredCount: 1 })).rejects.toMatchObject({
      message: "Creation of service was not idempotent.",
    });
  });
});

describe.concurrent("task sets", () => {
  test("are made, described, tagged, made the primary one and deleted with the AWS CLI", async () => {
    await external("cli");
    const named = ["--cluster", CLUSTER, "--service", "cli"];
    const { taskSet: made } = await engine.awsJson<{ taskSet: TaskSet }>(
      "ecs",
      "create-task-set",
      ...named,
      "--task-definition",
      "app",
      "--launch-type",
      "FARGATE",
      "--external-id",
      "release-7",
      "--network-configuration",
      JSON.stringify(fargate.network()),
      "--tags",
      "key=team,value=a",
    );
    const id = made.id!;
    expect(made).toEqual({
      id: expect.stringMatching(/^ecs-svc\/\d{19}$/),
      taskSetArn: setArn("cli", id),
      serviceArn: arn(`service/${CLUSTER}/cli`),
      clusterArn: arn(`cluster/${CLUSTER}`),
      externalId: "release-7",
      status: "ACTIVE",
      taskDefinition: green,
      computedDesiredCount: 0,
      pendingCount: 0,
      runningCount: 0,
      createdAt: expect.anything(),
      updatedAt: expect.anything(),
      launchType: "FARGATE",
      platformVersion: "1.4.0",
      platformFamily: "Linux",
      networkConfiguration: { awsvpcConfiguration: { ...fargate.network().awsvpcConfiguration, securityGroups: [] } },
      loadBalancers: [],
      serviceRegistries: [],
      scale: { value: 0, unit: "PERCENT" },
      stabilityStatus: "STABILIZING",
      stabilityStatusAt: expect.anything(),
      tags: [{ key: "team", value: "a" }],
    });
    const [plain] = await found("cli", id);
    expect(plain).not.toHaveProperty("tags");
    expect(await described("cli")).toMatchObject({ launchType: "EC2", taskSets: [{ id, status: "ACTIVE" }] });

    const primary = await engine.awsJson<{ taskSet: TaskSet }>(
      "ecs",
      "update-service-primary-task-set",
      ...named,
      "--primary-task-set",
      made.taskSetArn!,
    );
    expect(primary.taskSet).toMatchObject({ id, status: "PRIMARY" });
    expect(await described("cli")).toMatchObject({
      launchType: "FARGATE",
      platformVersion: "1.4.0",
      platformFamily: "Linux",
      taskDefinition: green,
      networkConfiguration: { awsvpcConfiguration: { assignPublicIp: "ENABLED" } },
      taskSets: [{ id, status: "PRIMARY" }],
    });

    const resourceArn = made.taskSetArn!;
    await ecs.send(new TagResourceCommand({ resourceArn, tags: [{ key: "stage", value: "b" }] }));
    await ecs.send(new UntagResourceCommand({ resourceArn, tagKeys: ["team"] }));
    const tags = [{ key: "stage", value: "b" }];
    expect((await ecs.send(new ListTagsForResourceCommand({ resourceArn }))).tags).toEqual(tags);
    const describeTagged = { cluster: CLUSTER, service: "cli", taskSets: [id], include: ["TAGS" as const] };
    const { taskSets } = await ecs.send(new DescribeTaskSetsCommand(describeTagged));
    expect(taskSets).toMatchObject([{ id, tags }]);

    await expect(
      ecs.send(new DeleteTaskSetCommand({ cluster: CLUSTER, service: "cli", taskSet: id })),
    ).rejects.toMatchObject({ name: INVALID, message: "Primary TaskSet cannot be deleted" });
    const remove = ["ecs", "delete-task-set", ...named, "--task-set", id, "--force"];
    const { taskSet: deleted } = await engine.awsJson<{ taskSet: TaskSet }>(...remove);
    expect(deleted).toMatchObject({ id, status: "DRAINING", computedDesiredCount: 0, stabilityStatus: "STABILIZING" });
    await until(async () => !(await found("cli", id)).length);
    expect(await described("cli")).toMatchObject({ launchType: "EC2", taskSets: [] });
    await expect(ecs.send(new ListTagsForResourceCommand({ resourceArn }))).rejects.toMatchObject({ name: INVALID });
  });

  test("a service has five at most; a client token makes one", async () => {
    await external("five");
    const [one, two] = [await taskSet("five", { clientToken: "t" }), await taskSet("five", { clientToken: "t" })];
    expect(two.id).toBe(one.id);
    await expect(taskSet("five", { clientToken: "t", taskDefinition: green })).rejects.toMatchObject({ name: INVALID });
    for (let n = 0; n < 4; n++) await taskSet("five");
    await expect(taskSet("five")).rejects.toMatchObject({
      name: INVALID,
      message: "5 deployments exist on the service. Unable to create new TaskSet since this exceeds the maximum limit.",
    });
    const remove = (force: boolean) => new DeleteServiceCommand({ cluster: CLUSTER, service: "five", force });
    await expect(ecs.send(remove(false))).rejects.toMatchObject({
      name: INVALID,
      message: "The service cannot be stopped while deployments are active.",
    });
    expect((await ecs.send(remove(true))).service).toMatchObject({ status: "DRAINING" });
    await waitUntilServicesInactive(
      { client: ecs, maxWaitTime: 120, minDelay: 1, maxDelay: 1 },
      { cluster: CLUSTER, services: ["five"] },
    );
    expect(await described("five")).toMatchObject({ status: "INACTIVE", taskSets: [], deployments: [] });
    await expect(taskSet("five")).rejects.toMatchObject({ name: "ServiceNotActiveException" });
  });

  test("failures are answered as AWS does", async () => {
    const set = { cluster: CLUSTER, service: "plain" };
    const scale = { value: 50, unit: "PERCENT" } as const;
    await ecs.send(
      new CreateServiceCommand({
        cluster: CLUSTER,
        serviceName: "rolling",
        taskDefinition: blue,
        launchType: "FARGATE",
        desiredCount: 0,
        networkConfiguration: fargate.network(),
      }),
    );
    const onlyExternal =
      "Amazon ECS only supports task set management on services configured to use external deployment controllers.";
    const refusals: [() => Promise<unknown>, string, string | RegExp][] = [
      [() => taskSet("none"), "ServiceNotFoundException", "Service not found."],
      [() => taskSet("rolling"), INVALID, onlyExternal],
      [() => found("rolling", "ecs-svc/1"), INVALID, onlyExternal],
      [() => found("plain"), INVALID, "TaskSets cannot be empty."],
      [() => found("plain", "1"), INVALID, "Task Set Identifier is invalid"],
      [() => found("plain", arn(`task/${CLUSTER}/0123`)), INVALID, "Task Set Identifier is invalid"],
      [() => taskSet("plain", { taskDefinition: "none" }), "ClientException", "TaskDefinition not found."],
      [() => taskSet("plain", scaled(101)), INVALID, /between 0 and 100/],
      [() => taskSet("plain", scaled(-1)), INVALID, /between 0 and 100/],
      [() => taskSet("plain", { platformVersion: "1.5.0" }), "PlatformUnknownException", /platform/],
      [() => taskSet("plain", { launchType: "EC2" }), INVALID, /^(No Container Instances|Assign public IP)/],
      [() => taskSet("plain", { clientToken: "x".repeat(33) }), INVALID, /longer than 32/],
      [
        () => taskSet("plain", { loadBalancers: [{ targetGroupArn: "a", containerName: "app", containerPort: 1 }] }),
        INVALID,
        /loadBalancers/,
      ],
      [
        () => taskSet("plain", { capacityProviderStrategy: [{ capacityProvider: "OWN", weight: 1 }] }),
        INVALID,
        /not associated with the cluster/,
      ],
      [
        () => ecs.send(new CreateTaskSetCommand({ ...set, taskDefinition: blue, launchType: "FARGATE" })),
        INVALID,
        /^Network Configuration must be provided/,
      ],
      [
        () => ecs.send(new UpdateTaskSetCommand({ ...set, taskSet: "ecs-svc/1", scale })),
        "TaskSetNotFoundException",
        /task set/,
      ],
      [
        () => ecs.send(new DeleteTaskSetCommand({ ...set, taskSet: "ecs-svc/1" })),
        "TaskSetNotFoundException",
        /task set/,
      ],
      [
        () => ecs.send(new UpdateServicePrimaryTaskSetCommand({ ...set, primaryTaskSet: "ecs-svc/1" })),
        "TaskSetNotFoundException",
        /task set/,
      ],
    ];
    for (const [attempt, name, message] of refusals)
      await expect(attempt(), String(attempt)).rejects.toMatchObject({
        name,
        message: typeof message === "string" ? message : expect.stringMatching(message),
      });
    const { failures } = await ecs.send(new DescribeTaskSetsCommand({ ...set, taskSets: ["ecs-svc/1"] }));
    expect(failures).toEqual([{ arn: setArn("plain", "ecs-svc/1"), reason: "MISSING" }]);
  });

  test("run their share of the desired count, side by side, through a deployment from outside", async () => {
    const service = "shop";
    await external(service, { desiredCount: 3 });
    const old = (await taskSet(service, { ...scaled(100), externalId: "1" })).id!;
    expect(await steady(service, old)).toMatchObject([{ computedDesiredCount: 3, runningCount: 3, pendingCount: 0 }]);
    await until(async () => (await messages(service))[0] === `(service ${service}) has reached a steady state.`);
    const exec = new UpdateServiceCommand({ cluster: CLUSTER, service, enableExecuteCommand: true });
    await expect(ecs.send(exec)).rejects.toMatchObject({
      name: INVALID,
      message: expect.stringContaining("taskRoleArn"),
    });
    const told = (await messages(service)).toReversed();
    expect(told).toEqual([
      `(service ${service}) updated computedDesiredCount for taskSet ${old} to 3.`,
      expect.stringMatching(`^\\(service ${service}, taskSet ${old}\\) has started 3 tasks: \\(task `),
      `(service ${service}, taskSet ${old}) updated state to STEADY_STATE.`,
      `(service ${service}) has reached a steady state.`,
    ]);
    const promote = (primaryTaskSet: string) =>
      ecs.send(new UpdateServicePrimaryTaskSetCommand({ cluster: CLUSTER, service, primaryTaskSet }));
    await promote(old);

    const next = (await taskSet(service, { ...scaled(34), taskDefinition: green })).id!;
    await until(async () => (await found(service, next))[0]!.runningCount === 2);
    expect(await described(service)).toMatchObject({ desiredCount: 3, runningCount: 5, taskDefinition: blue });
    const { tasks } = await ecs.send(new DescribeTasksCommand({ cluster: CLUSTER, tasks: await tasksOf(next) }));
    const alike = { startedBy: next, group: `service:${service}`, taskDefinitionArn: green, launchType: "FARGATE" };
    expect(tasks).toMatchObject([alike, alike]);

    const update = new UpdateTaskSetCommand({ cluster: CLUSTER, service, taskSet: next, ...scaled(100) });
    expect((await ecs.send(update)).taskSet).toMatchObject({ computedDesiredCount: 3, stabilityStatus: "STABILIZING" });
    await promote(next);
    expect((await described(service)).taskSets).toMatchObject([
      { id: old, status: "ACTIVE" },
      { id: next, status: "PRIMARY" },
    ]);
    // Scaled to the half, one task of the old set is protected: it stays until that is over.
    const [kept, ...others] = await tasksOf(old);
    await ecs.send(new UpdateTaskProtectionCommand({ cluster: CLUSTER, tasks: [kept!], protectionEnabled: true }));
    await ecs.send(new DeleteTaskSetCommand({ cluster: CLUSTER, service, taskSet: old }));
    await until(async () => (await tasksOf(old)).length === 1);
    expect(await tasksOf(old)).toEqual([kept]);
    expect(others).toHaveLength(2);
    await until(async () =>
      (await messages(service)).includes(
        `(service ${service}, taskSet ${old}) was unable to scale in due to (reason 1 tasks under protection)`,
      ),
    );
    await ecs.send(new UpdateTaskProtectionCommand({ cluster: CLUSTER, tasks: [kept!], protectionEnabled: false }));
    await until(async () => (await described(service)).taskSets!.length === 1);
    await ecs.send(new UpdateServiceCommand({ cluster: CLUSTER, service, desiredCount: 1 }));
    expect(await steady(service, next)).toMatchObject([{ computedDesiredCount: 1, runningCount: 1 }]);
    const { tasks: stopped } = await ecs.send(new DescribeTasksCommand({ cluster: CLUSTER, tasks: [kept!] }));
    expect(stopped![0]!.stoppedReason).toBe(`Scaling activity initiated by (deployment ${old})`);

    const { stdout } = await engine.neargate(["events", "--json", "--detail-type", "ECS Service Action"]);
    const details = stdout.split("\n").flatMap((line) => (line ? [JSON.parse(line).detail as object] : []));
    const event = { eventType: "INFO", taskSetArns: [setArn(service, old)] };
    expect(details).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ ...event, eventName: "SERVICE_DESIRED_COUNT_UPDATED", desiredCount: 3 }),
        expect.objectContaining({ ...event, eventName: "TASKSET_STEADY_STATE" }),
      ]),
    );
  });

  test("are told apart in Cloud Map by what they are called elsewhere", async () => {
    const { cloudMap } = fargate.clients;
    await cloudMap.send(new CreateHttpNamespaceCommand({ Name: "versions" }));
    const namespaceId = async () => (await cloudMap.send(new ListNamespacesCommand({}))).Namespaces![0]?.Id;
    await until(async () => (await namespaceId()) !== undefined);
    const registry = new CreateRegistryCommand({ Name: "web", NamespaceId: (await namespaceId())!, Type: "HTTP" });
    const { Service: made } = await cloudMap.send(registry);
    await external("registered", { desiredCount: 1 });
    const serviceRegistries = [{ registryArn: made!.Arn! }];
    const { id } = await taskSet("registered", { ...scaled(100), serviceRegistries, externalId: "v1" });
    await ecs.send(
      new UpdateServicePrimaryTaskSetCommand({ cluster: CLUSTER, service: "registered", primaryTaskSet: id! }),
    );
    expect(await described("registered")).toMatchObject({ serviceRegistries, taskSets: [{ serviceRegistries }] });
    const discover = new DiscoverInstancesCommand({ NamespaceName: "versions", ServiceName: "web" });
    await until(async () => {
      const { Instances } = await cloudMap.send(discover);
      return Instances!.length === 1 && Instances![0]!.Attributes!["ECS_TASK_SET_EXTERNAL_ID"] === "v1";
    });
  });

  test("replace tasks that end, and follow a capacity provider strategy", async () => {
    await ecs.send(
      new PutClusterCapacityProvidersCommand({
        cluster: CLUSTER,
        capacityProviders: ["FARGATE", "FARGATE_SPOT"],
        defaultCapacityProviderStrategy: [],
      }),
    );
    await external("spot", { desiredCount: 2 });
    const capacityProviderStrategy = [
      { capacityProvider: "FARGATE", base: 1, weight: 0 },
      { capacityProvider: "FARGATE_SPOT", base: 0, weight: 1 },
    ];
    const made = await taskSet("spot", { ...scaled(100), capacityProviderStrategy });
    expect(made).toMatchObject({ capacityProviderStrategy });
    expect(made).not.toHaveProperty("launchType");
    const broken = await fargate.define([{ image: "app:exit-1-after-0s" }]);
    const failing = await taskSet("spot", { ...scaled(50), taskDefinition: broken });
    await steady("spot", made.id!);
    const { tasks } = await ecs.send(new DescribeTasksCommand({ cluster: CLUSTER, tasks: await tasksOf(made.id!) }));
    expect(tasks!.map(({ capacityProviderName }) => capacityProviderName).toSorted()).toEqual([
      "FARGATE",
      "FARGATE_SPOT",
    ]);
    await expect(
      ecs.send(
        new PutClusterCapacityProvidersCommand({
          cluster: CLUSTER,
          capacityProviders: ["FARGATE"],
          defaultCapacityProviderStrategy: [],
        }),
      ),
    ).rejects.toMatchObject({ name: "ResourceInUseException" });
    expect(await found("spot", failing.id!)).toMatchObject([{ stabilityStatus: "STABILIZING" }]);
    await ecs.send(new DeleteServiceCommand({ cluster: CLUSTER, service: "spot", force: true }));
    await until(async () => (await described("spot")).status === "INACTIVE");
    expect(await tasksOf(made.id!)).toEqual([]);
  });
});
