import { createSocket, type Socket } from "node:dgram";
import { createServer, type Server } from "node:net";
import {
  AcceptVpcPeeringConnectionCommand,
  AllocateAddressCommand,
  AssociateRouteTableCommand,
  AttachInternetGatewayCommand,
  AuthorizeSecurityGroupIngressCommand,
  CreateInternetGatewayCommand,
  CreateNatGatewayCommand,
  CreateRouteCommand,
  CreateRouteTableCommand,
  CreateSecurityGroupCommand,
  CreateSubnetCommand,
  CreateVpcCommand,
  CreateVpcPeeringConnectionCommand,
  DescribeNatGatewaysCommand,
  DescribeNetworkInterfacesCommand,
  DescribeVpcsCommand,
  ModifySubnetAttributeCommand,
  type IpPermission,
} from "@aws-sdk/client-ec2";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { TestEngine, until } from "../support/engine.ts";
import { Fargate } from "../support/fargate.ts";
import { traces } from "../support/leaks.ts";
import { arp, BROADCAST, datagram, frame, icmp, packet, ROUTER, UDP, udp } from "./frames.ts";
import { inside, probe, stopServers } from "./network-kit.ts";
import { Host } from "./router-kit.ts";

/*
 * What someone does who owns a task with all its powers, and more: root in its network namespace, sending any frame. A
 * frame that comes through where it must not is known by its text.
 */

/** Another one for each test: errors about addresses that nobody has come seconds later, and quote what was sent. */
let mark = "";
let marks = 0;
/** Open for members of the friends' group. */
const TRUSTED = 80;
/** Open for everyone in the VPC. */
const OPEN = 5000;

interface Someone extends Host {
  mac: string;
  interfaceId: string;
}

let engine: TestEngine;
let fargate: Fargate;
let instance: string;
let image: string;
const people = {} as Record<"attacker" | "friend" | "victim" | "peer" | "stranger" | "nat", Someone>;
const hostPort = { udp: 0, tcp: 0 };
const heard: string[] = [];
const hostSockets: (Socket | Server)[] = [];

interface TestVpc {
  vpcId: string;
  subnetId: string;
  routeTableId: string;
}

async function createVpc(CidrBlock: string): Promise<TestVpc> {
  const { ec2 } = fargate.clients;
  const { Vpc } = await ec2.send(new CreateVpcCommand({ CidrBlock, AmazonProvidedIpv6CidrBlock: true }));
  const VpcId = Vpc!.VpcId!;
  const { Vpcs } = await ec2.send(new DescribeVpcsCommand({ VpcIds: [VpcId] }));
  const range = Vpcs![0]!.Ipv6CidrBlockAssociationSet![0]!.Ipv6CidrBlock!;
  const { Subnet } = await ec2.send(
    new CreateSubnetCommand({
      VpcId,
      CidrBlock: CidrBlock.replace(".0.0/16", ".1.0/24"),
      Ipv6CidrBlock: range.replace("/56", "/64"),
    }),
  );
  const SubnetId = Subnet!.SubnetId!;
  await ec2.send(new ModifySubnetAttributeCommand({ SubnetId, AssignIpv6AddressOnCreation: { Value: true } }));
  const { InternetGateway } = await ec2.send(new CreateInternetGatewayCommand());
  const gateway = InternetGateway!.InternetGatewayId!;
  await ec2.send(new AttachInternetGatewayCommand({ VpcId, InternetGatewayId: gateway }));
  const { RouteTable } = await ec2.send(new CreateRouteTableCommand({ VpcId }));
  const RouteTableId = RouteTable!.RouteTableId!;
  await ec2.send(new AssociateRouteTableCommand({ RouteTableId, SubnetId }));
  await ec2.send(new CreateRouteCommand({ RouteTableId, DestinationCidrBlock: "0.0.0.0/0", GatewayId: gateway }));
  await ec2.send(new CreateRouteCommand({ RouteTableId, DestinationIpv6CidrBlock: "::/0", GatewayId: gateway }));
  return { vpcId: VpcId, subnetId: SubnetId, routeTableId: RouteTableId };
}

async function createGroup(VpcId: string, name: string, ...ingress: IpPermission[]): Promise<string> {
  const { ec2 } = fargate.clients;
  const { GroupId } = await ec2.send(new CreateSecurityGroupCommand({ VpcId, GroupName: name, Description: name }));
  if (ingress.length) await ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId, IpPermissions: ingress }));
  return GroupId!;
}

async function startTask({ subnetId, vpcId }: TestVpc, group: string): Promise<Someone> {
  const taskDefinition = await fargate.define([{ image }]);
  const awsvpcConfiguration = {
    subnets: [subnetId],
    securityGroups: [group],
    assignPublicIp: "ENABLED" as const,
  };
  const [task] = await fargate.start(taskDefinition, { networkConfiguration: { awsvpcConfiguration } });
  const details = task!.attachments![0]!.details!;
  return enter(vpcId, details.find(({ name }) => name === "networkInterfaceId")!.value!);
}

async function enter(vpcId: string, interfaceId: string): Promise<Someone> {
  const { NetworkInterfaces } = await fargate.clients.ec2.send(
    new DescribeNetworkInterfacesCommand({ NetworkInterfaceIds: [interfaceId] }),
  );
  const { PrivateIpAddress, Ipv6Addresses, MacAddress } = NetworkInterfaces![0]!;
  const path = `/run/netns/ng-${instance}-${vpcId}-${interfaceId}`;
  const host = new Host(path, PrivateIpAddress!, Ipv6Addresses?.[0]?.Ipv6Address ?? "");
  return Object.assign(host, { mac: MacAddress!, interfaceId });
}

/** Sends frames and says which others get one with the mark: `name: the frame's text`. */
async function attack(from: Someone, frames: readonly string[]): Promise<string[]> {
  const others = Object.entries(people).filter(([, each]) => each !== from);
  const wanted = Buffer.from(mark).toString("hex");
  for (const [, each] of others) await each.do("capture");
  await from.do("raw", frames);
  const results = await Promise.all(
    others.map(async ([name, each]) => {
      const got = await each.do<string[]>("captured");
      const marked = got.filter((text) => text.includes(wanted));
      return marked.map((text) => `${name}: ${Buffer.from(text.slice(text.indexOf(wanted)), "hex").toString()}`);
    }),
  );
  return [...new Set(results.flat())]; // what nobody awaits comes back in an error
}

/** The router's ARP answer about itself: every task asks now and then whether it is still there. */
function isRoutersAnswer(text: string): boolean {
  const mac = ROUTER.replaceAll(":", "");
  return text.slice(12, 24) === mac && text.slice(40, 44) === "0002" && text.slice(44, 56) === mac;
}

/** The victim's friend is served, by both families. */
async function friendIsServed(): Promise<void> {
  const { friend, victim } = people;
  for (const address of [victim.ipv4, victim.ipv6]) expect(await friend.asks(address, TRUSTED), address).toBe(true);
}

function listenOnHost(): Promise<unknown> {
  const sockets = (["udp4", "udp6"] as const).map((type) => createSocket({ type, ipv6Only: type === "udp6" }));
  for (const socket of sockets) socket.on("message", (text) => heard.push(text.toString()));
  const server = createServer((socket) => socket.on("error", () => {}).end("host"));
  hostSockets.push(...sockets, server);
  return new Promise<void>((resolve) => {
    sockets[0]!.bind(0, "0.0.0.0", () => {
      hostPort.udp = sockets[0]!.address().port;
      sockets[1]!.bind(hostPort.udp, "::", () =>
        server.listen(0, "::", () => {
          hostPort.tcp = (server.address() as { port: number }).port;
          resolve();
        }),
      );
    });
  });
}

/** Every address that the host has, of a family. */
async function hostAddresses(version: 4 | 6): Promise<string[]> {
  const links = JSON.parse(await inside(undefined, "ip", "-json", `-${version}`, "address")) as {
    addr_info: { local: string }[];
  }[];
  return [...new Set(links.flatMap((link) => link.addr_info.map((each) => each.local)))];
}

beforeAll(async () => {
  engine = await TestEngine.start();
  fargate = await Fargate.prepare(engine);
  ({ instance } = JSON.parse((await engine.neargate(["status", "--json"])).stdout) as { instance: string });
  image = await fargate.pushBusybox();
  const { ec2 } = fargate.clients;
  const [own, peered, apart] = await Promise.all([
    createVpc("10.70.0.0/16"),
    createVpc("10.71.0.0/16"),
    createVpc("10.72.0.0/16"),
  ]);
  const { VpcPeeringConnection } = await ec2.send(
    new CreateVpcPeeringConnectionCommand({ VpcId: own.vpcId, PeerVpcId: peered.vpcId }),
  );
  const VpcPeeringConnectionId = VpcPeeringConnection!.VpcPeeringConnectionId!;
  await ec2.send(new AcceptVpcPeeringConnectionCommand({ VpcPeeringConnectionId }));
  for (const [{ routeTableId: RouteTableId }, DestinationCidrBlock] of [
    [own, "10.71.0.0/16"],
    [peered, "10.70.0.0/16"],
  ] as const)
    await ec2.send(new CreateRouteCommand({ RouteTableId, DestinationCidrBlock, VpcPeeringConnectionId }));
  const friends = await createGroup(own.vpcId, "friends");
  const served = await createGroup(
    own.vpcId,
    "served",
    { IpProtocol: "udp", FromPort: TRUSTED, ToPort: TRUSTED, UserIdGroupPairs: [{ GroupId: friends }] },
    { IpProtocol: "udp", FromPort: OPEN, ToPort: OPEN, IpRanges: [{ CidrIp: "10.70.0.0/15" }] },
  );
  const startAttacker = async (vpc: TestVpc) => startTask(vpc, await createGroup(vpc.vpcId, "attackers"));
  [people.attacker, people.friend, people.victim, people.peer, people.stranger] = await Promise.all([
    startAttacker(own),
    startTask(own, friends),
    startTask(own, served),
    startAttacker(peered),
    startAttacker(apart),
  ]);
  const { AllocationId } = await ec2.send(new AllocateAddressCommand());
  const { NatGateway } = await ec2.send(new CreateNatGatewayCommand({ SubnetId: own.subnetId, AllocationId }));
  let natInterface = "";
  await until(async () => {
    const { NatGateways } = await ec2.send(
      new DescribeNatGatewaysCommand({ NatGatewayIds: [NatGateway!.NatGatewayId!] }),
    );
    natInterface = NatGateways![0]!.NatGatewayAddresses![0]!.NetworkInterfaceId ?? "";
    return NatGateways![0]!.State === "available";
  });
  people.nat = await enter(own.vpcId, natInterface);
  const { victim } = people;
  for (const address of [victim.ipv4, victim.ipv6])
    for (const port of [TRUSTED, OPEN]) await victim.do("serve", "udp", address, port);
  await listenOnHost();
});

beforeEach(() => {
  heard.length = 0;
  mark = `ATTACK ${String(++marks).padStart(3, "0")}`;
});

afterAll(async () => {
  for (const each of Object.values(people)) each.stop();
  for (const each of hostSockets) each.close();
  stopServers();
  await engine.stop();
  expect(await traces(instance, engine.dataFolder)).toEqual([]);
});

describe("posing as another", () => {
  test("what has the right addresses comes through: these attacks would be seen", async () => {
    const { friend, victim } = people;
    const frames = [victim.ipv4, victim.ipv6].map((to) => {
      const own = to.includes(":") ? friend.ipv6 : friend.ipv4;
      return frame(friend.mac, ROUTER, udp(own, 1000, to, TRUSTED, `${mark} ${to}`));
    });
    expect(await attack(friend, frames)).toEqual([victim.ipv4, victim.ipv6].map((to) => `victim: ${mark} ${to}`));
    expect(await people.attacker.asks(victim.ipv4, TRUSTED)).toBe(false);
    expect(await people.attacker.asks(victim.ipv4, OPEN)).toBe(true);
  });

  test.each(["attacker", "peer", "stranger", "nat"] as const)("nobody takes another's address: %s", async (name) => {
    const self = people[name];
    const { friend, victim } = people;
    const frames = ([4, 6] as const).flatMap((version) => {
      const of = (each: Someone) => (version === 4 ? each.ipv4 : each.ipv6);
      const gateway =
        version === 4
          ? ["10.70.1.1", "10.70.0.2", "169.254.169.253", "127.0.0.1", "0.0.0.0"]
          : ["fe80::1", "::1", "::"];
      return [of(friend), of(victim), ...gateway].flatMap((source) =>
        [self.mac, friend.mac, ROUTER].flatMap((sourceMac) =>
          [ROUTER, friend.mac, victim.mac, BROADCAST].flatMap((to) =>
            [TRUSTED, OPEN].map((port) =>
              frame(
                sourceMac,
                to,
                udp(source, 1000, of(victim), port, `${mark} ${source} as ${sourceMac} to ${to} ${port}`),
              ),
            ),
          ),
        ),
      );
    });
    expect(await attack(self, frames)).toEqual([]);
    await friendIsServed();
  });

  test("its own address under another MAC address, in a VLAN, or with a way it chose", async () => {
    const { attacker, friend, victim } = people;
    const open = udp(attacker.ipv4, 1000, victim.ipv4, OPEN, mark);
    const inVlan = Buffer.concat([Buffer.from([0, 1, 8, 0]), open]);
    const wayPoint = (option: number) => Buffer.from([option, 7, 4, ...friend.ipv4.split(".").map(Number), 0]);
    const data = datagram(attacker.ipv4, 1000, victim.ipv4, OPEN, mark);
    const routed = [131, 137].map((option) =>
      packet(attacker.ipv4, victim.ipv4, UDP, data, { options: wayPoint(option) }),
    );
    const frames = [
      frame(friend.mac, ROUTER, open),
      frame(attacker.mac, ROUTER, inVlan, 0x8100),
      ...routed.map((each) => frame(attacker.mac, ROUTER, each)),
    ];
    expect(await attack(attacker, frames)).toEqual([]);
  });

  test("ARP says what it wants: the router believes nothing", async () => {
    const { attacker, friend, victim } = people;
    const frames = [friend.ipv4, victim.ipv4, "10.70.1.1", "10.70.0.2", "0.0.0.0"].flatMap((claimed) =>
      [true, false].flatMap((isAnswer) =>
        [BROADCAST, ROUTER, victim.mac].flatMap((to) =>
          [claimed, victim.ipv4].map((target) =>
            frame(attacker.mac, to, arp(attacker.mac, claimed, victim.mac, target, isAnswer), 0x0806),
          ),
        ),
      ),
    );
    for (const each of [friend, victim]) await each.do("capture");
    await attacker.do("raw", frames);
    for (const each of [friend, victim]) {
      const taken = (await each.do<string[]>("captured")).filter((text) => text.slice(24, 28) === "0806");
      expect(taken.filter((text) => !isRoutersAnswer(text))).toEqual([]);
    }
    await friendIsServed();
    const neighbours = await inside(people.attacker.path.replace(/-eni-.*/, ""), "ip", "neighbour");
    for (const line of neighbours.split("\n").filter((each) => each.includes(attacker.mac)))
      expect([attacker.ipv4, attacker.ipv6]).toContain(line.split(" ")[0]);
  });

  test("nobody plays router or DHCP server, or leads others elsewhere", async () => {
    const { attacker, friend, victim } = people;
    const text = Buffer.from(mark);
    const linkLocal = "fe80::666";
    const frames = [victim.ipv6, "ff02::1", "ff02::2"].flatMap((to) =>
      [attacker.ipv6, linkLocal, "fe80::1"].flatMap((source) =>
        [134, 136, 137].map((type) =>
          frame(attacker.mac, ROUTER, icmp(source, to, type, 0, Buffer.concat([Buffer.alloc(4), text]))),
        ),
      ),
    );
    const dhcp = [
      ...[attacker.ipv4, "10.70.1.1"].flatMap((source) =>
        [victim.ipv4, "255.255.255.255", "10.70.1.255"].map((to) => udp(source, 67, to, 68, mark)),
      ),
      ...["fe80::1", attacker.ipv6].map((source) => udp(source, 547, victim.ipv6, 546, mark)),
    ];
    const inner = udp(victim.ipv4, TRUSTED, friend.ipv4, 1000, mark).subarray(0, 28);
    const redirects = [attacker.ipv4, "10.70.1.1", friend.ipv4].map((source) =>
      icmp(source, victim.ipv4, 5, 1, Buffer.concat([Buffer.from(attacker.ipv4.split(".").map(Number)), inner, text])),
    );
    const others = [...dhcp, ...redirects].flatMap((each) =>
      [ROUTER, BROADCAST].map((to) => frame(attacker.mac, to, each)),
    );
    expect(await attack(attacker, [...frames, ...others])).toEqual([]);
    await friendIsServed();
  });
});

describe("around the groups", () => {
  test("fragments, and ports that answers come from, open nothing", async () => {
    const { attacker, victim } = people;
    for (const sourcePort of [53, 67, 80, 123])
      expect(await attacker.asks(victim.ipv4, TRUSTED, { sourcePort })).toBe(false);
    expect(await attacker.asks(victim.ipv4, TRUSTED, { size: 20_000 })).toBe(false);
    const [open, closed] = [OPEN, TRUSTED].map((port) =>
      datagram(attacker.ipv4, 1000, victim.ipv4, port, `${mark} in fragments`),
    ) as [Buffer, Buffer];
    const part = (id: number, fragmentOffset: number, data: Buffer, moreFragments: boolean) =>
      frame(attacker.mac, ROUTER, packet(attacker.ipv4, victim.ipv4, UDP, data, { id, fragmentOffset, moreFragments }));
    const frames = [
      // The open port's header, then the closed one's over it; the other way round; and no header at all.
      part(7, 0, open.subarray(0, 16), true),
      part(7, 0, closed.subarray(0, 16), true),
      part(7, 16, closed.subarray(16), false),
      part(8, 0, closed.subarray(0, 8), true),
      part(8, 0, open.subarray(0, 8), true),
      part(8, 8, closed.subarray(8), false),
      part(9, 8, closed.subarray(8), false),
    ];
    for (const each of [attacker, victim]) await each.do("capture");
    await attacker.do("raw", frames);
    const [answers, taken] = [await attacker.do<string[]>("captured"), await victim.do<string[]>("captured")];
    // Whole datagrams to the open port may come, made of what came first.
    const portOf = (text: string, offset: number) => Number.parseInt(text.slice(offset * 2, offset * 2 + 4), 16);
    const isFirst = (text: string) => text.slice(24, 28) === "0800" && (portOf(text, 20) & 0x1fff) === 0;
    expect(taken.filter((text) => isFirst(text) && portOf(text, 36) === TRUSTED)).toEqual([]);
    expect(answers.filter((text) => isFirst(text) && portOf(text, 34) === TRUSTED)).toEqual([]);
  });

  test.each(["attacker", "peer", "stranger"] as const)(
    "a forged error about a connection of others: %s",
    async (name) => {
      const self = people[name];
      const { friend, victim } = people;
      await friend.do("errors", friend.ipv4, 4321, victim.ipv4, TRUSTED);
      const about = udp(friend.ipv4, 4321, victim.ipv4, TRUSTED, mark);
      const tooLarge = Buffer.from([0, 0, 2, 40]);
      const frames = [
        icmp(self.ipv4, friend.ipv4, 3, 3, Buffer.concat([Buffer.alloc(4), about])),
        icmp(self.ipv4, friend.ipv4, 3, 4, Buffer.concat([tooLarge, about])),
      ].map((each) => frame(self.mac, ROUTER, each));
      expect(await attack(self, frames)).toEqual([]);
      expect(await friend.do("error", false)).toBe(null);
    },
  );

  test("an error about one's own connection arrives, and another task is no next hop", async () => {
    const { attacker, friend, victim } = people;
    await friend.do("errors", friend.ipv4, 4322, victim.ipv4, TRUSTED);
    const about = udp(friend.ipv4, 4322, victim.ipv4, TRUSTED, mark);
    await victim.do("raw", [
      frame(victim.mac, ROUTER, icmp(victim.ipv4, friend.ipv4, 3, 3, Buffer.concat([Buffer.alloc(4), about]))),
    ]);
    expect(await friend.do("error", true)).toBe("ECONNREFUSED");
    await inside(attacker.path, "ip", "route", "add", `${victim.ipv4}/32`, "via", friend.ipv4, "dev", "eth0");
    try {
      expect(await attacker.asks(victim.ipv4, TRUSTED)).toBe(false);
      expect(await attacker.asks(victim.ipv4, OPEN)).toBe(true); // the router goes by the packet's address
    } finally {
      await inside(attacker.path, "ip", "route", "delete", `${victim.ipv4}/32`);
    }
  });
});

describe("the host", () => {
  test.each(["attacker", "peer", "nat"] as const)(
    "none of its addresses answers, nor takes anything: %s",
    async (name) => {
      const self = people[name];
      const transit = [...(await hostAddresses(4)).filter((each) => each.startsWith("198.18.")), "198.18.0.1"];
      const neighbours = transit.flatMap((each) => [2, 3, 4, 5].map((n) => each.replace(/\d+$/, String(n))));
      const addresses4 = [
        ...(await hostAddresses(4)),
        ...new Set(neighbours),
        "169.254.0.1",
        "169.254.169.254",
        "169.254.170.2",
        "10.70.1.1",
        "255.255.255.255",
        "224.0.0.1",
        "0.0.0.0",
      ];
      const addresses6 = [
        ...(await hostAddresses(6)),
        "fe80::1",
        "fe80::2",
        "ff02::1",
        "ff02::2",
        "fd00:ec2::254",
        "::1",
      ];
      const packets = (source: string, to: string) => [
        udp(source, 1000, to, hostPort.udp, mark),
        udp(source, 53, to, hostPort.udp, mark),
      ];
      const all = [
        ...addresses4.flatMap((to) => packets(self.ipv4, to)),
        ...(self.ipv6
          ? addresses6.flatMap((to) => [...packets(self.ipv6, to), icmp(self.ipv6, to, 128, 0, Buffer.alloc(8))])
          : []),
      ];
      await self.do("capture");
      expect(
        await attack(
          self,
          all.map((each) => frame(self.mac, ROUTER, each)),
        ),
      ).toEqual([]);
      expect(heard).toEqual([]);
      const answers = await self.do<string[]>("captured");
      // An error of the host's guard about an address that nobody has is no answer.
      expect(answers.filter((text) => text.slice(24, 28) === "86dd" && text.slice(108, 110) === "81")).toEqual([]);
      const port = new URL(engine.endpoint).port;
      const pairs = addresses4
        .filter((to) => !/^(0|224|255|127)\./.test(to))
        .flatMap((to) => [port, String(hostPort.tcp)].map((each) => [to, each] as const));
      for (let i = 0; i < pairs.length; i += 16) {
        const tried = pairs.slice(i, i + 16).map((pair) => probe(self.path, "tcp", ...pair));
        for (const answer of await Promise.all(tried)) expect(answer).toMatch(/timeout|UNREACH|EINVAL/);
      }
      expect(await probe(undefined, "tcp", "127.0.0.1", String(hostPort.tcp))).toBe("host");
    },
  );

  test("its loopback is not behind the gateway, and its files are not in a task", async () => {
    const { attacker } = people;
    const { tcp } = hostPort;
    const frames = ["127.0.0.1", "127.0.0.53", "127.1.2.3"].map((to) =>
      frame(attacker.mac, ROUTER, udp(attacker.ipv4, 1000, to, hostPort.udp, mark)),
    );
    expect(await attack(attacker, frames)).toEqual([]);
    expect(heard).toEqual([]);
    expect(await probe(attacker.path, "tcp", "127.0.0.1", String(tcp))).toBe("ECONNREFUSED");
    const script = `find / -xdev -type s; ls -d /run /var/run /run/neargate /run/containerd 2>/dev/null; cat /proc/mounts`;
    const { lines } = await fargate.script(image, script);
    expect(
      lines.filter(
        (line) => /containerd\.sock|neargate\/|admin|docker\.sock/.test(line) && !/overlay|upperdir/.test(line),
      ),
    ).toEqual([]);
  });
});

describe("other VPCs", () => {
  test("their resolvers, tasks and addresses are not there, and ours are not for them", async () => {
    const { attacker, stranger, peer, victim } = people;
    const name = `ip-${stranger.ipv4.replaceAll(".", "-")}.ec2.internal`;
    const foreign = [
      ...["10.72.0.2", "10.71.0.2", "10.72.1.1"].map((server) => [attacker, server] as const),
      [peer, "10.70.0.2"] as const,
    ];
    await Promise.all([
      ...foreign.map(async ([from, server]) => {
        expect(await probe(from.path, "dns", server, name, "A"), server).toMatch(/TIMEOUT|REFUSED|UNREACH/);
      }),
      probe(attacker.path, "dns", "10.70.0.2", name, "A").then((own) => expect(own).not.toContain(stranger.ipv4)),
    ]);
    for (const to of [stranger.ipv4, stranger.ipv6]) expect(await attacker.asks(to, OPEN)).toBe(false);
    for (const from of [stranger, peer])
      for (const to of [victim.ipv4, victim.ipv6]) expect(await from.asks(to, TRUSTED)).toBe(false);
    expect(await peer.asks(victim.ipv4, OPEN)).toBe(true); // as its group says
  });

  test("nor are those of other engines", async () => {
    const { attacker, victim } = people;
    const other = await TestEngine.start();
    try {
      const far = await Fargate.prepare(other);
      const [task] = await far.start(await far.define([{ image: await far.pushBusybox() }]));
      const publicIp = await far.publicIp(task!);
      const transit = (await hostAddresses(4)).filter((each) => each.startsWith("198.18."));
      expect(new Set(transit).size).toBeGreaterThan(1);
      await Promise.all(
        [far.privateIp(task!), publicIp, ...transit].map(async (to) => {
          const answer = await probe(attacker.path, "tcp", to, new URL(other.endpoint).port);
          expect(answer, to).toMatch(/timeout|UNREACH|EINVAL/);
        }),
      );
    } finally {
      await other.stop();
    }
    expect(await people.friend.asks(victim.ipv4, TRUSTED)).toBe(true);
  });
});
