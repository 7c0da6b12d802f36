import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { type Clock, systemClock } from "../../base/clock.ts";
import { randomIds } from "../../base/ids.ts";
import { silentLogger } from "../../base/log.ts";
import { scopeKey } from "../../base/scope.ts";
import { SimulatedNetwork } from "../../network/simulated.ts";
import { sqliteDialect } from "../../store/sqlite.ts";
import { Store } from "../../store/store.ts";
import type { RequestContext } from "../../wire/context.ts";
import { readAclEntry } from "./acl-entries.ts";
import { routingHandlers } from "./areas/routing.ts";
import { Ec2 } from "./ec2.ts";
import { readDestination } from "./route-destinations.ts";
import { readTopology } from "./vpc-spec.ts";

const scope = { account: "111122223333", region: "eu-central-1" };
const key = scopeKey(scope);
const context = { scope } as RequestContext;

let store: Store;
let network: SimulatedNetwork;
let ec2: Ec2;
beforeEach(async () => {
  store = new Store(sqliteDialect(":memory:"), silentLogger);
  network = new SimulatedNetwork("198.51.100.0/28");
  ec2 = newEc2();
  await store.open();
  await ec2.start();
});
afterEach(async () => {
  await ec2.stop();
  await store.close();
});

function newEc2(clock: Clock = systemClock): Ec2 {
  return new Ec2({ store, network, clock, ids: randomIds, log: silentLogger });
}

/** The operations, as clients call them. */
function api(of = ec2) {
  type Handler = (input: object, context: RequestContext) => Promise<Record<string, never>>;
  const handlers = routingHandlers(of) as Record<string, Handler>;
  return async <T = Record<string, string>>(operation: string, input: object = {}): Promise<T> =>
    (await handlers[operation]!(input, context)) as T;
}

async function defaultVpc() {
  const vpc = await ec2.requireDefaultVpc(scope);
  const subnets = await ec2.records.subnets.list(key, { where: { vpcId: vpc.vpcId } });
  const [gateway] = await ec2.records.internetGateways.list(key);
  const [table] = await ec2.records.routeTables.list(key);
  return {
    vpcId: vpc.vpcId,
    subnetIds: subnets.map((each) => each.subnetId),
    igw: gateway!.internetGatewayId,
    main: table!,
  };
}

async function newTable(vpcId: string): Promise<string> {
  const { RouteTable } = await api()<{ RouteTable: { RouteTableId: string } }>("CreateRouteTable", { VpcId: vpcId });
  return RouteTable.RouteTableId;
}

async function newNat(input: object, of = ec2): Promise<string> {
  const { NatGateway } = await api(of)<{ NatGateway: { NatGatewayId: string } }>("CreateNatGateway", input);
  return NatGateway.NatGatewayId;
}

const nat = async (id: string) => await ec2.records.natGateways.get(key, id);
const natState = (id: string, state: string) => expect.poll(async () => (await nat(id))?.state).toBe(state);

async function newAddress(): Promise<string> {
  return (await api()("AllocateAddress"))["AllocationId"]!;
}

describe("destinations", () => {
  test.each([
    [{ DestinationCidrBlock: "100.68.0.18/18" }, "100.68.0.0/18"],
    [{ DestinationCidrBlock: "0.0.0.0/0" }, "0.0.0.0/0"],
    [{ DestinationIpv6CidrBlock: "2001:DB8:0::1/32" }, "2001:db8::/32"],
    [{ DestinationIpv6CidrBlock: "::/0" }, "::/0"],
    [{ DestinationPrefixListId: "pl-0123456789abcdef0" }, "pl-0123456789abcdef0"],
  ])("%o is %s", (input, text) => expect(readDestination(input).text).toBe(text));

  test.each([
    [{}, "MissingParameter"],
    [{ DestinationCidrBlock: "10.0.0.0/33" }, "InvalidParameterValue"],
    [{ DestinationCidrBlock: "10.0.0/8" }, "InvalidParameterValue"],
    [{ DestinationCidrBlock: "10.0.0.0/8", DestinationIpv6CidrBlock: "::/0" }, "InvalidParameterCombination"],
    [{ DestinationIpv6CidrBlock: "10.0.0.0/8" }, "InvalidParameterValue"],
    [{ DestinationPrefixListId: "x" }, "InvalidPrefixListID.Malformed"],
  ])("%o is refused with %s", (input, code) =>
    expect(() => readDestination(input)).toThrow(expect.objectContaining({ code })),
  );
});

describe("network ACL entries", () => {
  const tcp = {
    RuleNumber: 100,
    Egress: false,
    RuleAction: "allow",
    Protocol: "tcp",
    CidrBlock: "10.0.0.9/8",
  } as const;
  test.each([
    [
      { ...tcp, PortRange: { From: 80, To: 90 } },
      { protocol: "6", cidrBlock: "10.0.0.0/8", portRange: { from: 80, to: 90 }, allow: true, isEgress: false },
    ],
    [{ ...tcp, Protocol: "-1", PortRange: { From: 0, To: 0 } }, { protocol: "-1" }],
    [{ ...tcp, Protocol: "47" }, { protocol: "47" }],
    [{ ...tcp, Protocol: "1", IcmpTypeCode: { Type: -1, Code: -1 } }, { icmp: { type: -1, code: -1 } }],
    [
      {
        ...tcp,
        CidrBlock: undefined,
        Ipv6CidrBlock: "2001:db8::1/64",
        Protocol: "58",
        IcmpTypeCode: { Type: 128, Code: 0 },
      },
      { ipv6CidrBlock: "2001:db8::/64", icmp: { type: 128, code: 0 } },
    ],
  ])("%o is read", (input, entry) => expect(readAclEntry(input)).toMatchObject(entry));

  test("entries for all protocols have no ports", () =>
    expect(readAclEntry({ ...tcp, Protocol: "-1", PortRange: { From: 22, To: 22 } })).not.toHaveProperty("portRange"));

  test.each([
    [{ ...tcp, PortRange: { From: 1, To: 1 }, RuleNumber: 0 }, "InvalidParameterValue"],
    [{ ...tcp, PortRange: { From: 1, To: 1 }, RuleNumber: 32_767 }, "InvalidParameterValue"],
    [tcp, "MissingParameter"],
    [{ ...tcp, PortRange: { From: 90, To: 80 } }, "InvalidParameterValue"],
    [{ ...tcp, PortRange: { From: 0, To: 65_536 } }, "InvalidParameterValue"],
    [{ ...tcp, Protocol: "icmp" }, "MissingParameter"],
    [{ ...tcp, Protocol: "icmp", IcmpTypeCode: { Type: 256, Code: 0 } }, "InvalidParameterValue"],
    [{ ...tcp, Protocol: "xyz" }, "InvalidParameterValue"],
    [{ ...tcp, Protocol: "256" }, "InvalidParameterValue"],
    [{ ...tcp, Protocol: "-1", CidrBlock: undefined }, "MissingParameter"],
    [{ ...tcp, Protocol: "-1", CidrBlock: "10.0.0.0/40" }, "InvalidParameterValue"],
    [{ ...tcp, Protocol: "-1", Ipv6CidrBlock: "::/0" }, "InvalidParameterCombination"],
  ])("%o is refused with %s", (input, code) =>
    expect(() => readAclEntry(input)).toThrow(expect.objectContaining({ code })),
  );

  test("an ACL has 20 entries a direction, with the one that denies the rest", async () => {
    const { vpcId } = await defaultVpc();
    const { NetworkAcl } = await api()<{ NetworkAcl: { NetworkAclId: string } }>("CreateNetworkAcl", { VpcId: vpcId });
    const entry = { ...tcp, Protocol: "-1", NetworkAclId: NetworkAcl.NetworkAclId };
    for (let RuleNumber = 1; RuleNumber <= 19; RuleNumber++)
      await api()("CreateNetworkAclEntry", { ...entry, RuleNumber });
    await expect(api()("CreateNetworkAclEntry", { ...entry, RuleNumber: 20 })).rejects.toMatchObject({
      code: "NetworkAclEntryLimitExceeded",
    });
    await api()("CreateNetworkAclEntry", { ...entry, RuleNumber: 20, Egress: true });
  });
});

describe("routes", () => {
  test("each target is checked as EC2 does", async () => {
    const { vpcId, igw } = await defaultVpc();
    const RouteTableId = await newTable(vpcId);
    const create = (input: object) => api()("CreateRoute", { RouteTableId, ...input });
    const route = { DestinationCidrBlock: "0.0.0.0/0" };
    const code = (input: object, expected: string) =>
      expect(create({ ...route, ...input })).rejects.toMatchObject({ code: expected });
    await code({}, "MissingParameter");
    await code({ GatewayId: igw, NatGatewayId: "nat-1" }, "InvalidParameterCombination");
    await code({ GatewayId: "igw-0123456789abcdef0" }, "InvalidGatewayID.NotFound");
    await code({ NatGatewayId: "nat-0123456789abcdef0" }, "InvalidNatGatewayID.NotFound");
    await code({ NetworkInterfaceId: "eni-0123456789abcdef0" }, "InvalidNetworkInterfaceID.NotFound");
    await code({ InstanceId: "i-0123456789abcdef0" }, "InvalidInstanceID.NotFound");
    await code({ TransitGatewayId: "tgw-0123456789abcdef0" }, "InvalidTransitGatewayID.NotFound");
    await code({ VpcPeeringConnectionId: "pcx-0123456789abcdef0" }, "InvalidVpcPeeringConnectionID.NotFound");
    await code({ GatewayId: igw, DestinationCidrBlock: "172.31.0.0/16" }, "RouteAlreadyExists");
    await code({ GatewayId: igw, DestinationCidrBlock: "172.31.4.0/24" }, "InvalidParameterValue");
    const { InternetGateway } = await api()<{ InternetGateway: { InternetGatewayId: string } }>(
      "CreateInternetGateway",
    );
    await expect(create({ ...route, GatewayId: InternetGateway.InternetGatewayId })).rejects.toMatchObject({
      code: "InvalidParameterValue",
      message: `route table ${RouteTableId} and network gateway ${InternetGateway.InternetGatewayId} belong to different networks`,
    });
    expect(await create({ ...route, GatewayId: igw })).toEqual({ Return: true });
    await code({ GatewayId: igw }, "RouteAlreadyExists");
  });

  test("a table has 500 routes of each family", async () => {
    const { igw, main } = await defaultVpc();
    const target = { internetGatewayId: igw };
    const routes = Array.from({ length: 500 }, (_, i) => ({ destination: `10.${i >> 8}.${i & 255}.0/24`, target }));
    await ec2.records.routeTables.put(key, main.routeTableId, { ...main, routes });
    const create = (input: object) =>
      api()("CreateRoute", { RouteTableId: main.routeTableId, GatewayId: igw, ...input });
    await expect(create({ DestinationCidrBlock: "192.0.2.0/24" })).rejects.toMatchObject({
      code: "RouteLimitExceeded",
    });
    await create({ DestinationIpv6CidrBlock: "::/0" });
  });

  test("the main association moves to another table", async () => {
    const { vpcId, main } = await defaultVpc();
    const other = await newTable(vpcId);
    const [{ associationId } = { associationId: "" }] = main.associations;
    await expect(api()("DisassociateRouteTable", { AssociationId: associationId })).rejects.toMatchObject({
      message: `cannot disassociate the main route table association ${associationId}`,
    });
    const replaced = await api()("ReplaceRouteTableAssociation", { AssociationId: associationId, RouteTableId: other });
    expect((await ec2.records.routeTables.get(key, other))!.associations).toEqual([
      { associationId: replaced["NewAssociationId"] },
    ]);
    await expect(api()("DeleteRouteTable", { RouteTableId: other })).rejects.toMatchObject({
      code: "DependencyViolation",
      message: `The routeTable '${other}' has dependencies and cannot be deleted.`,
    });
    await api()("DeleteRouteTable", { RouteTableId: main.routeTableId });
  });
});

describe("NAT gateways", () => {
  test("a public one comes to be, has routes, and gives everything back", async () => {
    const { vpcId, subnetIds, main } = await defaultVpc();
    const AllocationId = await newAddress();
    const id = await newNat({ SubnetId: subnetIds[0], AllocationId });
    await natState(id, "available");
    const gateway = (await nat(id))!;
    expect(await network.list()).toEqual([{ vpcId, interfaceIds: [gateway.interfaceId] }]);
    expect(await ec2.records.elasticAddresses.get(key, AllocationId)).toMatchObject({
      associationId: gateway.associationId,
      interfaceId: gateway.interfaceId,
      privateIp: gateway.privateIp,
    });
    await expect(api()("ReleaseAddress", { AllocationId })).rejects.toMatchObject({ code: "AuthFailure" });
    await api()("CreateRoute", {
      RouteTableId: main.routeTableId,
      DestinationCidrBlock: "192.0.2.0/24",
      NatGatewayId: id,
    });
    const vpc = (await ec2.records.vpcs.get(key, vpcId))!;
    const target = async () => (await readTopology(ec2.records, key, vpc)).routeTables[0]!.routes[1]!.target;
    expect(await target()).toEqual({ kind: "interface", interfaceId: gateway.interfaceId });

    await api()("DeleteNatGateway", { NatGatewayId: id });
    expect(await target()).toEqual({ kind: "blackhole" });
    await natState(id, "deleted");
    expect(await ec2.records.interfaces.count(key)).toBe(0);
    expect(await network.list()).toEqual([{ vpcId, interfaceIds: [] }]);
    await api()("ReleaseAddress", { AllocationId });
    await expect(api()("DeleteNatGateway", { NatGatewayId: id })).rejects.toMatchObject({ code: "NatGatewayNotFound" });
  });

  test("one without what it needs fails, and gives everything back", async () => {
    const { vpcId, subnetIds, igw } = await defaultVpc();
    const AllocationId = await newAddress();
    const first = await newNat({ SubnetId: subnetIds[0], AllocationId });
    await natState(first, "available");
    const second = await newNat({ SubnetId: subnetIds[1], AllocationId });
    await natState(second, "failed");
    expect(await nat(second)).toMatchObject({
      failureCode: "Resource.AlreadyAssociated",
      failureMessage: `Elastic IP address ${AllocationId} is already associated`,
    });
    await expect(api()("DetachInternetGateway", { InternetGatewayId: igw, VpcId: vpcId })).rejects.toMatchObject({
      code: "DependencyViolation",
    });
    await api()("DeleteNatGateway", { NatGatewayId: first });
    await natState(first, "deleted");
    await api()("DetachInternetGateway", { InternetGatewayId: igw, VpcId: vpcId });
    const third = await newNat({ SubnetId: subnetIds[0], AllocationId });
    await natState(third, "failed");
    expect(await nat(third)).toMatchObject({ failureMessage: `Network ${vpcId} has no Internet gateway attached` });
    await expect.poll(() => ec2.records.interfaces.count(key)).toBe(0);
    expect(await ec2.records.elasticAddresses.get(key, AllocationId)).not.toHaveProperty("associationId");
  });

  test("one whose interface cannot be made fails", async () => {
    const { subnetIds } = await defaultVpc();
    const impatient = newEc2({ ...systemClock, sleep: async () => {} });
    vi.spyOn(network, "attach").mockRejectedValue(new Error("no"));
    vi.spyOn(impatient.records.natGateways, "delete").mockResolvedValue(false); // an hour passes at once
    const id = await newNat({ SubnetId: subnetIds[0], ConnectivityType: "private" }, impatient);
    await natState(id, "failed");
    expect((await nat(id))!.failureCode).toBe("InternalError");
    await impatient.stop();
  });

  test.each([
    ["before anything", "pending"],
    ["while it is made real", "attaching"],
    ["while it is taken away", "deleting"],
  ])("a restart takes up one that was left %s", async (_, moment) => {
    const { subnetIds } = await defaultVpc();
    const AllocationId = await newAddress();
    const never = () => new Promise<never>(() => {});
    const dying = newEc2();
    if (moment === "pending") vi.spyOn(dying.records.internetGateways, "count").mockImplementation(never);
    if (moment === "attaching") vi.spyOn(dying, "attach").mockImplementation(never);
    // A transaction that never ends would hold the database.
    if (moment === "pending") vi.spyOn(dying.natGateways, "reconcile").mockReturnValue();
    const id = await newNat({ SubnetId: subnetIds[0], AllocationId }, dying);
    if (moment === "deleting") {
      await natState(id, "available");
      vi.spyOn(dying, "detach").mockImplementation(never);
      await api(dying)("DeleteNatGateway", { NatGatewayId: id });
    }
    if (moment === "attaching") await expect.poll(async () => (await nat(id))!.associationId).toBeDefined();
    const [before] = await ec2.records.interfaces.list(key);
    const next = newEc2();
    await next.start();
    await natState(id, moment === "deleting" ? "deleted" : "available");
    const after = await ec2.records.interfaces.list(key);
    expect(after.map((each) => each.interfaceId)).toEqual(moment === "deleting" ? [] : [before!.interfaceId]);
    expect(await ec2.records.elasticAddresses.count(key)).toBe(1);
    await next.stop();
  });

  test("one that has ended is forgotten an hour later", async () => {
    const { subnetIds } = await defaultVpc();
    const waits: number[] = [];
    let wake = () => {};
    const sleep = (ms: number) =>
      new Promise<void>((resolve) => {
        waits.push(ms);
        wake = resolve;
      });
    const patient = newEc2({ ...systemClock, sleep });
    const id = await newNat({ SubnetId: subnetIds[0], ConnectivityType: "private" }, patient);
    await natState(id, "available");
    await api(patient)("DeleteNatGateway", { NatGatewayId: id });
    await natState(id, "deleted");
    await expect.poll(() => waits.at(-1)).toBeGreaterThan(3_590_000);
    wake();
    await expect.poll(() => nat(id)).toBeUndefined();
    await patient.stop();
  });

  test("a repeated request makes one; the same token for another is refused", async () => {
    const { subnetIds } = await defaultVpc();
    const input = { SubnetId: subnetIds[0], ConnectivityType: "private", ClientToken: "once" };
    const id = await newNat(input);
    expect(await newNat(input)).toBe(id);
    await expect(newNat({ ...input, SubnetId: subnetIds[1] })).rejects.toMatchObject({
      code: "IdempotentParameterMismatch",
    });
  });

  test("the parameters are checked", async () => {
    const { subnetIds } = await defaultVpc();
    const [SubnetId] = subnetIds;
    await expect(newNat({ SubnetId })).rejects.toMatchObject({
      code: "MissingParameter",
      message: "The request must include the AllocationId parameter. Add the required parameter and retry the request.",
    });
    await expect(newNat({ SubnetId, AllocationId: "eipalloc-0123456789abcdef0" })).rejects.toMatchObject({
      code: "InvalidAllocationID.NotFound",
    });
    await expect(newNat({ SubnetId: "subnet-0123456789abcdef0" })).rejects.toMatchObject({
      code: "InvalidSubnetID.NotFound",
    });
    for (let i = 0; i < 5; i++) await newNat({ SubnetId, ConnectivityType: "private" });
    await expect(newNat({ SubnetId, ConnectivityType: "private" })).rejects.toMatchObject({
      message: "Performing this operation would exceed the limit of 5 NAT gateways",
    });
  });
});

describe("elastic addresses", () => {
  test("come from the pool, or are the one asked for, and there are five", async () => {
    const wanted = await api()("AllocateAddress", { Address: "198.51.100.9" });
    expect(wanted).toMatchObject({ PublicIp: "198.51.100.9", Domain: "vpc", PublicIpv4Pool: "amazon" });
    for (const Address of ["198.51.100.9", "198.51.100.0", "198.51.100.15", "192.0.2.1"])
      await expect(api()("AllocateAddress", { Address })).rejects.toMatchObject({
        code: "InvalidAddress.NotFound",
        message: `The Elastic IP address '${Address}' does not exist or is not available.`,
      });
    for (let i = 0; i < 4; i++) await newAddress();
    await expect(newAddress()).rejects.toMatchObject({ code: "AddressLimitExceeded" });
    await api()("ReleaseAddress", { AllocationId: wanted["AllocationId"] });
    await expect(api()("ReleaseAddress", { AllocationId: wanted["AllocationId"] })).rejects.toMatchObject({
      code: "InvalidAllocationID.NotFound",
    });
    await api()("AllocateAddress", { Address: "198.51.100.9" });
  });
});
