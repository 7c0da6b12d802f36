import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { systemClock } from "../../base/clock.ts";
import { randomIds } from "../../base/ids.ts";
import { silentLogger } from "../../base/log.ts";
import type { SecurityGroupSpec } from "../../network/backend.ts";
import { SimulatedNetwork } from "../../network/simulated.ts";
import { sqliteDialect } from "../../store/sqlite.ts";
import { Store } from "../../store/store.ts";
import type { RequestContext } from "../../wire/context.ts";
import { Ec2 } from "./ec2.ts";
import { authorizeSecurityGroupIngress } from "./operations/authorize-security-group-ingress.ts";
import { createSecurityGroup } from "./operations/create-security-group.ts";
import { createTags } from "./operations/create-tags.ts";
import { deleteSecurityGroup } from "./operations/delete-security-group.ts";
import { deleteTags } from "./operations/delete-tags.ts";
import { describeNetworkInterfaces } from "./operations/describe-network-interfaces.ts";
import { describeSecurityGroups } from "./operations/describe-security-groups.ts";
import { describeSubnets } from "./operations/describe-subnets.ts";
import { describeTags } from "./operations/describe-tags.ts";
import { describeVpcs } from "./operations/describe-vpcs.ts";
import { revokeSecurityGroupIngress } from "./operations/revoke-security-group-ingress.ts";
import { taskNetworking } from "./task-networking.ts";

const scope = { account: "111122223333", region: "eu-central-1" };
const context = { scope } as RequestContext;

/** Remembers what was asked of it. */
class RecordingNetwork extends SimulatedNetwork {
  readonly published: SecurityGroupSpec[] = [];

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
  await expect(revokeSecurityGroupIngress(ec2)({ GroupId, IpPermissions }, context)).rejects.toMatchObject({
    code: "InvalidPermission.NotFound",
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
  const count = interfaces.count.bind(interfaces);
  const change = new Promise<void>((resolve) => {
    vi.spyOn(interfaces, "count").mockImplementationOnce((...args) => {
      resolve(patient.publishGroups(scope, vpcId, [GroupId]));
      return count(...args);
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
  await host.applyVpc({ vpcId: "vpc-0aaaaaaaaaaaaaaaa", cidrBlocks: [], securityGroups: [], interfaces: [] });
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
