import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { randomIds } from "../../base/ids.ts";
import { silentLogger } from "../../base/log.ts";
import { scopeKey } from "../../base/scope.ts";
import { systemClock } from "../../base/clock.ts";
import type { ZoneSpec } from "../../network/backend.ts";
import { SimulatedNetwork } from "../../network/simulated.ts";
import { sqliteDialect } from "../../store/sqlite.ts";
import { Store } from "../../store/store.ts";
import type { RequestContext } from "../../wire/context.ts";
import { Ec2 } from "../ec2/ec2.ts";
import { HealthChecker, nextHealth } from "./health-checker.ts";
import { createHttpNamespace } from "./operations/create-http-namespace.ts";
import { createPrivateDnsNamespace } from "./operations/create-private-dns-namespace.ts";
import { createPublicDnsNamespace } from "./operations/create-public-dns-namespace.ts";
import { createService } from "./operations/create-service.ts";
import { deregisterInstance } from "./operations/deregister-instance.ts";
import { discoverInstances } from "./operations/discover-instances.ts";
import { getOperation } from "./operations/get-operation.ts";
import { registerInstance } from "./operations/register-instance.ts";
import { ServiceDiscovery } from "./service-discovery.ts";

const scope = { account: "000000000000", region: "us-east-1" };
const context = { scope } as RequestContext;
const A_RECORD = { DnsRecords: [{ Type: "A" as const, TTL: 10 }] };

let store: Store;
/** What the resolver of the VPC was told, one after the other. */
let told: ZoneSpec[][];
let ec2: Ec2;
let sd: ServiceDiscovery;
let vpcId: string;
beforeEach(async () => {
  store = new Store(sqliteDialect(":memory:"), silentLogger);
  told = [];
  const parts = { store, clock: systemClock, ids: randomIds, log: silentLogger };
  ec2 = new Ec2({ ...parts, network: new SimulatedNetwork() });
  sd = new ServiceDiscovery({ ...parts, ec2 });
  ec2.useZones(sd);
  await store.open();
  vpcId = (await ec2.defaultVpc(scope))!.vpcId;
  await sd.start();
  vi.spyOn(ec2, "publishZones").mockImplementation(async (of, id) => void told.push(await sd.zonesOf(of, id)));
  vi.spyOn(ec2, "publishAllZones").mockImplementation(() => ec2.publishZones(scope, vpcId));
});
afterEach(async () => {
  await sd.stop();
  await store.close();
});

async function succeed(operation: Promise<{ OperationId?: string }>): Promise<Record<string, string>> {
  const { OperationId } = await operation;
  const Operation = await vi.waitFor(
    async () => {
      const found = (await getOperation(sd)({ OperationId }, context)).Operation!;
      expect(["SUCCESS", "FAIL"]).toContain(found.Status);
      return found;
    },
    { timeout: 10_000, interval: 5 },
  );
  expect(Operation).toMatchObject({ Status: "SUCCESS" });
  return Operation.Targets as Record<string, string>;
}

async function makeService(name = "web") {
  const created = createPrivateDnsNamespace(sd)({ Name: "internal.example", Vpc: vpcId }, context);
  const { NAMESPACE } = await succeed(created);
  const input = { Name: name, NamespaceId: NAMESPACE, DnsConfig: A_RECORD, HealthCheckCustomConfig: {} };
  return (await createService(sd)(input, context)).Service!;
}

const lastRecords = () => told.at(-1)?.flatMap((zone) => zone.records.map((record) => record.values));

test("an operation succeeds when the names are with the resolver", async () => {
  const { Id } = await makeService();
  const attributes = { AWS_INSTANCE_IPV4: "10.0.0.1" };
  await succeed(registerInstance(sd)({ ServiceId: Id, InstanceId: "i", Attributes: attributes }, context));
  expect(told.at(-1)).toEqual([
    {
      name: "internal.example",
      negativeTtlSeconds: 15,
      records: [
        { name: "web.internal.example", type: "A", ttlSeconds: 10, routing: "MULTIVALUE", values: ["10.0.0.1"] },
      ],
    },
  ]);
});

test("one operation at a time changes an instance, and what was submitted is done after a restart", async () => {
  const { Id: ServiceId } = await makeService();
  await sd.stop();
  const request = {
    ServiceId,
    InstanceId: "i",
    Attributes: { AWS_INSTANCE_IPV4: "10.0.0.1" },
    CreatorRequestId: "once",
  };
  const { OperationId } = await registerInstance(sd)(request, context);
  expect(await registerInstance(sd)(request, context)).toEqual({ OperationId });
  const busy = { code: "DuplicateRequest", fields: { DuplicateOperationId: OperationId } };
  await expect(registerInstance(sd)({ ...request, CreatorRequestId: "other" }, context)).rejects.toMatchObject(busy);
  await expect(deregisterInstance(sd)(request, context)).rejects.toMatchObject(busy);
  await sd.start();
  await succeed(Promise.resolve({ OperationId }));
  await expect(deregisterInstance(sd)({ ServiceId, InstanceId: "j" }, context)).rejects.toMatchObject({
    code: "InstanceNotFound",
  });
  await succeed(deregisterInstance(sd)(request, context));
  expect(await sd.directory.instances(scope, ServiceId!)).toEqual([]);
});

test("many changes reach the resolver together", async () => {
  const { Id } = await makeService();
  const before = told.length;
  const begun = performance.now();
  const { directory } = sd;
  for (let i = 0; i < 50; i++) await directory.register(scope, Id!, `i${i}`, { AWS_INSTANCE_IPV4: `10.0.0.${i}` });
  await expect.poll(() => lastRecords()?.[0]?.length).toBe(50);
  // One round each 50 ms, however many changes there are meanwhile.
  expect(told.length - before).toBeLessThan(3 + (performance.now() - begun) / 50);
});

test("unhealthy instances leave the names, and a repeated registration does not bring them back", async () => {
  const { Id } = await makeService();
  const { directory } = sd;
  const changes: string[] = [];
  const end = directory.onInstances((_, serviceId) => changes.push(serviceId));
  for (const i of [1, 2]) await directory.register(scope, Id!, `i${i}`, { AWS_INSTANCE_IPV4: `10.0.0.${i}` });
  await directory.setHealth(scope, Id!, "i1", false);
  await directory.register(scope, Id!, "i1", { AWS_INSTANCE_IPV4: "10.0.0.1" });
  await expect.poll(lastRecords).toEqual([["10.0.0.2"]]);
  expect(changes).toEqual([Id, Id, Id]);
  expect((await directory.instances(scope, Id!)).map(({ healthy }) => healthy)).toEqual([false, true]);
  await directory.deregister(scope, Id!, "i2");
  await directory.deregister(scope, Id!, "i2");
  await expect.poll(lastRecords).toEqual([["10.0.0.1"]]);
  end();
});

test("a registration that is rolled back with its caller's transaction reaches nobody", async () => {
  const { Id } = await makeService();
  const failing = store.transaction(async () => {
    await sd.directory.register(scope, Id!, "i", { AWS_INSTANCE_IPV4: "10.0.0.1" });
    throw new Error("no");
  });
  await expect(failing).rejects.toThrow("no");
  expect(await sd.directory.instances(scope, Id!)).toEqual([]);
  await sd.directory.register(scope, Id!, "j", { AWS_INSTANCE_IPV4: "10.0.0.2" });
  await expect.poll(lastRecords).toEqual([["10.0.0.2"]]);
  expect(told.flatMap((zones) => zones.flatMap(({ records }) => records))).not.toContainEqual(
    expect.objectContaining({ values: expect.arrayContaining(["10.0.0.1"]) as string[] }),
  );
});

test("a public namespace is in the zones of every VPC, and a private one of its name hides it", async () => {
  await succeed(createPublicDnsNamespace(sd)({ Name: "shop.example" }, context));
  expect((await sd.zonesOf({ account: "111111111111", region: "eu-west-1" }, "vpc-1")).map(({ name }) => name)).toEqual(
    ["shop.example"],
  );
  const properties = { DnsProperties: { SOA: { TTL: 99 } } };
  const input = { Name: "shop.example", Vpc: vpcId, Properties: properties };
  await succeed(createPrivateDnsNamespace(sd)(input, context));
  expect(await sd.zonesOf(scope, vpcId)).toEqual([{ name: "shop.example", negativeTtlSeconds: 99, records: [] }]);
});

test("a thousand instances are discovered in no time", async () => {
  const { NAMESPACE } = await succeed(createHttpNamespace(sd)({ Name: "http" }, context));
  const service = await sd.directory.ensureService(scope, NAMESPACE!, "api");
  expect(await sd.directory.ensureService(scope, NAMESPACE!, "api")).toEqual(service);
  await store.transaction(async () => {
    for (let i = 0; i < 1000; i++)
      await sd.directory.register(scope, service.serviceId, `i${i}`, { n: String(i % 10) });
  });
  const request = { NamespaceName: "http", ServiceName: "api", MaxResults: 1000, QueryParameters: { n: "3" } };
  await discoverInstances(sd)(request, context);
  const started = process.cpuUsage(); // of this process: others may have the processor meanwhile
  for (let i = 0; i < 10; i++) await discoverInstances(sd)(request, context);
  const ms = process.cpuUsage(started).user / 1000 / 10;
  console.log(`DiscoverInstances among 1000: ${ms.toFixed(1)} ms`);
  expect((await discoverInstances(sd)(request, context)).Instances).toHaveLength(100);
  expect(ms).toBeLessThan(100);
});

test("the namespace of a name is found, HTTP namespaces first", async () => {
  const { directory } = sd;
  await makeService();
  expect(await directory.findNamespace(scope, "internal.example")).toMatchObject({ type: "DNS_PRIVATE" });
  const http = await directory.ensureHttpNamespace(scope, "internal.example");
  expect(await directory.ensureHttpNamespace(scope, "internal.example")).toEqual(http);
  for (const text of ["internal.example", http.arn, http.namespaceId])
    expect(await directory.findNamespace(scope, text)).toEqual(http);
  expect(await directory.findNamespace(scope, http.arn.replace("us-east-1", "eu-west-1"))).toBeUndefined();
});

test.each([
  ["UNKNOWN", true, 1, 3, "HEALTHY"],
  ["UNKNOWN", false, 2, 3, "UNKNOWN"],
  ["UNKNOWN", false, 3, 3, "UNHEALTHY"],
  ["UNHEALTHY", true, 1, 2, "UNHEALTHY"],
  ["UNHEALTHY", true, 2, 2, "HEALTHY"],
  ["HEALTHY", false, 1, 1, "UNHEALTHY"],
] as const)("%s, probed %s %i times with threshold %i, is %s", (health, passed, count, threshold, next) => {
  expect(nextHealth(health, passed, count, threshold)).toBe(next);
});

test("a failing Route 53 health check takes an instance out of the names", async () => {
  const { NAMESPACE } = await succeed(createPublicDnsNamespace(sd)({ Name: "shop.example" }, context));
  await sd.stop(); // whose checker would probe
  const check = { Type: "HTTP" as const };
  const input = { Name: "web", NamespaceId: NAMESPACE, DnsConfig: A_RECORD, HealthCheckConfig: check };
  const { Id } = (await createService(sd)(input, context)).Service!;
  for (const i of [1, 2]) {
    const attributes = { AWS_INSTANCE_IPV4: `198.19.0.${i}`, AWS_INSTANCE_PORT: "80" };
    await sd.directory.register(scope, Id!, `i${i}`, attributes);
  }
  const probed: unknown[] = [];
  const checker = new HealthChecker(sd, silentLogger, async (settings, endpoint) => {
    probed.push([settings.resourcePath, endpoint]);
    return endpoint.address.endsWith("1");
  });
  await checker.start();
  const healths = async () => (await sd.records.instances.list(scopeKey(scope))).map(({ health }) => health);
  await expect.poll(healths).toEqual(["HEALTHY", "UNHEALTHY"]);
  await checker.stop();
  expect(probed).toContainEqual(["/", { address: "198.19.0.1", port: 80, hostName: "web.shop.example" }]);
  const [zone] = await sd.zonesOf(scope, vpcId);
  expect(zone?.records[0]?.values).toEqual(["198.19.0.1"]);
});
