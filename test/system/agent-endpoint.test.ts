import { chmodSync, rmSync } from "node:fs";
import { join } from "node:path";
import { RevokeSecurityGroupEgressCommand } from "@aws-sdk/client-ec2";
import type { Task } from "@aws-sdk/client-ecs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { TestEngine, until } from "../support/engine.ts";
import { allowTcp, Fargate } from "../support/fargate.ts";
import { busyboxRoot } from "../support/images.ts";
import { testTier } from "../support/tiers.ts";
import { run } from "../../src/base/command.ts";

/** Runs what is posted to it. */
const SHELL = `#!/bin/sh
printf 'Content-Type: text/plain\\r\\n\\r\\n'
sh -c "$(cat)" 2>&1
echo "exit $?"
`;
const SHELL_PORT = 9000;

let engine: TestEngine;
let fargate: Fargate;
/** Two tasks that allow faults and one that does not; none of them may send anything by its groups. */
let near: Program;
let far: Program;
let plain: Program;

beforeAll(async () => {
  engine = await TestEngine.start(["--isolation", testTier()]);
  fargate = await Fargate.prepare(engine);
  const root = busyboxRoot({ "www/index.html": "hello\n", "www/cgi-bin/run": SHELL });
  chmodSync(join(root, "www/cgi-bin/run"), 0o755);
  const image = await fargate.push("agent", root, {});
  rmSync(root, { recursive: true });
  const anyone = [{ CidrIp: "0.0.0.0/0" }];
  const group = await fargate.securityGroup("agent", [
    allowTcp(80),
    allowTcp(SHELL_PORT),
    { IpProtocol: "icmp", FromPort: -1, ToPort: -1, IpRanges: anyone },
  ]);
  const silent = await fargate.securityGroup("silent", [allowTcp(80), allowTcp(SHELL_PORT)]);
  await fargate.clients.ec2.send(
    new RevokeSecurityGroupEgressCommand({
      GroupId: silent,
      IpPermissions: [{ IpProtocol: "-1", IpRanges: anyone }],
    }),
  );
  const command = ["sh", "-c", `httpd -f -p 80 -h /www & exec httpd -f -p ${SHELL_PORT} -h /www`];
  const app = { image, command, cpu: 64, dockerLabels: { color: "blue" } };
  const healthCheck = { command: ["CMD-SHELL", "echo fine"], interval: 5 };
  const faulty = await fargate.define([app, { image, command: ["sleep", "1000"], essential: false }], {
    enableFaultInjection: true,
  });
  const [pair, [third]] = await Promise.all([
    fargate.start(faulty, { count: 2, groups: [group], tags: [{ key: "team", value: "a" }] }),
    fargate.start(await fargate.define([{ ...app, healthCheck }]), { groups: [silent] }),
  ]);
  [near, far, plain] = (await Promise.all([...pair, third!].map((task) => Program.in(task)))) as [
    Program,
    Program,
    Program,
  ];
});
afterAll(() => engine.stop());

/** What a program in a task's first container can do. */
class Program {
  readonly task: Task;
  readonly ip: string;
  private readonly url: string;

  private constructor(task: Task, publicIp: string) {
    this.task = task;
    this.ip = fargate.privateIp(task);
    this.url = `http://${publicIp}:${SHELL_PORT}/cgi-bin/run`;
  }

  static async in(task: Task): Promise<Program> {
    const program = new Program(task, await fargate.publicIp(task));
    await until(async () => (await program.sh("true").catch(() => "")) === "exit 0");
    return program;
  }

  get id(): string {
    return this.task.containers!.find(({ name }) => name === "app")!.runtimeId!;
  }

  async sh(script: string): Promise<string> {
    const response = await fetch(this.url, { method: "POST", body: script });
    return (await response.text()).trim();
  }

  /** A request to the agent endpoint. */
  async ask(path: string, { method = "GET", body = "" } = {}): Promise<{ status: number; head: string; body: string }> {
    const request = `${method} ${path} HTTP/1.0\\r\\nContent-Length: ${body.length}\\r\\n\\r\\n`;
    const quoted = body.replaceAll("%", "%%").replaceAll('"', '\\"');
    const text = await this.sh(`printf "${request}${quoted}" | nc -w 20 169.254.170.2 80`);
    const [head = "", ...rest] = text.replace(/\n?exit \d+$/, "").split("\r\n\r\n");
    return { status: Number(head.split(" ")[1]), head, body: rest.join("\r\n\r\n") };
  }

  async read<T>(path: string): Promise<T> {
    const { status, body } = await this.ask(path);
    expect(status, body).toBe(200);
    return JSON.parse(body) as T;
  }

  /** A request of fault injection; waits while there are too many. */
  async fault(path: string, body: object = {}, id = this.id): Promise<{ status: number; body: unknown }> {
    for (;;) {
      const path_ = `/api/${id}/fault/v1/${path}`;
      const answer = await this.ask(path_, { method: "POST", body: JSON.stringify(body) });
      if (answer.status !== 429) return { status: answer.status, body: JSON.parse(answer.body) as unknown };
      expect(answer.body).toMatch(/^You have reached maximum request limit\.?$/);
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  }

  /** Whether the application of another task answers; where it should not, nobody waits for long. */
  async reaches(other: Program, expected = true): Promise<boolean> {
    return await this.hears(other.ip, expected);
  }

  /** As {@link reaches}, on port 80 of an address. */
  async hears(address: string, expected = true): Promise<boolean> {
    const patience = expected ? 20 : 2;
    const dial = `printf "GET / HTTP/1.0\\r\\n\\r\\n" | nc -w ${patience} ${address} 80`;
    return (await this.sh(dial)).includes("\nhello\n");
  }
}

describe("metadata", () => {
  test("of a container, whose address is in its environment", async () => {
    expect(await near.sh("echo $ECS_CONTAINER_METADATA_URI_V4 $ECS_CONTAINER_METADATA_URI $ECS_AGENT_URI")).toBe(
      ["v4", "v3", "api"].map((path) => `http://169.254.170.2/${path}/${near.id}`).join(" ") + "\nexit 0",
    );
    const { task } = near;
    const container = task.containers!.find(({ name }) => name === "app")!;
    expect(await near.read(`/v4/${near.id}`)).toEqual({
      DockerId: near.id,
      Name: "app",
      DockerName: "app",
      Image: container.image,
      ImageID: container.imageDigest,
      Labels: {
        "com.amazonaws.ecs.cluster": task.clusterArn,
        "com.amazonaws.ecs.container-name": "app",
        "com.amazonaws.ecs.task-arn": task.taskArn,
        "com.amazonaws.ecs.task-definition-family": "family-1",
        "com.amazonaws.ecs.task-definition-version": "1",
        color: "blue",
      },
      DesiredStatus: "RUNNING",
      KnownStatus: "RUNNING",
      Limits: { CPU: 64 },
      CreatedAt: expect.stringMatching(/^\d{4}-.*Z$/),
      StartedAt: expect.stringMatching(/^\d{4}-.*Z$/),
      Type: "NORMAL",
      LogDriver: "awslogs",
      LogOptions: {
        "awslogs-group": "/test",
        "awslogs-region": engine.region,
        "awslogs-stream": `t/app/${task.taskArn!.split("/").at(-1)}`,
      },
      ContainerARN: container.containerArn,
      Networks: [
        {
          NetworkMode: "awsvpc",
          IPv4Addresses: [near.ip],
          AttachmentIndex: 0,
          MACAddress: expect.stringMatching(/^([0-9a-f]{2}:){5}[0-9a-f]{2}$/),
          IPv4SubnetCIDRBlock: expect.stringMatching(/^172\.31\.\d+\.0\/20$/),
          DomainNameServers: [expect.any(String)],
          DomainNameSearchList: [expect.any(String)],
          PrivateDNSName: expect.stringMatching(/^ip-/),
          SubnetGatewayIpv4Address: expect.stringMatching(/^172\.31\.\d+\.1\/20$/),
        },
      ],
      Snapshotter: "overlayfs",
    });
  });

  test("of a task, with its tags where they are asked for", async () => {
    const task = await near.read<Record<string, unknown>>(`/v4/${near.id}/task`);
    expect(task).toMatchObject({
      Cluster: near.task.clusterArn,
      TaskARN: near.task.taskArn,
      Revision: "1",
      KnownStatus: "RUNNING",
      Limits: { CPU: 0.25, Memory: 512 },
      LaunchType: "FARGATE",
      Containers: [{ Name: "app" }, { Name: "app1" }],
      ClockDrift: { ClockErrorBound: expect.any(Number) as number },
      EphemeralStorageMetrics: { Utilized: expect.any(Number) as number, Reserved: 20496 },
      FaultInjectionEnabled: true,
    });
    expect(task).not.toHaveProperty("TaskTags");
    expect(await near.read(`/v3/${near.id}/taskWithTags`)).toMatchObject({ TaskTags: { team: "a" } });
    expect(await plain.read(`/v4/${plain.id}/task`)).toMatchObject({ FaultInjectionEnabled: false });
  });

  test("statistics of a container and of all of its task", async () => {
    const [stats, all] = await Promise.all([
      near.read<Stats>(`/v4/${near.id}/stats`),
      near.read<Record<string, Stats>>(`/v4/${near.id}/task/stats`),
    ]);
    expect(stats.name).toBe("app");
    expect(stats.cpu_stats.cpu_usage.total_usage).toBeGreaterThan(0);
    expect(stats.cpu_stats.system_cpu_usage).toBeGreaterThan(stats.precpu_stats.system_cpu_usage);
    expect(Date.parse(stats.read) - Date.parse(stats.preread)).toBeGreaterThanOrEqual(990);
    expect(stats.memory_stats.usage).toBeGreaterThan(0);
    expect(stats.memory_stats.limit).toBe(512 * 1024 * 1024);
    expect(stats.pids_stats.current).toBeGreaterThan(0);
    expect(stats.networks.eth1.rx_bytes).toBeGreaterThan(0);
    expect(stats.network_rate_stats).toEqual({
      rx_bytes_per_sec: expect.any(Number),
      tx_bytes_per_sec: expect.any(Number),
    });
    expect(Object.values(all).map(({ name }) => name)).toEqual(["app", "app1"]);
  });

  test("is for the task's own containers only", async () => {
    const unknown = (id: string) =>
      `"V4 container metadata handler: unable to get container ID from request: unable to get docker ID from v3 endpoint ID: ${id}"`;
    for (const id of ["nonsense", far.id])
      expect(await near.ask(`/v4/${id}`)).toMatchObject({ status: 404, body: unknown(id) });
    expect(await near.ask(`/v4/${far.id}/task/stats`)).toMatchObject({
      status: 404,
      body: `"V4 task stats handler: unable to get task arn from request: unable to get task Arn from v3 endpoint ID: ${far.id}"`,
    });
    expect(await near.fault("network-latency/status", {}, far.id)).toMatchObject({ status: 404 });
  });

  test("other paths, addresses and ports", async () => {
    expect(await near.ask("/v5/x")).toMatchObject({ status: 404, body: "404 page not found" });
    const moved = await near.ask(`//v4/${near.id}`);
    expect(moved.status).toBe(301);
    expect(moved.head).toContain(`location: /v4/${near.id}`);
    expect(await near.sh("nc -w 1 169.254.170.2 81 </dev/null")).toMatch(/exit 1$/);
    expect(await near.sh("nc -w 1 169.254.170.3 80 </dev/null")).toMatch(/exit 1$/);
    const gateway = (await near.sh("ip route")).match(/default via (\S+)/)?.[1];
    if (gateway) expect(await near.sh(`nc -w 1 ${gateway} 80 </dev/null`)).toMatch(/exit 1$/);
  });

  test("is limited to 40 requests a second, and 60 at once, for each task", async () => {
    const request = "GET /x HTTP/1.1\\r\\nHost: a\\r\\n";
    const script = `(for i in $(seq 150); do printf "${request}\\r\\n"; done; printf "${request}Connection: close\\r\\n\\r\\n") | nc 169.254.170.2 80`;
    const before = performance.now();
    const statuses = [...(await far.sh(script)).matchAll(/HTTP\/1.1 (\d+)/g)].map((match) => match[1]);
    expect(statuses).toHaveLength(151);
    const refused = statuses.filter((status) => status === "429").length;
    const allowedSince = (40 * (performance.now() - before)) / 1000;
    expect(refused).toBeGreaterThan(151 - 60 - allowedSince - 1);
    expect(refused).toBeLessThan(92);
    expect((await near.ask("/x")).status).toBe(404);
  });
});

describe("faults", () => {
  const blackhole = { Port: 80, Protocol: "tcp", TrafficType: "egress" };

  test("need a definition that allows them, and a request that makes sense", async () => {
    expect(await plain.fault("network-blackhole-port/start", blackhole)).toEqual({
      status: 400,
      body: { Error: `enableFaultInjection is not enabled for task: ${plain.task.taskArn}` },
    });
    expect(await far.fault("network-latency/start", { DelayMilliseconds: 1, JitterMilliseconds: 0 })).toEqual({
      status: 400,
      body: { Error: "required parameter Sources is missing" },
    });
    expect((await near.ask(`/api/${near.id}/fault/v1/network-latency/start`)).status).toBe(405);
  });

  test("a blackhole acts, outlives the control plane, and ends", async () => {
    expect(await near.reaches(far)).toBe(true);
    expect(await near.fault("network-blackhole-port/start", blackhole)).toEqual({
      status: 200,
      body: { Status: "running" },
    });
    expect(await near.reaches(far, false)).toBe(false);
    await engine.kill();
    expect(await near.sh("nc -w 2 169.254.170.2 80 </dev/null")).toMatch(/exit 1$/);
    expect(await near.reaches(far, false)).toBe(false);
    await engine.up();
    await until(async () => (await near.ask(`/v4/${near.id}`)).status === 200);
    expect(await near.fault("network-blackhole-port/status", blackhole)).toMatchObject({ body: { Status: "running" } });
    expect(await near.fault("network-blackhole-port/stop", blackhole)).toMatchObject({ body: { Status: "stopped" } });
    expect(await near.reaches(far)).toBe(true);
  });

  // The sandbox of gVisor takes packets before the namespace's rules see them.
  test.skipIf(testTier() === "gvisor")("a blackhole for what comes in", async () => {
    const ingress = { ...blackhole, TrafficType: "ingress", SourcesToFilter: [`${near.ip}/32`] };
    expect(await far.fault("network-blackhole-port/start", ingress)).toMatchObject({ body: { Status: "running" } });
    expect(await near.reaches(far)).toBe(true);
    expect(await far.hears("127.0.0.1", false)).toBe(false);
    expect(await far.fault("network-blackhole-port/stop", ingress)).toMatchObject({ body: { Status: "stopped" } });
    expect(await far.hears("127.0.0.1")).toBe(true);
  });

  test("packet loss, to some destinations", async () => {
    const loss = { LossPercent: 100, Sources: ["172.31.0.0/16"], SourcesToFilter: [plain.ip] };
    expect(await near.fault("network-packet-loss/start", loss)).toMatchObject({ body: { Status: "running" } });
    expect(await near.reaches(far, false)).toBe(false);
    expect(await near.reaches(plain)).toBe(true);
    expect(await near.fault("network-packet-loss/status")).toMatchObject({ body: { Status: "running" } });
    expect(
      await near.fault("network-latency/start", { DelayMilliseconds: 1, JitterMilliseconds: 0, Sources: [far.ip] }),
    ).toEqual({ status: 409, body: { Error: "There is already one network packet loss fault running" } });
    expect(await near.fault("network-packet-loss/stop")).toMatchObject({ body: { Status: "stopped" } });
    expect(await near.reaches(far)).toBe(true);
  });

  test("loss of some packets only", async () => {
    const received = async () =>
      Number(/, (\d+) packets received/.exec(await near.sh(`ping -c 30 -i 0.01 ${far.ip}`))?.[1]);
    const loss = { LossPercent: 50, Sources: [far.ip] };
    expect(await near.fault("network-packet-loss/start", loss)).toMatchObject({ body: { Status: "running" } });
    const some = await received();
    expect(some).toBeGreaterThan(3);
    expect(some).toBeLessThan(27);
    expect(await near.fault("network-packet-loss/stop")).toMatchObject({ body: { Status: "stopped" } });
    expect(await received()).toBe(30);
  });

  test("latency; a kernel that cannot delay packets says so", async () => {
    const latency = { DelayMilliseconds: 300, JitterMilliseconds: 0, Sources: [far.ip] };
    const started = await far.fault("network-latency/start", { ...latency, Sources: [near.ip] });
    if (!(await canDelay())) {
      expect(started).toEqual({ status: 500, body: { Error: "internal error" } });
      expect(await far.fault("network-latency/status")).toEqual({ status: 200, body: { Status: "not-running" } });
      return;
    }
    expect(started).toEqual({ status: 200, body: { Status: "running" } });
    /** The shortest of some, in ms. */
    const roundTrip = async (to: string) =>
      Number(/min\/avg\/max = ([\d.]+)/.exec(await far.sh(`ping -c 4 -i 0.1 ${to}`))?.[1]);
    expect(await roundTrip(near.ip)).toBeGreaterThan(290);
    expect(await far.fault("network-latency/stop")).toMatchObject({ body: { Status: "stopped" } });
    expect(await roundTrip(near.ip)).toBeLessThan(100);
  });
});

// The last, so that the first probe is over.
test("metadata of a container with a health check", async () => {
  const read = () => plain.read<{ CreatedAt: string; StartedAt: string; Health: object }>(`/v4/${plain.id}`);
  await until(async () => "statusSince" in (await read()).Health);
  const { CreatedAt, StartedAt, Health } = await read();
  expect(Date.parse(CreatedAt)).toBeLessThan(Date.parse(StartedAt));
  expect(Health).toEqual({ status: "HEALTHY", statusSince: expect.stringMatching(/^\d{4}-.*Z$/), output: "fine\n" });
});

interface Stats {
  name: string;
  read: string;
  preread: string;
  cpu_stats: { cpu_usage: { total_usage: number }; system_cpu_usage: number };
  precpu_stats: { system_cpu_usage: number };
  memory_stats: { usage: number; limit: number };
  pids_stats: { current: number };
  networks: { eth1: { rx_bytes: number } };
  network_rate_stats: object;
}

/** Whether this host's kernel has `netem`, tried in a namespace of its own. */
async function canDelay(): Promise<boolean> {
  const script = "ip link add eth0 type veth peer name eth1 && tc qdisc add dev eth0 root netem delay 1ms";
  return await run("unshare", ["-n", "sh", "-c", script]).then(
    () => true,
    () => false,
  );
}
