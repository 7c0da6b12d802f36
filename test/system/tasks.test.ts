import { rmSync } from "node:fs";
import { get } from "node:http";
import { connect } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { RevokeSecurityGroupIngressCommand } from "@aws-sdk/client-ec2";
import { PutClusterCapacityProvidersCommand } from "@aws-sdk/client-ecs";
import { TestEngine, until } from "../support/engine.ts";
import { allowTcp, CLUSTER, Fargate } from "../support/fargate.ts";
import { busyboxRoot } from "../support/images.ts";
import { traces } from "../support/leaks.ts";
import { PATIENCE } from "../support/patience.ts";
import { testTier, tiersHere } from "../support/tiers.ts";

let engine: TestEngine;
let fargate: Fargate;
let busybox: string;
/** The tier of `FARGATE_SPOT`: not that of the others, where this machine has more than one. */
const spotTier = (await tiersHere()).find((tier) => tier !== testTier()) ?? testTier();
beforeAll(async () => {
  engine = await TestEngine.start(["--provider-isolation", `FARGATE_SPOT=${spotTier}`]);
  fargate = await Fargate.prepare(engine);
  busybox = await fargate.pushBusybox();
});
afterAll(async () => {
  const { instance } = JSON.parse((await engine.neargate(["status", "--json"])).stdout) as { instance: string };
  await engine.stop();
  expect(await traces(instance, engine.dataFolder)).toEqual([]);
});

const web = (port: number) => ({ image: busybox, command: ["httpd", "-f", "-p", String(port), "-h", "/www"] });

describe("a task's end", () => {
  test("an essential container that exits stops the task, with its exit code", async () => {
    const definition = await fargate.define([{ image: busybox, command: ["sh", "-c", "echo bye; exit 3"] }]);
    const [task] = await fargate.reach(await fargate.run(definition), "STOPPED");
    expect(task).toMatchObject({
      stopCode: "EssentialContainerExited",
      stoppedReason: "Essential container in task exited",
      containers: [{ exitCode: 3, lastStatus: "STOPPED" }],
    });
    for (const time of [
      "createdAt",
      "pullStartedAt",
      "pullStoppedAt",
      "connectivityAt",
      "stoppingAt",
      "executionStoppedAt",
      "stoppedAt",
    ] as const)
      expect(task![time], time).toBeInstanceOf(Date);
    expect(await fargate.lines(task!)).toEqual(["bye"]);
  });

  test("StopTask sends SIGTERM, waits, and says who did it", async () => {
    const definition = await fargate.define([
      {
        image: busybox,
        command: ["sh", "-c", "trap 'echo told; exit 7' TERM; echo ready; while :; do sleep 0.1; done"],
        stopTimeout: 30,
      },
    ]);
    const [task] = await fargate.start(definition);
    await until(async () => (await fargate.lines(task!)).includes("ready"));
    const [stopped] = await fargate.stop([task!]);
    expect(stopped).toMatchObject({
      stopCode: "UserInitiated",
      stoppedReason: "Task stopped by user",
      containers: [{ exitCode: 7 }],
    });
    expect(await fargate.lines(stopped!)).toEqual(["ready", "told"]);
  });

  test("a container that does not listen is killed after stopTimeout", async () => {
    const definition = await fargate.define([
      {
        image: busybox,
        command: ["sh", "-c", "trap '' TERM; echo ready; while :; do sleep 0.1; done"],
        stopTimeout: 2,
      },
    ]);
    const [task] = await fargate.start(definition);
    await until(async () => (await fargate.lines(task!)).includes("ready"));
    const [stopped] = await fargate.stop([task!]);
    expect(stopped!.containers![0]!.exitCode).toBe(137);
    expect(stopped!.executionStoppedAt!.getTime() - stopped!.stoppingAt!.getTime()).toBeGreaterThanOrEqual(2000);
  });

  test("an image whose STOPSIGNAL is none is killed after stopTimeout, and the engine goes on", async () => {
    const root = busyboxRoot();
    const image = await fargate.push("odd-signal", root, { Cmd: ["sleep", "1000"], StopSignal: "SIGFOO" });
    rmSync(root, { recursive: true });
    const [task] = await fargate.start(await fargate.define([{ image }]));
    const [stopped] = await fargate.stop([task!]);
    expect(stopped!.containers![0]!.exitCode).toBe(137);
  });

  test("too much memory is named as the reason", async () => {
    const definition = await fargate.define([
      { image: busybox, command: ["sh", "-c", "dd if=/dev/zero of=/dev/null bs=700M count=1"] },
    ]);
    const [task] = await fargate.reach(await fargate.run(definition), "STOPPED");
    expect(task!.containers![0]).toMatchObject({
      exitCode: 137,
      reason: "OutOfMemoryError: Container killed due to memory usage",
    });
  });

  test("an image that is not there", async () => {
    const definition = await fargate.define([{ image: `${engine.registry}/busybox:missing` }]);
    const [task] = await fargate.reach(await fargate.run(definition), "STOPPED");
    expect(task!.stopCode).toBe("TaskFailedToStart");
    expect(task!.stoppedReason).toMatch(
      /^CannotPullContainerError: pull image manifest has been retried 1 time\(s\): failed to resolve ref .*busybox:missing: .*not found/,
    );
    expect(task!.startedAt).toBeUndefined();
  });

  test("a log group that is not there", async () => {
    const definition = await fargate.define([
      {
        image: busybox,
        logConfiguration: {
          logDriver: "awslogs",
          options: { "awslogs-group": "/none", "awslogs-region": "us-east-1", "awslogs-stream-prefix": "t" },
        },
      },
    ]);
    const [task] = await fargate.reach(await fargate.run(definition), "STOPPED");
    expect(task!.stopCode).toBe("TaskFailedToStart");
    expect(task!.stoppedReason).toBe(
      "ResourceInitializationError: failed to validate logger args: create stream has been retried 1 times: failed to create Cloudwatch log stream: ResourceNotFoundException: The specified log group does not exist. : exit status 1",
    );
  });
});

test("a capacity provider can have an isolation tier of its own", async () => {
  const { ecs } = fargate.clients;
  await ecs.send(
    new PutClusterCapacityProvidersCommand({
      cluster: CLUSTER,
      capacityProviders: ["FARGATE", "FARGATE_SPOT"],
      defaultCapacityProviderStrategy: [],
    }),
  );
  // gVisor says so in its kernel's log, which the host's kernel shows to nobody else.
  const definition = await fargate.define([
    { image: busybox, command: ["sh", "-c", "dmesg 2>/dev/null | grep -o gVisor | head -n 1"] },
  ]);
  const strategies = [undefined, "FARGATE", "FARGATE_SPOT"].map((capacityProvider) =>
    capacityProvider ? { capacityProviderStrategy: [{ capacityProvider, weight: 1 }] } : {},
  );
  const runs = await Promise.all(strategies.map((strategy) => fargate.run(definition, strategy)));
  const tiers = [testTier(), testTier(), spotTier];
  for (const [index, run] of runs.entries()) {
    const [task] = await fargate.reach(run, "STOPPED");
    expect(task!.attributes).toContainEqual({ name: "neargate.isolation", value: tiers[index] });
    expect(await fargate.lines(task!)).toEqual(tiers[index] === "gvisor" ? ["gVisor"] : []);
  }
});

describe("containers of one task", () => {
  test("share localhost, start in the order of dependsOn, and one that is not essential may end", async () => {
    const definition = await fargate.define([
      {
        image: busybox,
        command: ["sh", "-c", "wget -qO- http://127.0.0.1:8000/; exit 0"],
        dependsOn: [
          { containerName: "app1", condition: "HEALTHY" },
          { containerName: "app2", condition: "SUCCESS" },
        ],
      },
      {
        ...web(8000),
        essential: true,
        healthCheck: {
          command: ["CMD-SHELL", "wget -qO- http://127.0.0.1:8000/ || exit 1"],
          interval: 5,
          timeout: 60,
          retries: 10,
        },
      },
      { image: busybox, essential: false, command: ["true"] },
    ]);
    const [task] = await fargate.reach(await fargate.run(definition), "STOPPED");
    expect(task!.containers!.map((container) => container.exitCode)).toEqual([0, expect.any(Number), 0]);
    expect(await fargate.lines(task!)).toEqual(["hello"]);
  });

  test("the Region is in the environment, unless the definition says another", async () => {
    const command = ["sh", "-c", "echo $AWS_REGION $AWS_DEFAULT_REGION $AWS_EXECUTION_ENV"];
    const own = await fargate.define([{ image: busybox, command }]);
    const other = await fargate.define([
      { image: busybox, command, environment: [{ name: "AWS_REGION", value: "eu-west-1" }] },
    ]);
    const tasks = [...(await fargate.run(own)), ...(await fargate.run(other))];
    const [first, second] = await fargate.reach(tasks, "STOPPED");
    expect(await fargate.lines(first!)).toEqual(["us-east-1 us-east-1 AWS_ECS_FARGATE"]);
    expect(await fargate.lines(second!)).toEqual(["eu-west-1 AWS_ECS_FARGATE"]);
  });

  test("an override changes the command and the environment of one run", async () => {
    const definition = await fargate.define([
      {
        image: busybox,
        environment: [
          { name: "A", value: "1" },
          { name: "B", value: "1" },
        ],
      },
    ]);
    const tasks = await fargate.run(definition, {
      overrides: {
        containerOverrides: [
          { name: "app", command: ["sh", "-c", "echo $A $B"], environment: [{ name: "B", value: "2" }] },
        ],
      },
    });
    const [task] = await fargate.reach(tasks, "STOPPED");
    expect(await fargate.lines(task!)).toEqual(["1 2"]);
  });
});

test("RunTask with a client token launches once, however often it is sent", async () => {
  const definition = await fargate.define([{ image: busybox, command: ["true"] }]);
  const clientToken = "once";
  const answers = await Promise.all(
    Array.from({ length: 100 }, () => fargate.run(definition, { clientToken, count: 2 })),
  );
  expect(new Set(answers.flatMap((tasks) => tasks.map((task) => task.taskArn))).size).toBe(2);
  await expect(fargate.run(definition, { clientToken, count: 1 })).rejects.toMatchObject({ name: "ConflictException" });
  await fargate.reach(answers[0]!, "STOPPED");
});

test("two tasks listen on port 80, a third dials both; without the rule it cannot", async () => {
  const group = await fargate.securityGroup("port-80", [allowTcp(80)]);
  const definition = await fargate.define([web(80)]);
  const servers = await fargate.start(definition, { count: 2, groups: [group] });
  for (const server of servers) await serves(await fargate.publicIp(server));
  const addresses = servers.map((task) => fargate.privateIp(task));
  expect(new Set(addresses).size).toBe(2);
  const dial = (patience: number) =>
    `for ip in ${addresses.join(" ")}; do printf 'GET / HTTP/1.0\\r\\n\\r\\n' | nc -w ${patience} $ip 80 | tail -n 1 | grep . || echo blocked; done`;
  expect((await fargate.script(busybox, dial(30))).lines).toEqual(["hello", "hello"]);
  await fargate.clients.ec2.send(
    new RevokeSecurityGroupIngressCommand({ GroupId: group, IpPermissions: [allowTcp(80)] }),
  );
  const after = await fargate.script(busybox, dial(2));
  expect(after.lines.filter((line) => line === "blocked")).toHaveLength(2);
  expect(after.lines).not.toContain("hello");
  await fargate.stop(servers);
});

/** One request; the status, or what went wrong. */
function request(address: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const sent = get(`http://${address}:80/`, { agent: false, timeout: 30_000 }, (response) => {
      response.resume();
      response.once("close", () => (response.complete ? resolve(response.statusCode!) : reject(new Error("cut off"))));
    });
    sent.on("error", reject);
    sent.on("timeout", () => sent.destroy(new Error("no answer in 30 s")));
  });
}

/** Waits until the web server of a task that runs answers. */
function serves(address: string): Promise<void> {
  return until(async () => (await request(address).catch(() => 0)) === 200);
}

test("kill -9 of the control plane: not one request fails, and the tasks are the same after the restart", async () => {
  const group = await fargate.securityGroup("load", [allowTcp(80)]);
  const definition = await fargate.define([web(80)]);
  const tasks = await fargate.start(definition, { count: 2, groups: [group] });
  const address = await fargate.publicIp(tasks[0]!);
  await serves(address);
  const stop = new AbortController();
  let answered = 0;
  const failures: unknown[] = [];
  const load = (async () => {
    while (!stop.signal.aborted) {
      await request(address).then(
        (status) => (status === 200 ? answered++ : failures.push(status)),
        (cause: unknown) => failures.push(cause),
      );
    }
  })();
  await until(() => answered > 20);
  await engine.kill();
  const before = answered;
  await until(() => answered > before + 50);
  await engine.up();
  await until(() => answered > before + 100);
  stop.abort();
  await load;
  expect(failures).toEqual([]);
  const after = await fargate.describe(tasks);
  expect(after.map((task) => [task.taskArn, task.startedAt, task.lastStatus])).toEqual(
    tasks.map((task) => [task.taskArn, task.startedAt, "RUNNING"]),
  );
  await fargate.stop(after);
});

test("a container that ends while the control plane is down has its true exit code and its last lines", async () => {
  const group = await fargate.securityGroup("word", [allowTcp(80)]);
  const definition = await fargate.define([
    { image: busybox, command: ["sh", "-c", "echo one; nc -l -p 80; echo two; exit 42"] },
  ]);
  const [task] = await fargate.start(definition, { groups: [group] });
  const address = await fargate.publicIp(task!);
  await engine.kill();
  await until(() => dials(address));
  await engine.up();
  const [ended] = await fargate.reach([task!], "STOPPED");
  expect(ended).toMatchObject({ stopCode: "EssentialContainerExited", containers: [{ exitCode: 42 }] });
  expect(await fargate.lines(ended!)).toEqual(["one", "two"]);
});

/** Whether somebody takes a connection. */
function dials(address: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(80, address, () => socket.end());
    socket.on("close", (hadError) => resolve(!hadError)).on("error", () => {});
    socket.resume();
  });
}

describe("a crash at every step", () => {
  /** Each start of the control plane dies at the next of the points, where it gets by itself; the last one does not. */
  async function dieAtEach(points: readonly string[], environment: NodeJS.ProcessEnv = {}): Promise<void> {
    for (const point of points) {
      await until(() => !engine.alive, 60_000, `the end before ${point}`);
      // By what it finds to do, it may die before its start has been told.
      await engine.up({ NEARGATE_FAILPOINTS: `${point}=kill`, ...environment }).catch(() => {});
    }
    await until(() => !engine.alive, 60_000, `the end at ${points.at(-1)}`);
    await engine.up();
  }

  test(
    "of a launch ends in RUNNING, once",
    async () => {
      const environment = { NEARGATE_USER_NAMESPACES: "on" };
      await engine.kill();
      await engine.up({ NEARGATE_FAILPOINTS: "users.made=kill", ...environment });
      const definition = await fargate.define([{ image: busybox, command: ["sh", "-c", "echo started; sleep 1000"] }]);
      const launch = () => fargate.run(definition, { clientToken: "crash" });
      await launch().catch(() => {}); // it may die before it answers
      const further = [
        "task.prepared.task-group+network+images+storage",
        "task.prepared.files+firelens+environment-files+volumes",
        "task.prepared.logs",
        "users.mounted",
        "task.container-created",
        "task.container-started",
        "task.before-running",
      ];
      await dieAtEach(further, environment);
      const [task] = await fargate.reach(await launch(), "RUNNING");
      await until(async () => (await fargate.lines(task!)).length > 0);
      const [stopped] = await fargate.stop([task!]);
      expect(await fargate.lines(stopped!)).toEqual(["started"]);
    },
    240_000 * PATIENCE,
  );

  test("of a stop ends in STOPPED with the true exit code", async () => {
    const definition = await fargate.define([
      {
        image: busybox,
        command: ["sh", "-c", "trap 'exit 9' TERM; echo ready; while :; do sleep 0.1; done"],
        stopTimeout: 30,
      },
    ]);
    const tasks = await fargate.start(definition);
    await until(async () => (await fargate.lines(tasks[0]!)).includes("ready"));
    await engine.kill();
    await engine.up({ NEARGATE_FAILPOINTS: "task.stop-signalled=kill" });
    await fargate.stop(tasks).catch(() => {});
    await dieAtEach(["task.containers-removed", "task.before-stopped"]);
    const [task] = await fargate.reach(tasks, "STOPPED");
    expect(task!.containers![0]!.exitCode).toBe(9);
    expect(task!.stopCode).toBe("UserInitiated");
  });
});
