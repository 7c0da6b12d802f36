import {
  CreateCapacityProviderCommand,
  CreateClusterCommand,
  CreateServiceCommand,
  DeleteCapacityProviderCommand,
  DescribeCapacityProvidersCommand,
  DescribeClustersCommand,
  DescribeServicesCommand,
  DescribeTasksCommand,
  ListTasksCommand,
  PutClusterCapacityProvidersCommand,
  RunTaskCommand,
  UpdateCapacityProviderCommand,
  UpdateServiceCommand,
  type CapacityProviderStrategyItem,
  type CreateServiceRequest,
  type Task,
} from "@aws-sdk/client-ecs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { TestEngine, until } from "../support/engine.ts";
import { CLUSTER, Fargate } from "../support/fargate.ts";

/* FARGATE and FARGATE_SPOT: what clusters, tasks and services make of strategies, and the interruption of Spot tasks. */

const ACCOUNT = "000000000000";
const REGION = "eu-west-1";
const BOTH = ["FARGATE", "FARGATE_SPOT"];
const INVALID = "InvalidParameterException";

let engine: TestEngine;
let fargate: Fargate;
let ecs: Fargate["clients"]["ecs"];
let definition: string;

beforeAll(async () => {
  engine = await TestEngine.start(["--compute", "simulated", "--region", REGION]);
  fargate = await Fargate.prepare(engine);
  ecs = fargate.clients.ecs;
  definition = await fargate.define([{ image: "app:1" }]);
  await put(CLUSTER, BOTH);
});
afterAll(() => engine?.stop());

function put(cluster: string, capacityProviders: string[], strategy: CapacityProviderStrategyItem[] = []) {
  return ecs.send(
    new PutClusterCapacityProvidersCommand({ cluster, capacityProviders, defaultCapacityProviderStrategy: strategy }),
  );
}

function strategyOf(...items: [provider: string, base: number | undefined, weight: number | undefined][]) {
  return items.map(([capacityProvider, base, weight]) => ({ capacityProvider, base, weight }));
}

const arn = (resource: string) => `arn:aws:ecs:${REGION}:${ACCOUNT}:${resource}`;

/** How many tasks run on demand and on Spot. */
const counted = (tasks: readonly Task[]) =>
  BOTH.map((name) => tasks.filter((task) => task.capacityProviderName === name).length);

function create(serviceName: string, more: Partial<CreateServiceRequest>) {
  return ecs.send(
    new CreateServiceCommand({
      cluster: CLUSTER,
      serviceName,
      taskDefinition: definition,
      desiredCount: 1,
      networkConfiguration: fargate.network(),
      ...more,
    }),
  );
}

async function tasksOf(serviceName: string): Promise<Task[]> {
  const { taskArns } = await ecs.send(new ListTasksCommand({ cluster: CLUSTER, serviceName }));
  if (!taskArns!.length) return [];
  return (await ecs.send(new DescribeTasksCommand({ cluster: CLUSTER, tasks: taskArns }))).tasks!;
}

async function described(name: string) {
  return (await ecs.send(new DescribeServicesCommand({ cluster: CLUSTER, services: [name] }))).services![0]!;
}

describe("capacity providers", () => {
  test("every account has Fargate's two", async () => {
    const all = await ecs.send(new DescribeCapacityProvidersCommand({}));
    expect(all).toMatchObject({
      capacityProviders: BOTH.map((name) => ({
        capacityProviderArn: arn(`capacity-provider/${name}`),
        name,
        type: name,
        status: "ACTIVE",
        tags: [],
      })),
      failures: [],
    });
    const named = await ecs.send(
      new DescribeCapacityProvidersCommand({ capacityProviders: [arn("capacity-provider/FARGATE_SPOT"), "other"] }),
    );
    expect(named.capacityProviders).toMatchObject([{ name: "FARGATE_SPOT" }]);
    expect(named.failures).toEqual([{ arn: arn("capacity-provider/other"), reason: "MISSING" }]);
  });

  test("pages, and those of a cluster alone", async () => {
    const first = await ecs.send(new DescribeCapacityProvidersCommand({ maxResults: 1 }));
    const { capacityProviders, nextToken } = await ecs.send(
      new DescribeCapacityProvidersCommand({ maxResults: 1, nextToken: first.nextToken! }),
    );
    expect([first.capacityProviders![0]!.name, capacityProviders![0]!.name, nextToken]).toEqual([...BOTH, undefined]);
    await ecs.send(new CreateClusterCommand({ clusterName: "spot-only", capacityProviders: ["FARGATE_SPOT"] }));
    const own = await ecs.send(new DescribeCapacityProvidersCommand({ cluster: "spot-only" }));
    expect(own.capacityProviders!.map(({ name }) => name)).toEqual(["FARGATE_SPOT"]);
    await expect(ecs.send(new DescribeCapacityProvidersCommand({ cluster: "none" }))).rejects.toMatchObject({
      name: "ClusterNotFoundException",
    });
  });

  const group = { autoScalingGroupArn: "arn:aws:autoscaling:eu-west-1:000000000000:autoScalingGroup:x:y" };
  test.each([
    [
      "CreateCapacityProvider with a reserved name",
      () => new CreateCapacityProviderCommand({ name: "fargate-own", autoScalingGroupProvider: group }),
      INVALID,
      /^The specified capacity provider name is invalid\. /,
    ],
    [
      "CreateCapacityProvider for a group",
      () => new CreateCapacityProviderCommand({ name: "own", autoScalingGroupProvider: group }),
      "ClientException",
      /^The specified Auto Scaling group was not found/,
    ],
    [
      "CreateCapacityProvider for Managed Instances",
      () =>
        new CreateCapacityProviderCommand({
          name: "own",
          managedInstancesProvider: {
            infrastructureRoleArn: `arn:aws:iam::${ACCOUNT}:role/r`,
            instanceLaunchTemplate: {
              ec2InstanceProfileArn: `arn:aws:iam::${ACCOUNT}:instance-profile/p`,
              networkConfiguration: { subnets: ["subnet-1"] },
            },
          },
        }),
      "UnsupportedFeatureException",
      /Managed Instances/,
    ],
    [
      "UpdateCapacityProvider",
      () => new UpdateCapacityProviderCommand({ name: "FARGATE", autoScalingGroupProvider: {} }),
      INVALID,
      /reserved/,
    ],
    [
      "DeleteCapacityProvider",
      () => new DeleteCapacityProviderCommand({ capacityProvider: arn("capacity-provider/FARGATE") }),
      INVALID,
      /reserved/,
    ],
    [
      "DeleteCapacityProvider of none",
      () => new DeleteCapacityProviderCommand({ capacityProvider: "own" }),
      INVALID,
      /^The specified capacity provider was not found\. Specify a valid capacity provider and try again\.$/,
    ],
  ] as const)("%s is refused", async (_what, command, name, message) => {
    await expect(ecs.send(command() as CreateCapacityProviderCommand)).rejects.toMatchObject({
      name,
      message: expect.stringMatching(message),
    });
  });
});

describe("a cluster", () => {
  test("has capacity providers and a default strategy from its start", async () => {
    const items = strategyOf(["FARGATE", 1, 1], ["FARGATE_SPOT", undefined, 4]);
    const { cluster } = await ecs.send(
      new CreateClusterCommand({
        clusterName: "mixed",
        capacityProviders: BOTH,
        defaultCapacityProviderStrategy: items,
      }),
    );
    const shown = {
      capacityProviders: BOTH,
      defaultCapacityProviderStrategy: [
        { capacityProvider: "FARGATE", base: 1, weight: 1 },
        { capacityProvider: "FARGATE_SPOT", base: 0, weight: 4 },
      ],
    };
    expect(cluster).toMatchObject(shown);
    const { clusters } = await ecs.send(new DescribeClustersCommand({ clusters: ["mixed"] }));
    expect(clusters![0]).toMatchObject(shown);
    const changed = await put("mixed", ["FARGATE"]);
    expect(changed.cluster).toMatchObject({ capacityProviders: ["FARGATE"], defaultCapacityProviderStrategy: [] });
  });

  test.each([
    [
      ["FARGATE", "own"],
      [],
      "The specified capacity provider was not found. Specify a valid capacity provider and try again.",
    ],
    [
      ["FARGATE"],
      strategyOf(["FARGATE_SPOT", 0, 1]),
      /^The specified capacity provider strategy cannot contain a capacity provider that is not associated with the cluster\. /,
    ],
    [
      BOTH,
      strategyOf(["FARGATE", 1, 1], ["FARGATE_SPOT", 2, 1]),
      "The specified capacity provider strategy contains multiple capacity providers with a base value defined.",
    ],
    [BOTH, strategyOf(["FARGATE", 1, 1001]), /weight/],
    [BOTH, strategyOf(["FARGATE", 100_001, 1]), /base/],
    [BOTH, strategyOf(["FARGATE", 0, 1], ["FARGATE", 0, 1]), /duplicate/],
    [Array<string>(21).fill("FARGATE"), [], /maximum of 20/],
  ])("cannot have %o with %o", async (providers, items, message) => {
    const expected = { name: INVALID, message: message instanceof RegExp ? expect.stringMatching(message) : message };
    await expect(put(CLUSTER, providers, items)).rejects.toMatchObject(expected);
  });

  test("loses none that a service uses", async () => {
    await ecs.send(new CreateClusterCommand({ clusterName: "used", capacityProviders: BOTH }));
    await create("web", { cluster: "used", desiredCount: 0, capacityProviderStrategy: strategyOf(["FARGATE", 0, 1]) });
    await expect(put("used", ["FARGATE_SPOT"])).rejects.toMatchObject({
      name: "ResourceInUseException",
      message: "The specified capacity provider is in use and cannot be removed.",
    });
    expect((await put("used", ["FARGATE"])).cluster!.capacityProviders).toEqual(["FARGATE"]);
  });
});

describe("RunTask", () => {
  const run = (more: ConstructorParameters<typeof RunTaskCommand>[0] | object) =>
    ecs.send(
      new RunTaskCommand({
        cluster: CLUSTER,
        taskDefinition: definition,
        networkConfiguration: fargate.network(),
        ...more,
      }),
    );

  test("spreads its tasks by base and weight", async () => {
    const { tasks } = await run({
      count: 10,
      capacityProviderStrategy: strategyOf(["FARGATE", 2, 1], ["FARGATE_SPOT", undefined, 3]),
    });
    expect(counted(tasks!)).toEqual([4, 6]);
    expect(tasks!.every(({ launchType }) => launchType === "FARGATE")).toBe(true);
    await fargate.stop(tasks!);
  });

  test("takes the cluster's default strategy when it names nothing", async () => {
    await put(CLUSTER, BOTH, strategyOf(["FARGATE_SPOT", 0, 1]));
    const byDefault = (await run({ count: 2 })).tasks!;
    const byLaunchType = (await run({ launchType: "FARGATE" })).tasks!;
    expect(counted(byDefault)).toEqual([0, 2]);
    expect(byLaunchType[0]).not.toHaveProperty("capacityProviderName");
    await put(CLUSTER, BOTH, strategyOf(["FARGATE", 0, undefined]));
    await expect(run({})).rejects.toMatchObject({
      name: INVALID,
      message: expect.stringMatching(
        /^There are no capacity providers with a weight value greater than zero defined in the default capacity provider strategy\. /,
      ),
    });
    await put(CLUSTER, BOTH);
    const network = { awsvpcConfiguration: { subnets: fargate.subnetIds } };
    await expect(run({ networkConfiguration: network })).rejects.toMatchObject({
      message: "No Container Instances were found in your cluster.",
    });
    await fargate.stop([...byDefault, ...byLaunchType]);
  });

  test.each([
    [
      { launchType: "FARGATE", capacityProviderStrategy: strategyOf(["FARGATE", 0, 1]) },
      "You may choose a capacity provider or a launch type but not both.",
    ],
    [{ capacityProviderStrategy: strategyOf(["own", 0, 1]) }, /not associated with the cluster/],
    [
      { capacityProviderStrategy: strategyOf(["FARGATE", 0, 0]) },
      /^There are no capacity providers in the capacity provider strategy with a weight value greater than zero\./,
    ],
    [
      { capacityProviderStrategy: strategyOf(["FARGATE", 1, 1], ["FARGATE_SPOT", 1, 1]) },
      /^There are multiple capacity providers in the specified/,
    ],
    [
      {
        capacityProviderStrategy: strategyOf(
          ...Array.from({ length: 21 }, (): [string, number, number] => ["FARGATE", 0, 1]),
        ),
      },
      /maximum of 20/,
    ],
  ])("refuses %o", async (more, message) => {
    const expected = { name: INVALID, message: message instanceof RegExp ? expect.stringMatching(message) : message };
    await expect(run(more)).rejects.toMatchObject(expected);
  });
});

describe("a service", () => {
  const MIX = strategyOf(["FARGATE", 1, 1], ["FARGATE_SPOT", 0, 3]);
  const deploying = { minimumHealthyPercent: 0, maximumPercent: 200 };

  test("keeps the ratio when it grows, shrinks, loses a task and is deployed anew", async () => {
    const { service } = await create("ratio", {
      desiredCount: 5,
      capacityProviderStrategy: MIX,
      deploymentConfiguration: deploying,
    });
    expect(service).toMatchObject({ capacityProviderStrategy: MIX, deployments: [{ capacityProviderStrategy: MIX }] });
    for (const part of [service!, service!.deployments![0]!]) expect(part).not.toHaveProperty("launchType");
    const ratio = async (onDemand: number, spot: number) => {
      await until(async () => {
        const running = (await tasksOf("ratio")).filter(({ lastStatus }) => lastStatus === "RUNNING");
        return JSON.stringify(counted(running)) === JSON.stringify([onDemand, spot]);
      });
    };
    await ratio(2, 3);
    const scale = (desiredCount: number) =>
      ecs.send(new UpdateServiceCommand({ cluster: CLUSTER, service: "ratio", desiredCount }));
    await scale(9);
    await ratio(3, 6);
    await scale(3);
    await ratio(1, 2);
    await scale(5);
    await ratio(2, 3);
    const lost = (await tasksOf("ratio")).find(({ capacityProviderName }) => capacityProviderName === "FARGATE")!;
    await fargate.stop([lost]);
    await ratio(2, 3);
    const before = (await tasksOf("ratio")).map(({ taskArn }) => taskArn);
    await ecs.send(new UpdateServiceCommand({ cluster: CLUSTER, service: "ratio", forceNewDeployment: true }));
    await until(async () => {
      const tasks = await tasksOf("ratio");
      return tasks.length === 5 && !tasks.some(({ taskArn }) => before.includes(taskArn));
    });
    await ratio(2, 3);
  });

  test("changes from a launch type to a strategy and back by a new deployment", async () => {
    await create("changing", { desiredCount: 0, launchType: "FARGATE" });
    const change = (capacityProviderStrategy: CapacityProviderStrategyItem[], forceNewDeployment: boolean) =>
      ecs.send(
        new UpdateServiceCommand({
          cluster: CLUSTER,
          service: "changing",
          capacityProviderStrategy,
          forceNewDeployment,
        }),
      );
    await expect(change(MIX, false)).rejects.toMatchObject({
      name: INVALID,
      message:
        "When switching from launch type to capacity provider strategy on an existing service, or making a change to a capacity provider strategy on a service that is already using one, you must force a new deployment.",
    });
    await change(MIX, true);
    expect(await described("changing")).toMatchObject({ capacityProviderStrategy: MIX });
    expect((await change(MIX, false)).service!.capacityProviderStrategy).toEqual(MIX);
    const back = await change([], true);
    expect(back.service).toMatchObject({ launchType: "FARGATE" });
    expect(back.service).not.toHaveProperty("capacityProviderStrategy");
  });

  test("takes the cluster's default strategy, and keeps it when the cluster's changes", async () => {
    const items = strategyOf(["FARGATE_SPOT", 0, 1]);
    await put(CLUSTER, BOTH, items);
    await create("default", { desiredCount: 0 });
    await put(CLUSTER, BOTH);
    expect((await described("default")).capacityProviderStrategy).toEqual(items);
    await expect(create("both", { launchType: "FARGATE", capacityProviderStrategy: items })).rejects.toMatchObject({
      name: INVALID,
      message:
        "Specifying both a launch type and capacity provider strategy is not supported. Remove one and try again.",
    });
  });
});

describe("neargate interrupt", () => {
  const SPOT = strategyOf(["FARGATE_SPOT", 0, 1]);
  const interrupt = async (...args: string[]) => {
    const { stdout } = await engine.neargate(["interrupt", ...args, "--json"]);
    return JSON.parse(stdout) as { at: string; tasks: string[] };
  };
  const INTERRUPTED = { stopCode: "SpotInterruption", stoppedReason: "Your Spot Task was interrupted." };

  test("tells a task to stop at once; its stopTimeout comes before the two minutes", async () => {
    const [task] = (
      await ecs.send(
        new RunTaskCommand({
          cluster: CLUSTER,
          taskDefinition: definition,
          networkConfiguration: fargate.network(),
          capacityProviderStrategy: SPOT,
        }),
      )
    ).tasks!;
    await fargate.reach([task!], "RUNNING");
    const before = Date.now();
    const { at, tasks } = await interrupt(task!.taskArn!.split("/").at(-1)!);
    expect(tasks).toEqual([task!.taskArn]);
    expect(new Date(at).getTime()).toBeGreaterThanOrEqual(before + 120_000);
    const [stopped] = await fargate.reach([task!], "STOPPED");
    expect(stopped).toMatchObject({ ...INTERRUPTED, desiredStatus: "STOPPED", containers: [{ exitCode: 143 }] });
    await expect(interrupt(task!.taskArn!)).rejects.toThrow(/no task .* runs/);
  });

  test("kills what has not ended when the time is over, whatever happens to the engine; a service replaces it", async () => {
    const stubborn = await fargate.define([{ image: "app:ignore-sigterm", stopTimeout: 120 }]);
    await create("spot", { taskDefinition: stubborn, capacityProviderStrategy: SPOT, desiredCount: 2 });
    const [one, other] = await fargate.reach(await tasksWhen(2), "RUNNING");
    const { at, tasks } = await interrupt("--service", `${CLUSTER}/spot`, "--count", "1", "--in", "4");
    const [gone] = [one!, other!].filter(({ taskArn }) => tasks.includes(taskArn!));
    expect(tasks).toHaveLength(1);
    const [warned] = await fargate.describe([gone!]);
    expect(warned).toMatchObject({ ...INTERRUPTED, desiredStatus: "STOPPED" });
    await engine.kill();
    await engine.up();
    const [stopped] = await fargate.reach([gone!], "STOPPED");
    expect(stopped).toMatchObject({ ...INTERRUPTED, containers: [{ exitCode: 137 }] });
    expect(stopped!.executionStoppedAt!.getTime()).toBeGreaterThanOrEqual(new Date(at).getTime());
    // Long before its stopTimeout would be over.
    expect(stopped!.executionStoppedAt!.getTime()).toBeLessThan(new Date(at).getTime() + 90_000);
    const running = await fargate.reach(await tasksWhen(2), "RUNNING");
    expect(counted(running)).toEqual([0, 2]);
    expect(running.map(({ taskArn }) => taskArn)).not.toContain(gone!.taskArn);
    expect((await described("spot")).deployments![0]!.failedTasks).toBe(0);
    // Others take their places, which end when they are told: those here would keep the engine from stopping for long.
    await ecs.send(new UpdateServiceCommand({ cluster: CLUSTER, service: "spot", taskDefinition: definition }));
    await interrupt(...running.map(({ taskArn }) => taskArn!), "--in", "0");
    await fargate.reach(running, "STOPPED");
  });

  const tasksWhen = async (count: number) => {
    await until(async () => (await tasksOf("spot")).length === count);
    return await tasksOf("spot");
  };

  test("leaves tasks alone that do not run on Spot", async () => {
    const tasks = await fargate.start(definition);
    await Promise.all([
      expect(interrupt(tasks[0]!.taskArn!)).rejects.toThrow(/does not run on FARGATE_SPOT/),
      expect(interrupt("--service", "ratio-of-none")).rejects.toThrow(/no such task runs on FARGATE_SPOT/),
      expect(interrupt()).rejects.toThrow(/name either tasks, or --service/),
      expect(interrupt("--count", "1", "--in", "121")).rejects.toThrow(/from 0 to 120/),
    ]);
    await fargate.stop(tasks);
  });
});
