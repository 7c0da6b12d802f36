import { expect, test } from "vitest";
import type { DnsSettings, InstanceRecord, ServiceRecord } from "./store.ts";
import { zoneRecords } from "./zone-records.ts";

function service(name: string, dns?: DnsSettings, more: Partial<ServiceRecord> = {}): ServiceRecord {
  return {
    serviceId: `srv-${name}`,
    namespaceId: "ns-1",
    name,
    dns,
    hasCustomHealth: false,
    creatorRequestId: "c",
    createDate: new Date(0),
    tags: [],
    attributes: {},
    instancesRevision: 1,
    ...more,
  };
}

function instance(
  instanceId: string,
  attributes: Record<string, string>,
  health: InstanceRecord["health"] = "UNKNOWN",
) {
  return { instanceId, serviceId: "srv", namespaceId: "ns-1", attributes, creatorRequestId: "c", health };
}

const ofTypes = (...types: DnsSettings["records"][number]["Type"][]): DnsSettings => ({
  routingPolicy: "MULTIVALUE",
  records: types.map((Type) => ({ Type, TTL: 60 })),
});
const set = { ttlSeconds: 60, routing: "MULTIVALUE" };

test("A and AAAA records hold the addresses of all instances", () => {
  const instances = [
    instance("a", { AWS_INSTANCE_IPV4: "10.0.0.1", AWS_INSTANCE_IPV6: "fd00::1" }),
    instance("b", { AWS_INSTANCE_IPV4: "10.0.0.2", AWS_INSTANCE_IPV6: "fd00::2" }),
    instance("c", { AWS_INSTANCE_IPV4: "10.0.0.2", AWS_INSTANCE_IPV6: "fd00::3" }),
  ];
  expect(zoneRecords("Example.com.", [{ service: service("web", ofTypes("A", "AAAA")), instances }])).toEqual([
    { ...set, name: "web.example.com", type: "A", values: ["10.0.0.1", "10.0.0.2"] },
    { ...set, name: "web.example.com", type: "AAAA", values: ["fd00::1", "fd00::2", "fd00::3"] },
  ]);
});

test("an SRV record names a host, which has the addresses", () => {
  const instances = [
    instance("one", { AWS_INSTANCE_IPV4: "10.0.0.1", AWS_INSTANCE_PORT: "8080" }),
    instance("two", { AWS_INSTANCE_IPV6: "fd00::2", AWS_INSTANCE_PORT: "8081" }),
  ];
  expect(zoneRecords("example.com", [{ service: service("_web._tcp", ofTypes("SRV")), instances }])).toEqual([
    {
      ...set,
      name: "_web._tcp.example.com",
      type: "SRV",
      values: ["1 1 8080 one._web._tcp.example.com", "1 1 8081 two._web._tcp.example.com"],
    },
    { ...set, name: "one._web._tcp.example.com", type: "A", values: ["10.0.0.1"] },
    { ...set, name: "two._web._tcp.example.com", type: "AAAA", values: ["fd00::2"] },
  ]);
});

test("a CNAME record leads to names by chance", () => {
  const dns: DnsSettings = { routingPolicy: "WEIGHTED", records: [{ Type: "CNAME", TTL: 5 }] };
  const instances = [
    instance("a", { AWS_INSTANCE_CNAME: "one.example.org" }),
    instance("b", { AWS_INSTANCE_CNAME: "two.example.org." }),
  ];
  expect(zoneRecords("example.com", [{ service: service("db", dns), instances }])).toEqual([
    {
      name: "db.example.com",
      type: "CNAME",
      ttlSeconds: 5,
      routing: "WEIGHTED",
      values: ["one.example.org", "two.example.org"],
    },
  ]);
});

test.each([
  ["one is unhealthy", true, ["HEALTHY", "UNHEALTHY", "UNKNOWN"], ["10.0.0.0", "10.0.0.2"]],
  ["all are unhealthy", true, ["UNHEALTHY", "UNHEALTHY"], ["10.0.0.0", "10.0.0.1"]],
  ["no health is checked", false, ["UNHEALTHY", "HEALTHY"], ["10.0.0.0", "10.0.0.1"]],
] as const)("names lead to the instances that may answer when %s", (_, hasCustomHealth, healths, values) => {
  const instances = healths.map((health, i) => instance(`i${i}`, { AWS_INSTANCE_IPV4: `10.0.0.${i}` }, health));
  const [record] = zoneRecords("example.com", [
    { service: service("web", ofTypes("A"), { hasCustomHealth }), instances },
  ]);
  expect(record?.values).toEqual(values);
});

test("hosts of SRV records answer also when they are unhealthy", () => {
  const attributes = { AWS_INSTANCE_IPV4: "10.0.0.1", AWS_INSTANCE_PORT: "80" };
  const instances = [instance("up", attributes, "HEALTHY"), instance("down", attributes, "UNHEALTHY")];
  const records = zoneRecords("example.com", [
    { service: service("web", ofTypes("SRV"), { hasCustomHealth: true }), instances },
  ]);
  expect(records.map(({ name, type }) => `${type} ${name}`)).toEqual([
    "A down.web.example.com",
    "A up.web.example.com",
    "SRV web.example.com",
  ]);
  expect(records[2]?.values).toEqual(["1 1 80 up.web.example.com"]);
});

test("the service named . has the name of its namespace, and one without DNS has none", () => {
  const instances = [instance("a", { AWS_INSTANCE_IPV4: "10.0.0.1" })];
  const records = zoneRecords("example.com", [
    { service: service(".", ofTypes("A")), instances },
    { service: service("api"), instances },
    { service: service("empty", ofTypes("A")), instances: [] },
  ]);
  expect(records).toEqual([{ ...set, name: "example.com", type: "A", values: ["10.0.0.1"] }]);
});
