import { EC2, type Filter } from "@aws-sdk/client-ec2";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { TestEngine, until } from "../support/engine.ts";
import { iamClient, makeRole } from "../support/roles.ts";

/*
 * The calls that Terraform's AWS provider makes for each resource of a VPC, in its order: create, wait, read, change tags,
 * delete, and read again until the error is the one by which it knows that the resource is gone.
 * https://github.com/hashicorp/terraform-provider-aws/tree/main/internal/service/ec2
 */

const TAGS = [{ Key: "Name", Value: "terraform" }];

let engine: TestEngine;
let ec2: EC2;
let VpcId: string;
let SubnetId: string;
beforeAll(async () => {
  engine = await TestEngine.start(["--compute", "simulated"]);
  const { endpoint, region, credentials } = engine;
  ec2 = new EC2({ endpoint, region, credentials, maxAttempts: 1 });
  VpcId = await newVpc("10.20.0.0/16");
  const { Subnet } = await ec2.createSubnet({ VpcId, CidrBlock: "10.20.0.0/20" });
  SubnetId = Subnet!.SubnetId!;
});
afterAll(() => engine?.stop());

async function newVpc(CidrBlock: string): Promise<string> {
  const { Vpc } = await ec2.createVpc({ CidrBlock, InstanceTenancy: "default", TagSpecifications: tagged("vpc") });
  return Vpc!.VpcId!;
}

function tagged<T extends string>(ResourceType: T) {
  return [{ ResourceType, Tags: TAGS }];
}

function by(names: Readonly<Record<string, string>>): Filter[] {
  return Object.entries(names).map(([Name, value]) => ({ Name, Values: [value] }));
}

/** Updates tags as Terraform does: those that are gone first, then those that are new. */
async function retag(id: string, read: () => Promise<{ Tags?: { Key?: string; Value?: string }[] } | undefined>) {
  expect((await read())?.Tags).toEqual(TAGS);
  await ec2.deleteTags({ Resources: [id], Tags: TAGS });
  await ec2.createTags({ Resources: [id], Tags: [{ Key: "Team", Value: "net" }] });
  expect((await read())?.Tags).toEqual([{ Key: "Team", Value: "net" }]);
}

/** A read of something that was deleted is refused with the code by which Terraform knows it. */
async function gone(read: Promise<unknown>, name: string): Promise<void> {
  await expect(read).rejects.toMatchObject({ name });
}

test("aws_vpc", async () => {
  const id = await newVpc("10.30.0.0/16");
  const read = async () => (await ec2.describeVpcs({ VpcIds: [id] })).Vpcs![0];
  expect(await read()).toMatchObject({
    State: "available",
    CidrBlock: "10.30.0.0/16",
    InstanceTenancy: "default",
    IsDefault: false,
    DhcpOptionsId: expect.stringMatching(/^dopt-/) as string,
    OwnerId: "000000000000",
  });
  await ec2.modifyVpcAttribute({ VpcId: id, EnableDnsHostnames: { Value: true } });
  const attribute = (Attribute: "enableDnsHostnames" | "enableDnsSupport" | "enableNetworkAddressUsageMetrics") =>
    ec2.describeVpcAttribute({ VpcId: id, Attribute });
  expect((await attribute("enableDnsHostnames")).EnableDnsHostnames).toEqual({ Value: true });
  expect((await attribute("enableDnsSupport")).EnableDnsSupport).toEqual({ Value: true });
  expect((await attribute("enableNetworkAddressUsageMetrics")).EnableNetworkAddressUsageMetrics).toEqual({
    Value: false,
  });
  const ofVpc = (name: string, value: string) => ({ Filters: by({ [name]: value, "vpc-id": id }) });
  expect((await ec2.describeNetworkAcls(ofVpc("default", "true"))).NetworkAcls).toHaveLength(1);
  expect((await ec2.describeRouteTables(ofVpc("association.main", "true"))).RouteTables).toHaveLength(1);
  expect((await ec2.describeSecurityGroups(ofVpc("group-name", "default"))).SecurityGroups).toHaveLength(1);
  await retag(id, read);

  const added = await ec2.associateVpcCidrBlock({ VpcId: id, CidrBlock: "10.31.0.0/16" });
  const { AssociationId = "" } = added.CidrBlockAssociation!;
  const byAssociation = { Filters: by({ "cidr-block-association.association-id": AssociationId }) };
  expect((await ec2.describeVpcs(byAssociation)).Vpcs![0]!.CidrBlockAssociationSet![1]).toMatchObject({
    AssociationId,
    CidrBlockState: { State: "associated" },
  });
  await ec2.disassociateVpcCidrBlock({ AssociationId });
  expect((await ec2.describeVpcs(byAssociation)).Vpcs).toEqual([]);
  await gone(ec2.disassociateVpcCidrBlock({ AssociationId }), "InvalidVpcCidrBlockAssociationID.NotFound");

  await ec2.deleteVpc({ VpcId: id });
  await gone(read(), "InvalidVpcID.NotFound");
  await gone(attribute("enableDnsSupport"), "InvalidVpcID.NotFound");
  await gone(ec2.deleteVpc({ VpcId: id }), "InvalidVpcID.NotFound");
});

test("aws_subnet", async () => {
  const zone = { AvailabilityZone: "us-east-1b" };
  const made = await ec2.createSubnet({
    VpcId,
    CidrBlock: "10.20.16.0/20",
    ...zone,
    TagSpecifications: tagged("subnet"),
  });
  const id = made.Subnet!.SubnetId!;
  const read = async () => (await ec2.describeSubnets({ SubnetIds: [id] })).Subnets![0];
  expect(await read()).toMatchObject({ State: "available", MapPublicIpOnLaunch: false, ...zone });
  await ec2.modifySubnetAttribute({ SubnetId: id, MapPublicIpOnLaunch: { Value: true } });
  expect(await read()).toMatchObject({ MapPublicIpOnLaunch: true });
  await retag(id, read);
  // It looks for interfaces that Lambda has left behind.
  const lingering = by({ "subnet-id": id, description: "AWS Lambda VPC ENI*", "requester-id": "*:awslambda_*" });
  expect((await ec2.describeNetworkInterfaces({ Filters: lingering })).NetworkInterfaces).toEqual([]);
  await ec2.deleteSubnet({ SubnetId: id });
  await gone(read(), "InvalidSubnetID.NotFound");
});

test("aws_internet_gateway, aws_route_table, aws_route and their associations", async () => {
  const { InternetGateway } = await ec2.createInternetGateway({ TagSpecifications: tagged("internet-gateway") });
  const InternetGatewayId = InternetGateway!.InternetGatewayId!;
  const readGateway = async () =>
    (await ec2.describeInternetGateways({ InternetGatewayIds: [InternetGatewayId] })).InternetGateways![0];
  await ec2.attachInternetGateway({ InternetGatewayId, VpcId });
  expect((await readGateway())!.Attachments).toEqual([{ State: "available", VpcId }]);
  await retag(InternetGatewayId, readGateway);

  const request = { VpcId, ClientToken: "terraform-1", TagSpecifications: tagged("route-table") };
  const { RouteTable } = await ec2.createRouteTable(request);
  const RouteTableId = RouteTable!.RouteTableId!;
  expect((await ec2.createRouteTable(request)).RouteTable!.RouteTableId).toBe(RouteTableId);
  const readTable = async () => (await ec2.describeRouteTables({ RouteTableIds: [RouteTableId] })).RouteTables![0];
  const route = { RouteTableId, DestinationCidrBlock: "0.0.0.0/0" };
  await ec2.createRoute({ ...route, GatewayId: InternetGatewayId });
  expect((await readTable())!.Routes).toContainEqual({
    DestinationCidrBlock: "0.0.0.0/0",
    GatewayId: InternetGatewayId,
    Origin: "CreateRoute",
    State: "active",
  });
  await retag(RouteTableId, readTable);
  await ec2.deleteRoute(route);
  await gone(ec2.deleteRoute(route), "InvalidRoute.NotFound");

  const { AssociationId = "" } = await ec2.associateRouteTable({ RouteTableId, SubnetId });
  const byAssociation = { Filters: by({ "association.route-table-association-id": AssociationId }) };
  expect((await ec2.describeRouteTables(byAssociation)).RouteTables![0]!.Associations).toMatchObject([
    { RouteTableAssociationId: AssociationId, AssociationState: { State: "associated" }, SubnetId },
  ]);
  await ec2.disassociateRouteTable({ AssociationId });
  expect((await ec2.describeRouteTables(byAssociation)).RouteTables).toEqual([]);
  await gone(ec2.disassociateRouteTable({ AssociationId }), "InvalidAssociationID.NotFound");

  const main = async () => {
    const { RouteTables } = await ec2.describeRouteTables({
      Filters: by({ "association.main": "true", "vpc-id": VpcId }),
    });
    return RouteTables![0]!;
  };
  const before = await main();
  const replace = (association: string | undefined, id: string | undefined) =>
    ec2.replaceRouteTableAssociation({ AssociationId: association, RouteTableId: id });
  const moved = await replace(before.Associations![0]!.RouteTableAssociationId, RouteTableId);
  expect((await main()).RouteTableId).toBe(RouteTableId);
  await replace(moved.NewAssociationId, before.RouteTableId);

  await ec2.deleteRouteTable({ RouteTableId });
  await gone(readTable(), "InvalidRouteTableID.NotFound");
  await ec2.detachInternetGateway({ InternetGatewayId, VpcId });
  await gone(ec2.detachInternetGateway({ InternetGatewayId, VpcId }), "Gateway.NotAttached");
  await ec2.deleteInternetGateway({ InternetGatewayId });
  await gone(readGateway(), "InvalidInternetGatewayID.NotFound");
});

test("aws_eip and aws_nat_gateway", async () => {
  const { InternetGateway } = await ec2.createInternetGateway({});
  const attachment = { InternetGatewayId: InternetGateway!.InternetGatewayId, VpcId };
  await ec2.attachInternetGateway(attachment);
  const { AllocationId = "" } = await ec2.allocateAddress({ Domain: "vpc", TagSpecifications: tagged("elastic-ip") });
  const AllocationIds = [AllocationId];
  const readAddress = async () => (await ec2.describeAddresses({ AllocationIds })).Addresses![0];
  await retag(AllocationId, readAddress);
  const name = await ec2.describeAddressesAttribute({ AllocationIds, Attribute: "domain-name" });
  expect(name.Addresses).toMatchObject([{ AllocationId }]);
  expect(name.Addresses![0]).not.toHaveProperty("PtrRecord");

  const made = await ec2.createNatGateway({
    SubnetId,
    AllocationId,
    ConnectivityType: "public",
    ClientToken: "terraform-2",
    TagSpecifications: tagged("natgateway"),
  });
  const NatGatewayId = made.NatGateway!.NatGatewayId!;
  const readGateway = async () => (await ec2.describeNatGateways({ NatGatewayIds: [NatGatewayId] })).NatGateways![0];
  await until(async () => (await readGateway())!.State === "available");
  expect((await readGateway())!.NatGatewayAddresses).toMatchObject([
    { AllocationId, IsPrimary: true, Status: "succeeded", PublicIp: expect.any(String) as string },
  ]);
  expect(await readAddress()).toMatchObject({ AssociationId: expect.stringMatching(/^eipassoc-/) as string });
  await retag(NatGatewayId, readGateway);
  await ec2.deleteNatGateway({ NatGatewayId });
  // A deleted gateway stays in sight for a while, by its state.
  await until(async () => (await readGateway())!.State === "deleted");
  await gone(ec2.describeNatGateways({ NatGatewayIds: ["nat-00000000000000000"] }), "NatGatewayNotFound");
  expect(await readAddress()).not.toHaveProperty("AssociationId");
  await ec2.releaseAddress({ AllocationId, NetworkBorderGroup: "us-east-1" });
  await gone(readAddress(), "InvalidAllocationID.NotFound");
  await gone(ec2.releaseAddress({ AllocationId }), "InvalidAllocationID.NotFound");
  await ec2.detachInternetGateway(attachment);
  await ec2.deleteInternetGateway(attachment);
});

test("aws_security_group and aws_vpc_security_group_ingress_rule", async () => {
  const { GroupId = "" } = await ec2.createSecurityGroup({
    VpcId,
    GroupName: "web",
    Description: "Managed by Terraform",
    TagSpecifications: tagged("security-group"),
  });
  const read = async () => (await ec2.describeSecurityGroups({ GroupIds: [GroupId] })).SecurityGroups![0];
  // The rule that AWS makes by itself goes; that for IPv6 is not there in a VPC without.
  const all = { IpProtocol: "-1", FromPort: 0, ToPort: 0 };
  await ec2.revokeSecurityGroupEgress({ GroupId, IpPermissions: [{ ...all, IpRanges: [{ CidrIp: "0.0.0.0/0" }] }] });
  const ipv6 = { ...all, Ipv6Ranges: [{ CidrIpv6: "::/0" }] };
  await gone(ec2.revokeSecurityGroupEgress({ GroupId, IpPermissions: [ipv6] }), "InvalidPermission.NotFound");
  expect(await read()).toMatchObject({ IpPermissions: [], IpPermissionsEgress: [] });
  await retag(GroupId, read);

  const IpPermissions = [{ IpProtocol: "tcp", FromPort: 80, ToPort: 80, IpRanges: [{ CidrIp: "10.0.0.0/8" }] }];
  const allowed = await ec2.authorizeSecurityGroupIngress({
    GroupId,
    IpPermissions,
    TagSpecifications: tagged("security-group-rule"),
  });
  const { SecurityGroupRuleId = "" } = allowed.SecurityGroupRules![0]!;
  const SecurityGroupRuleIds = [SecurityGroupRuleId];
  const readRule = async () => (await ec2.describeSecurityGroupRules({ SecurityGroupRuleIds })).SecurityGroupRules![0];
  await retag(SecurityGroupRuleId, readRule);
  const SecurityGroupRule = { IpProtocol: "tcp", FromPort: 443, ToPort: 443, CidrIpv4: "10.0.0.0/8" };
  await ec2.modifySecurityGroupRules({ GroupId, SecurityGroupRules: [{ SecurityGroupRuleId, SecurityGroupRule }] });
  expect(await readRule()).toMatchObject({ ...SecurityGroupRule, IsEgress: false, GroupId });
  await ec2.revokeSecurityGroupIngress({ GroupId, SecurityGroupRuleIds });
  await gone(readRule(), "InvalidSecurityGroupRuleId.NotFound");
  await ec2.deleteSecurityGroup({ GroupId });
  await gone(read(), "InvalidGroup.NotFound");
});

test("aws_network_acl, aws_network_acl_rule and aws_network_acl_association", async () => {
  const { NetworkAcl } = await ec2.createNetworkAcl({
    VpcId,
    ClientToken: "terraform-3",
    TagSpecifications: tagged("network-acl"),
  });
  const NetworkAclId = NetworkAcl!.NetworkAclId!;
  const read = async () => (await ec2.describeNetworkAcls({ NetworkAclIds: [NetworkAclId] })).NetworkAcls![0];
  await retag(NetworkAclId, read);
  const entry = { NetworkAclId, RuleNumber: 200, Egress: false };
  const byEntry = {
    NetworkAclIds: [NetworkAclId],
    Filters: by({ "entry.egress": "false", "entry.rule-number": "200" }),
  };
  await ec2.createNetworkAclEntry({ ...entry, RuleAction: "allow", Protocol: "-1", CidrBlock: "10.0.0.0/8" });
  expect((await ec2.describeNetworkAcls(byEntry)).NetworkAcls).toHaveLength(1);
  await ec2.deleteNetworkAclEntry(entry);
  expect((await ec2.describeNetworkAcls(byEntry)).NetworkAcls).toEqual([]);
  await gone(ec2.deleteNetworkAclEntry(entry), "InvalidNetworkAclEntry.NotFound");

  const { NetworkAcls } = await ec2.describeNetworkAcls({ Filters: by({ "association.subnet-id": SubnetId }) });
  const [standard] = NetworkAcls!;
  const association = standard!.Associations!.find((each) => each.SubnetId === SubnetId)!;
  const { NewAssociationId } = await ec2.replaceNetworkAclAssociation({
    AssociationId: association.NetworkAclAssociationId,
    NetworkAclId,
  });
  await ec2.replaceNetworkAclAssociation({ AssociationId: NewAssociationId, NetworkAclId: standard!.NetworkAclId });
  await gone(
    ec2.replaceNetworkAclAssociation({ AssociationId: NewAssociationId, NetworkAclId }),
    "InvalidAssociationID.NotFound",
  );
  await ec2.deleteNetworkAcl({ NetworkAclId });
  await gone(read(), "InvalidNetworkAclID.NotFound");
});

test("aws_vpc_endpoint", async () => {
  const { VpcEndpoint } = await ec2.createVpcEndpoint({
    VpcId,
    VpcEndpointType: "Interface",
    ServiceName: "com.amazonaws.us-east-1.ecr.api",
    SubnetIds: [SubnetId],
    PrivateDnsEnabled: false,
    ClientToken: "terraform-4",
    TagSpecifications: tagged("vpc-endpoint"),
  });
  const id = VpcEndpoint!.VpcEndpointId!;
  const read = async () => (await ec2.describeVpcEndpoints({ VpcEndpointIds: [id] })).VpcEndpoints![0];
  await until(async () => (await read())!.State === ("available" as string));
  expect(await read()).toMatchObject({ SubnetIds: [SubnetId], PrivateDnsEnabled: false, RequesterManaged: false });
  const lists = await ec2.describePrefixLists({ Filters: by({ "prefix-list-name": VpcEndpoint!.ServiceName! }) });
  expect(lists.PrefixLists).toEqual([]);
  await retag(id, read);
  expect((await ec2.deleteVpcEndpoints({ VpcEndpointIds: [id] })).Unsuccessful).toEqual([]);
  await until(async () => (await read().catch(() => undefined)) === undefined);
  await gone(read(), "InvalidVpcEndpointId.NotFound");
  const { Unsuccessful } = await ec2.deleteVpcEndpoints({ VpcEndpointIds: [id] });
  expect(Unsuccessful).toMatchObject([{ Error: { Code: "InvalidVpcEndpoint.NotFound" } }]);
});

test("aws_vpc_peering_connection", async () => {
  const PeerVpcId = await newVpc("10.40.0.0/16");
  const { VpcPeeringConnection } = await ec2.createVpcPeeringConnection({
    VpcId,
    PeerVpcId,
    TagSpecifications: tagged("vpc-peering-connection"),
  });
  const VpcPeeringConnectionId = VpcPeeringConnection!.VpcPeeringConnectionId!;
  const read = async () => {
    const input = { VpcPeeringConnectionIds: [VpcPeeringConnectionId] };
    return (await ec2.describeVpcPeeringConnections(input)).VpcPeeringConnections![0];
  };
  expect((await read())!.Status!.Code).toBe("pending-acceptance");
  await ec2.acceptVpcPeeringConnection({ VpcPeeringConnectionId });
  expect(await read()).toMatchObject({
    Status: { Code: "active" },
    AccepterVpcInfo: { VpcId: PeerVpcId, PeeringOptions: { AllowDnsResolutionFromRemoteVpc: false } },
    RequesterVpcInfo: { VpcId, PeeringOptions: { AllowDnsResolutionFromRemoteVpc: false } },
  });
  await retag(VpcPeeringConnectionId, read);
  await ec2.deleteVpcPeeringConnection({ VpcPeeringConnectionId });
  expect((await read())!.Status!.Code).toBe("deleted");
  const unknown = { VpcPeeringConnectionIds: ["pcx-00000000000000000"] };
  await gone(ec2.describeVpcPeeringConnections(unknown), "InvalidVpcPeeringConnectionID.NotFound");
  await ec2.deleteVpc({ VpcId: PeerVpcId });
});

test("aws_flow_log", async () => {
  await makeRole(iamClient(engine), { name: "flows", trusts: "vpc-flow-logs.amazonaws.com" });
  const { FlowLogIds = [], Unsuccessful } = await ec2.createFlowLogs({
    ResourceIds: [VpcId],
    ResourceType: "VPC",
    TrafficType: "ALL",
    LogDestinationType: "cloud-watch-logs",
    LogDestination: "arn:aws:logs:us-east-1:000000000000:log-group:flows",
    DeliverLogsPermissionArn: "arn:aws:iam::000000000000:role/flows",
    MaxAggregationInterval: 600,
    ClientToken: "terraform-5",
    TagSpecifications: tagged("vpc-flow-log"),
  });
  expect(Unsuccessful).toEqual([]);
  const read = async () => (await ec2.describeFlowLogs({ FlowLogIds })).FlowLogs!;
  expect(await read()).toMatchObject([
    { ResourceId: VpcId, TrafficType: "ALL", LogDestination: expect.stringMatching(/:log-group:flows$/) as string },
  ]);
  await retag(FlowLogIds[0]!, async () => (await read())[0]);
  await ec2.deleteFlowLogs({ FlowLogIds });
  expect(await read()).toEqual([]);
  await gone(ec2.deleteFlowLogs({ FlowLogIds }), "InvalidFlowLogId.NotFound");
});

test("aws_ec2_managed_prefix_list", async () => {
  const { PrefixList } = await ec2.createManagedPrefixList({
    PrefixListName: "offices",
    AddressFamily: "IPv4",
    MaxEntries: 2,
    Entries: [{ Cidr: "198.51.100.0/24", Description: "first" }],
    ClientToken: "terraform-6",
    TagSpecifications: tagged("prefix-list"),
  });
  const PrefixListId = PrefixList!.PrefixListId!;
  const read = async () => (await ec2.describeManagedPrefixLists({ PrefixListIds: [PrefixListId] })).PrefixLists![0];
  expect(await read()).toMatchObject({ State: "create-complete", Version: 1, MaxEntries: 2 });
  // A changed description: the entry goes and comes again.
  const Cidr = "198.51.100.0/24";
  await ec2.modifyManagedPrefixList({ PrefixListId, CurrentVersion: 1, RemoveEntries: [{ Cidr }] });
  await ec2.modifyManagedPrefixList({ PrefixListId, CurrentVersion: 2, AddEntries: [{ Cidr, Description: "second" }] });
  const { Entries } = await ec2.getManagedPrefixListEntries({ PrefixListId });
  expect(Entries).toEqual([{ Cidr, Description: "second" }]);
  await ec2.modifyManagedPrefixList({ PrefixListId, MaxEntries: 5 });
  expect(await read()).toMatchObject({ State: "modify-complete", Version: 3, MaxEntries: 5 });
  await retag(PrefixListId, read);
  await ec2.deleteManagedPrefixList({ PrefixListId });
  await gone(read(), "InvalidPrefixListID.NotFound");
});

test("aws_vpc_dhcp_options and aws_egress_only_internet_gateway", async () => {
  const { DhcpOptions } = await ec2.createDhcpOptions({
    DhcpConfigurations: [{ Key: "domain-name-servers", Values: ["AmazonProvidedDNS"] }],
    TagSpecifications: tagged("dhcp-options"),
  });
  const DhcpOptionsId = DhcpOptions!.DhcpOptionsId!;
  const readOptions = async () => (await ec2.describeDhcpOptions({ DhcpOptionsIds: [DhcpOptionsId] })).DhcpOptions![0];
  await retag(DhcpOptionsId, readOptions);
  await ec2.associateDhcpOptions({ DhcpOptionsId, VpcId });
  expect((await ec2.describeVpcs({ VpcIds: [VpcId] })).Vpcs).toMatchObject([{ DhcpOptionsId }]);
  await ec2.associateDhcpOptions({ DhcpOptionsId: "default", VpcId });
  await ec2.deleteDhcpOptions({ DhcpOptionsId });
  await gone(readOptions(), "InvalidDhcpOptionID.NotFound");

  const made = await ec2.createEgressOnlyInternetGateway({
    VpcId,
    TagSpecifications: tagged("egress-only-internet-gateway"),
  });
  const id = made.EgressOnlyInternetGateway!.EgressOnlyInternetGatewayId!;
  const read = async () => {
    const input = { EgressOnlyInternetGatewayIds: [id] };
    return (await ec2.describeEgressOnlyInternetGateways(input)).EgressOnlyInternetGateways![0];
  };
  await retag(id, read);
  await ec2.deleteEgressOnlyInternetGateway({ EgressOnlyInternetGatewayId: id });
  await gone(read(), "InvalidGatewayID.NotFound");
});

describe("what is looked up", () => {
  test("CDK's ec2.Vpc.fromLookup finds a VPC with its subnets, their route tables, and no VPN gateway", async () => {
    const { Vpcs } = await ec2.describeVpcs({ Filters: by({ isDefault: "true" }) });
    const vpcId = Vpcs![0]!.VpcId!;
    expect((await ec2.describeSubnets({ Filters: by({ "vpc-id": vpcId }) })).Subnets!.length).toBeGreaterThan(0);
    expect((await ec2.describeRouteTables({ Filters: by({ "vpc-id": vpcId }) })).RouteTables).toHaveLength(1);
    const attached = by({ "attachment.vpc-id": vpcId, "attachment.state": "attached", state: "available" });
    expect((await ec2.describeVpnGateways({ Filters: attached })).VpnGateways).toEqual([]);
  });

  test("every account attribute by its name", async () => {
    const names = ["max-elastic-ips", "vpc-max-elastic-ips", "max-instances", "vpc-max-security-groups-per-interface"];
    const AttributeNames = names as "default-vpc"[];
    const { AccountAttributes = [] } = await ec2.describeAccountAttributes({ AttributeNames });
    expect(AccountAttributes.map((each) => each.AttributeName).toSorted()).toEqual(names.toSorted());
  });
});

describe("two requests at once for what there is once", () => {
  test("overlapping subnets", async () => {
    const CidrBlock = "10.20.128.0/20";
    const results = await Promise.allSettled([1, 2, 3].map(() => ec2.createSubnet({ VpcId, CidrBlock })));
    expect(results.filter((each) => each.status === "fulfilled")).toHaveLength(1);
    for (const each of results)
      if (each.status === "rejected") expect(each.reason).toMatchObject({ name: "InvalidSubnet.Conflict" });
  });

  test("elastic addresses", async () => {
    const results = await Promise.allSettled(Array.from({ length: 7 }, () => ec2.allocateAddress({ Domain: "vpc" })));
    const made = results.flatMap((each) => (each.status === "fulfilled" ? [each.value] : []));
    expect(new Set(made.map((each) => each.PublicIp)).size).toBe(5);
    for (const each of results)
      if (each.status === "rejected") expect(each.reason).toMatchObject({ name: "AddressLimitExceeded" });
    for (const { AllocationId } of made) await ec2.releaseAddress({ AllocationId });
  });
});
