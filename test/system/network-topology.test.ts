import { randomBytes, randomInt } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { InterfaceSpec, PeeringSpec, RouteSpec, VpcSpec } from "../../src/network/backend.ts";
import {
  group,
  inside,
  networkInterface,
  OPEN_ACL,
  openStream,
  Outside,
  pings,
  probe,
  ROUTE_TABLE,
  serve,
  stopServers,
  SUBNET,
  subnet,
  tcp,
  TestNetwork,
  TO_INTERNET,
  VPC,
  vpcSpec,
  ALL,
} from "./network-kit.ts";

const PRIVATE_SUBNET = "subnet-00000000000000002";
const PRIVATE_TABLE = "rtb-00000000000000002";
const NAT: InterfaceSpec["role"] = "nat";
const web = group(1, tcp(80));
const client = group(2);
const open = group(3, ALL, { protocol: "-1", peer: { cidr: "::/0" } });
open.egress.push({ protocol: "-1", peer: { cidr: "::/0" } });
const groups = [web, client, open];

const network = new TestNetwork();
const outside = new Outside(randomBytes(2).toString("hex"));
const base = `100.${randomInt(64, 128)}.${randomInt(256)}`;
const publicIp = (n: number) => network.backend.publicPool().replace(/0\/\d+$/, String(n));

/** An interface in the private subnet, 172.31.32.0/20. */
function privateInterface(n: number, groupsOfIt = [client], address?: string): InterfaceSpec {
  const spec = networkInterface(0x1000 + n, groupsOfIt, address);
  return { ...spec, subnetId: PRIVATE_SUBNET, subnetCidr: "172.31.32.0/20", privateIp: `172.31.32.${n}` };
}

/** The default VPC with a second subnet that has routes of its own. */
function twoSubnets(privateRoutes: RouteSpec[], more: Partial<VpcSpec> = {}): VpcSpec {
  return vpcSpec({
    subnets: [
      subnet(SUBNET, "172.31.16.0/20"),
      subnet(PRIVATE_SUBNET, "172.31.32.0/20", { routeTableId: PRIVATE_TABLE }),
    ],
    routeTables: [
      { routeTableId: ROUTE_TABLE, routes: TO_INTERNET },
      { routeTableId: PRIVATE_TABLE, routes: privateRoutes },
    ],
    securityGroups: groups,
    ...more,
  });
}

async function attach(spec: InterfaceSpec, vpcId = VPC): Promise<string> {
  return (await network.backend.attach(vpcId, spec)).networkNamespace;
}

const to = (destination: string, target: RouteSpec["target"]): RouteSpec => ({ destination, target });

beforeAll(async () => {
  await outside.connect(`${base}.1/30`, `${base}.2/30`);
  await network.backend.start();
});
afterEach(async () => {
  stopServers();
  for (const { vpcId } of await network.backend.list()) await network.backend.removeVpc(vpcId);
});
afterAll(async () => {
  await outside.remove();
  await network.remove();
});

describe("route tables", () => {
  test("a subnet has the internet while its table leads there; others go on", async () => {
    await network.backend.applyVpc(twoSubnets([]));
    const inPublic = await attach(networkInterface(5, [web], publicIp(5)));
    const inPrivate = await attach(privateInterface(6, [web], publicIp(6)));
    await serve(outside.path, "serve-tcp", "80");
    await serve(inPublic, "serve-tcp", "80");
    await serve(inPrivate, "serve-tcp", "80");
    const stream = await openStream(inPublic, `${base}.2`, "80");
    const local = await openStream(inPrivate, "172.31.16.5", "80");
    expect(await probe(inPrivate, "tcp", `${base}.2`, "80")).toMatch(/ENETUNREACH|timeout/);
    expect(await probe(undefined, "tcp", publicIp(6), "80")).toMatch(/timeout/); // the answer has no route
    expect(await probe(undefined, "tcp", publicIp(5), "80")).toMatch(/^198\.18\./);
    expect(await probe(inPublic, "tcp", "172.31.32.6", "80")).toBe("172.31.16.5");
    await network.backend.applyTopology(twoSubnets(TO_INTERNET));
    expect(await probe(inPrivate, "tcp", `${base}.2`, "80")).toBe(`${base}.1`);
    expect(await probe(undefined, "tcp", publicIp(6), "80")).toMatch(/^198\.18\./);
    await network.backend.applyTopology(
      twoSubnets([...TO_INTERNET, to(`${base}.2/32`, { kind: "blackhole" })]), // the longest match
    );
    expect(await probe(inPrivate, "tcp", `${base}.2`, "80")).toMatch(/timeout|EINVAL|EHOSTUNREACH/);
    expect(await stream.end()).toMatch(/^whole /);
    expect(await local.end()).toMatch(/^whole /);
  });

  test("an address of the VPC that nobody has is nowhere, whatever the table says", async () => {
    await network.backend.applyVpc(twoSubnets(TO_INTERNET));
    const ns = await attach(networkInterface(5, [client], publicIp(5)));
    expect(await probe(ns, "tcp", "172.31.99.9", "80")).toMatch(/timeout|EHOSTUNREACH/);
  });

  test("a secondary range, while it is told", async () => {
    const subnets = [subnet(SUBNET, "172.31.16.0/20"), subnet(PRIVATE_SUBNET, "10.66.0.0/24")];
    const spec = vpcSpec({ securityGroups: groups, cidrBlocks: ["172.31.0.0/16", "10.66.0.0/16"], subnets });
    await network.backend.applyVpc(vpcSpec({ securityGroups: groups }));
    await network.backend.applyTopology(spec);
    const second = { ...privateInterface(6, [web]), subnetCidr: "10.66.0.0/24", privateIp: "10.66.0.6" };
    const [a, b] = [await attach(networkInterface(5, [client])), await attach(second)];
    await serve(b, "serve-tcp", "80");
    expect(await probe(a, "tcp", "10.66.0.6", "80")).toBe("172.31.16.5");
    const guards = () => inside(undefined, "ip", "route", "show", "type", "unreachable");
    expect(await guards()).toContain("10.66.0.0/16");
    await network.backend.detach(VPC, second.interfaceId);
    await network.backend.applyTopology(vpcSpec());
    expect(await guards()).not.toContain("10.66.0.0/16");
  });
});

describe("a NAT gateway", () => {
  const gateway = { ...networkInterface(9, []), role: NAT };
  const spec = (more: Partial<VpcSpec> = {}) =>
    twoSubnets([to("0.0.0.0/0", { kind: "interface", interfaceId: gateway.interfaceId })], more);
  const withAddress = () => ({ ...gateway, publicIp: publicIp(9) });

  test("gives the internet to those without a public address, and takes nothing in", async () => {
    await network.backend.applyVpc(spec());
    const ns = await attach(privateInterface(6, [open]));
    await serve(outside.path, "serve-tcp", "80");
    await serve(outside.path, "serve-udp", "81");
    await serve(ns, "serve-tcp", "80");
    expect(await probe(ns, "tcp", `${base}.2`, "80")).toMatch(/timeout|EINVAL|EHOSTUNREACH/); // a route to nothing
    await attach(withAddress());
    expect(await probe(ns, "tcp", `${base}.2`, "80")).toBe(`${base}.1`);
    expect(await probe(ns, "udp", `${base}.2`, "81")).toBe(`${base}.1`);
    expect(await pings(ns, `${base}.2`)).toBe(true);
    expect(await probe(undefined, "tcp", publicIp(9), "80")).toMatch(/timeout|ECONNREFUSED/);
    await network.backend.detach(VPC, gateway.interfaceId);
    expect(await probe(ns, "tcp", `${base}.2`, "80")).toMatch(/timeout|EINVAL|EHOSTUNREACH/);
    await attach(withAddress());
    expect(await probe(ns, "tcp", `${base}.2`, "80")).toBe(`${base}.1`);
  });

  test("keeps its connections over a restart", async () => {
    await network.backend.applyVpc(spec());
    const task = privateInterface(6);
    const ns = await attach(task);
    await attach(withAddress());
    await serve(outside.path, "serve-tcp", "80");
    const stream = await openStream(ns, `${base}.2`, "80");
    await network.restart();
    await network.backend.applyVpc(spec({ interfaces: [task, withAddress()] }));
    expect(await stream.end()).toMatch(/^whole /);
    expect(await probe(ns, "tcp", `${base}.2`, "80")).toBe(`${base}.1`);
  });
});

describe("public addresses", () => {
  test("come, change and go with an attached interface", async () => {
    await network.backend.applyVpc(vpcSpec({ securityGroups: groups }));
    const ns = await attach(networkInterface(5, [web]));
    const other = await attach(networkInterface(6, [web]));
    await serve(ns, "serve-tcp", "80");
    await serve(other, "serve-tcp", "80");
    const dial = (n: number) => probe(undefined, "tcp", publicIp(n), "80");
    expect(await dial(5)).toBe("EHOSTUNREACH");
    await attach(networkInterface(5, [web], publicIp(5)));
    expect(await dial(5)).toMatch(/^198\.18\./);
    await attach(networkInterface(5, [web], publicIp(7)));
    expect(await dial(5)).toBe("EHOSTUNREACH");
    expect(await dial(7)).toMatch(/^198\.18\./);
    await attach(networkInterface(6, [web], publicIp(7))); // told before the one that loses it
    await attach(networkInterface(5, [web]));
    expect(await dial(7)).toMatch(/^198\.18\./);
    await network.backend.detach(VPC, networkInterface(6, []).interfaceId);
    expect(await dial(7)).toBe("EHOSTUNREACH");
    expect(await inside(undefined, "ip", "route")).not.toContain(`${publicIp(7)} `);
  });
});

describe("peering", () => {
  const vpcOf = (n: number) => `vpc-0000000000000000${n}`;
  const pcx = (a: number, b: number) => `pcx-000000000000000${a}${b}`;
  const range = (n: number) => `10.${n}.0.0/16`;
  const peering = (own: number, peer: number): PeeringSpec => ({
    peeringId: pcx(Math.min(own, peer), Math.max(own, peer)),
    peerVpcId: vpcOf(peer),
    peerCidrBlocks: [range(peer)],
  });
  /** VPC n: peered with some, with routes to some, by the peering that is told. */
  const spec = (n: number, peers: number[], routes: [to: number, by: number][], more: Partial<VpcSpec> = {}) =>
    vpcSpec({
      vpcId: vpcOf(n),
      cidrBlocks: [range(n)],
      subnets: [subnet(SUBNET, `10.${n}.0.0/24`)],
      routeTables: [
        {
          routeTableId: ROUTE_TABLE,
          routes: routes.map(([dest, by]) => to(range(dest), { kind: "peering", peeringId: peering(n, by).peeringId })),
        },
      ],
      peerings: peers.map((peer) => peering(n, peer)),
      securityGroups: groups,
      ...more,
    });
  const task = (n: number, host: number, groupsOfIt = [open]): InterfaceSpec => ({
    ...networkInterface(n * 256 + host, groupsOfIt),
    subnetCidr: `10.${n}.0.0/24`,
    privateIp: `10.${n}.0.${host}`,
  });

  test("connects two VPCs with routes on both sides, not further, and no longer than it lasts", async () => {
    await network.backend.applyVpc(spec(1, [2], [[2, 2], [3, 2]])); // prettier-ignore
    await network.backend.applyVpc(spec(2, [1, 3], []));
    await network.backend.applyVpc(spec(3, [2], [[2, 2], [1, 2]])); // prettier-ignore
    const one = await attach(task(1, 5), vpcOf(1));
    const two = await attach(task(2, 5), vpcOf(2));
    const three = await attach(task(3, 5), vpcOf(3));
    await serve(two, "serve-tcp", "80");
    await serve(three, "serve-tcp", "80");
    const first = () => probe(one, "tcp", "10.2.0.5", "80");
    expect(await first()).toBe("timeout"); // the answer has no route
    await network.backend.applyTopology(spec(2, [1, 3], [[1, 1], [3, 3]])); // prettier-ignore
    expect(await first()).toBe("10.1.0.5");
    expect(await probe(three, "tcp", "10.2.0.5", "80")).toBe("10.3.0.5");
    expect(await probe(one, "tcp", "10.3.0.5", "80")).toMatch(/timeout|UNREACH/); // not transitive
    const stream = await openStream(one, "10.2.0.5", "80");
    await network.restart();
    await network.backend.applyVpc(spec(1, [2], [[2, 2]], { interfaces: [task(1, 5)] }));
    await network.backend.applyVpc(spec(2, [1, 3], [[1, 1]], { interfaces: [task(2, 5)] }));
    await network.backend.applyVpc(spec(3, [2], [[2, 2]], { interfaces: [task(3, 5)] }));
    expect(await stream.end()).toMatch(/^whole /);
    expect(await first()).toBe("10.1.0.5");
    expect(await passesWhole(one, two, "10.2.0.5")).toBe(true);
    await network.backend.applyTopology(spec(1, [], [[2, 2]]));
    expect(await first()).toMatch(/timeout|EINVAL|UNREACH/);
    await network.backend.applyTopology(spec(1, [2], [[2, 2]]));
    expect(await first()).toBe("10.1.0.5");
    await network.backend.removeVpc(vpcOf(2));
    expect(await first()).toMatch(/timeout|EINVAL|UNREACH/);
  });

  test("lets rules name the peer's groups, whose members come and go", async () => {
    const byGroup = group(7, tcp(80, { securityGroup: client.groupId }));
    await network.backend.applyVpc(spec(1, [2], [[2, 2]], { securityGroups: [byGroup] }));
    await network.backend.applyVpc(spec(2, [1], [[1, 1]], { interfaces: [task(2, 5, [client])] }));
    const server = await attach(task(1, 5, [byGroup]), vpcOf(1));
    await serve(server, "serve-tcp", "80");
    const member = await attach(task(2, 5, [client]), vpcOf(2));
    const later = await attach(task(2, 6, [client]), vpcOf(2));
    const stranger = await attach(task(2, 7, [web]), vpcOf(2));
    const dial = (ns: string) => probe(ns, "tcp", "10.1.0.5", "80");
    expect(await dial(member)).toBe("10.2.0.5");
    expect(await dial(later)).toBe("10.2.0.6");
    expect(await dial(stranger)).toBe("timeout");
    await attach(task(2, 6, [web]), vpcOf(2));
    expect(await dial(later)).toBe("timeout");
  });
});

describe("IPv6", () => {
  const block = () => network.backend.ipv6Pool().replace(/00::\/40$/, "01::/56");
  const address = (n: number) => block().replace("::/56", `::${n}`);
  const spec = (routes = TO_INTERNET) =>
    vpcSpec({
      securityGroups: groups,
      ipv6CidrBlocks: [block()],
      subnets: [subnet(SUBNET, "172.31.16.0/20", { ipv6CidrBlock: block().replace("/56", "/64") })],
      routeTables: [{ routeTableId: ROUTE_TABLE, routes }],
    });
  const dual = (n: number, groupsOfIt = [open]) => ({ ...networkInterface(n, groupsOfIt), ipv6Address: address(n) });

  test("between tasks, and to the host where a route leads to the internet", async () => {
    await network.backend.applyVpc(vpcSpec({ securityGroups: groups, interfaces: [networkInterface(8, [open])] }));
    await network.backend.applyVpc({ ...spec(), interfaces: [networkInterface(8, [open])] }); // the range comes later
    const [a, b] = [await attach(dual(5)), await attach(dual(6))];
    const shut = await attach(dual(7, [client]));
    await serve(a, "serve-tcp", "80", "::");
    await serve(shut, "serve-tcp", "80", "::");
    expect(await probe(b, "tcp", address(5), "80")).toBe(address(6));
    expect(await probe(b, "tcp", "172.31.16.5", "80")).toBe("172.31.16.6");
    expect(await probe(b, "tcp", address(7), "80")).toBe("timeout");
    const fromHost = () => probe(undefined, "tcp", address(5), "80");
    expect(await fromHost()).toMatch(/^fd/);
    expect(await probe(undefined, "tcp", address(7), "80")).toBe("timeout");
    expect(await probe(undefined, "tcp", address(99), "80")).toMatch(/UNREACH|timeout|EINVAL/);
    const stream = await openStream(b, address(5), "80");
    await network.restart();
    await network.backend.applyVpc({ ...spec(), interfaces: [dual(5), dual(6)] });
    expect(await fromHost()).toMatch(/^fd/);
    await network.backend.applyTopology(spec([]));
    expect(await fromHost()).toBe("timeout");
    expect(await stream.end()).toMatch(/^whole /);
    await network.backend.applyTopology(spec([to("::/0", { kind: "egress-only-internet" })]));
    expect(await fromHost()).toBe("timeout");
  });

  test("out to what the host reaches, seen as the host's", async () => {
    const far = new Outside(randomBytes(2).toString("hex"));
    const link = `fd${randomBytes(1).toString("hex")}:${randomBytes(2).toString("hex")}::`;
    try {
      await far.connect(`${link}1/64`, `${link}2/64`);
      await inside(undefined, "ip", "address", "replace", `${link}1/64`, "dev", far.device, "nodad");
      await network.backend.applyVpc(spec([to("::/0", { kind: "egress-only-internet" })]));
      const ns = await attach(dual(5));
      await serve(far.path, "serve-tcp", "80", "::");
      await expect.poll(() => probe(ns, "tcp", `${link}2`, "80"), { timeout: 10_000 }).toMatch(/^fd.*::1$/);
    } finally {
      await far.remove();
    }
  });
});

test("jumbo frames pass between tasks", async () => {
  await network.backend.applyVpc(vpcSpec({ securityGroups: groups }));
  const [a, b] = [await attach(networkInterface(5, [open])), await attach(networkInterface(6, [open]))];
  expect(await passesWhole(a, b, "172.31.16.6")).toBe(true);
});

/** Whether 8900 bytes and back come as one packet each. */
async function passesWhole(from: string, toNamespace: string, address: string): Promise<boolean> {
  await inside(from, "busybox", "ping", "-c", "1", "-W", "10", "-s", "8900", address);
  const counts = [from, toNamespace].map((ns) => inside(ns, "nstat", "-asz", "IpReasmReqds"));
  return (await Promise.all(counts)).every((count) => /IpReasmReqds\s+0\s/.test(count));
}

test("a server of this process listens on an interface, and ends with it", async () => {
  await network.backend.applyVpc(vpcSpec({ securityGroups: groups }));
  const endpoint: InterfaceSpec = { ...networkInterface(5, [web]), role: "endpoint" };
  await attach(endpoint);
  const ns = await attach(networkInterface(6, [client]));
  const server = createServer((socket) => void socket.on("error", () => {}).write("hello\n"));
  for (let i = 0; i < 2; i++) await network.backend.listen(VPC, endpoint.interfaceId, 80, server);
  expect(await probe(ns, "tcp", "172.31.16.5", "80")).toBe("hello");
  expect(await probe(undefined, "tcp", "127.0.0.1", "80")).toBe("ECONNREFUSED");
  const second = createServer();
  await expect(network.backend.listen(VPC, endpoint.interfaceId, 80, second)).rejects.toThrow("EADDRINUSE");
  await network.backend.detach(VPC, endpoint.interfaceId);
  expect(server.listening).toBe(false);
});

test("names: none without DNS support; a public name stands for the private address", async () => {
  const named = { ...networkInterface(5, [web]), publicDnsName: "ec2-198-51-100-7.compute-1.amazonaws.com" };
  await network.backend.applyVpc(vpcSpec({ securityGroups: groups, interfaces: [named], dnsSupport: false }));
  const ns = `/run/netns/ng-${network.instance}-${VPC}-${named.interfaceId}`;
  const ask = (name: string) => probe(ns, "dns", "172.31.0.2", name, "A");
  expect(await ask(named.privateDnsName)).toMatch(/TIMEOUT|REFUSED/);
  await network.backend.applyTopology(vpcSpec());
  expect(await ask(named.privateDnsName)).toBe("172.31.16.5");
  expect(await ask(named.publicDnsName)).toBe("172.31.16.5");
  await attach({ ...networkInterface(5, [web]), publicDnsName: "ec2-198-51-100-8.compute-1.amazonaws.com" });
  expect(await ask("ec2-198-51-100-8.compute-1.amazonaws.com")).toBe("172.31.16.5");
  expect(await ask(named.publicDnsName)).not.toBe("172.31.16.5");
  await network.backend.applyTopology(vpcSpec({ dnsSupport: false }));
  expect(await ask(named.privateDnsName)).toMatch(/TIMEOUT|REFUSED/);
});

describe("a pool in the host's own network", () => {
  const lan = new Outside(randomBytes(2).toString("hex"));
  const lanBase = `100.${randomInt(64, 128)}.${randomInt(256)}`;
  beforeAll(() => lan.connect(`${lanBase}.1/24`, `${lanBase}.2/24`));
  afterAll(() => lan.remove());

  test("is reachable from there while a task has the address", async () => {
    const engine = new TestNetwork({ publicPool: `${lanBase}.64/26` });
    try {
      await engine.backend.start();
      await engine.backend.applyVpc(vpcSpec({ securityGroups: groups }));
      const { networkNamespace: ns } = await engine.backend.attach(VPC, networkInterface(5, [web], `${lanBase}.70`));
      await serve(ns, "serve-tcp", "80");
      await serve(lan.path, "serve-tcp", "80");
      expect(await probe(lan.path, "tcp", `${lanBase}.70`, "80")).toBe(`${lanBase}.2`);
      expect(await probe(lan.path, "tcp", `${lanBase}.70`, "81")).toBe("timeout");
      expect(await probe(ns, "tcp", `${lanBase}.2`, "80")).toBe(`${lanBase}.70`);
      expect(await probe(lan.path, "tcp", `${lanBase}.71`, "80")).toMatch(/UNREACH|timeout/);
      await engine.backend.detach(VPC, networkInterface(5, []).interfaceId);
      expect(await inside(undefined, "ip", "neighbour", "show", "proxy")).not.toContain(`${lanBase}.70`);
      await engine.backend.attach(VPC, networkInterface(6, [web], `${lanBase}.72`));
      await engine.backend.removeAll();
      expect(await inside(undefined, "ip", "neighbour", "show", "proxy")).not.toContain(lanBase);
      expect(await engine.traces()).toEqual([]);
    } finally {
      await engine.remove();
    }
  });

  test("is refused where it takes the host's own address", async () => {
    const engine = new TestNetwork({ publicPool: `${lanBase}.0/26` });
    await expect(engine.backend.start()).rejects.toThrow(`${lanBase}.1 is an address of this host`);
    await engine.remove();
  });
});

test("a damaged record of the ranges is named", async () => {
  const engine = new TestNetwork();
  const file = join(engine.folder, "data/network.json");
  mkdirSync(join(engine.folder, "data"));
  for (const text of ['{"publicPool":', "{}", "null"]) {
    writeFileSync(file, text);
    await expect(engine.backend.start()).rejects.toThrow(`${file} is damaged: restore it`);
  }
  writeFileSync(file, JSON.stringify({ publicPool: "198.19.200.0/22", transit: "198.18.200.0/22" }));
  await engine.backend.start();
  await engine.remove();
});

test("an ACL that denies stands between subnets", async () => {
  const deny = { ...OPEN_ACL, networkAclId: "acl-00000000000000002", ingress: [] };
  const spec = twoSubnets([], { networkAcls: [OPEN_ACL, deny] });
  await network.backend.applyVpc(spec);
  const [a, b] = [await attach(networkInterface(5, [client])), await attach(privateInterface(6, [web]))];
  await serve(b, "serve-tcp", "80");
  expect(await probe(a, "tcp", "172.31.32.6", "80")).toBe("172.31.16.5");
  const subnets = spec.subnets.map((each, i) => (i ? { ...each, networkAclId: deny.networkAclId } : each));
  await network.backend.applyTopology({ ...spec, subnets });
  expect(await probe(a, "tcp", "172.31.32.6", "80")).toBe("timeout");
});
