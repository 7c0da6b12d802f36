import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { systemClock } from "../../base/clock.ts";
import { randomIds } from "../../base/ids.ts";
import { silentLogger } from "../../base/log.ts";
import type { InterfaceSpec, SecurityGroupSpec, VpcTopology } from "../../network/backend.ts";
import { ipv6Cidr } from "../../network/ipv6.ts";
import { SimulatedNetwork } from "../../network/simulated.ts";
import { sqliteDialect } from "../../store/sqlite.ts";
import { Store } from "../../store/store.ts";
import type { RequestContext } from "../../wire/context.ts";
import { Ec2 } from "./ec2.ts";
import { authorizeSecurityGroupIngress } from "./operations/authorize-security-group-ingress.ts";
import { associateDhcpOptions } from "./operations/associate-dhcp-options.ts";
import { associateSubnetCidrBlock } from "./operations/associate-subnet-cidr-block.ts";
import { associateVpcCidrBlock } from "./operations/associate-vpc-cidr-block.ts";
import { createDefaultVpc } from "./operations/create-default-vpc.ts";
import { createDhcpOptions } from "./operations/create-dhcp-options.ts";
import { createSecurityGroup } from "./operations/create-security-group.ts";
import { createSubnet } from "./operations/create-subnet.ts";
import { createTags } from "./operations/create-tags.ts";
import { deleteSecurityGroup } from "./operations/delete-security-group.ts";
import { deleteSubnet } from "./operations/delete-subnet.ts";
import { deleteTags } from "./operations/delete-tags.ts";
import { describeNetworkInterfaces } from "./operations/describe-network-interfaces.ts";
import { describeSecurityGroups } from "./operations/describe-security-groups.ts";
import { describeSubnets } from "./operations/describe-subnets.ts";
import { describeTags } from "./operations/describe-tags.ts";
import { describeVpcs } from "./operations/describe-vpcs.ts";
import { deleteVpc } from "./operations/delete-vpc.ts";
import { disassociateSubnetCidrBlock } from "./operations/disassociate-subnet-cidr-block.ts";
import { disassociateVpcCidrBlock } from "./operations/disassociate-vpc-cidr-block.ts";
import { modifySubnetAttribute } from "./operations/modify-subnet-attribute.ts";
import { modifyVpcAttribute } from "./operations/modify-vpc-attribute.ts";
import { revokeSecurityGroupIngress } from "./operations/revoke-security-group-ingress.ts";
import { releaseInterface, reserveInterface } from "./interfaces.ts";
import { containsIpv6 } from "./ipv6.ts";
import { taskNetworking } from "./task-networking.ts";

const scope = { account: "111122223333", region: "eu-central-1" };
const context = { scope } as RequestContext;

/** Remembers what was asked of it. */
class RecordingNetwork extends SimulatedNetwork {
  readonly published: SecurityGroupSpec[] = [];
  readonly attached: InterfaceSpec[] = [];
  readonly topologies: VpcTopology[] = [];

  override async attach(vpcId: string, spec: InterfaceSpec): Promise<{ networkNamespace: string }> {
    this.attached.push(spec);
    return await super.attach(vpcId, spec);
  }

  override async applyTopology(topology?: VpcTopology): Promise<void> {
    if (topology) this.topologies.push(topology);
  }

  override async applyGroups(_vpcId?: string, groups: SecurityGroupSpec[] = []): Promise<void> {
    this.published.push(...groups);
  }
}

let store: Store;
let network: RecordingNetwork;
let ec2: Ec2;
beforeEach(async () => {
  store = new Store(sqliteDialect(":memory:"), silentLogger);
  network = new RecordingNetwork("198.51.100.0/29");
  ec2 = new Ec2({ store, network, clock: systemClock, ids: randomIds, log: silentLogger });
  await store.open();
  await ec2.start();
});
afterEach(async () => {
  await ec2.stop();
  await store.close();
});

async function subnetIds(): Promise<string[]> {
  const { Subnets = [] } = await describeSubnets(ec2)({}, context);
  return Subnets.map((subnet) => subnet.SubnetId!);
}

async function reserve(assignPublicIp: "ENABLED" | "DISABLED" = "DISABLED", securityGroupIds: string[] = []) {
  const [subnetId = ""] = await subnetIds();
  return await taskNetworking(ec2).reserveInterface(scope, {
    subnetId,
    securityGroupIds,
    assignPublicIp,
    description: "d",
  });
}

async function newGroup(name: string): Promise<string> {
  const { GroupId } = await createSecurityGroup(ec2)({ GroupName: name, Description: name }, context);
  return GroupId!;
}

test("a Region has its default VPC from the first look, once, however many look", async () => {
  const looks = await Promise.all(Array.from({ length: 5 }, () => describeVpcs(ec2)({}, context)));
  expect(new Set(looks.flatMap(({ Vpcs }) => Vpcs!.map((vpc) => vpc.VpcId))).size).toBe(1);
  expect(looks[0]!.Vpcs![0]).toMatchObject({ CidrBlock: "172.31.0.0/16", IsDefault: true, OwnerId: "111122223333" });
  const { Subnets } = await describeSubnets(ec2)({ Filters: [{ Name: "default-for-az", Values: ["true"] }] }, context);
  expect(
    Subnets!.map((subnet) => [subnet.AvailabilityZone, subnet.CidrBlock, subnet.AvailableIpAddressCount]).toSorted(),
  ).toEqual([
    ["eu-central-1a", "172.31.0.0/20", 4091],
    ["eu-central-1b", "172.31.16.0/20", 4091],
    ["eu-central-1c", "172.31.32.0/20", 4091],
  ]);
  const elsewhere = await describeVpcs(ec2)({}, { scope: { ...scope, region: "us-east-1" } } as RequestContext);
  expect(elsewhere.Vpcs![0]!.VpcId).not.toBe(looks[0]!.Vpcs![0]!.VpcId);
});

test("the default group lets its members and everything outwards through", async () => {
  const { SecurityGroups = [] } = await describeSecurityGroups(ec2)({ GroupNames: ["default"] }, context);
  const [group] = SecurityGroups;
  expect(group).toMatchObject({
    Description: "default VPC security group",
    IpPermissions: [{ IpProtocol: "-1", UserIdGroupPairs: [{ GroupId: group!.GroupId, UserId: "111122223333" }] }],
    IpPermissionsEgress: [{ IpProtocol: "-1", IpRanges: [{ CidrIp: "0.0.0.0/0" }] }],
  });
  await expect(deleteSecurityGroup(ec2)({ GroupId: group!.GroupId }, context)).rejects.toMatchObject({
    code: "CannotDelete",
  });
});

test("addresses are unique under concurrency, leave out AWS's own, and rest before they are used again", async () => {
  const reserved = await Promise.all(Array.from({ length: 20 }, () => reserve()));
  expect(new Set(reserved.map((each) => each.privateIp)).size).toBe(20);
  expect(reserved.map((each) => Number(each.privateIp.split(".")[3])).toSorted((a, b) => a - b)[0]).toBe(4);
  expect(reserved[0]!.privateDnsName).toBe(
    `ip-${reserved[0]!.privateIp.replaceAll(".", "-")}.eu-central-1.compute.internal`,
  );
  const released = reserved[0]!;
  await taskNetworking(ec2).releaseInterface(scope, released.interfaceId);
  await taskNetworking(ec2).releaseInterface(scope, released.interfaceId);
  expect((await reserve()).privateIp).not.toBe(released.privateIp);
});

test("public addresses come from the pool until it is empty; a failed reservation takes nothing", async () => {
  const six = await Promise.all(Array.from({ length: 6 }, () => reserve("ENABLED")));
  expect(new Set(six.map((each) => each.publicIp))).toEqual(new Set([1, 2, 3, 4, 5, 6].map((n) => `198.51.100.${n}`)));
  await expect(reserve("ENABLED")).rejects.toMatchObject({ code: "InsufficientAddressCapacity" });
  const { Subnets } = await describeSubnets(ec2)({ SubnetIds: [six[0]!.subnetId] }, context);
  expect(Subnets![0]!.AvailableIpAddressCount).toBe(4091 - 6);
  await taskNetworking(ec2).releaseInterface(scope, six[2]!.interfaceId);
  expect((await reserve("ENABLED")).publicIp).toBe(six[2]!.publicIp);
});

test("a pool that was asked for more than it has is whole again when all is released", async () => {
  const attempts = await Promise.allSettled(Array.from({ length: 12 }, () => reserve("ENABLED")));
  const got = attempts.flatMap((attempt) => (attempt.status === "fulfilled" ? [attempt.value] : []));
  expect(got).toHaveLength(6);
  for (const { interfaceId } of got) await taskNetworking(ec2).releaseInterface(scope, interfaceId);
  const { Subnets } = await describeSubnets(ec2)({}, context);
  expect(Subnets!.map((subnet) => subnet.AvailableIpAddressCount)).toEqual([4091, 4091, 4091]);
  expect((await describeNetworkInterfaces(ec2)({}, context)).NetworkInterfaces).toEqual([]);
  const again = await Promise.all(Array.from({ length: 6 }, () => reserve("ENABLED")));
  expect(new Set(again.map((each) => each.publicIp)).size).toBe(6);
});

test("a failed reservation leaves nothing, though the transaction around it goes on", async () => {
  await Promise.all(Array.from({ length: 6 }, () => reserve("ENABLED")));
  await store.transaction(async () => {
    await expect(reserve("ENABLED")).rejects.toMatchObject({ code: "InsufficientAddressCapacity" });
  });
  const { Subnets } = await describeSubnets(ec2)({ SubnetIds: (await subnetIds()).slice(0, 1) }, context);
  expect(Subnets![0]!.AvailableIpAddressCount).toBe(4091 - 6);
});

test("an interface is attached with the VPC's default group, and described", async () => {
  const { interfaceId, vpcId, publicIp } = await reserve("ENABLED");
  const attached = await taskNetworking(ec2).attachInterface(scope, interfaceId);
  expect(attached).toEqual({
    networkNamespace: `simulated:${interfaceId}`,
    nameservers: ["172.31.0.2"],
    searchDomains: ["eu-central-1.compute.internal"],
    subnetCidrBlock: expect.stringMatching(/^172\.31\.\d+\.0\/20$/),
  });
  expect(await network.list()).toEqual([{ vpcId, interfaceIds: [interfaceId] }]);
  const filter = { Name: "addresses.association.public-ip", Values: [publicIp!] };
  const { NetworkInterfaces } = await describeNetworkInterfaces(ec2)({ Filters: [filter] }, context);
  expect(NetworkInterfaces).toMatchObject([
    {
      NetworkInterfaceId: interfaceId,
      Status: "in-use",
      Groups: [{ GroupName: "default" }],
      Association: { PublicIp: publicIp },
    },
  ]);
});

test("placement is checked as EC2 does", async () => {
  const { checkPlacement } = taskNetworking(ec2);
  const [subnetId = ""] = await subnetIds();
  const check = (subnets: string[], groups: string[] = []) =>
    checkPlacement(scope, { subnetIds: subnets, securityGroupIds: groups });
  expect((await check([subnetId])).subnets).toEqual([
    { subnetId, availabilityZone: expect.stringContaining("eu-central-1") as string },
  ]);
  await expect(check(["subnet-0123456789abcdef0"])).rejects.toMatchObject({ code: "InvalidSubnetID.NotFound" });
  await expect(check(["x"])).rejects.toMatchObject({ code: "InvalidSubnetID.Malformed" });
  await expect(check([subnetId], ["sg-0123456789abcdef0"])).rejects.toMatchObject({
    code: "InvalidGroup.NotFound",
    message: "The security group 'sg-0123456789abcdef0' does not exist",
  });
});

test("rule changes reach the data plane before the call returns", async () => {
  const GroupId = await newGroup("web");
  const { interfaceId } = await reserve("DISABLED", [GroupId]);
  await taskNetworking(ec2).attachInterface(scope, interfaceId);
  const IpPermissions = [{ IpProtocol: "tcp", FromPort: 80, ToPort: 80, IpRanges: [{ CidrIp: "0.0.0.0/0" }] }];
  const { SecurityGroupRules } = await authorizeSecurityGroupIngress(ec2)({ GroupId, IpPermissions }, context);
  expect(network.published.at(-1)!.ingress).toEqual([
    { protocol: "tcp", fromPort: 80, toPort: 80, peer: { cidr: "0.0.0.0/0" } },
  ]);
  await expect(authorizeSecurityGroupIngress(ec2)({ GroupId, IpPermissions }, context)).rejects.toMatchObject({
    code: "InvalidPermission.Duplicate",
    message: 'the specified rule "peer: 0.0.0.0/0, TCP, from port: 80, to port: 80, ALLOW" already exists',
  });
  const SecurityGroupRuleIds = [SecurityGroupRules![0]!.SecurityGroupRuleId!];
  await revokeSecurityGroupIngress(ec2)({ GroupId, SecurityGroupRuleIds }, context);
  expect(network.published.at(-1)!.ingress).toEqual([]);
  expect(await revokeSecurityGroupIngress(ec2)({ GroupId, IpPermissions }, context)).toMatchObject({
    RevokedSecurityGroupRules: [],
    UnknownIpPermissions: IpPermissions,
  });
  await expect(deleteSecurityGroup(ec2)({ GroupId }, context)).rejects.toMatchObject({ code: "DependencyViolation" });
  await taskNetworking(ec2).releaseInterface(scope, interfaceId);
  expect(await deleteSecurityGroup(ec2)({ GroupId }, context)).toEqual({ Return: true, GroupId });
});

test("a rule change while an unused VPC is about to be removed, but is not, is not lost", async () => {
  let wake = () => {};
  const clock = { ...systemClock, sleep: () => new Promise<void>((resolve) => (wake = resolve)) };
  const patient = new Ec2({ store, network, clock, ids: randomIds, log: silentLogger });
  const GroupId = await newGroup("web");
  const { interfaceId, vpcId } = await reserve("DISABLED", [GroupId]);
  await taskNetworking(patient).attachInterface(scope, interfaceId);
  const { interfaces } = patient.records;
  const has = interfaces.has.bind(interfaces);
  const change = new Promise<void>((resolve) => {
    vi.spyOn(interfaces, "has").mockImplementationOnce((...args) => {
      resolve(patient.publishGroups(scope, vpcId, [GroupId]));
      return has(...args);
    });
  });
  patient.collectVpc(scope, vpcId);
  wake();
  await change;
  expect(network.published.map((group) => group.groupId)).toEqual([GroupId]);
});

test("a group that another's rule names stays; the lists of rules have an end", async () => {
  const [GroupId, other] = [await newGroup("a"), await newGroup("b")];
  const UserIdGroupPairs = [{ GroupId: other }];
  await authorizeSecurityGroupIngress(ec2)(
    { GroupId, IpPermissions: [{ IpProtocol: "-1", UserIdGroupPairs }] },
    context,
  );
  await expect(deleteSecurityGroup(ec2)({ GroupId: other }, context)).rejects.toMatchObject({
    code: "DependencyViolation",
  });
  await expect(newGroup("a")).rejects.toMatchObject({ code: "InvalidGroup.Duplicate" });
  await expect(newGroup("default")).rejects.toMatchObject({ code: "InvalidGroup.Reserved" });
  const IpRanges = Array.from({ length: 60 }, (_, i) => ({ CidrIp: `10.${i}.0.0/16` }));
  await expect(
    authorizeSecurityGroupIngress(ec2)({ GroupId, IpPermissions: [{ IpProtocol: "-1", IpRanges }] }, context),
  ).rejects.toMatchObject({ code: "RulesPerSecurityGroupLimitExceeded" });
});

test("tags are put on, found and taken off", async () => {
  const GroupId = await newGroup("web");
  const [subnetId = ""] = await subnetIds();
  const Resources = [GroupId, subnetId];
  await createTags(ec2)(
    {
      Resources,
      Tags: [
        { Key: "env", Value: "dev" },
        { Key: "owner", Value: "me" },
      ],
    },
    context,
  );
  const byTag = { Filters: [{ Name: "tag:env", Values: ["d*"] }] };
  expect((await describeSecurityGroups(ec2)(byTag, context)).SecurityGroups!.map((group) => group.GroupId)).toEqual([
    GroupId,
  ]);
  expect((await describeSubnets(ec2)(byTag, context)).Subnets).toHaveLength(1);
  await deleteTags(ec2)({ Resources, Tags: [{ Key: "env" }, { Key: "owner", Value: "you" }] }, context);
  const { Tags } = await describeTags(ec2)({ Filters: [{ Name: "resource-type", Values: ["subnet"] }] }, context);
  expect(Tags).toEqual([{ ResourceId: subnetId, ResourceType: "subnet", Key: "owner", Value: "me" }]);
  await expect(createTags(ec2)({ Resources: ["vol-1"], Tags: [{ Key: "a" }] }, context)).rejects.toMatchObject({
    code: "InvalidID",
  });
});

test("a start removes from the host what the state does not know, and applies what it does", async () => {
  const { interfaceId, vpcId } = await reserve();
  await taskNetworking(ec2).attachInterface(scope, interfaceId);
  const host = new RecordingNetwork();
  await host.applyVpc({
    vpcId: "vpc-0aaaaaaaaaaaaaaaa",
    cidrBlocks: [],
    ipv6CidrBlocks: [],
    dnsSupport: true,
    subnets: [],
    routeTables: [],
    networkAcls: [],
    prefixLists: [],
    peerings: [],
    captureFlows: false,
    securityGroups: [],
    interfaces: [],
    zones: [],
  });
  // The same state on a host that has only something else.
  await new Ec2({ store, network: host, clock: systemClock, ids: randomIds, log: silentLogger }).start();
  expect(await host.list()).toEqual([{ vpcId, interfaceIds: [interfaceId] }]);
});

test("a VPC leaves the host some time after its last interface, and comes back with the next", async () => {
  let wake = () => {};
  const clock = { ...systemClock, sleep: () => new Promise<void>((resolve) => (wake = resolve)) };
  const patient = new Ec2({ store, network, clock, ids: randomIds, log: silentLogger });
  const networking = taskNetworking(patient);
  const come = async () => {
    const { interfaceId } = await reserve();
    await networking.attachInterface(scope, interfaceId);
    return interfaceId;
  };
  const first = await come();
  await networking.releaseInterface(scope, first);
  const second = await come();
  wake();
  await expect.poll(() => network.list()).toMatchObject([{ interfaceIds: [second] }]);
  await networking.releaseInterface(scope, second);
  expect(await network.list()).toHaveLength(1);
  wake();
  await expect.poll(() => network.list()).toEqual([]);
  const third = await come();
  expect(await network.list()).toMatchObject([{ interfaceIds: [third] }]);
});

test("a default VPC that was deleted stays deleted, until another is asked for", async () => {
  const { vpcId } = await ec2.requireDefaultVpc(scope);
  for (const SubnetId of await subnetIds()) await deleteSubnet(ec2)({ SubnetId }, context);
  await expect(deleteVpc(ec2)({ VpcId: vpcId }, context)).rejects.toMatchObject({
    code: "DependencyViolation",
    message: `The vpc '${vpcId}' has dependencies and cannot be deleted.`,
  });
  const [gateway] = await ec2.records.internetGateways.list("111122223333/eu-central-1");
  await ec2.records.internetGateways.delete("111122223333/eu-central-1", gateway!.internetGatewayId);
  await deleteVpc(ec2)({ VpcId: vpcId }, context);
  expect((await describeVpcs(ec2)({}, context)).Vpcs).toEqual([]);
  expect((await describeSecurityGroups(ec2)({}, context)).SecurityGroups).toEqual([]);
  await expect(newGroup("web")).rejects.toMatchObject({ code: "VPCIdNotSpecified" });
  await createDefaultVpc(ec2)({}, context);
  expect(await subnetIds()).toHaveLength(3);
  await expect(createDefaultVpc(ec2)({}, context)).rejects.toMatchObject({ code: "DefaultVpcAlreadyExists" });
});

test("a full subnet of 65536 addresses is noticed at once, and its last address is found", async () => {
  const key = "111122223333/eu-central-1";
  const vpc = await ec2.requireDefaultVpc(scope);
  const [subnet] = await ec2.records.subnets.list(key);
  const whole = { ...subnet!, cidrBlock: vpc.cidrBlocks[0]!.cidrBlock };
  await store.transaction(async () => {
    for (let i = 4; i < 65_535; i++) {
      const address = `172.31.${i >> 8}.${i & 255}`;
      if (address !== "172.31.200.7") await ec2.records.addresses.insert(whole.subnetId, address, { interfaceId: "x" });
    }
  });
  const request = { subnet: whole, role: "task" as const, groupIds: [], description: "" };
  const started = process.cpuUsage(); // of this process: others may have the processor meanwhile
  expect((await reserveInterface(ec2, scope, request)).privateIp).toBe("172.31.200.7");
  await expect(reserveInterface(ec2, scope, request)).rejects.toMatchObject({
    code: "InsufficientFreeAddressesInSubnet",
  });
  expect(process.cpuUsage(started).user / 1000).toBeLessThan(2000);
}, 60_000);

test("an address that is asked for is taken once; an elastic one stays when its interface goes", async () => {
  const key = "111122223333/eu-central-1";
  await ec2.ensureRegion(scope);
  const [subnet] = await ec2.records.subnets.list(key, {
    where: { vpcId: (await ec2.requireDefaultVpc(scope)).vpcId },
  });
  const privateIp = subnet!.cidrBlock.replace("0/20", "77");
  const elastic = { allocationId: "eipalloc-0aaaaaaaaaaaaaaaa", publicIp: "198.51.100.3", associationId: "eipassoc-1" };
  await ec2.records.addresses.insert("public", elastic.publicIp, { interfaceId: elastic.allocationId });
  const request = { subnet: subnet!, role: "nat" as const, groupIds: [], description: "", privateIp };
  const record = await reserveInterface(ec2, scope, { ...request, publicAddress: elastic });
  await ec2.records.elasticAddresses.insert(key, elastic.allocationId, {
    ...elastic,
    interfaceId: record.interfaceId,
    privateIp,
    tags: [],
  });
  expect(record).toMatchObject({ privateIp, publicIp: "198.51.100.3", allocationId: elastic.allocationId });
  expect(record.attachmentId).toMatch(/^ela-attach-/);
  await expect(reserveInterface(ec2, scope, request)).rejects.toMatchObject({ code: "InvalidParameterValue" });
  const outside = { ...request, privateIp: "10.0.0.9" };
  await expect(reserveInterface(ec2, scope, outside)).rejects.toMatchObject({ code: "InvalidParameterValue" });
  await releaseInterface(ec2, scope, record.interfaceId);
  expect(await ec2.records.addresses.get("public", elastic.publicIp)).toBeDefined();
  expect(await ec2.records.elasticAddresses.get(key, elastic.allocationId)).toEqual({
    allocationId: elastic.allocationId,
    publicIp: elastic.publicIp,
    tags: [],
  });
  expect((await reserveInterface(ec2, scope, request)).privateIp).toBe(privateIp);
});

test("IPv6: a VPC's range, a subnet's, an interface's address, and all of it back", async () => {
  const { vpcId } = await ec2.requireDefaultVpc(scope);
  const { Ipv6CidrBlockAssociation } = await associateVpcCidrBlock(ec2)(
    { VpcId: vpcId, AmazonProvidedIpv6CidrBlock: true },
    context,
  );
  const { Ipv6CidrBlock = "", AssociationId } = Ipv6CidrBlockAssociation!;
  expect(Ipv6CidrBlock).toMatch(/^fd00:6e67:.*::\/56$|^fd00:6e67:.*\/56$/);
  const { SecurityGroups } = await describeSecurityGroups(ec2)({}, context);
  expect(SecurityGroups![0]!.IpPermissionsEgress![0]).toMatchObject({ Ipv6Ranges: [{ CidrIpv6: "::/0" }] });
  const [SubnetId = "", other = ""] = await subnetIds();
  const range = Ipv6CidrBlock.replace("/56", "/64");
  await associateSubnetCidrBlock(ec2)({ SubnetId, Ipv6CidrBlock: range }, context);
  await expect(associateSubnetCidrBlock(ec2)({ SubnetId: other, Ipv6CidrBlock: range }, context)).rejects.toMatchObject(
    { code: "InvalidSubnet.Conflict" },
  );
  await modifySubnetAttribute(ec2)({ SubnetId, AssignIpv6AddressOnCreation: { Value: true } }, context);
  const { interfaceId, ipv6Address } = await reserve();
  expect(containsIpv6(ipv6Cidr(range), ipv6Cidr(`${ipv6Address}/128`))).toBe(true);
  const { NetworkInterfaces } = await describeNetworkInterfaces(ec2)(
    { Filters: [{ Name: "ipv6-addresses.ipv6-address", Values: [ipv6Address!] }] },
    context,
  );
  expect(NetworkInterfaces).toMatchObject([{ Ipv6Addresses: [{ Ipv6Address: ipv6Address }] }]);
  const { Subnets } = await describeSubnets(ec2)({ SubnetIds: [SubnetId] }, context);
  const association = Subnets![0]!.Ipv6CidrBlockAssociationSet![0]!;
  const free = () => disassociateSubnetCidrBlock(ec2)({ AssociationId: association.AssociationId }, context);
  await expect(disassociateVpcCidrBlock(ec2)({ AssociationId }, context)).rejects.toMatchObject({
    code: "InvalidCidrBlock.InUse",
  });
  await expect(free()).rejects.toMatchObject({ code: "InvalidCidrBlock.InUse" });
  await modifySubnetAttribute(ec2)({ SubnetId, AssignIpv6AddressOnCreation: { Value: false } }, context);
  await expect(free()).rejects.toMatchObject({ code: "InvalidCidrBlock.InUse" });
  await taskNetworking(ec2).releaseInterface(scope, interfaceId);
  await free();
  await disassociateVpcCidrBlock(ec2)({ AssociationId }, context);
  expect((await describeVpcs(ec2)({}, context)).Vpcs![0]!.Ipv6CidrBlockAssociationSet).toBeUndefined();
});

test("DHCP options are what a task's resolver is told from then on", async () => {
  const { vpcId } = await ec2.requireDefaultVpc(scope);
  const { DhcpOptions } = await createDhcpOptions(ec2)(
    {
      DhcpConfigurations: [
        { Key: "domain-name", Values: ["corp.example"] },
        { Key: "domain-name-servers", Values: ["10.9.9.9", "AmazonProvidedDNS"] },
      ],
    },
    context,
  );
  await associateDhcpOptions(ec2)({ VpcId: vpcId, DhcpOptionsId: DhcpOptions!.DhcpOptionsId }, context);
  const { interfaceId } = await reserve();
  expect(await taskNetworking(ec2).attachInterface(scope, interfaceId)).toMatchObject({
    nameservers: ["10.9.9.9", "172.31.0.2"],
    searchDomains: ["corp.example"],
  });
  await associateDhcpOptions(ec2)({ VpcId: vpcId, DhcpOptionsId: "default" }, context);
  expect(await taskNetworking(ec2).attachInterface(scope, interfaceId)).toMatchObject({ nameservers: [] });
});

test("DNS host names come and go with the VPC's attributes, for interfaces that run too", async () => {
  const { interfaceId, vpcId, publicIp = "" } = await reserve("ENABLED");
  await taskNetworking(ec2).attachInterface(scope, interfaceId);
  const name = `ec2-${publicIp.replaceAll(".", "-")}.eu-central-1.compute.amazonaws.com`;
  expect(network.attached.at(-1)).toMatchObject({ publicDnsName: name });
  const seen = async () => (await describeNetworkInterfaces(ec2)({}, context)).NetworkInterfaces![0]!;
  expect((await seen()).Association).toMatchObject({ PublicDnsName: name });
  await modifyVpcAttribute(ec2)({ VpcId: vpcId, EnableDnsHostnames: { Value: false } }, context);
  expect(network.attached.at(-1)!.publicDnsName).toBeUndefined();
  expect(await seen()).toMatchObject({ Association: { PublicDnsName: "" } });
  expect((await seen()).PrivateDnsName).toBeUndefined();
  await modifyVpcAttribute(ec2)({ VpcId: vpcId, EnableDnsSupport: { Value: false } }, context);
  expect(network.topologies.at(-1)!.dnsSupport).toBe(false);
  await expect(
    modifyVpcAttribute(ec2)({ VpcId: vpcId, EnableDnsHostnames: { Value: true } }, context),
  ).rejects.toMatchObject({ code: "InvalidParameterCombination" });
});

test("a new subnet is in the default network ACL and routed by the main table, and leaves both", async () => {
  const { interfaceId, vpcId } = await reserve();
  await taskNetworking(ec2).attachInterface(scope, interfaceId);
  const { Subnet } = await createSubnet(ec2)({ VpcId: vpcId, CidrBlock: "172.31.64.9/24" }, context);
  expect(Subnet).toMatchObject({ CidrBlock: "172.31.64.0/24", DefaultForAz: false, AvailableIpAddressCount: 251 });
  const of = (topology: VpcTopology) => topology.subnets.find((each) => each.subnetId === Subnet!.SubnetId);
  const known = network.topologies.at(-1)!;
  expect(of(known)).toMatchObject({
    networkAclId: known.networkAcls[0]!.networkAclId,
    routeTableId: known.routeTables[0]!.routeTableId,
  });
  await deleteSubnet(ec2)({ SubnetId: Subnet!.SubnetId }, context);
  expect(of(network.topologies.at(-1)!)).toBeUndefined();
  const acls = await ec2.records.networkAcls.list("111122223333/eu-central-1");
  expect(acls[0]!.associations).toHaveLength(3);
});
