import { writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  CreateServiceCommand,
  DeleteServiceCommand,
  DescribeTaskDefinitionCommand,
  ListTasksCommand,
  type ContainerDefinition,
  type RegisterTaskDefinitionRequest,
  type Task,
} from "@aws-sdk/client-ecs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Isolation } from "../../src/base/isolation.ts";
import { TestEngine, until } from "../support/engine.ts";
import { CLUSTER, Fargate } from "../support/fargate.ts";
import { traces } from "../support/leaks.ts";
import { tiersHere } from "../support/tiers.ts";
import { ageContainers } from "./task-fields-store.ts";

/** What one container is asked for, and what its program then prints, or the API shows. */
interface Row {
  field: string;
  definition: Partial<ContainerDefinition>;
  /** What a shell is to run; without it the definition's own program does. */
  script?: string;
  /** What it prints. */
  prints?: (string | RegExp)[] | ((task: Task) => string[]);
  /** What DescribeTasks says of the container. */
  shows?: object;
  /** It cannot start. */
  fails?: true;
  /** Where it holds; everywhere without it. */
  tiers?: Isolation[];
}

const detail = (task: Task, name: string) => task.attachments![0]!.details!.find((one) => one.name === name)!.value!;

/** The value of a file of cgroup version 2, or that of version 1. */
const cgroupFile = (second: string, first: string) =>
  `cat /sys/fs/cgroup/${second} 2>/dev/null || cat /sys/fs/cgroup/${first}`;

/** Containers of one task, in groups of at most nine. */
const rows: Row[] = [
  { field: "workingDirectory", definition: { workingDirectory: "/www" }, script: "pwd", prints: ["/www"] },
  {
    field: "entryPoint and command",
    definition: { entryPoint: ["sh", "-c"], command: ["echo $0 $1", "one", "two"] },
    prints: ["one two"],
  },
  { field: "command", definition: { command: ["echo", "hello"] }, prints: ["hello"] },
  { field: "user by name", definition: { user: "app" }, script: "echo $(id -u) $(id -g)", prints: ["1000 1000"] },
  { field: "user by ids", definition: { user: "12:34" }, script: "echo $(id -u) $(id -g)", prints: ["12 34"] },
  {
    field: "environment",
    definition: { environment: [{ name: "A", value: "1 = one" }] },
    script: "echo $A; echo $AWS_EXECUTION_ENV",
    prints: ["1 = one", "AWS_ECS_FARGATE"],
  },
  {
    field: "ulimits, by default",
    definition: {},
    script: "echo $(ulimit -Sn) $(ulimit -Hn)",
    // 65535, or as many as the machine lets the engine set.
    prints: [/^(\d{4,5}) \1$/],
  },
  {
    field: "ulimits",
    definition: {
      ulimits: [
        { name: "nofile", softLimit: 1024, hardLimit: 2048 },
        { name: "core", softLimit: 0, hardLimit: 0 },
      ],
    },
    script: "echo $(ulimit -Sn) $(ulimit -Hn) $(ulimit -Hc)",
    prints: ["1024 2048 0"],
  },
  {
    field: "ulimits without an end",
    definition: {
      ulimits: [
        { name: "core", softLimit: -1, hardLimit: -1 },
        { name: "fsize", softLimit: 1_048_576, hardLimit: -1 },
      ],
    },
    script: "echo $(ulimit -Sc) $(ulimit -Hc) $(ulimit -Sf) $(ulimit -Hf)",
    prints: ["unlimited unlimited 2048 unlimited"],
  },
  {
    field: "linuxParameters.capabilities",
    definition: { linuxParameters: { capabilities: { add: ["SYS_PTRACE"], drop: ["NET_RAW"] } } },
    script: "grep CapEff /proc/self/status",
    prints: [/a80c05fb$/],
  },
  {
    field: "linuxParameters.capabilities, none",
    definition: { linuxParameters: { capabilities: { drop: ["ALL"] } } },
    script: "grep CapEff /proc/self/status",
    prints: [/\t0+$/],
  },
  {
    field: "linuxParameters.initProcessEnabled",
    definition: { linuxParameters: { initProcessEnabled: true } },
    script: "cat /proc/1/comm",
    prints: ["docker-init"],
  },
  {
    field: "readonlyRootFilesystem",
    definition: { readonlyRootFilesystem: true },
    script: "for folder in /www /tmp /etc; do (echo x > $folder/file) 2>/dev/null || echo refused; done",
    prints: ["refused", "refused", "refused"],
  },
  {
    field: "what is written to /tmp is on the task's disk, not in its memory",
    definition: {},
    script: "touch /tmp/file && busybox stat -c %a /tmp; grep -c ' /tmp tmpfs ' /proc/mounts",
    prints: ["755", "0"],
  },
  {
    field: "pseudoTerminal",
    definition: { pseudoTerminal: true },
    script: "test -t 0 && test -t 1 && echo $TERM",
    prints: ["xterm"],
  },
  {
    field: "interactive",
    definition: { interactive: true },
    script: "exec 2>/dev/null; busybox timeout 1 cat; echo $?",
    prints: ["143"],
  },
  { field: "interactive, off", definition: {}, script: "busybox timeout 30 cat; echo $?", prints: ["0"] },
  {
    field: "cpu",
    definition: { cpu: 128 },
    script: cgroupFile("cpu.weight", "cpu/cpu.shares"),
    prints: [/^(13|128)$/],
    shows: { cpu: "128" },
    tiers: ["runc"],
  },
  {
    field: "memory",
    definition: { memory: 64 },
    script: cgroupFile("memory.max", "memory/memory.limit_in_bytes"),
    prints: [String(64 * 1024 ** 2)],
    shows: { memory: "64" },
    tiers: ["runc"],
  },
  {
    field: "memory, exceeded",
    definition: { memory: 32 },
    script: "dd if=/dev/zero of=/dev/null bs=100M count=1",
    shows: { exitCode: 137, reason: "OutOfMemoryError: Container killed due to memory usage" },
    tiers: ["runc"],
  },
  {
    field: "memoryReservation",
    definition: { memoryReservation: 48 },
    script: cgroupFile("memory.low", "memory/memory.soft_limit_in_bytes"),
    prints: [String(48 * 1024 ** 2)],
    shows: { memoryReservation: "48" },
    tiers: ["runc"],
  },
  {
    field: "systemControls of the network",
    definition: { systemControls: [{ namespace: "net.core.somaxconn", value: "4321" }] },
    script: "cat /proc/sys/net/core/somaxconn",
    prints: ["4321"],
    tiers: ["runc"],
  },
  {
    field: "systemControls of IPC",
    definition: { systemControls: [{ namespace: "kernel.msgmax", value: "4096" }] },
    script: "cat /proc/sys/kernel/msgmax",
    prints: ["4096"],
    tiers: ["runc"],
  },
  {
    field: "systemControls that the kernel does not have",
    definition: { systemControls: [{ namespace: "net.core.nothing", value: "1" }] },
    fails: true,
    shows: { lastStatus: "STOPPED", reason: expect.stringMatching(/^CannotStartContainerError: .*net\/core\/nothing/) },
  },
  {
    field: "a program that is not there",
    definition: { command: ["/nothing"] },
    fails: true,
    shows: { lastStatus: "STOPPED", reason: expect.stringMatching(/^CannotStartContainerError: .*\/nothing/) },
  },
  {
    field: "hostname",
    definition: {},
    script: "hostname; cat /etc/hostname; echo $HOSTNAME",
    prints: (task) => Array.from({ length: 3 }, () => detail(task, "privateDnsName")),
  },
  {
    field: "hosts",
    definition: {},
    script: "cat /etc/hosts",
    prints: (task) => [
      "127.0.0.1 localhost",
      `${detail(task, "privateIPv4Address")} ${detail(task, "privateDnsName")}`,
    ],
  },
  { field: "an exit code", definition: {}, script: "exit 77", shows: { exitCode: 77 } },
];

/** How many rows share a task, beside the container that ends it. */
const ROWS_A_TASK = 9;

const NEVER =
  "CannotStartContainerError: dependency graph: failed to resolve container ordering dependency [bad] for target [never] as dependency did not exit successfully.";

/** Prints the time since the boot in seconds, which all containers agree on. */
const clock = (what: string) => `echo ${what} $(cat /proc/uptime)`;

describe.each(await tiersHere())("what a task definition says is what runs, on %s", { timeout: 240_000 }, (tier) => {
  let engine: TestEngine;
  let fargate: Fargate;
  let busybox: string;
  const here = rows.filter(({ tiers }) => !tiers || tiers.includes(tier));
  /** The stopped task and the name of the container by the row's field. */
  const results = new Map<string, { ended: Promise<Task>; name: string }>();

  type Launch = [
    containers: Partial<ContainerDefinition>[],
    more?: Partial<RegisterTaskDefinitionRequest>,
    run?: Parameters<Fargate["run"]>[1],
  ];
  async function launch(...[containers, more, run]: Launch): Promise<Task[]> {
    const withImages = containers.map((container) => ({ image: busybox, ...container }));
    return await fargate.run(await fargate.define(withImages, more), run);
  }
  const ended = async (...args: Launch) => (await fargate.reach(await launch(...args), "STOPPED", 200_000))[0]!;
  const container = (task: Task, name: string) => task.containers!.find((one) => one.name === name)!;

  /** The tasks with stories of their own, all started before the first is looked at. */
  const stories = {
    overrides: () =>
      ended(
        [
          {
            memory: 64,
            environment: [
              { name: "A", value: "1" },
              { name: "B", value: "1" },
            ],
          },
        ],
        {},
        {
          overrides: {
            cpu: "512",
            memory: "1024",
            containerOverrides: [
              {
                name: "app",
                command: ["sh", "-c", "echo $A $B"],
                environment: [{ name: "B", value: "2" }],
                cpu: 64,
                memory: 256,
                memoryReservation: 128,
              },
            ],
          },
        },
      ),
    dependencies: () =>
      ended([
        { command: ["sleep", "1"], dependsOn: [{ containerName: "bad", condition: "COMPLETE" }] },
        { name: "bad", essential: false, command: ["false"] },
        { name: "never", essential: false, dependsOn: [{ containerName: "bad", condition: "SUCCESS" }] },
      ]),
    pull: () => ended([{}, { name: "side", essential: false, image: `${engine.registry}/busybox:missing` }]),
    processes: () =>
      ended(
        [
          {
            // The first ends when it is called; none has its name then.
            command: [
              "sh",
              "-c",
              `comms() { cat /proc/[0-9]*/comm 2>/dev/null | busybox sort -u; }
               until comms | grep -qx nc; do sleep 0.1; done; comms
               until echo | nc 127.0.0.1 7000; do sleep 0.1; done
               while comms | grep -qx nc; do sleep 0.1; done; sleep 0.5; echo alive`,
            ],
            dependsOn: ["first", "other"].map((containerName) => ({ containerName, condition: "START" as const })),
          },
          { name: "first", essential: false, command: ["nc", "-l", "-p", "7000"] },
          { name: "other", essential: false, command: ["busybox", "sleep", "1000"] },
        ],
        { pidMode: "task" },
      ),
    order: async () => {
      const tasks = await launch([
        {
          command: [
            "sh",
            "-c",
            `${clock("starts")}; trap 'sleep 1; ${clock("ends")}; exit 3' TERM; wget -qO- http://127.0.0.1:8000/; while :; do sleep 0.1; done`,
          ],
          stopTimeout: 30,
          dependsOn: [
            { containerName: "init", condition: "SUCCESS" },
            { containerName: "side", condition: "HEALTHY" },
          ],
        },
        { name: "init", essential: false, command: ["sh", "-c", `sleep 1; ${clock("ends")}`] },
        {
          name: "side",
          command: [
            "sh",
            "-c",
            `${clock("starts")}; trap '${clock("ends")}; exit 0' TERM; httpd -p 8000 -h /www; while :; do sleep 0.1; done`,
          ],
          stopTimeout: 30,
          healthCheck: { command: ["CMD-SHELL", "wget -qO- http://127.0.0.1:8000/"], interval: 5, timeout: 20 },
          dependsOn: [{ containerName: "init", condition: "SUCCESS" }],
        },
      ]);
      await fargate.reach(tasks, "RUNNING", 200_000);
      await until(async () => (await fargate.lines(tasks[0]!)).includes("hello"));
      return (await fargate.stop(tasks))[0]!;
    },
  };
  const told = new Map<keyof typeof stories, Promise<Task>>();

  beforeAll(async () => {
    engine = await TestEngine.start(["--isolation", tier]);
    fargate = await Fargate.prepare(engine);
    busybox = await fargate.pushBusybox();
    for (let first = 0; first < here.length; first += ROWS_A_TASK) {
      const group = here.slice(first, first + ROWS_A_TASK).map((row, index) => ({ ...row, name: `row${index}` }));
      const task = ended(
        [
          ...group.map(({ definition, script, name }) => ({
            ...(script === undefined ? {} : { command: ["sh", "-c", script] }),
            ...definition,
            name,
            essential: false,
          })),
          {
            name: "last",
            command: ["true"],
            dependsOn: group.map(({ name, fails }) => ({
              containerName: name,
              condition: fails ? ("START" as const) : ("COMPLETE" as const),
            })),
          },
        ],
        { cpu: "1024", memory: "2048" },
      );
      task.catch(() => {}); // the rows say so
      for (const { field, name } of group) results.set(field, { ended: task, name });
    }
    for (const [name, story] of Object.entries(stories)) {
      const task = story();
      task.catch(() => {}); // its test says so
      told.set(name as keyof typeof stories, task);
    }
  });
  afterAll(async () => {
    const { instance } = JSON.parse((await engine.neargate(["status", "--json"])).stdout) as { instance: string };
    await engine.stop();
    expect(await traces(instance, engine.dataFolder)).toEqual([]);
  });

  test.each(here.map((row) => [row.field, row] as const))("%s", async (field, { prints, shows }) => {
    const { ended: end, name } = results.get(field)!;
    const task = await end;
    if (shows) expect(container(task, name)).toMatchObject(shows);
    if (!prints) return;
    const expected = typeof prints === "function" ? prints(task) : prints;
    const lines = (await fargate.lines(task, name)).map((line) => line.trimEnd());
    expect(lines).toEqual(expected.map((one) => (typeof one === "string" ? one : expect.stringMatching(one))));
  });

  test("overrides of a run", async () => {
    const task = await told.get("overrides")!;
    expect(task).toMatchObject({
      cpu: "512",
      memory: "1024",
      containers: [{ cpu: "64", memory: "256", memoryReservation: "128" }],
    });
    expect(await fargate.lines(task)).toEqual(["1 2"]);
  });

  test("a container that is not essential and cannot start does not end the task; one that waits for it says why", async () => {
    const task = await told.get("dependencies")!;
    expect(task).toMatchObject({ stopCode: "EssentialContainerExited" });
    expect(container(task, "app").exitCode).toBe(0);
    expect(container(task, "bad").exitCode).toBe(1);
    expect(container(task, "never")).toMatchObject({ lastStatus: "STOPPED", exitCode: 143, reason: NEVER });
  });

  test("an image that cannot be pulled ends the task, also one of a container that is not essential", async () => {
    const task = await told.get("pull")!;
    expect(task.stopCode).toBe("TaskFailedToStart");
    expect(container(task, "side").reason).toMatch(/^CannotPullContainerError: /);
    expect(container(task, "app").exitCode).toBeUndefined();
  });

  test("pidMode: containers see each other's processes, and the end of one leaves the others", async () => {
    const task = await told.get("processes")!;
    const lines = await fargate.lines(task);
    expect(lines).toEqual(expect.arrayContaining(["pause", "sh", expect.stringMatching(/^(sleep|busybox)$/), "alive"]));
    expect(container(task, "first").exitCode).toBe(0);
    // None is the namespace's first process: a signal's default is not ignored.
    expect(container(task, "other").exitCode).toBe(143);
    expect(task.containers).toHaveLength(3);
  });

  test("an init container, a sidecar and an application start and stop in order", async () => {
    const task = await told.get("order")!;
    const times = new Map<string, number>();
    for (const name of ["init", "side", "app"])
      for (const line of await fargate.lines(task, name)) {
        const [what, uptime] = line.split(" ");
        if (uptime !== undefined) times.set(`${name} ${what}`, Number(uptime));
      }
    const at = (what: string) => times.get(what)!;
    expect(at("init ends")).toBeLessThanOrEqual(at("side starts"));
    // The first probe is an interval after the start, not the 30 s that an interval has unless told.
    expect(at("app starts") - at("side starts")).toBeGreaterThanOrEqual(4.9);
    expect(at("app starts") - at("side starts")).toBeLessThan(25);
    expect(at("side ends")).toBeGreaterThanOrEqual(at("app ends"));
    expect(task.containers!.map(({ name, exitCode }) => [name, exitCode])).toEqual([
      ["app", 3],
      ["init", 0],
      ["side", 0],
    ]);
  });

  test("what was registered is described", async () => {
    const fields: Partial<ContainerDefinition> = {
      restartPolicy: { enabled: true, ignoredExitCodes: [0], restartAttemptPeriod: 60 },
      systemControls: [{ namespace: "net.core.somaxconn", value: "128" }],
      pseudoTerminal: true,
      interactive: true,
      versionConsistency: "disabled",
      dockerLabels: { team: "blue" },
    };
    const taskDefinition = await fargate.define([{ image: busybox, ...fields }], { pidMode: "task" });
    const described = await fargate.clients.ecs.send(new DescribeTaskDefinitionCommand({ taskDefinition }));
    expect(described.taskDefinition).toMatchObject({ pidMode: "task", containerDefinitions: [fields] });
  });

  test("a platform that is not here", async () => {
    const arm = process.arch === "arm64" ? "X86_64" : "ARM64";
    const other = await fargate.define([{ image: busybox }], { runtimePlatform: { cpuArchitecture: arm } });
    await expect(fargate.run(other)).rejects.toThrow(/Capacity is unavailable at this time\. Please try again later/);
    const windows = await fargate.define([{ image: busybox }], {
      cpu: "1024",
      memory: "2048",
      runtimePlatform: { operatingSystemFamily: "WINDOWS_SERVER_2022_CORE" },
    });
    await expect(fargate.run(windows)).rejects.toMatchObject({
      name: "PlatformTaskDefinitionIncompatibilityException",
      message: "One or more of the requested capabilities are not supported.",
    });
    const linux = await fargate.define([{ image: busybox }]);
    await expect(fargate.run(linux, { platformVersion: "1.3.0" })).rejects.toMatchObject({
      name: "PlatformUnknownException",
    });
  });

  test("retirement: a task stops at its time, also after a restart; a service replaces its own", async () => {
    const definition = await fargate.define([{ image: busybox }]);
    const [task] = await fargate.start(definition);
    const at = new Date(Date.now() + 6000);
    await engine.neargate(["retire", "--task", task!.taskArn!, "--at", at.toISOString()]);
    await fargate.clients.ecs.send(
      new CreateServiceCommand({
        cluster: CLUSTER,
        serviceName: "retiring",
        taskDefinition: definition,
        launchType: "FARGATE",
        desiredCount: 1,
        deploymentConfiguration: { minimumHealthyPercent: 0, maximumPercent: 100 },
        networkConfiguration: fargate.network(),
      }),
    );
    const running = async () => {
      const { taskArns } = await fargate.clients.ecs.send(
        new ListTasksCommand({ cluster: CLUSTER, serviceName: "retiring", desiredStatus: "RUNNING" }),
      );
      return taskArns!.map((taskArn) => ({ taskArn }));
    };
    await engine.kill();
    await engine.up();
    await until(async () => (await running()).length === 1);
    const old = await fargate.reach(await running(), "RUNNING");
    const reason = "ECS is performing maintenance on the underlying infrastructure hosting the task";
    const [retired] = await fargate.reach([task!], "STOPPED");
    expect(retired).toMatchObject({ stopCode: "ServiceSchedulerInitiated", stoppedReason: reason });
    expect(retired!.stoppingAt!.getTime()).toBeGreaterThanOrEqual(at.getTime());

    await engine.neargate(["retire", "--all", "--at", "now"]);
    const [replaced] = await fargate.reach(old, "STOPPED");
    expect(replaced!.stoppedReason).toBe(`Service retiring: ${reason}`);
    await until(async () => (await running()).some(({ taskArn }) => taskArn !== old[0]!.taskArn));
    await fargate.clients.ecs.send(new DeleteServiceCommand({ cluster: CLUSTER, service: "retiring", force: true }));
  });

  test("restartPolicy: the container is started again in its place, once, whenever the engine is killed", async () => {
    const restartPolicy = { enabled: true, ignoredExitCodes: [42] };
    const script =
      "[ -f /ran ] && echo again && exit 42; echo first; touch /ran; until [ -f /vol/end ]; do sleep 0.1; done; echo last; exit 5";
    const mountPoints = [{ sourceVolume: "vol", containerPath: "/vol" }];
    // With a terminal each run writes files of its own.
    const starting = [false, true].map(async (pseudoTerminal) => {
      const command = ["sh", "-c", script];
      const definition = await fargate.define(
        [{ image: busybox, command, restartPolicy, mountPoints, pseudoTerminal }],
        {
          volumes: [{ name: "vol" }],
        },
      );
      return await fargate.start(definition);
    });
    const tasks = (await Promise.all(starting)).flat();
    await engine.kill();
    for (const { taskArn } of tasks) {
      await ageContainers(engine.dataFolder, taskArn!, 3_600_000);
      const disk = join(engine.dataFolder, "storage/tasks", taskArn!.split("/").at(-1)!);
      writeFileSync(join(disk, "fs/volumes/vol/end"), "");
    }
    // It may find that the container has ended, and die, before it answers.
    await engine.up({ NEARGATE_FAILPOINTS: "task.container-restarted=kill" }).catch(() => {});
    await until(() => !engine.alive);
    await engine.up();
    for (const task of await fargate.reach(tasks, "STOPPED")) {
      expect(task).toMatchObject({ stopCode: "EssentialContainerExited", containers: [{ exitCode: 42 }] });
      const lines = (await fargate.lines(task)).map((line) => line.trimEnd());
      expect(lines).toEqual(["first", "last", "again"]);
    }
  });
});
