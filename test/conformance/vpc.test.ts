import {
  AssociateDhcpOptionsCommand,
  AssociateSubnetCidrBlockCommand,
  AssociateVpcCidrBlockCommand,
  AttachNetworkInterfaceCommand,
  CreateDefaultSubnetCommand,
  CreateDefaultVpcCommand,
  CreateDhcpOptionsCommand,
  CreateSubnetCommand,
  CreateVpcCommand,
  DeleteDhcpOptionsCommand,
  DeleteNetworkInterfaceCommand,
  DeleteSubnetCommand,
  DeleteVpcCommand,
  DescribeAccountAttributesCommand,
  DescribeAvailabilityZonesCommand,
  DescribeDhcpOptionsCommand,
  DescribeNetworkInterfaceAttributeCommand,
  DescribeNetworkInterfacesCommand,
  DescribeRegionsCommand,
  DescribeRouteTablesCommand,
  DescribeSecurityGroupsCommand,
  DescribeSubnetsCommand,
  DescribeVpcAttributeCommand,
  DescribeVpcsCommand,
  DetachNetworkInterfaceCommand,
  DisassociateVpcCidrBlockCommand,
  ModifyNetworkInterfaceAttributeCommand,
  ModifySubnetAttributeCommand,
  ModifyVpcAttributeCommand,
  waitUntilSubnetAvailable,
  waitUntilVpcAvailable,
  type EC2Client,
  type ResourceType,
  type Tag,
} from "@aws-sdk/client-ec2";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { TestEngine, until } from "../support/engine.ts";
import { Fargate } from "../support/fargate.ts";

/* VPCs, subnets, DHCP options and interfaces as their clients use them: made, changed, found, refused, taken down. */

let engine: TestEngine;
let ec2: EC2Client;
beforeAll(async () => {
  engine = await TestEngine.start(["--compute", "simulated"]);
  ({ ec2 } = engine.clients());
});
afterAll(() => engine?.stop());

async function newVpc(CidrBlock: string, AmazonProvidedIpv6CidrBlock = false): Promise<string> {
  const { Vpc } = await ec2.send(new CreateVpcCommand({ CidrBlock, AmazonProvidedIpv6CidrBlock }));
  return Vpc!.VpcId!;
}

async function newSubnet(VpcId: string, CidrBlock: string, AvailabilityZone?: string): Promise<string> {
  const { Subnet } = await ec2.send(new CreateSubnetCommand({ VpcId, CidrBlock, AvailabilityZone }));
  return Subnet!.SubnetId!;
}

/** Runs a command of `aws ec2` as it is typed. */
const cli = <T>(line: string) => engine.awsJson<T>("ec2", ...line.split(" "));

const deleteVpc = (VpcId: string) => ec2.send(new DeleteVpcCommand({ VpcId }));
const deleteSubnet = (SubnetId: string) => ec2.send(new DeleteSubnetCommand({ SubnetId }));

test("a task's interface is what AWS shows of Fargate's, and is Fargate's alone", async () => {
  const fargate = await Fargate.prepare(engine);
  const groupId = await fargate.securityGroup("tasks", []);
  const { NetworkInterfaces: before } = await ec2.send(new DescribeNetworkInterfacesCommand({}));
  expect(before).toEqual([]);
  const image = await fargate.pushBusybox();
  const definition = await fargate.define([{ image, command: ["sleep", "60"] }]);
  await fargate.run(definition, { groups: [groupId] });
  await until(async () => {
    const { NetworkInterfaces } = await ec2.send(new DescribeNetworkInterfacesCommand({}));
    return NetworkInterfaces?.[0]?.Status === "in-use";
  });
  const { NetworkInterfaces } = await ec2.send(new DescribeNetworkInterfacesCommand({}));
  const [eni] = NetworkInterfaces!;
  const NetworkInterfaceId = eni!.NetworkInterfaceId!;
  const dashed = eni!.PrivateIpAddress!.replaceAll(".", "-");
  expect(eni).toMatchObject({
    Description: expect.stringMatching(/^arn:aws:ecs:us-east-1:000000000000:attachment\/[0-9a-f-]{36}$/) as string,
    InterfaceType: "interface",
    PrivateDnsName: `ip-${dashed}.ec2.internal`,
    RequesterManaged: true,
    SourceDestCheck: true,
    Attachment: { DeviceIndex: 1, DeleteOnTermination: false, Status: "attached" },
    Ipv6Addresses: [],
  });
  const attribute = new DescribeNetworkInterfaceAttributeCommand({ NetworkInterfaceId, Attribute: "groupSet" });
  expect(await ec2.send(attribute)).toMatchObject({ Groups: [{ GroupId: groupId, GroupName: "tasks" }] });
  const { AttachmentId } = eni!.Attachment!;
  await expect(ec2.send(new DetachNetworkInterfaceCommand({ AttachmentId }))).rejects.toMatchObject({
    name: "AuthFailure",
    message: "You do not have permission to access the specified resource.",
  });
  await expect(
    ec2.send(new ModifyNetworkInterfaceAttributeCommand({ NetworkInterfaceId, SourceDestCheck: { Value: false } })),
  ).rejects.toMatchObject({ name: "AuthFailure" });
  await expect(ec2.send(new DeleteNetworkInterfaceCommand({ NetworkInterfaceId }))).rejects.toMatchObject({
    name: "InvalidParameterValue",
    message: `Network interface '${NetworkInterfaceId}' is currently in use.`,
  });
  const InstanceId = "i-00000000000000000";
  await expect(
    ec2.send(new AttachNetworkInterfaceCommand({ NetworkInterfaceId, InstanceId, DeviceIndex: 1 })),
  ).rejects.toMatchObject({ name: "InvalidInstanceID.NotFound" });
  await expect(deleteSubnet(eni!.SubnetId!)).rejects.toMatchObject({ name: "DependencyViolation" });
});

test("the AWS CLI makes a VPC with a subnet, waits for both, finds them by tag, and takes them down", async () => {
  const tags = "[{Key=Name,Value=shop},{Key=env,Value=dev}]";
  const { Vpc } = await cli<{ Vpc: Record<string, unknown> }>(
    `create-vpc --cidr-block 10.20.3.4/16 --tag-specifications ResourceType=vpc,Tags=${tags}`,
  );
  expect(Vpc).toMatchObject({
    CidrBlock: "10.20.0.0/16",
    DhcpOptionsId: expect.stringMatching(/^dopt-[0-9a-f]{17}$/) as string,
    State: "pending",
    VpcId: expect.stringMatching(/^vpc-[0-9a-f]{17}$/) as string,
    OwnerId: "000000000000",
    InstanceTenancy: "default",
    CidrBlockAssociationSet: [{ CidrBlock: "10.20.0.0/16", CidrBlockState: { State: "associated" } }],
    IsDefault: false,
    Tags: [
      { Key: "Name", Value: "shop" },
      { Key: "env", Value: "dev" },
    ],
  });
  const vpcId = Vpc["VpcId"] as string;
  await engine.aws("ec2", "wait", "vpc-available", "--vpc-ids", vpcId);
  const { Subnet } = await cli<{ Subnet: { SubnetId: string } }>(
    `create-subnet --vpc-id ${vpcId} --cidr-block 10.20.1.0/24 --availability-zone us-east-1b`,
  );
  expect(Subnet).toMatchObject({
    AvailabilityZone: "us-east-1b",
    AvailabilityZoneId: "use1-az2",
    AvailableIpAddressCount: 251,
    CidrBlock: "10.20.1.0/24",
    DefaultForAz: false,
    MapPublicIpOnLaunch: false,
    State: "available",
    SubnetArn: `arn:aws:ec2:us-east-1:000000000000:subnet/${Subnet.SubnetId}`,
    AssignIpv6AddressOnCreation: false,
    Ipv6CidrBlockAssociationSet: [],
    Tags: [],
  });
  await engine.aws("ec2", "wait", "subnet-available", "--subnet-ids", Subnet.SubnetId);
  const found = await cli<{ Vpcs: { VpcId: string }[] }>(
    "describe-vpcs --filters Name=tag:Name,Values=sh* Name=is-default,Values=false",
  );
  expect(found.Vpcs.map((vpc) => vpc.VpcId)).toEqual([vpcId]);
  await engine.aws("ec2", "modify-subnet-attribute", "--subnet-id", Subnet.SubnetId, "--map-public-ip-on-launch");
  const { Subnets } = await ec2.send(new DescribeSubnetsCommand({ SubnetIds: [Subnet.SubnetId] }));
  expect(Subnets![0]!.MapPublicIpOnLaunch).toBe(true);
  await expect(engine.aws("ec2", "delete-vpc", "--vpc-id", vpcId)).rejects.toThrow(
    `(DependencyViolation) when calling the DeleteVpc operation: The vpc '${vpcId}' has dependencies and cannot be deleted.`,
  );
  await engine.aws("ec2", "delete-subnet", "--subnet-id", Subnet.SubnetId);
  await engine.aws("ec2", "delete-vpc", "--vpc-id", vpcId);
  const gone = { Filters: [{ Name: "vpc-id", Values: [vpcId] }] };
  expect((await ec2.send(new DescribeRouteTablesCommand(gone))).RouteTables).toEqual([]);
  expect((await ec2.send(new DescribeSecurityGroupsCommand(gone))).SecurityGroups).toEqual([]);
  await expect(ec2.send(new DescribeVpcsCommand({ VpcIds: [vpcId] }))).rejects.toMatchObject({
    name: "InvalidVpcID.NotFound",
  });
});

test("a VPC has its main route table and its default group from the first moment, and is found page by page", async () => {
  const vpcId = await newVpc("10.1.0.0/16");
  await waitUntilVpcAvailable({ client: ec2, maxWaitTime: 30 }, { VpcIds: [vpcId] });
  const Filters = [{ Name: "vpc-id", Values: [vpcId] }];
  const { RouteTables } = await ec2.send(new DescribeRouteTablesCommand({ Filters }));
  expect(RouteTables).toMatchObject([
    { Associations: [{ Main: true }], Routes: [{ DestinationCidrBlock: "10.1.0.0/16", GatewayId: "local" }] },
  ]);
  const { SecurityGroups } = await ec2.send(new DescribeSecurityGroupsCommand({ Filters }));
  expect(SecurityGroups).toMatchObject([{ GroupName: "default", Description: "default VPC security group" }]);
  const ids: string[] = [];
  for (const n of [0, 1, 2, 3, 4, 5]) ids.push(await newSubnet(vpcId, `10.1.${n}.0/24`));
  await waitUntilSubnetAvailable({ client: ec2, maxWaitTime: 30 }, { SubnetIds: ids });
  const first = await ec2.send(new DescribeSubnetsCommand({ Filters, MaxResults: 5 }));
  const second = await ec2.send(new DescribeSubnetsCommand({ Filters, MaxResults: 5, NextToken: first.NextToken }));
  expect([...first.Subnets!, ...second.Subnets!].map((each) => each.SubnetId).toSorted()).toEqual(ids.toSorted());
  expect(second.NextToken).toBeUndefined();
  expect(new Set([...first.Subnets!, ...second.Subnets!].map((each) => each.AvailabilityZone)).size).toBe(3);
  for (const id of ids) await deleteSubnet(id);
  await deleteVpc(vpcId);
});

test("further ranges: of the same kind, apart from each other, five at most, gone when unused", async () => {
  const vpcId = await newVpc("10.5.0.0/20");
  const associate = (CidrBlock: string) => ec2.send(new AssociateVpcCidrBlockCommand({ VpcId: vpcId, CidrBlock }));
  const { CidrBlockAssociation } = await associate("10.6.0.0/16");
  expect(CidrBlockAssociation).toMatchObject({ CidrBlock: "10.6.0.0/16", CidrBlockState: { State: "associating" } });
  await associate("100.64.0.0/16");
  await associate("8.0.0.0/16");
  await expect(associate("192.168.0.0/24")).rejects.toMatchObject({
    name: "InvalidVpc.Range",
    message: expect.stringContaining("The CIDR '192.168.0.0/24' is restricted. Use a CIDR from the same") as string,
  });
  await expect(associate("198.19.0.0/16")).rejects.toMatchObject({ name: "InvalidVpc.Range" });
  await expect(associate("10.5.8.0/24")).rejects.toMatchObject({ name: "InvalidVpc.Range" });
  await associate("10.7.0.0/28");
  await expect(associate("10.8.0.0/16")).rejects.toMatchObject({
    name: "CidrLimitExceeded",
    message: `This network '${vpcId}' has met its maximum number of allowed CIDRs: 5`,
  });
  const subnetId = await newSubnet(vpcId, "10.6.1.0/24");
  const AssociationId = CidrBlockAssociation!.AssociationId!;
  const disassociate = (id: string) => ec2.send(new DisassociateVpcCidrBlockCommand({ AssociationId: id }));
  await expect(disassociate(AssociationId)).rejects.toMatchObject({ name: "InvalidCidrBlock.InUse" });
  await deleteSubnet(subnetId);
  expect((await disassociate(AssociationId)).CidrBlockAssociation).toMatchObject({
    CidrBlockState: { State: "disassociating" },
  });
  const { Vpcs } = await ec2.send(new DescribeVpcsCommand({ VpcIds: [vpcId] }));
  const [primary, ...others] = Vpcs![0]!.CidrBlockAssociationSet!;
  expect(others.map((each) => each.CidrBlock)).toEqual(["100.64.0.0/16", "8.0.0.0/16", "10.7.0.0/28"]);
  await expect(disassociate(primary!.AssociationId!)).rejects.toMatchObject({
    name: "OperationNotPermitted",
    message: `The vpc CIDR block with association ID ${primary!.AssociationId} may not be disassociated. It is the primary IPv4 CIDR block of the VPC`,
  });
  await deleteVpc(vpcId);
});

test("IPv6: a /56 for the VPC, a /64 for a subnet, local routes and open defaults", async () => {
  const vpcId = await newVpc("10.9.0.0/16", true);
  const { Vpcs } = await ec2.send(new DescribeVpcsCommand({ VpcIds: [vpcId] }));
  const [range] = Vpcs![0]!.Ipv6CidrBlockAssociationSet!;
  expect(range).toMatchObject({
    Ipv6CidrBlock: expect.stringMatching(/\/56$/) as string,
    Ipv6CidrBlockState: { State: "associated" },
    NetworkBorderGroup: "us-east-1",
    Ipv6Pool: "Amazon",
  });
  const Ipv6CidrBlock = range!.Ipv6CidrBlock!.replace("/56", "/64");
  const { Subnet } = await ec2.send(new CreateSubnetCommand({ VpcId: vpcId, CidrBlock: "10.9.0.0/24", Ipv6CidrBlock }));
  expect(Subnet!.Ipv6CidrBlockAssociationSet).toMatchObject([
    { Ipv6CidrBlock, Ipv6CidrBlockState: { State: "associated" } },
  ]);
  const SubnetId = await newSubnet(vpcId, "10.9.1.0/24");
  const associate = (block: string) =>
    ec2.send(new AssociateSubnetCidrBlockCommand({ SubnetId, Ipv6CidrBlock: block }));
  await expect(associate(Ipv6CidrBlock)).rejects.toMatchObject({ name: "InvalidSubnet.Conflict" });
  await expect(associate("2001:db8::/64")).rejects.toMatchObject({ name: "InvalidSubnet.Range" });
  await expect(associate(range!.Ipv6CidrBlock!)).rejects.toMatchObject({ name: "InvalidParameterValue" });
  const Filters = [{ Name: "vpc-id", Values: [vpcId] }];
  const { RouteTables } = await ec2.send(new DescribeRouteTablesCommand({ Filters }));
  expect(RouteTables![0]!.Routes!.map((each) => each.DestinationIpv6CidrBlock)).toContain(range!.Ipv6CidrBlock);
  await deleteSubnet(SubnetId);
  await deleteSubnet(Subnet!.SubnetId!);
  await deleteVpc(vpcId);
});

test("attributes of a VPC are read and changed one at a time", async () => {
  const VpcId = await newVpc("10.11.0.0/16");
  const attribute = async (Attribute: "enableDnsSupport" | "enableDnsHostnames") =>
    await ec2.send(new DescribeVpcAttributeCommand({ VpcId, Attribute }));
  expect(await attribute("enableDnsSupport")).toMatchObject({ VpcId, EnableDnsSupport: { Value: true } });
  expect(await attribute("enableDnsHostnames")).toMatchObject({ EnableDnsHostnames: { Value: false } });
  await ec2.send(new ModifyVpcAttributeCommand({ VpcId, EnableDnsHostnames: { Value: true } }));
  expect(await attribute("enableDnsHostnames")).toMatchObject({ EnableDnsHostnames: { Value: true } });
  const both = { EnableDnsHostnames: { Value: true }, EnableDnsSupport: { Value: true } };
  await expect(ec2.send(new ModifyVpcAttributeCommand({ VpcId, ...both }))).rejects.toMatchObject({
    name: "InvalidParameterCombination",
    message: "Fields for multiple attribute types specified: enableDnsHostnames, enableDnsSupport",
  });
  await deleteVpc(VpcId);
});

test("DHCP options are made, associated, described and deleted when nobody has them", async () => {
  const VpcId = await newVpc("10.12.0.0/16");
  const DhcpConfigurations = [
    { Key: "domain-name-servers", Values: ["10.2.5.1", "10.2.5.2"] },
    { Key: "domain-name", Values: ["example.com"] },
  ];
  const { DhcpOptions } = await ec2.send(new CreateDhcpOptionsCommand({ DhcpConfigurations }));
  const DhcpOptionsId = DhcpOptions!.DhcpOptionsId!;
  await ec2.send(new AssociateDhcpOptionsCommand({ DhcpOptionsId, VpcId }));
  const { DhcpOptions: found } = await ec2.send(
    new DescribeDhcpOptionsCommand({ Filters: [{ Name: "value", Values: ["example.com"] }] }),
  );
  expect(found).toMatchObject([
    {
      DhcpOptionsId,
      OwnerId: "000000000000",
      DhcpConfigurations: [
        { Key: "domain-name", Values: [{ Value: "example.com" }] },
        { Key: "domain-name-servers", Values: [{ Value: "10.2.5.1" }, { Value: "10.2.5.2" }] },
      ],
    },
  ]);
  const { Vpcs } = await ec2.send(
    new DescribeVpcsCommand({ Filters: [{ Name: "dhcp-options-id", Values: [DhcpOptionsId] }] }),
  );
  expect(Vpcs!.map((vpc) => vpc.VpcId)).toEqual([VpcId]);
  const remove = () => ec2.send(new DeleteDhcpOptionsCommand({ DhcpOptionsId }));
  await expect(remove()).rejects.toMatchObject({
    name: "DependencyViolation",
    message: `The dhcpOptions '${DhcpOptionsId}' has dependencies and cannot be deleted.`,
  });
  await ec2.send(new AssociateDhcpOptionsCommand({ DhcpOptionsId: "default", VpcId }));
  await remove();
  await expect(remove()).rejects.toMatchObject({ name: "InvalidDhcpOptionID.NotFound" });
  await deleteVpc(VpcId);
});

describe("what AWS refuses", () => {
  let VpcId: string;
  beforeAll(async () => {
    VpcId = await newVpc("10.30.0.0/16");
    await newSubnet(VpcId, "10.30.0.0/24");
  });
  const tag = { Key: "a", Value: "1" };
  const tagged = (Tags: Tag[], ResourceType: ResourceType = "vpc") =>
    ec2.send(new CreateVpcCommand({ CidrBlock: "10.0.0.0/16", TagSpecifications: [{ ResourceType, Tags }] }));
  const notTake = "Subnets can currently only be created in the following availability zones";
  const cases: { when: string; send: () => Promise<unknown>; name: string; message?: string }[] = [
    {
      when: "a VPC is too large",
      send: () => ec2.send(new CreateVpcCommand({ CidrBlock: "10.0.0.0/8" })),
      name: "InvalidVpc.Range",
      message: "The CIDR '10.0.0.0/8' is invalid.",
    },
    {
      when: "a VPC's range is none",
      send: () => ec2.send(new CreateVpcCommand({ CidrBlock: "10.0.0/16" })),
      name: "InvalidParameterValue",
      message: "Value (10.0.0/16) for parameter cidrBlock is invalid. This is not a valid CIDR block.",
    },
    {
      when: "a VPC has no range",
      send: () => ec2.send(new CreateVpcCommand({})),
      name: "MissingParameter",
      message: "Either 'cidrBlock' or 'ipv4IpamPoolId' should be provided.",
    },
    {
      when: "a VPC is for dedicated hardware",
      send: () => ec2.send(new CreateVpcCommand({ CidrBlock: "10.0.0.0/16", InstanceTenancy: "dedicated" })),
      name: "UnsupportedTenancy",
    },
    {
      when: "a subnet is outside of its VPC",
      send: () => newSubnet(VpcId, "10.31.0.0/24"),
      name: "InvalidSubnet.Range",
      message: "The CIDR '10.31.0.0/24' is invalid.",
    },
    {
      when: "a subnet is over another",
      send: () => newSubnet(VpcId, "10.30.0.128/25"),
      name: "InvalidSubnet.Conflict",
      message: "The CIDR '10.30.0.128/25' conflicts with another subnet",
    },
    {
      when: "a subnet's zone does not exist",
      send: () => newSubnet(VpcId, "10.30.1.0/24", "us-east-1x"),
      name: "InvalidParameterValue",
      message: `Value (us-east-1x) for parameter availabilityZone is invalid. ${notTake}: us-east-1a, us-east-1b, us-east-1c.`,
    },
    {
      when: "a subnet's VPC does not exist",
      send: () => newSubnet("vpc-00000000000000000", "10.30.1.0/24"),
      name: "InvalidVpcID.NotFound",
      message: "The vpc ID 'vpc-00000000000000000' does not exist",
    },
    {
      when: "a subnet is of IPv6 alone",
      send: () => ec2.send(new CreateSubnetCommand({ VpcId, Ipv6Native: true })),
      name: "UnsupportedOperation",
    },
    {
      when: "a tag's key is there twice",
      send: () => tagged([tag, tag]),
      name: "InvalidParameterValue",
      message: "Duplicate tag key 'a' specified.",
    },
    {
      when: "a tag is Amazon's",
      send: () => tagged([{ Key: "aws:a", Value: "" }]),
      name: "InvalidParameterValue",
      message: "Tag keys starting with 'aws:' are reserved for internal use",
    },
    {
      when: "tags are for another kind of resource",
      send: () => tagged([tag], "subnet"),
      name: "InvalidParameterValue",
      message: "'subnet' is not a valid taggable resource type for this operation.",
    },
    {
      when: "there is a default VPC already",
      send: async () => {
        await ec2.send(new CreateDefaultVpcCommand({}));
      },
      name: "DefaultVpcAlreadyExists",
      message: "A Default VPC already exists for this account in this region.",
    },
    {
      when: "there is a default subnet in the zone",
      send: () => ec2.send(new CreateDefaultSubnetCommand({ AvailabilityZone: "us-east-1a" })),
      name: "DefaultSubnetAlreadyExistsInAvailabilityZone",
    },
    {
      when: "a subnet without IPv6 is to give IPv6 addresses",
      send: async () => {
        const Filters = [{ Name: "vpc-id", Values: [VpcId] }];
        const { Subnets } = await ec2.send(new DescribeSubnetsCommand({ Filters }));
        const AssignIpv6AddressOnCreation = { Value: true };
        const { SubnetId } = Subnets![0]!;
        await ec2.send(new ModifySubnetAttributeCommand({ SubnetId, AssignIpv6AddressOnCreation }));
      },
      name: "InvalidParameterValue",
    },
    {
      when: "a Region has five VPCs",
      send: async () => {
        for (const n of [41, 42, 43, 44, 45]) await newVpc(`10.${n}.0.0/16`);
      },
      name: "VpcLimitExceeded",
      message: "The maximum number of VPCs has been reached.",
    },
  ];
  for (const { when, send, name, message } of cases)
    test(when, async () => {
      await expect(send()).rejects.toMatchObject({ name, ...(message === undefined ? {} : { message }) });
    });
});

test("what an account has in a Region", async () => {
  const { AccountAttributes } = await ec2.send(new DescribeAccountAttributesCommand({}));
  expect(AccountAttributes!.map((each) => each.AttributeName).toSorted()).toEqual([
    "default-vpc",
    "max-elastic-ips",
    "max-instances",
    "supported-platforms",
    "vpc-max-elastic-ips",
    "vpc-max-security-groups-per-interface",
  ]);
  const { AvailabilityZones } = await ec2.send(new DescribeAvailabilityZonesCommand({ AllAvailabilityZones: true }));
  expect(AvailabilityZones!.map((each) => each.ZoneId)).toEqual(["use1-az1", "use1-az2", "use1-az3"]);
  const regions = async (AllRegions: boolean) => {
    const { Regions } = await ec2.send(new DescribeRegionsCommand({ AllRegions }));
    return new Map(Regions!.map((each) => [each.RegionName, each.OptInStatus]));
  };
  expect((await regions(false)).has("af-south-1")).toBe(false);
  expect((await regions(true)).get("af-south-1")).toBe("not-opted-in");
  expect((await regions(true)).get("eu-west-1")).toBe("opt-in-not-required");
});
