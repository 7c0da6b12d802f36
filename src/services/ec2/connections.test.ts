import { request } from "node:http";
import type { AddressInfo, Server } from "node:net";
import { afterEach, beforeEach, expect, test } from "vitest";
import { systemClock, type Clock } from "../../base/clock.ts";
import { randomIds } from "../../base/ids.ts";
import { silentLogger } from "../../base/log.ts";
import type { FlowSample, InterfaceSpec, SecurityGroupSpec, VpcTopology, ZoneSpec } from "../../network/backend.ts";
import { SimulatedNetwork } from "../../network/simulated.ts";
import { sqliteDialect } from "../../store/sqlite.ts";
import { Store } from "../../store/store.ts";
import type { RequestContext } from "../../wire/context.ts";
import { Ec2 } from "./ec2.ts";
import { FlowLogCollector } from "./flow-log-collector.ts";
import { FlowLogAccessError, type FlowLogEvent } from "./flow-logs.ts";
import type { FlowLogRecord } from "./records.ts";
import { acceptVpcPeeringConnection } from "./operations/accept-vpc-peering-connection.ts";
import { authorizeSecurityGroupIngress } from "./operations/authorize-security-group-ingress.ts";
import { createFlowLogs } from "./operations/create-flow-logs.ts";
import { createManagedPrefixList } from "./operations/create-managed-prefix-list.ts";
import { createSecurityGroup } from "./operations/create-security-group.ts";
import { createSubnet } from "./operations/create-subnet.ts";
import { createTags } from "./operations/create-tags.ts";
import { createVpcEndpoint } from "./operations/create-vpc-endpoint.ts";
import { createVpcPeeringConnection } from "./operations/create-vpc-peering-connection.ts";
import { createVpc } from "./operations/create-vpc.ts";
import { deleteVpcEndpoints } from "./operations/delete-vpc-endpoints.ts";
import { deleteVpcPeeringConnection } from "./operations/delete-vpc-peering-connection.ts";
import { describeFlowLogs } from "./operations/describe-flow-logs.ts";
import { describeNetworkInterfaces } from "./operations/describe-network-interfaces.ts";
import { describeSecurityGroupReferences } from "./operations/describe-security-group-references.ts";
import { describeSecurityGroupRules } from "./operations/describe-security-group-rules.ts";
import { describeStaleSecurityGroups } from "./operations/describe-stale-security-groups.ts";
import { describeVpcEndpoints } from "./operations/describe-vpc-endpoints.ts";
import { describeVpcPeeringConnections } from "./operations/describe-vpc-peering-connections.ts";
import { modifyManagedPrefixList } from "./operations/modify-managed-prefix-list.ts";
import { modifyVpcAttribute } from "./operations/modify-vpc-attribute.ts";
import { modifyVpcEndpoint } from "./operations/modify-vpc-endpoint.ts";
import { rejectVpcPeeringConnection } from "./operations/reject-vpc-peering-connection.ts";
import { revokeSecurityGroupIngress } from "./operations/revoke-security-group-ingress.ts";
import { taskNetworking } from "./task-networking.ts";

const scope = { account: "111122223333", region: "eu-central-1" };
const context = { scope } as RequestContext;
const other = { scope: { account: "444455556666", region: "eu-central-1" } } as RequestContext;
const elsewhere = { scope: { account: "111122223333", region: "us-east-1" } } as RequestContext;

/** Remembers what was asked of it, and lets servers listen on loopback. */
class RecordingNetwork extends SimulatedNetwork {
  readonly topologies: VpcTopology[] = [];
  readonly attached: InterfaceSpec[] = [];
  readonly groups: SecurityGroupSpec[] = [];
  readonly zones = new Map<string, ZoneSpec[]>();
  readonly ports = new Map<string, number>();
  readonly servers: Server[] = [];
  flows: FlowSample[] = [];

  override async attach(vpcId: string, spec: InterfaceSpec) {
    this.attached.push(spec);
    return await super.attach(vpcId, spec);
  }
  override async applyTopology(topology?: VpcTopology): Promise<void> {
    if (topology) this.topologies.push(topology);
  }
  override async applyGroups(_vpcId?: string, groups: SecurityGroupSpec[] = []): Promise<void> {
    this.groups.push(...groups);
  }
  override async applyZones(vpcId?: string, zones: ZoneSpec[] = []): Promise<void> {
    if (vpcId) this.zones.set(vpcId, zones);
  }
  override async listen(_vpcId?: string, interfaceId = "", _port?: number, server?: Server): Promise<void> {
    if (!server) return;
    this.servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    this.ports.set(interfaceId, (server.address() as AddressInfo).port);
  }
  override async readFlows(): Promise<FlowSample[]> {
    return this.flows.splice(0);
  }
}

let now = 1_700_000_000_000;
const clock: Clock = { ...systemClock, now: () => now };
let store: Store;
let network: RecordingNetwork;
let ec2: Ec2;

function newEc2(): Ec2 {
  const made = new Ec2({ store, network, clock, ids: randomIds, log: silentLogger });
  made.useApi((_, response) => response.end("the API"));
  return made;
}

beforeEach(async () => {
  now = 1_700_000_000_000;
  store = new Store(sqliteDialect(":memory:"), silentLogger);
  network = new RecordingNetwork("198.51.100.0/24");
  ec2 = newEc2();
  await store.open();
  await ec2.start();
});
afterEach(async () => {
  await ec2.stop();
  for (const server of network.servers) server.close();
  await store.close();
});

async function newVpc(CidrBlock: string, of = context): Promise<string> {
  return (await createVpc(ec2)({ CidrBlock }, of)).Vpc!.VpcId!;
}

async function newSubnet(VpcId: string, CidrBlock: string, zone = "a", of = context): Promise<string> {
  const AvailabilityZone = `${of.scope.region}${zone}`;
  return (await createSubnet(ec2)({ VpcId, CidrBlock, AvailabilityZone }, of)).Subnet!.SubnetId!;
}

async function newGroup(VpcId: string, of = context): Promise<string> {
  return (await createSecurityGroup(ec2)({ GroupName: "web", Description: "web", VpcId }, of)).GroupId!;
}

/** Puts a VPC on the host by an interface in it. */
async function attach(vpcId: string, cidr: string, of = context): Promise<string> {
  const subnetId = await newSubnet(vpcId, cidr, "a", of);
  const networking = taskNetworking(ec2);
  const wanted = { subnetId, securityGroupIds: [], assignPublicIp: "DISABLED" as const, description: "" };
  const { interfaceId } = await networking.reserveInterface(of.scope, wanted);
  await networking.attachInterface(of.scope, interfaceId);
  return interfaceId;
}

async function peer(VpcId: string, PeerVpcId: string, PeerOwnerId?: string, PeerRegion?: string) {
  const input = { VpcId, PeerVpcId, PeerOwnerId, PeerRegion };
  return (await createVpcPeeringConnection(ec2)(input, context)).VpcPeeringConnection!;
}

test("a peering across accounts: asked, accepted by the other only, told to both VPCs, deleted", async () => {
  const [mine, theirs] = [await newVpc("10.0.0.0/16"), await newVpc("10.1.0.0/16", other)];
  await attach(mine, "10.0.1.0/24");
  await attach(theirs, "10.1.1.0/24", other);
  const asked = await peer(mine, theirs, "444455556666");
  const id = asked.VpcPeeringConnectionId!;
  expect(asked).toMatchObject({
    Status: { Code: "pending-acceptance", Message: "Pending Acceptance by 444455556666" },
    RequesterVpcInfo: { CidrBlock: "10.0.0.0/16", OwnerId: "111122223333", Region: "eu-central-1" },
    ExpirationTime: new Date(now + 7 * 24 * 3_600_000),
  });
  expect(asked.AccepterVpcInfo).toEqual({ OwnerId: "444455556666", VpcId: theirs, Region: "eu-central-1" });
  // The same request again is the same peering.
  expect((await peer(mine, theirs, "444455556666")).VpcPeeringConnectionId).toBe(id);
  await expect(acceptVpcPeeringConnection(ec2)({ VpcPeeringConnectionId: id }, context)).rejects.toMatchObject({
    code: "OperationNotPermitted",
    message: `User 111122223333 cannot accept peering ${id}`,
  });
  await expect(acceptVpcPeeringConnection(ec2)({ VpcPeeringConnectionId: id }, elsewhere)).rejects.toMatchObject({
    code: "InvalidVpcPeeringConnectionID.NotFound",
  });
  const accepted = await acceptVpcPeeringConnection(ec2)({ VpcPeeringConnectionId: id }, other);
  expect(accepted.VpcPeeringConnection).toMatchObject({
    Status: { Code: "active", Message: "Active" },
    AccepterVpcInfo: { CidrBlockSet: [{ CidrBlock: "10.1.0.0/16" }] },
  });
  expect(network.topologies.map(({ vpcId, peerings }) => [vpcId, peerings]).slice(-2)).toEqual(
    expect.arrayContaining([
      [mine, [{ peeringId: id, peerVpcId: theirs, peerCidrBlocks: ["10.1.0.0/16"] }]],
      [theirs, [{ peeringId: id, peerVpcId: mine, peerCidrBlocks: ["10.0.0.0/16"] }]],
    ]),
  );
  await expect(peer(mine, theirs, "444455556666")).rejects.toMatchObject({ code: "VpcPeeringConnectionAlreadyExists" });
  await createTags(ec2)({ Resources: [id], Tags: [{ Key: "of", Value: "theirs" }] }, other);
  const [seen] = (await describeVpcPeeringConnections(ec2)({}, other)).VpcPeeringConnections!;
  expect(seen!.Tags).toEqual([{ Key: "of", Value: "theirs" }]);
  const filter = [{ Name: "status-code", Values: ["active"] }];
  const [own] = (await describeVpcPeeringConnections(ec2)({ Filters: filter }, context)).VpcPeeringConnections!;
  expect(own!.Tags).toEqual([]);

  await deleteVpcPeeringConnection(ec2)({ VpcPeeringConnectionId: id }, other);
  expect(network.topologies.slice(-2).map((each) => each.peerings)).toEqual([[], []]);
  const statuses = async () =>
    (await describeVpcPeeringConnections(ec2)({}, context)).VpcPeeringConnections!.map((each) => each.Status);
  expect(await statuses()).toEqual([{ Code: "deleted", Message: "Deleted by 444455556666" }]);
  await expect(deleteVpcPeeringConnection(ec2)({ VpcPeeringConnectionId: id }, context)).rejects.toMatchObject({
    code: "InvalidStateTransition",
    message: `Invalid state transition for ${id}, attempted to transition from deleted to deleting`,
  });
  now += 3 * 3_600_000;
  expect(await statuses()).toEqual([]);
});

test("what cannot be peered fails; a request that nobody answers expires; one can be rejected", async () => {
  const [a, b, c] = [await newVpc("10.0.0.0/16"), await newVpc("10.0.0.0/20"), await newVpc("10.2.0.0/16")];
  const failed = { Code: "failed", Message: "Failed due to incorrect VPC-ID, Account ID, or overlapping CIDR range" };
  expect((await peer(a, b)).Status).toEqual(failed);
  expect((await peer(a, a)).Status).toEqual(failed);
  expect((await peer(a, "vpc-0123456789abcdef0", "999999999999")).Status).toEqual(failed);
  await expect(peer(a, "vpc-0123456789abcdef0")).rejects.toMatchObject({ code: "InvalidVpcID.NotFound" });
  const asked = await peer(a, c);
  now += 8 * 24 * 3_600_000;
  const VpcPeeringConnectionId = asked.VpcPeeringConnectionId!;
  const described = await describeVpcPeeringConnections(ec2)({}, context);
  expect(described.VpcPeeringConnections!.map((each) => each.Status!.Code)).toEqual(["expired"]);
  await expect(acceptVpcPeeringConnection(ec2)({ VpcPeeringConnectionId }, context)).rejects.toMatchObject({
    code: "InvalidStateTransition",
  });
  const far = await newVpc("10.9.0.0/16", elsewhere);
  const again = (await peer(a, far, undefined, "us-east-1")).VpcPeeringConnectionId!;
  await expect(rejectVpcPeeringConnection(ec2)({ VpcPeeringConnectionId: again }, context)).rejects.toMatchObject({
    message: `Incorrect region (eu-central-1) specified for this request. VPC peering connection ${again} must be accepted or rejected in region us-east-1`,
  });
  await rejectVpcPeeringConnection(ec2)({ VpcPeeringConnectionId: again }, elsewhere);
  await expect(acceptVpcPeeringConnection(ec2)({ VpcPeeringConnectionId: again }, elsewhere)).rejects.toMatchObject({
    code: "InvalidStateTransition",
  });
});

test("rules name groups of peered VPCs, and go stale with the peering", async () => {
  const [mine, theirs] = [await newVpc("10.0.0.0/16"), await newVpc("10.1.0.0/16", other)];
  const [GroupId, theirGroup] = [await newGroup(mine), await newGroup(theirs, other)];
  const IpPermissions = [
    {
      IpProtocol: "tcp",
      FromPort: 80,
      ToPort: 80,
      UserIdGroupPairs: [{ GroupId: theirGroup, UserId: "444455556666" }],
    },
  ];
  const allow = () => authorizeSecurityGroupIngress(ec2)({ GroupId, IpPermissions }, context);
  await expect(allow()).rejects.toMatchObject({ code: "InvalidGroup.NotFound" });
  const id = (await peer(mine, theirs, "444455556666")).VpcPeeringConnectionId!;
  await acceptVpcPeeringConnection(ec2)({ VpcPeeringConnectionId: id }, other);
  const reference = {
    GroupId: theirGroup,
    UserId: "444455556666",
    VpcId: theirs,
    VpcPeeringConnectionId: id,
    PeeringStatus: "active",
  };
  expect((await allow()).SecurityGroupRules![0]!.ReferencedGroupInfo).toEqual(reference);
  const references = await describeSecurityGroupReferences(ec2)({ GroupId: [theirGroup] }, other);
  expect(references.SecurityGroupReferenceSet).toEqual([
    { GroupId: theirGroup, ReferencingVpcId: mine, VpcPeeringConnectionId: id },
  ]);
  const stale = async () => (await describeStaleSecurityGroups(ec2)({ VpcId: mine }, context)).StaleSecurityGroupSet!;
  expect(await stale()).toEqual([]);
  await deleteVpcPeeringConnection(ec2)({ VpcPeeringConnectionId: id }, context);
  expect(await stale()).toEqual([
    {
      GroupId,
      GroupName: "web",
      Description: "web",
      VpcId: mine,
      StaleIpPermissions: [
        {
          IpProtocol: "tcp",
          FromPort: 80,
          ToPort: 80,
          IpRanges: [],
          PrefixListIds: [],
          UserIdGroupPairs: [{ ...reference, PeeringStatus: "deleted", Description: undefined }],
        },
      ],
      StaleIpPermissionsEgress: [],
    },
  ]);
  // It can still be taken out as it was put in.
  await revokeSecurityGroupIngress(ec2)({ GroupId, IpPermissions }, context);
  const unknown = [{ ...IpPermissions[0]!, UserIdGroupPairs: [{ GroupId }] }];
  await expect(revokeSecurityGroupIngress(ec2)({ GroupId, IpPermissions: unknown }, context)).rejects.toMatchObject({
    code: "InvalidPermission.NotFound",
    message: "The specified rule does not exist in this security group.",
  });
  const Filters = [{ Name: "group-id", Values: [GroupId] }];
  expect((await describeSecurityGroupRules(ec2)({ Filters }, context)).SecurityGroupRules).toHaveLength(1);
});

test("a prefix list is brought to the VPCs that use it before the rule is, and when it changes", async () => {
  const vpcId = await newVpc("10.0.0.0/16");
  await attach(vpcId, "10.0.1.0/24");
  const unused = await newVpc("10.1.0.0/16");
  await attach(unused, "10.1.1.0/24");
  const GroupId = await newGroup(vpcId);
  const made = await createManagedPrefixList(ec2)(
    { PrefixListName: "ours", AddressFamily: "IPv4", MaxEntries: 5, Entries: [{ Cidr: "192.0.2.0/24" }] },
    context,
  );
  const PrefixListId = made.PrefixList!.PrefixListId!;
  network.topologies.length = 0;
  const IpPermissions = [{ IpProtocol: "-1", PrefixListIds: [{ PrefixListId }] }];
  await authorizeSecurityGroupIngress(ec2)({ GroupId, IpPermissions }, context);
  const told = () => network.topologies.map((each) => [each.vpcId, each.prefixLists]);
  expect(told()).toEqual([[vpcId, [{ prefixListId: PrefixListId, cidrs: ["192.0.2.0/24"] }]]]);
  expect(network.groups.at(-1)!.ingress[0]!.peer).toEqual({ prefixList: PrefixListId });
  await modifyManagedPrefixList(ec2)(
    { PrefixListId, CurrentVersion: 1, AddEntries: [{ Cidr: "198.51.100.0/24" }] },
    context,
  );
  expect(told().slice(1)).toEqual([
    [vpcId, [{ prefixListId: PrefixListId, cidrs: ["192.0.2.0/24", "198.51.100.0/24"] }]],
  ]);
});

test("an endpoint answers with the API at its interfaces, has names, is changed and goes", async () => {
  const VpcId = await newVpc("10.0.0.0/16");
  const [one, two, sameZone] = [
    await newSubnet(VpcId, "10.0.1.0/24", "a"),
    await newSubnet(VpcId, "10.0.2.0/24", "b"),
    await newSubnet(VpcId, "10.0.3.0/24", "a"),
  ];
  const create = (ServiceName: string, more: object = {}) =>
    createVpcEndpoint(ec2)({ VpcEndpointType: "Interface", VpcId, ServiceName, SubnetIds: [one], ...more }, context);
  await expect(create("com.amazonaws.eu-central-1.ecs")).rejects.toMatchObject({
    code: "InvalidParameter",
    message: `Enabling private DNS requires both enableDnsSupport and enableDnsHostnames VPC attributes set to true for ${VpcId}`,
  });
  await modifyVpcAttribute(ec2)({ VpcId, EnableDnsHostnames: { Value: true } }, context);
  for (const [service, more, code] of [
    ["com.amazonaws.eu-central-1.s3", { VpcEndpointType: "Gateway" }, "InvalidServiceName"],
    ["com.amazonaws.eu-central-1.ecs", { VpcEndpointType: "Gateway" }, "InvalidParameter"],
    ["com.amazonaws.eu-central-1.ecs", { SubnetIds: [one, sameZone] }, "DuplicateSubnetsInSameZone"],
    ["com.amazonaws.eu-central-1.ecs", { PolicyDocument: "{" }, "InvalidPolicyDocument"],
    [
      "com.amazonaws.eu-central-1.ecs",
      { PolicyDocument: '{"Statement":[{"Effect":"Perhaps","Principal":"*","Action":"*","Resource":"*"}]}' },
      "InvalidPolicyDocument",
    ],
  ] as const)
    await expect(create(service, more)).rejects.toMatchObject({ code });
  const made = (await create("com.amazonaws.eu-central-1.ecs")).VpcEndpoint!;
  expect(made).toMatchObject({ State: "pending", PrivateDnsEnabled: true, RequesterManaged: false });
  const VpcEndpointId = made.VpcEndpointId!;
  const described = async () => (await describeVpcEndpoints(ec2)({}, context)).VpcEndpoints!;
  await expect.poll(async () => (await described())[0]!.State).toBe("available");
  const [interfaceId = ""] = made.NetworkInterfaceIds!;
  expect(await get(network.ports.get(interfaceId)!)).toBe("the API");
  const names = (await described())[0]!.DnsEntries!.map((entry) => entry.DnsName!);
  expect(names).toEqual([
    expect.stringMatching(new RegExp(`^${VpcEndpointId}-[0-9a-f]{8}.ecs.eu-central-1.vpce.amazonaws.com$`)),
    expect.stringMatching(
      new RegExp(`^${VpcEndpointId}-[0-9a-f]{8}-eu-central-1a.ecs.eu-central-1.vpce.amazonaws.com$`),
    ),
    "ecs.eu-central-1.amazonaws.com",
  ]);
  expect(network.zones.get(VpcId)!.map((zone) => [zone.name, zone.records[0]!.values])).toEqual(
    names.map((name) => [name, ["10.0.1.4"]]),
  );
  await expect(create("com.amazonaws.eu-central-1.ecs", { SubnetIds: [two] })).rejects.toMatchObject({
    message: `private-dns-enabled cannot be set because there is already a conflicting DNS domain for ecs.eu-central-1.amazonaws.com in the VPC ${VpcId}`,
  });

  const group = await newGroup(VpcId);
  await modifyVpcEndpoint(ec2)(
    {
      VpcEndpointId,
      AddSubnetIds: [two],
      RemoveSubnetIds: [one],
      AddSecurityGroupIds: [group],
      PrivateDnsEnabled: false,
    },
    context,
  );
  const [changed] = await described();
  expect(changed).toMatchObject({ SubnetIds: [two], PrivateDnsEnabled: false });
  expect(changed!.Groups!.map((each) => each.GroupName)).toEqual(["default", "web"]);
  expect(network.attached.at(-1)).toMatchObject({ subnetId: two, role: "endpoint" });
  expect(network.attached.at(-1)!.securityGroups).toContain(group);
  expect(network.zones.get(VpcId)!.map((zone) => zone.records[0]!.values)).toEqual([["10.0.2.4"], ["10.0.2.4"]]);
  const interfaces = async () => (await describeNetworkInterfaces(ec2)({}, context)).NetworkInterfaces!;
  expect((await interfaces()).map((each) => each.NetworkInterfaceId)).toEqual(changed!.NetworkInterfaceIds);

  // Another process takes it up.
  await ec2.stop();
  ec2 = newEc2AfterRestart();
  await ec2.start();
  await expect.poll(() => get(network.ports.get(changed!.NetworkInterfaceIds![0]!)!)).toBe("the API");

  const unknown = "vpce-0123456789abcdef0";
  const deleted = await deleteVpcEndpoints(ec2)({ VpcEndpointIds: [VpcEndpointId, unknown] }, context);
  expect(deleted.Unsuccessful).toEqual([
    {
      ResourceId: unknown,
      Error: { Code: "InvalidVpcEndpoint.NotFound", Message: `The Vpc Endpoint Id '${unknown}' does not exist` },
    },
  ]);
  await expect.poll(described).toEqual([]);
  expect(await interfaces()).toEqual([]);
});

test("flow logs: records of each interface in its stream, silence too, and what could not be delivered", async () => {
  const vpcId = await newVpc("10.0.0.0/16");
  const busy = await attach(vpcId, "10.0.1.0/24");
  const quiet = await attach(vpcId, "10.0.2.0/24");
  const written: [string, string, string[]][] = [];
  let failure: Error | undefined;
  const sink = {
    takesOnRole: async (_: object, { deliverLogsPermissionArn }: FlowLogRecord) =>
      deliverLogsPermissionArn.endsWith("/flows"),
    async append(_: object, { logGroupName }: FlowLogRecord, stream: string, events: FlowLogEvent[]) {
      if (failure) throw failure;
      written.push([logGroupName, stream, events.map((event) => event.message)]);
    },
  };
  const collector = new FlowLogCollector({ ec2, sink, log: silentLogger });
  const create = (more: object) =>
    createFlowLogs(ec2)(
      {
        ResourceType: "VPC",
        ResourceIds: [vpcId],
        TrafficType: "ALL",
        LogGroupName: "flows",
        DeliverLogsPermissionArn: "arn:aws:iam::111122223333:role/flows",
        ...more,
      },
      context,
    );
  const missing = await create({ ResourceIds: ["vpc-0123456789abcdef0"] });
  expect(missing).toMatchObject({
    FlowLogIds: [],
    Unsuccessful: [{ ResourceId: "vpc-0123456789abcdef0", Error: { Code: "InvalidVpcID.NotFound" } }],
  });
  await create({});
  expect(network.topologies.at(-1)).toMatchObject({ vpcId, captureFlows: true });
  await expect(create({})).rejects.toMatchObject({ code: "FlowLogAlreadyExists" });
  await create({
    ResourceType: "NetworkInterface",
    ResourceIds: [busy],
    TrafficType: "REJECT",
    LogGroupName: undefined,
    LogDestination: "arn:aws:logs:eu-central-1:111122223333:log-group:rejects:*",
    LogFormat: "${interface-id} ${action} ${flow-direction}",
  });
  for (const [more, code] of [
    [{ DeliverLogsPermissionArn: undefined }, "InvalidParameter"],
    [{ LogGroupName: undefined }, "InvalidParameter"],
    [{ LogDestinationType: "s3", LogGroupName: undefined, LogDestination: "arn:aws:s3:::b" }, "UnsupportedOperation"],
    [{ MaxAggregationInterval: 61 }, "InvalidParameter"],
    [{ TrafficType: undefined }, "MissingParameter"],
  ] as const)
    await expect(create(more)).rejects.toMatchObject({ code });
  await expect(
    create({ LogGroupName: "others", DeliverLogsPermissionArn: "arn:aws:iam::111122223333:role/none" }),
  ).rejects.toMatchObject({
    code: "InvalidParameter",
    message: "Unable to assume given IAM role: 'arn:aws:iam::111122223333:role/none'",
  });

  now += 60_000;
  const sample: FlowSample = {
    interfaceId: busy,
    direction: "ingress",
    sourceAddress: "10.0.2.4",
    destinationAddress: "10.0.1.4",
    sourcePort: 5000,
    destinationPort: 80,
    protocol: 6,
    packets: 3,
    bytes: 180,
    action: "ACCEPT",
  };
  network.flows = [sample, { ...sample, destinationPort: 81, action: "REJECT" }];
  await collector.collect();
  const times = "1700000000 1700000060";
  expect(written.toSorted()).toEqual(
    [
      [
        "flows",
        `${busy}-all`,
        [
          `2 111122223333 ${busy} 10.0.2.4 10.0.1.4 5000 80 6 3 180 ${times} ACCEPT OK`,
          `2 111122223333 ${busy} 10.0.2.4 10.0.1.4 5000 81 6 3 180 ${times} REJECT OK`,
        ],
      ],
      ["flows", `${quiet}-all`, [`2 111122223333 ${quiet} - - - - - - - ${times} - NODATA`]],
      ["rejects", `${busy}-reject`, [`${busy} REJECT ingress`]],
    ].toSorted(),
  );
  // What goes in the middle of an interval is written down before; nothing is said of the others.
  written.length = 0;
  now += 20_000;
  network.flows = [{ ...sample, interfaceId: quiet, direction: "egress" }];
  await taskNetworking(ec2).releaseInterface(scope, quiet);
  expect(written.map(([, stream, lines]) => [stream, lines[0]!.split(" ").slice(-4)])).toEqual([
    [`${quiet}-all`, ["1700000060", "1700000080", "ACCEPT", "OK"]],
  ]);
  const failed = { Filter: [{ Name: "deliver-log-status", Values: ["FAILED"] }] };
  for (const [next, shown] of [
    [new FlowLogAccessError("no"), ["Access error", "Access error"]],
    [new Error("no"), ["Unknown error", "Unknown error"]],
    [undefined, []],
  ] as const) {
    failure = next;
    now += 60_000;
    await collector.collect();
    const { FlowLogs } = await describeFlowLogs(ec2)(failed, context);
    expect(FlowLogs!.map((each) => each.DeliverLogsErrorMessage)).toEqual(shown);
  }
});

/** The same state in a process whose sockets are not yet there. */
function newEc2AfterRestart(): Ec2 {
  network.ports.clear();
  return newEc2();
}

function get(port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    request({ host: "127.0.0.1", port, agent: false }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (part: string) => (text += part));
      response.on("end", () => resolve(text));
    })
      .on("error", reject)
      .end();
  });
}
