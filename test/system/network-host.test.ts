import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { run } from "../../src/base/command.ts";
import type { FlowSample, InterfaceSpec, PeeringSpec, RouteSpec, VpcSpec } from "../../src/network/backend.ts";
import {
  ALL,
  group,
  inside,
  networkInterface,
  probe,
  ROUTE_TABLE,
  serve,
  stopServers,
  SUBNET,
  subnet,
  tcp,
  TestNetwork,
  VPC,
  vpcSpec,
} from "./network-kit.ts";

const CHILD = join(import.meta.dirname, "network-host-child.ts");
const client = group(2);
client.egress.push({ protocol: "-1", peer: { cidr: "::/0" } });
const open = { ...group(3, ALL, { protocol: "-1", peer: { cidr: "::/0" } }), egress: client.egress };

afterEach(stopServers);

/** A host of its own: what the child does there, it tells as JSON. */
async function onHost<T>(steps: string, prepare: string[][]): Promise<T> {
  const name = `ng-host-${randomBytes(3).toString("hex")}`;
  await run("ip", ["netns", "add", name]);
  try {
    const path = `/run/netns/${name}`;
    for (const command of [["ip", "link", "set", "lo", "up"], ...prepare]) await inside(path, ...command);
    return JSON.parse(await inside(path, process.execPath, CHILD, steps)) as T;
  } finally {
    await run("ip", ["netns", "delete", name]);
  }
}

describe("a host", () => {
  test("without IPv6 has VPCs with IPv4, and says why others cannot be whole", async () => {
    const found = await onHost<{ error: string; poolError: string; answer: string; dualAnswer: string }>("no-ipv6", [
      ["sysctl", "-qw", "net.ipv6.conf.all.disable_ipv6=1", "net.ipv6.conf.default.disable_ipv6=1"],
    ]);
    expect(found.answer).toBe("172.31.16.6");
    expect(found.error).toContain("this host has no IPv6");
    expect(found.poolError).toContain("this host has no IPv6");
    expect(found.dualAnswer).toBe("172.31.16.6"); // by IPv4, the VPC goes on
  });

  test("forwards from its first VPC on, IPv6 from the first with IPv6; routes from routers are still taken", async () => {
    const state = (ipv4: string, ipv6: string, acceptRa: string, others: string) => ({ ipv4, ipv6, acceptRa, others });
    const found = await onHost<Record<"started" | "ipv4" | "ipv6", object> & { logged: object[] }>("forwarding", [
      ["sysctl", "-qw", "net.ipv4.ip_forward=0", "net.ipv6.conf.all.forwarding=0"],
      ["ip", "link", "add", "lan0", "type", "veth", "peer", "name", "lan1"],
      ["ip", "link", "set", "lan0", "up"],
      ["ip", "link", "set", "lan1", "up"],
      ["ip", "-6", "route", "add", "default", "via", "fe80::99", "dev", "lan0", "proto", "ra"],
    ]);
    expect(found.started).toEqual(state("0", "0", "1", "1"));
    expect(found.ipv4).toEqual(state("1", "0", "1", "1"));
    expect(found.ipv6).toEqual(state("1", "1", "2", "1"));
    expect(found.logged).toEqual([expect.objectContaining({ acceptRa: ["lan0"] })]);
  });
});

describe("a peering", () => {
  const vpcIds = { 1: "vpc-00000000000000001", 2: "vpc-00000000000000002" } as const;
  const peeringId = "pcx-00000000000000012";
  const range = (n: number) => `10.${n}.0.0/16`;
  const network = new TestNetwork();
  const ipv6Range = (n: number) => network.backend.ipv6Pool().replace(/00::\/40$/, `0${n}::/56`);
  const ipv6Address = (n: number, host: number) => ipv6Range(n).replace("::/56", `::${host}`);
  const byGroup = group(
    7,
    tcp(80, { securityGroup: client.groupId }),
    { protocol: "-1", peer: { cidr: "198.18.0.0/16" } }, // a rule of another kind
  );
  const task = (n: number, host: number, groups = [open], more: Partial<InterfaceSpec> = {}): InterfaceSpec => ({
    ...networkInterface(n * 256 + host, groups),
    subnetCidr: `10.${n}.0.0/24`,
    privateIp: `10.${n}.0.${host}`,
    ipv6Address: ipv6Address(n, host),
    ...more,
  });
  function spec(own: 1 | 2, more: Partial<VpcSpec> = {}): VpcSpec {
    const other = own === 1 ? 2 : 1;
    const peering: PeeringSpec = {
      peeringId,
      peerVpcId: vpcIds[other],
      peerCidrBlocks: [range(other), ipv6Range(other)],
    };
    const routes: RouteSpec[] = peering.peerCidrBlocks.map((destination) => ({
      destination,
      target: { kind: "peering", peeringId },
    }));
    return vpcSpec({
      vpcId: vpcIds[own],
      cidrBlocks: [range(own)],
      ipv6CidrBlocks: [ipv6Range(own)],
      subnets: [subnet(SUBNET, `10.${own}.0.0/24`, { ipv6CidrBlock: ipv6Range(own).replace("/56", "/64") })],
      routeTables: [{ routeTableId: ROUTE_TABLE, routes }],
      peerings: [peering],
      securityGroups: own === 1 ? [byGroup, open] : [client, open],
      ...more,
    });
  }
  const attach = async (own: 1 | 2, each: InterfaceSpec) =>
    (await network.backend.attach(vpcIds[own], each)).networkNamespace;
  afterEach(() => network.remove());

  test("lets members of its groups in, by both families, after a restart before both sides are told", async () => {
    await network.backend.start();
    for (const own of [1, 2] as const) await network.backend.applyVpc(spec(own));
    const [server, member, other] = [task(1, 5, [byGroup]), task(2, 5, [client]), task(2, 6)];
    const ns = await attach(1, server);
    const [from, stranger] = [await attach(2, member), await attach(2, other)];
    await serve(ns, "serve-tcp", "80", "::");
    const served = async () => {
      expect(await probe(from, "tcp", server.privateIp, "80")).toMatch(member.privateIp);
      expect(await probe(from, "tcp", server.ipv6Address!, "80")).toBe(member.ipv6Address);
      expect(await probe(stranger, "tcp", server.privateIp, "80")).toBe("timeout");
      expect(await probe(stranger, "tcp", server.ipv6Address!, "80")).toBe("timeout");
    };
    await served();
    await network.restart();
    await network.backend.applyVpc({ ...spec(1), interfaces: [server] });
    await served();
    await network.backend.applyGroups(vpcIds[1], [byGroup]);
    await served();
    // What the earlier engine knew ends when the peer is told: the member is in the group no more.
    await network.backend.applyVpc({ ...spec(2), interfaces: [{ ...member, securityGroups: [open.groupId] }, other] });
    expect(await probe(from, "tcp", server.privateIp, "80")).toBe("timeout");
    await network.backend.attach(vpcIds[2], member);
    await served();
    // Nor does it outlive a peer that is gone.
    await network.restart();
    await network.backend.removeVpc(vpcIds[2]);
    await network.backend.applyVpc({ ...spec(1), interfaces: [server] });
    const sets = await inside(ns.replace(/-eni-.*/, ""), "nft", "list", "set", "inet", "vpc", `${client.groupId}-ip`);
    expect(sets).not.toContain(member.privateIp);
  });

  test("is reached through a private NAT gateway, under the gateway's address", async () => {
    await network.backend.start();
    const gateway = task(1, 9, [], { role: "nat", ipv6Address: undefined });
    const inner = task(1, 0, [open], {
      subnetId: "subnet-00000000000000002",
      subnetCidr: "10.1.1.0/24",
      privateIp: "10.1.1.5",
      ipv6Address: undefined,
    });
    const first = spec(1);
    await network.backend.applyVpc({
      ...first,
      subnets: [...first.subnets, subnet(inner.subnetId, inner.subnetCidr, { routeTableId: "rtb-00000000000000002" })],
      routeTables: [
        ...first.routeTables,
        {
          routeTableId: "rtb-00000000000000002",
          routes: [{ destination: range(2), target: { kind: "interface", interfaceId: gateway.interfaceId } }],
        },
      ],
    });
    await network.backend.applyVpc(spec(2));
    const from = await attach(1, inner);
    await attach(1, gateway);
    const remote = task(2, 5);
    await serve(await attach(2, remote), "serve-tcp", "80", "::");
    expect(await probe(from, "tcp", remote.privateIp, "80")).toContain(gateway.privateIp);
    expect(await probe(from, "stream", remote.privateIp, "80", "300")).toMatch(/^whole /);
  });
});

test("a packet that no route leads anywhere is dropped without a word", async () => {
  const network = new TestNetwork();
  try {
    await network.backend.start();
    await network.backend.applyVpc(
      vpcSpec({ securityGroups: [client], routeTables: [{ routeTableId: ROUTE_TABLE, routes: [] }] }),
    );
    const { networkNamespace } = await network.backend.attach(VPC, networkInterface(5, [client]));
    expect(await probe(networkNamespace, "tcp", "203.0.113.9", "80")).toBe("timeout");
    expect(await probe(networkNamespace, "tcp", "172.31.99.9", "80")).toBe("timeout");
    expect(await probe(networkNamespace, "tcp", "169.254.169.254", "80")).toMatch(/UNREACH/);
  } finally {
    await network.remove();
  }
});

test("flows are counted over a kill -9 of the engine: none twice, none lost but what was being read", async () => {
  const network = new TestNetwork();
  try {
    const child = spawn(process.execPath, [CHILD, "flows", network.instance, network.folder], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const [line] = (await once(child.stdout, "data")) as [Buffer];
    const [a, b] = JSON.parse(line.toString()) as InterfaceSpec[];
    const path = (spec: InterfaceSpec) => `/run/netns/ng-${network.instance}-${VPC}-${spec.interfaceId}`;
    await serve(path(b!), "serve-udp", "5000");
    expect(await probe(path(a!), "udp", b!.privateIp, "5000")).toBe(a!.privateIp);
    child.kill("SIGKILL");
    await once(child, "exit");
    // While no engine is there, and once: who asks for a connection would ask again.
    await inside(path(b!), "bash", "-c", `echo > /dev/udp/${a!.privateIp}/81`);
    await network.restart();
    await network.backend.applyVpc(
      vpcSpec({
        captureFlows: true,
        securityGroups: [client, group(4, { protocol: "udp", peer: { cidr: "0.0.0.0/0" } })],
        interfaces: [a!, b!],
      }),
    );
    const read = async () =>
      (await network.backend.readFlows(VPC))
        .filter((flow: FlowSample) => [5000, 81].includes(flow.destinationPort))
        .map(
          (flow) =>
            `${flow.interfaceId === a!.interfaceId ? "a" : "b"} ${flow.direction} ${flow.destinationPort} ${flow.action} ${flow.packets}`,
        )
        .toSorted();
    expect(await read()).toEqual([
      "a egress 5000 ACCEPT 1",
      "a ingress 81 REJECT 1",
      "b egress 81 ACCEPT 1",
      "b ingress 5000 ACCEPT 1",
    ]);
    expect(await read()).toEqual([]);
  } finally {
    await network.remove();
  }
});
