import { spawn, type ChildProcess } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { run } from "../../src/base/command.ts";
import { daemonPid } from "../../src/base/daemon.ts";
import { silentLogger } from "../../src/base/log.ts";
import { HaproxyProxies } from "../../src/balancer/haproxy-proxies.ts";
import type { ProxyClientRoute, ProxyEndpoint, ProxySpec } from "../../src/balancer/service-connect.ts";
import { until } from "../support/engine.ts";

const mark = randomBytes(3).toString("hex");
const folder = mkdtempSync(join(tmpdir(), "ng-proxy-"));
const task = (n: number) => `ng-test-${mark}-${n}`;
const address = (n: number) => `10.99.0.${n}`;
const PORT = 8080;
const children: ChildProcess[] = [];
/** The processes that were put among those of a task. */
const joined: { taskId: string; pid: number }[] = [];
let proxies = newProxies();

function newProxies(): HaproxyProxies {
  const joinTask = async (taskId: string, pid: number) => void joined.push({ taskId, pid });
  return new HaproxyProxies({ folder: join(folder, "proxies"), joinTask, log: silentLogger });
}

/** Four namespaces, as of tasks, on one bridge that has a namespace of its own. */
beforeAll(async () => {
  await ip(`netns add ${task(0)}`);
  await ip(`-n ${task(0)} link add br0 type bridge`);
  await ip(`-n ${task(0)} link set br0 up`);
  for (const n of [1, 2, 3, 4]) {
    await ip(`netns add ${task(n)}`);
    await ip(`link add p${n} netns ${task(0)} type veth peer name eth0 netns ${task(n)}`);
    await ip(`-n ${task(0)} link set p${n} master br0 up`);
    await ip(`-n ${task(n)} link set lo up`);
    await ip(`-n ${task(n)} link set eth0 up`);
    await ip(`-n ${task(n)} address add ${address(n)}/24 dev eth0`);
  }
  await proxies.start();
});

afterEach(async () => {
  // The next test's servers take their ports.
  await Promise.all(children.splice(0).map(end));
  for (const taskId of await proxies.list()) await proxies.remove(taskId);
});

afterAll(async () => {
  await proxies.stop();
  for (const n of [0, 1, 2, 3, 4]) await ip(`netns delete ${task(n)}`);
  rmSync(folder, { recursive: true, force: true });
});

async function ip(line: string): Promise<void> {
  await run("ip", line.split(" "));
}

/** Starts a server in a namespace; resolves when it listens. */
async function serve(n: number, kind: "http" | "http2" | "tcp" = "http"): Promise<ChildProcess> {
  const script = join(import.meta.dirname, "service-connect-server.mjs");
  const child = spawn(
    "nsenter",
    [`--net=/run/netns/${task(n)}`, process.execPath, script, `server${n}`, String(PORT), kind],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  children.push(child);
  await new Promise((resolve) => child.stdout.once("data", resolve));
  return child;
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  child.kill("SIGKILL");
  await ended;
}

/** `kill -9` of a task's proxy; resolves when another runs in its place. */
async function replaceProxy(taskId: string): Promise<void> {
  const pid = pidOf(taskId)!;
  process.kill(pid, "SIGKILL");
  await until(() => ![undefined, pid].includes(pidOf(taskId)));
}

/** Of a task's proxy. */
function pidOf(taskId: string): number | undefined {
  return daemonPid(pidFileOf(taskId));
}

const pidFileOf = (taskId: string) => join(folder, "proxies", taskId, "haproxy.pid");

async function curl(n: number, ...args: string[]): Promise<string> {
  const { stdout } = await run("nsenter", [`--net=/run/netns/${task(n)}`, "curl", "-s", "-m", "20", ...args]);
  return stdout;
}

function endpoint(n: number): ProxyEndpoint {
  return { id: `task${n}`, address: address(n), port: PORT };
}

function route(endpoints: ProxyEndpoint[], changes: Partial<ProxyClientRoute> = {}): ProxyClientRoute {
  return {
    name: "web:80",
    discoveryName: "web",
    address: "127.255.0.1",
    port: 80,
    protocol: "http",
    idleTimeoutSeconds: 300,
    perRequestTimeoutSeconds: 15,
    endpoints,
    ...changes,
  };
}

function spec(n: number, parts: Partial<ProxySpec>): ProxySpec {
  return {
    taskId: `task${n}`,
    networkNamespace: `/run/netns/${task(n)}`,
    clients: [],
    servers: [],
    logFile: join(folder, `proxy${n}.log`),
    ...parts,
  };
}

const ALIAS = "http://127.255.0.1/";
const codeOf = (n: number, url = ALIAS, ...args: string[]) =>
  curl(n, "-o", "/dev/null", "-w", "%{http_code}", ...args, url);

describe("from a client alias", () => {
  test("requests of one connection go to all endpoints in turn", async () => {
    await Promise.all([serve(2), serve(3)]);
    await proxies.ensure(spec(1, { clients: [route([endpoint(2), endpoint(3)])] }));
    const answers = await curl(1, ALIAS, ALIAS, ALIAS, ALIAS);
    expect(answers.match(/server2/g)).toHaveLength(2);
    expect(answers.match(/server3/g)).toHaveLength(2);
  });

  test("endpoints come and go while it runs; without one the answer is 503", async () => {
    await Promise.all([serve(2), serve(3)]);
    await proxies.ensure(spec(1, { clients: [route([])] }));
    const pid = pidOf("task1");
    expect(await curl(1, "-w", " %{http_code}", ALIAS)).toBe("no healthy upstream 503");
    await proxies.setEndpoints("task1", "web:80", [endpoint(2)]);
    expect(await curl(1, ALIAS)).toBe("server2");
    await proxies.setEndpoints("task1", "web:80", [endpoint(3)]);
    expect(await curl(1, ALIAS, ALIAS)).toBe("server3server3");
    await proxies.setEndpoints("task1", "web:80", [endpoint(2)]);
    expect(await curl(1, ALIAS, ALIAS)).toBe("server2server2");
    await proxies.setEndpoints("task1", "web:80", []);
    expect(await codeOf(1)).toBe("503");
    expect(pidOf("task1")).toBe(pid);
  });

  test("a part of the requests is shifted, without a request that fails on the way, and a header picks them", async () => {
    await Promise.all([serve(2), serve(3)]);
    const testHeader = { name: "x-test", value: 'it\'s -f "green"' };
    await proxies.ensure(spec(1, { clients: [route([endpoint(2)], { testHeader })] }));
    const pid = pidOf("task1");
    const shift = (percent: number) => ({ endpoints: [endpoint(3)], percent });
    const shares = async (...args: string[]) => {
      const answers = await curl(1, ...args, ...Array.from({ length: 200 }, () => ALIAS));
      expect(answers).toMatch(/^(server[23])+$/);
      return answers.match(/server3/g)?.length ?? 0;
    };
    const header = ["-H", `x-test: ${testHeader.value}`];
    expect(await shares(...header)).toBe(0);
    await proxies.setEndpoints("task1", "web:80", [endpoint(2)], shift(0));
    expect(await shares()).toBe(0);
    expect(await shares(...header)).toBe(200);
    expect(await shares("-H", "x-test: other")).toBe(0);
    await proxies.setEndpoints("task1", "web:80", [endpoint(2)], shift(20));
    const fifth = await shares();
    expect(fifth).toBeGreaterThan(12);
    expect(fifth).toBeLessThan(75);
    // The whole of it, back, and at last the new endpoint for good: under load.
    const urls = Array.from({ length: 600 }, () => ["-o", "/dev/null", ALIAS]).flat();
    const load = curl(1, "-w", "%{http_code}\n", ...urls);
    await proxies.setEndpoints("task1", "web:80", [endpoint(2)], shift(100));
    await proxies.setEndpoints("task1", "web:80", [endpoint(2)]);
    await proxies.setEndpoints("task1", "web:80", [endpoint(2)], shift(100));
    await proxies.setEndpoints("task1", "web:80", [endpoint(3)]);
    expect(new Set((await load).trim().split("\n"))).toEqual(new Set(["200"]));
    expect(await shares()).toBe(200);
    expect(pidOf("task1")).toBe(pid);
    // As one that is started again has it from its configuration.
    await proxies.setEndpoints("task1", "web:80", [endpoint(2)], shift(100));
    await replaceProxy("task1");
    await until(async () => (await codeOf(1).catch(() => "")) === "200");
    expect(await shares()).toBe(200);
  });

  test("an endpoint that is killed under load fails no request", async () => {
    const [victim] = await Promise.all([serve(2), serve(3)]);
    await proxies.ensure(spec(1, { clients: [route([endpoint(2), endpoint(3)])] }));
    const urls = Array.from({ length: 400 }, () => ["-o", "/dev/null", ALIAS]).flat();
    const load = Promise.all([1, 2, 3, 4].map(() => curl(1, "-w", "%{http_code}\n", ...urls)));
    await new Promise((resolve) => setTimeout(resolve, 100));
    victim.kill("SIGKILL");
    const codes = (await load).join("").trim().split("\n");
    expect(codes).toHaveLength(1600);
    expect(codes.filter((code) => code !== "200")).toEqual([]);
  });

  test("a request that takes longer than perRequestTimeout ends with 504", async () => {
    await serve(2);
    const clients = [route([endpoint(2)], { perRequestTimeoutSeconds: 1 })];
    await proxies.ensure(spec(1, { clients }));
    expect(await codeOf(1, `${ALIAS}?delay=3000`)).toBe("504");
    expect(await codeOf(1, `${ALIAS}?delay=50`)).toBe("200");
  });

  test("HTTP/2 is spoken to both ends", async () => {
    await serve(2, "http2");
    await proxies.ensure(spec(1, { clients: [route([endpoint(2)], { protocol: "grpc" })] }));
    const answer = await curl(1, "--http2-prior-knowledge", "-w", " %{http_version}", ALIAS);
    expect(answer).toBe("server2 2");
  });

  test("a container of the same task may listen on the alias's port itself", async () => {
    await Promise.all([serve(1), serve(2)]);
    await proxies.ensure(spec(1, { clients: [route([endpoint(2)], { port: PORT })] }));
    expect(await curl(1, `http://127.255.0.1:${PORT}/`, `http://127.0.0.1:${PORT}/`)).toBe("server2server1");
  });

  test("TCP passes through", async () => {
    await serve(2, "tcp");
    await proxies.ensure(spec(1, { clients: [route([endpoint(2)], { protocol: "tcp", port: 5432 })] }));
    expect(await curl(1, "--http0.9", "telnet://127.255.0.1:5432")).toBe("server2");
  });
});

describe("towards a container's port", () => {
  const servers = [
    {
      name: "web",
      discoveryName: "web",
      ingressPort: PORT,
      containerPort: PORT,
      protocol: "http" as const,
      idleTimeoutSeconds: 300,
      perRequestTimeoutSeconds: 15,
    },
  ];

  test("what other tasks send passes the proxy, what the task says to itself does not", async () => {
    await serve(2);
    await proxies.ensure(spec(2, { servers }));
    expect(await curl(1, `http://${address(2)}:${PORT}/`)).toBe("server2");
    expect(await codeOf(1, `http://${address(2)}:${PORT}/missing`)).toBe("404");
    expect(await curl(2, `http://127.0.0.1:${PORT}/`)).toBe("server2");
    // HAProxy counts a request once it is over, which who asked does not wait for.
    await until(async () => (await proxies.metrics())[0]?.requestCount === 2);
    expect(await proxies.metrics()).toMatchObject([
      { taskId: "task2", side: "server", requestCount: 2, http2xx: 1, http4xx: 1, http5xx: 0 },
    ]);
  });

  test("ingressPortOverride leaves the container's port alone", async () => {
    await serve(2);
    await proxies.ensure(spec(2, { servers: [{ ...servers[0]!, ingressPort: 9000 }] }));
    expect(await curl(1, `http://${address(2)}:${PORT}/`)).toBe("server2");
    expect(await curl(1, `http://${address(2)}:9000/`)).toBe("server2");
    await until(async () => (await proxies.metrics())[0]?.requestCount !== 0);
    expect((await proxies.metrics())[0]?.requestCount).toBe(1);
  });

  test("the access log has a line for each request, with the query only when asked", async () => {
    await serve(2);
    const accessLog = { format: "JSON" as const, includeQueryParameters: false };
    const { logFile } = spec(2, {});
    await proxies.ensure(spec(2, { servers, accessLog }));
    await curl(1, `http://${address(2)}:${PORT}/a?secret=1`);
    const entries = () => readFileSync(logFile, "utf8").match(/^\{.*$(?=\n)/gm) ?? [];
    await until(() => entries().length > 0);
    const [line = ""] = entries();
    expect(JSON.parse(line)).toMatchObject({ method: "GET", path: "/a", response_code: 200, route: "web" });
    expect(Date.parse((JSON.parse(line) as { start_time: string }).start_time)).toBeGreaterThan(Date.now() - 60_000);
  });
});

describe("life", () => {
  test("proxies run on without the control plane, and the next one takes them up", async () => {
    await Promise.all([serve(2), serve(3)]);
    await proxies.ensure(spec(1, { clients: [route([endpoint(2)])] }));
    const pid = pidOf("task1");
    await proxies.stop();
    expect(await curl(1, ALIAS)).toBe("server2");
    proxies = newProxies();
    await proxies.start();
    await proxies.setEndpoints("task1", "web:80", [endpoint(3)]);
    expect(await curl(1, ALIAS)).toBe("server3");
    expect(pidOf("task1")).toBe(pid);
  });

  test("what an engine that was killed left half done is finished", async () => {
    await serve(2);
    const wanted = spec(1, { clients: [route([endpoint(2)])] });
    const pidFile = pidFileOf("task1");
    await proxies.ensure(wanted);
    const pid = daemonPid(pidFile)!;
    await proxies.stop();
    joined.length = 0;
    // Before packets were redirected.
    await run("nsenter", [`--net=/run/netns/${task(1)}`, "nft", "delete", "table", "inet", "service_connect"]);
    proxies = newProxies();
    await proxies.start();
    await proxies.ensure(wanted);
    expect(await curl(1, ALIAS)).toBe("server2");
    expect(daemonPid(pidFile)).toBe(pid);
    expect(joined).toEqual([{ taskId: "task1", pid }]);

    // Before the pid was written down.
    await proxies.stop();
    rmSync(pidFile);
    proxies = newProxies();
    await proxies.start();
    await proxies.ensure(wanted);
    expect(await curl(1, ALIAS)).toBe("server2");
    await proxies.stop();
    rmSync(pidFile);
    await proxies.remove("task1");
    expect((await run("ip", ["netns", "pids", task(1)])).stdout).toBe("");
    await proxies.start();
  });

  test("a proxy that dies is started again, with the endpoints it had", async () => {
    await serve(3);
    await proxies.ensure(spec(1, { clients: [route([])] }));
    await proxies.setEndpoints("task1", "web:80", [endpoint(3)]);
    await replaceProxy("task1");
    await until(async () => (await curl(1, ALIAS).catch(() => "")) === "server3");
  });

  test("a removed proxy leaves no process, rule or file", async () => {
    await proxies.ensure(spec(1, { clients: [route([])] }));
    await proxies.remove("task1");
    await proxies.remove("task1");
    expect(await proxies.list()).toEqual([]);
    const { stdout } = await run("nsenter", [`--net=/run/netns/${task(1)}`, "nft", "list", "tables"]);
    expect(stdout).toBe("");
    expect((await run("ip", ["netns", "pids", task(1)])).stdout).toBe("");
  });
});
