import {
  AllocateAddressCommand,
  AssociateRouteTableCommand,
  AttachInternetGatewayCommand,
  CreateNatGatewayCommand,
  CreateNetworkAclEntryCommand,
  CreateRouteCommand,
  CreateRouteTableCommand,
  DeleteEgressOnlyInternetGatewayCommand,
  DeleteInternetGatewayCommand,
  DeleteNatGatewayCommand,
  DeleteNetworkAclCommand,
  DeleteNetworkAclEntryCommand,
  DeleteRouteCommand,
  DeleteRouteTableCommand,
  DescribeAddressesCommand,
  DescribeInternetGatewaysCommand,
  DescribeNatGatewaysCommand,
  DescribeNetworkAclsCommand,
  DescribeRouteTablesCommand,
  DescribeSubnetsCommand,
  DetachInternetGatewayCommand,
  DisassociateAddressCommand,
  DisassociateRouteTableCommand,
  ReleaseAddressCommand,
  ReplaceNetworkAclAssociationCommand,
  ReplaceNetworkAclEntryCommand,
  ReplaceRouteCommand,
  paginateDescribeRouteTables,
  type DescribeNetworkAclsCommandInput,
  type EC2Client,
  type EgressOnlyInternetGateway,
  type InternetGateway,
  type NatGateway,
  type NetworkAcl,
  type RouteTable,
} from "@aws-sdk/client-ec2";
import { afterAll, beforeAll, expect, test } from "vitest";
import { TestEngine, until } from "../support/engine.ts";

/* Route tables, gateways, elastic addresses and network ACLs, as the AWS CLI and an SDK see them. */

const MISSING = "00000000000000000";

let engine: TestEngine;
let ec2: EC2Client;
let vpcId: string;
let subnetIds: string[];
let igw: string;
beforeAll(async () => {
  engine = await TestEngine.start(["--compute", "simulated"]);
  ec2 = engine.clients().ec2;
  const { Subnets = [] } = await ec2.send(new DescribeSubnetsCommand({}));
  vpcId = Subnets[0]!.VpcId!;
  subnetIds = Subnets.map((subnet) => subnet.SubnetId!);
  const { InternetGateways = [] } = await ec2.send(new DescribeInternetGatewaysCommand({}));
  igw = InternetGateways[0]!.InternetGatewayId!;
});
afterAll(() => engine.stop());

const cli = <T = Record<string, string>>(...args: string[]) => engine.awsJson<T>("ec2", ...args);

async function newTable(): Promise<string> {
  const { RouteTable } = await ec2.send(new CreateRouteTableCommand({ VpcId: vpcId }));
  return RouteTable!.RouteTableId!;
}

async function deleteTable(RouteTableId: string): Promise<void> {
  await ec2.send(new DeleteRouteTableCommand({ RouteTableId }));
}

async function describeTable(id: string): Promise<RouteTable> {
  const { RouteTables = [] } = await ec2.send(new DescribeRouteTablesCommand({ RouteTableIds: [id] }));
  return RouteTables[0]!;
}

async function describeNat(id: string): Promise<NatGateway> {
  const { NatGateways = [] } = await ec2.send(new DescribeNatGatewaysCommand({ NatGatewayIds: [id] }));
  return NatGateways[0]!;
}

/** Resolves when a NAT gateway is in a state, which it gets to at once. */
async function natGatewayIs(id: string, state: string): Promise<void> {
  await until(async () => (await describeNat(id)).State === state);
}

async function deleteNat(NatGatewayId: string, AllocationId: string): Promise<void> {
  await ec2.send(new DeleteNatGatewayCommand({ NatGatewayId }));
  await natGatewayIs(NatGatewayId, "deleted");
  await ec2.send(new ReleaseAddressCommand({ AllocationId }));
}

test("a route table: made, associated, changed and deleted", async () => {
  const tags = "ResourceType=route-table,Tags=[{Key=Name,Value=private}]";
  const { RouteTable: made } = await cli<{ RouteTable: RouteTable }>(
    "create-route-table",
    "--vpc-id",
    vpcId,
    "--tag-specifications",
    tags,
  );
  const id = made.RouteTableId!;
  expect(made).toEqual({
    RouteTableId: expect.stringMatching(/^rtb-[0-9a-f]{17}$/) as string,
    VpcId: vpcId,
    OwnerId: "000000000000",
    Associations: [],
    PropagatingVgws: [],
    Routes: [
      { DestinationCidrBlock: "172.31.0.0/16", GatewayId: "local", Origin: "CreateRouteTable", State: "active" },
    ],
    Tags: [{ Key: "Name", Value: "private" }],
  });
  const associated = await cli("associate-route-table", "--route-table-id", id, "--subnet-id", subnetIds[0]!);
  expect(associated).toMatchObject({ AssociationState: { State: "associated" } });
  expect((await describeTable(id)).Associations).toEqual([
    {
      Main: false,
      RouteTableAssociationId: associated["AssociationId"],
      RouteTableId: id,
      SubnetId: subnetIds[0],
      AssociationState: { State: "associated" },
    },
  ]);
  const route = ["--route-table-id", id, "--destination-cidr-block", "100.68.0.18/18"];
  expect(await cli("create-route", ...route, "--gateway-id", igw)).toEqual({ Return: true });
  expect((await describeTable(id)).Routes![1]).toEqual({
    DestinationCidrBlock: "100.68.0.0/18",
    GatewayId: igw,
    Origin: "CreateRoute",
    State: "active",
  });
  const other = await newTable();
  await expect(
    ec2.send(new AssociateRouteTableCommand({ RouteTableId: other, SubnetId: subnetIds[0] })),
  ).rejects.toMatchObject({
    name: "Resource.AlreadyAssociated",
    message: `the specified association for route table ${other} conflicts with an existing association`,
  });
  const replaced = await cli(
    "replace-route-table-association",
    "--association-id",
    associated["AssociationId"]!,
    "--route-table-id",
    other,
  );
  expect((await describeTable(other)).Associations).toMatchObject([
    { RouteTableAssociationId: replaced["NewAssociationId"], SubnetId: subnetIds[0] },
  ]);
  await engine.aws("ec2", "disassociate-route-table", "--association-id", replaced["NewAssociationId"]!);
  await engine.aws("ec2", "delete-route-table", "--route-table-id", id);
  await deleteTable(other);
  const gone = engine.aws("ec2", "describe-route-tables", "--route-table-ids", id);
  await expect(gone).rejects.toThrow(
    `An error occurred (InvalidRouteTableID.NotFound) when calling the DescribeRouteTables operation: The routeTable ID '${id}' does not exist`,
  );
});

test("routes that cannot be are refused in AWS's words", async () => {
  const RouteTableId = await newTable();
  const route = { RouteTableId, DestinationCidrBlock: "0.0.0.0/0" };
  await ec2.send(new CreateRouteCommand({ ...route, GatewayId: igw }));
  const refused = [
    [
      new CreateRouteCommand({ ...route, GatewayId: igw }),
      "RouteAlreadyExists",
      "The route identified by 0.0.0.0/0 already exists.",
    ],
    [
      new CreateRouteCommand({ ...route, DestinationCidrBlock: "10.0.0.0/33", GatewayId: igw }),
      "InvalidParameterValue",
      "Value (10.0.0.0/33) for parameter destinationCidrBlock is invalid. This is not a valid CIDR block.",
    ],
    [
      new CreateRouteCommand({ ...route, DestinationCidrBlock: "10.0.0.0/8", GatewayId: `igw-${MISSING}` }),
      "InvalidGatewayID.NotFound",
      `The gateway ID 'igw-${MISSING}' does not exist`,
    ],
    [
      new ReplaceRouteCommand({ ...route, DestinationCidrBlock: "192.0.2.0/24", GatewayId: igw }),
      "InvalidParameterValue",
      "There is no route defined for '192.0.2.0/24' in the route table. Use CreateRoute instead.",
    ],
    [
      new DeleteRouteCommand({ RouteTableId, DestinationCidrBlock: "192.0.2.0/24" }),
      "InvalidRoute.NotFound",
      `no route with destination-cidr-block 192.0.2.0/24 in route table ${RouteTableId}`,
    ],
    [
      new DeleteRouteCommand({ RouteTableId, DestinationCidrBlock: "172.31.0.0/16" }),
      "InvalidParameterValue",
      `cannot remove local route 172.31.0.0/16 in route table ${RouteTableId}`,
    ],
    [
      new DisassociateRouteTableCommand({ AssociationId: `rtbassoc-${MISSING}` }),
      "InvalidAssociationID.NotFound",
      `The association ID 'rtbassoc-${MISSING}' does not exist`,
    ],
  ] as const;
  for (const [command, name, message] of refused)
    await expect(ec2.send(command as CreateRouteCommand)).rejects.toMatchObject({ name, message });
  await ec2.send(new DeleteRouteCommand(route));
  await deleteTable(RouteTableId);
});

test("route tables are paged and filtered", async () => {
  const made = [await newTable(), await newTable(), await newTable()];
  const ids: string[] = [];
  const Filters = [{ Name: "association.main", Values: ["true", "false"] }];
  const pages = paginateDescribeRouteTables({ client: ec2, pageSize: 5 }, {});
  for await (const { RouteTables = [] } of pages) ids.push(...RouteTables.map((table) => table.RouteTableId!));
  expect(ids).toEqual(expect.arrayContaining(made));
  const filtered = paginateDescribeRouteTables({ client: ec2 }, { Filters });
  for await (const { RouteTables = [] } of filtered)
    expect(RouteTables.map((table) => table.RouteTableId)).not.toContain(made[0]);
  for (const id of made) await deleteTable(id);
});

test("internet gateways are attached to one VPC, and leave blackholes behind", async () => {
  const { InternetGateway } = await cli<{ InternetGateway: InternetGateway }>("create-internet-gateway");
  const id = InternetGateway.InternetGatewayId!;
  const remove = (gateway: string) => ec2.send(new DeleteInternetGatewayCommand({ InternetGatewayId: gateway }));
  expect(InternetGateway).toMatchObject({ Attachments: [], OwnerId: "000000000000", Tags: [] });
  const attach = (gateway: string) =>
    ec2.send(new AttachInternetGatewayCommand({ InternetGatewayId: gateway, VpcId: vpcId }));
  const detach = (gateway: string) =>
    ec2.send(new DetachInternetGatewayCommand({ InternetGatewayId: gateway, VpcId: vpcId }));
  await expect(attach(id)).rejects.toMatchObject({
    name: "InvalidParameterValue",
    message: `Network ${vpcId} already has an internet gateway attached`,
  });
  await expect(attach(igw)).rejects.toMatchObject({
    name: "Resource.AlreadyAssociated",
    message: `resource ${igw} is already attached to network ${vpcId}`,
  });
  await expect(detach(id)).rejects.toMatchObject({
    name: "Gateway.NotAttached",
    message: `resource ${id} is not attached to network ${vpcId}`,
  });
  await expect(remove(igw)).rejects.toMatchObject({
    name: "DependencyViolation",
    message: `The internetGateway '${igw}' has dependencies and cannot be deleted.`,
  });
  const state = async () => {
    const Filters = [
      { Name: "association.main", Values: ["true"] },
      { Name: "route.gateway-id", Values: ["igw-*"] },
    ];
    const { RouteTables = [] } = await ec2.send(new DescribeRouteTablesCommand({ Filters }));
    return RouteTables[0]!.Routes![1]!.State;
  };
  expect(await state()).toBe("active");
  await detach(igw);
  expect(await state()).toBe("blackhole");
  await attach(igw);
  expect(await state()).toBe("active");
  await remove(id);
});

test("egress-only internet gateways are targets of IPv6 routes", async () => {
  const { EgressOnlyInternetGateway: made } = await cli<{ EgressOnlyInternetGateway: EgressOnlyInternetGateway }>(
    "create-egress-only-internet-gateway",
    "--vpc-id",
    vpcId,
  );
  const EgressOnlyInternetGatewayId = made.EgressOnlyInternetGatewayId!;
  expect(made.Attachments).toEqual([{ State: "attached", VpcId: vpcId }]);
  const table = await newTable();
  const target = { RouteTableId: table, EgressOnlyInternetGatewayId };
  await ec2.send(new CreateRouteCommand({ ...target, DestinationIpv6CidrBlock: "::/0" }));
  await expect(
    ec2.send(new CreateRouteCommand({ ...target, DestinationCidrBlock: "0.0.0.0/0" })),
  ).rejects.toMatchObject({ name: "InvalidParameterValue" });
  expect((await describeTable(table)).Routes![1]).toEqual({
    DestinationIpv6CidrBlock: "::/0",
    EgressOnlyInternetGatewayId,
    Origin: "CreateRoute",
    State: "active",
  });
  const deleted = await ec2.send(new DeleteEgressOnlyInternetGatewayCommand({ EgressOnlyInternetGatewayId }));
  expect(deleted.ReturnCode).toBe(true);
  expect((await describeTable(table)).Routes![1]!.State).toBe("blackhole");
  await deleteTable(table);
});

test("a NAT gateway becomes available, outlives the control plane, and frees its address", async () => {
  const { AllocationId = "", PublicIp = "" } = await ec2.send(new AllocateAddressCommand({ Domain: "vpc" }));
  const made = await cli<{ NatGateway: NatGateway; ClientToken: string }>(
    "create-nat-gateway",
    "--subnet-id",
    subnetIds[0]!,
    "--allocation-id",
    AllocationId,
    "--tag-specifications",
    "ResourceType=natgateway,Tags=[{Key=Name,Value=out}]",
  );
  const id = made.NatGateway.NatGatewayId!;
  expect(made).toMatchObject({
    NatGateway: { State: "pending", ConnectivityType: "public", VpcId: vpcId, Tags: [{ Key: "Name", Value: "out" }] },
    ClientToken: expect.any(String) as string,
  });
  await engine.aws("ec2", "wait", "nat-gateway-available", "--nat-gateway-ids", id);
  const [address] = (await describeNat(id)).NatGatewayAddresses!;
  expect(address).toMatchObject({ AllocationId, PublicIp, PrivateIp: expect.stringMatching(/^172\.31\./) as string });
  const byAddress = new DescribeAddressesCommand({ PublicIps: [PublicIp] });
  const { Addresses = [] } = await ec2.send(byAddress);
  expect(Addresses).toMatchObject([
    { AllocationId, NetworkInterfaceId: address!.NetworkInterfaceId, NetworkInterfaceOwnerId: "000000000000" },
  ]);
  const { AssociationId } = Addresses[0]!;
  const denied = { name: "AuthFailure", message: "You do not have permission to access the specified resource." };
  await expect(ec2.send(new DisassociateAddressCommand({ AssociationId }))).rejects.toMatchObject(denied);
  await expect(ec2.send(new ReleaseAddressCommand({ AllocationId }))).rejects.toMatchObject(denied);
  await engine.kill();
  await engine.up();
  expect((await describeNat(id)).State).toBe("available");
  await deleteNat(id, AllocationId);
  await expect(ec2.send(byAddress)).rejects.toMatchObject({
    name: "InvalidAddress.NotFound",
    message: `Address '${PublicIp}' not found.`,
  });
  await expect(ec2.send(new CreateNatGatewayCommand({ SubnetId: subnetIds[0] }))).rejects.toMatchObject({
    name: "MissingParameter",
    message: "The request must include the AllocationId parameter. Add the required parameter and retry the request.",
  });
});

test.each(["nat-associated", "nat-attached"])(
  "a control plane that dies at %s finishes the gateway later",
  async (point) => {
    const { AllocationId = "" } = await ec2.send(new AllocateAddressCommand({}));
    await engine.kill();
    await engine.up({ NEARGATE_FAILPOINTS: `${point}=kill` });
    const creation = await ec2
      .send(new CreateNatGatewayCommand({ SubnetId: subnetIds[0], AllocationId }))
      .catch(() => undefined); // it may die before it has answered
    await until(() => !engine.alive);
    await engine.up();
    const Filter = [{ Name: "state", Values: ["pending", "available"] }];
    const { NatGateways = [] } = await ec2.send(new DescribeNatGatewaysCommand({ Filter }));
    expect(NatGateways).toHaveLength(1);
    const id = NatGateways[0]!.NatGatewayId!;
    expect(creation?.NatGateway?.NatGatewayId ?? id).toBe(id);
    await natGatewayIs(id, "available");
    await deleteNat(id, AllocationId);
  },
);

test("network ACLs: entries in order, with those that deny the rest", async () => {
  const { NetworkAcl: made } = await cli<{ NetworkAcl: NetworkAcl }>("create-network-acl", "--vpc-id", vpcId);
  const id = made.NetworkAclId!;
  const last = { CidrBlock: "0.0.0.0/0", Protocol: "-1", RuleAction: "deny", RuleNumber: 32_767 };
  expect(made).toMatchObject({
    IsDefault: false,
    Associations: [],
    Entries: [
      { ...last, Egress: true },
      { ...last, Egress: false },
    ],
  });
  const entry = ["--network-acl-id", id, "--ingress", "--cidr-block", "10.0.0.0/8", "--rule-action", "allow"];
  const ports = ["--protocol", "tcp", "--port-range", "From=80,To=81", "--rule-number", "100"];
  await engine.aws("ec2", "create-network-acl-entry", ...entry, ...ports);
  const allowed = {
    NetworkAclId: id,
    Egress: false,
    CidrBlock: "10.0.0.0/8",
    RuleAction: "allow",
    RuleNumber: 100,
    Protocol: "17",
    PortRange: { From: 80, To: 81 },
  } as const;
  await expect(ec2.send(new CreateNetworkAclEntryCommand(allowed))).rejects.toMatchObject({
    name: "NetworkAclEntryAlreadyExists",
    message: "The network acl entry identified by 100 already exists.",
  });
  const ping = ["--protocol", "icmp", "--icmp-type-code", "Type=8,Code=-1", "--rule-number", "50"];
  await engine.aws("ec2", "create-network-acl-entry", ...entry, ...ping);
  await ec2.send(new ReplaceNetworkAclEntryCommand(allowed));
  await expect(
    ec2.send(
      new CreateNetworkAclEntryCommand({
        NetworkAclId: id,
        RuleNumber: 7,
        Egress: true,
        RuleAction: "deny",
        Protocol: "6",
        CidrBlock: "0.0.0.0/0",
      }),
    ),
  ).rejects.toMatchObject({ name: "MissingParameter" });
  const describe = async (input: DescribeNetworkAclsCommandInput) =>
    (await ec2.send(new DescribeNetworkAclsCommand(input))).NetworkAcls!;
  const [described] = await describe({ NetworkAclIds: [id] });
  expect(described!.Entries!.slice(1)).toMatchObject([
    { RuleNumber: 50, Protocol: "1", IcmpTypeCode: { Type: 8, Code: -1 } },
    { RuleNumber: 100, Protocol: "17", PortRange: { From: 80, To: 81 } },
    { RuleNumber: 32_767 },
  ]);

  const Filters = [
    { Name: "default", Values: ["true"] },
    { Name: "vpc-id", Values: [vpcId] },
  ];
  const [standard] = await describe({ Filters });
  const association = standard!.Associations!.find((each) => each.SubnetId === subnetIds[0])!;
  const replace = (AssociationId: string, NetworkAclId: string) =>
    ec2.send(new ReplaceNetworkAclAssociationCommand({ AssociationId, NetworkAclId }));
  const moved = await replace(association.NetworkAclAssociationId!, id);
  await expect(ec2.send(new DeleteNetworkAclCommand({ NetworkAclId: id }))).rejects.toMatchObject({
    name: "DependencyViolation",
    message: `The networkAcl '${id}' has dependencies and cannot be deleted.`,
  });
  await replace(moved.NewAssociationId!, standard!.NetworkAclId!);
  await expect(ec2.send(new DeleteNetworkAclCommand({ NetworkAclId: standard!.NetworkAclId }))).rejects.toMatchObject({
    name: "InvalidParameterValue",
    message: `cannot delete default network ACL ${standard!.NetworkAclId}`,
  });
  const gone = { NetworkAclId: id, Egress: false, RuleNumber: 50 };
  await ec2.send(new DeleteNetworkAclEntryCommand(gone));
  await expect(ec2.send(new DeleteNetworkAclEntryCommand(gone))).rejects.toMatchObject({
    name: "InvalidNetworkAclEntry.NotFound",
  });
  await engine.aws("ec2", "delete-network-acl", "--network-acl-id", id);
});
