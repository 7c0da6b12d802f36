import { beforeEach, expect, test } from "vitest";
import { SimulatedProxies } from "../../../balancer/simulated.ts";
import { systemClock } from "../../../base/clock.ts";
import { silentLogger } from "../../../base/log.ts";
import type { Scope } from "../../../base/scope.ts";
import type { TaskRegistration } from "../../../tasks/discovery-record.ts";
import { TaskFiles } from "../../../tasks/task-files.ts";
import type { TaskRecord } from "../../../tasks/task-record.ts";
import type { DirectoryInstance, DirectoryService, ServiceDirectory } from "../../servicediscovery/directory.ts";
import { EcsTaskDiscovery } from "./task-discovery.ts";

const scope: Scope = { account: "000000000000", region: "us-east-1" };
const namespace = { namespaceId: "ns-1", arn: "arn:ns-1", name: "internal", type: "HTTP" as const };

/** Instances in memory. */
class FakeDirectory implements ServiceDirectory {
  readonly entries = new Map<string, Map<string, DirectoryInstance>>();
  reads = 0;
  private readonly listeners = new Set<(scope: Scope, serviceId: string) => void>();

  add(serviceId: string): void {
    this.entries.set(serviceId, new Map());
  }

  ids(serviceId: string): string[] {
    return [...(this.entries.get(serviceId)?.keys() ?? [])];
  }

  async findService(_scope: Scope, id: string): Promise<DirectoryService | undefined> {
    if (!this.entries.has(id)) return undefined;
    return { serviceId: id, arn: `arn:${id}`, name: id, namespace, recordTypes: [], hasCustomHealth: false };
  }

  async findNamespace() {
    return namespace;
  }

  async ensureHttpNamespace() {
    return namespace;
  }

  async ensureService(_scope: Scope, _namespaceId: string, name: string) {
    return (await this.findService(scope, name))!;
  }

  async removeService() {}

  async servicesOf() {
    return [];
  }

  async register(_scope: Scope, serviceId: string, instanceId: string, attributes: Record<string, string>) {
    const healthy = attributes["AWS_INIT_HEALTH_STATUS"] !== "UNHEALTHY";
    this.entries.get(serviceId)!.set(instanceId, { instanceId, attributes, healthy });
    this.tell(serviceId);
  }

  async deregister(_scope: Scope, serviceId: string, instanceId: string) {
    if (this.entries.get(serviceId)?.delete(instanceId)) this.tell(serviceId);
  }

  async setHealth(_scope: Scope, serviceId: string, instanceId: string, healthy: boolean) {
    const known = this.entries.get(serviceId)!.get(instanceId)!;
    this.entries.get(serviceId)!.set(instanceId, { ...known, healthy });
    this.tell(serviceId);
  }

  async instances(_scope: Scope, serviceId: string) {
    this.reads++;
    return [...(this.entries.get(serviceId)?.values() ?? [])];
  }

  onInstances(listener: (scope: Scope, serviceId: string) => void) {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  private tell(serviceId: string): void {
    for (const listener of this.listeners) listener(scope, serviceId);
  }
}

let directory: FakeDirectory;
let proxies: SimulatedProxies;
const splits = { splitOf: async () => undefined };
let discovery: EcsTaskDiscovery;

beforeEach(() => {
  directory = new FakeDirectory();
  directory.add("srv-web");
  proxies = new SimulatedProxies();
  discovery = make();
});

function make(): EcsTaskDiscovery {
  const files = new TaskFiles("/nowhere");
  return new EcsTaskDiscovery({ directory, proxies, splits, files, clock: systemClock, log: silentLogger });
}

function registration(health: TaskRegistration["health"]): TaskRegistration {
  const attributes = { AWS_INSTANCE_IPV4: "10.0.0.1", AWS_INSTANCE_PORT: "80", ECS_SERVICE_NAME: "web" };
  return { serviceId: "srv-web", attributes, health };
}

/** A task with the id `digit`×32. */
function task(digit: string, changes: Partial<TaskRecord>): TaskRecord {
  return { scope, taskId: digit.repeat(32), network: { networkNamespace: "ns" }, ...changes } as TaskRecord;
}

const server = (digit: string, health: TaskRegistration["health"] = "required", more: Partial<TaskRecord> = {}) =>
  task(digit, { registrations: [registration(health)], ...more });

const client = task("c", {
  proxy: {
    containerName: "ecs-service-connect-00000",
    containerArn: "arn",
    attachmentId: "a",
    running: true,
    servers: [],
    clients: [
      {
        name: "web-80",
        discoveryName: "web",
        serviceId: "srv-web",
        dnsName: "web",
        address: "127.255.0.1",
        port: 80,
        protocol: "http",
        idleTimeoutSeconds: 300,
        perRequestTimeoutSeconds: 15,
      },
    ],
  },
});

const endpointIds = () => proxies.specOf(client.taskId)?.clients[0]!.endpoints.map(({ id }) => id[0]);

test.each([
  ["required", "HEALTHY", true],
  ["required", "UNHEALTHY", false],
  ["ignored", "UNHEALTHY", true],
  ["reported", "UNHEALTHY", true],
  ["required", "LEFT", false],
  ["ignored", "LEFT", false],
] as const)("where health is %s, a task that is %s: instance %s", async (health, presence, isIn) => {
  await discovery.announce(server("1", health), presence);
  expect(directory.ids("srv-web").length > 0).toBe(isIn);
  await discovery.announce(server("1", health), presence);
  expect(directory.ids("srv-web").length > 0).toBe(isIn);
});

test("reported health is first an attribute and then told, without registering again", async () => {
  await discovery.announce(server("1", "reported"), "UNHEALTHY");
  const [before] = await directory.instances(scope, "srv-web");
  expect(before).toMatchObject({ healthy: false, attributes: { AWS_INIT_HEALTH_STATUS: "UNHEALTHY" } });
  await discovery.announce(server("1", "reported", { presence: "UNHEALTHY" }), "HEALTHY");
  const [after] = await directory.instances(scope, "srv-web");
  expect(after).toEqual({ ...before, healthy: true });
});

test("a registry that is gone is no obstacle", async () => {
  directory.entries.delete("srv-web");
  await discovery.announce(server("1"), "HEALTHY");
  await discovery.announce(server("1"), "LEFT");
});

test("a proxy starts with the endpoints of the moment and hears of changes; who leaves is known to have left", async () => {
  await discovery.start([]);
  await discovery.announce(server("1"), "HEALTHY");
  await discovery.ensureProxy(client);
  expect(endpointIds()).toEqual(["1"]);
  await discovery.announce(server("2"), "HEALTHY");
  await discovery.announce(server("1"), "LEFT");
  await discovery.spread(server("1"));
  expect(endpointIds()).toEqual(["2"]);
  await discovery.removeProxy(client);
  expect(await proxies.list()).toEqual([]);
  await discovery.stop();
});

test("many changes at once are a few rounds", async () => {
  await discovery.start([]);
  await discovery.ensureProxy(client);
  directory.reads = 0;
  const digits = [..."0123456789abdef"];
  await Promise.all(digits.map((digit) => discovery.announce(server(digit), "HEALTHY")));
  await discovery.spread(server("1"));
  expect(endpointIds()).toEqual(digits.toSorted());
  expect(directory.reads).toBeLessThan(5);
  await discovery.stop();
});

test("a proxy that fails is told again, and the others are not held up", async () => {
  await discovery.start([]);
  const other = { ...client, taskId: "d".repeat(32) };
  await discovery.ensureProxy(client);
  await discovery.ensureProxy(other);
  const setEndpoints = proxies.setEndpoints.bind(proxies);
  let failures = 1;
  proxies.setEndpoints = async (taskId, ...rest) => {
    if (taskId === client.taskId && failures-- > 0) throw new Error("no socket");
    await setEndpoints(taskId, ...rest);
  };
  await discovery.announce(server("1"), "HEALTHY");
  await expect.poll(() => proxies.specOf(other.taskId)?.clients[0]!.endpoints.length).toBe(1);
  await expect.poll(endpointIds, { timeout: 5000 }).toEqual(["1"]);
  await discovery.stop();
});

test("a start takes up proxies, removes strays, and makes instances agree with tasks", async () => {
  await discovery.announce(server("1"), "HEALTHY"); // will be gone
  await directory.register(scope, "srv-web", "i-users-own", {});
  await proxies.ensure({ ...proxies.specOf("x")!, taskId: "e".repeat(32), clients: [], servers: [] });
  const restarted = make();
  const ending = { ...client, taskId: "f".repeat(32), lastStatus: "DEPROVISIONING" as const };
  await restarted.start([server("2", "required", { presence: "HEALTHY" }), server("3"), client, ending]);
  expect(directory.ids("srv-web").toSorted()).toEqual(["2".repeat(32), "i-users-own"]);
  expect(await proxies.list()).toEqual([client.taskId]);
  await expect.poll(endpointIds).toEqual(["2"]);
  await restarted.stop();
});
