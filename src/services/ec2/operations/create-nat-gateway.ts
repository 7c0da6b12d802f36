import type { CreateNatGatewayRequest, CreateNatGatewayResult } from "@aws-sdk/client-ec2";
import { ec2Id } from "../../../base/ids.ts";
import { type Scope, scopeKey } from "../../../base/scope.ts";
import type { RequestContext } from "../../../wire/context.ts";
import { madeEarlier } from "../client-tokens.ts";
import type { Ec2 } from "../ec2.ts";
import { elasticAddress } from "../elastic-addresses.ts";
import { invalidParameterCombination, missingParameter, unsupported } from "../errors.ts";
import { missingAllocation, tooManyNatGateways } from "../errors/routing.ts";
import { existing } from "../existing.ts";
import { reserveInterface } from "../interfaces.ts";
import { natGatewayView } from "../nat-gateway-view.ts";
import type { NatGatewayRecord, SubnetRecord } from "../records.ts";
import { specifiedTags } from "../tags.ts";

const MAX_PER_ZONE = 5;

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateNatGateway.html */
export function createNatGateway(ec2: Ec2) {
  return async (input: CreateNatGatewayRequest, { scope }: RequestContext): Promise<CreateNatGatewayResult> => {
    refuseUnsupported(input);
    const { SubnetId, AllocationId, ConnectivityType = "public", ClientToken } = input;
    if (SubnetId === undefined) throw missingParameter("The request must contain the parameter subnetId");
    const tags = specifiedTags(input.TagSpecifications, "natgateway");
    await ec2.ensureRegion(scope);
    const gateway = await ec2.store.transaction(async () => {
      const all = await ec2.records.natGateways.list(scopeKey(scope));
      const earlier = madeEarlier(
        all,
        ClientToken,
        (each) =>
          each.subnetId === SubnetId &&
          each.connectivityType === ConnectivityType &&
          each.allocationId === AllocationId &&
          (input.PrivateIpAddress ?? each.privateIp) === each.privateIp,
      );
      if (earlier) return earlier;
      const subnet = await existing(ec2.records.subnets, scope, "subnet", SubnetId);
      if (ConnectivityType === "public" && AllocationId === undefined) throw missingAllocation();
      if (ConnectivityType === "private" && AllocationId !== undefined)
        throw invalidParameterCombination("AllocationId cannot be specified for a private NAT gateway");
      if (AllocationId !== undefined) await elasticAddress(ec2, scope, AllocationId);
      await checkLimit(ec2, scope, all, subnet);
      return await insert(ec2, scope, subnet, { ...input, ConnectivityType }, tags);
    });
    ec2.natGateways.reconcile(scope, gateway.natGatewayId);
    return { NatGateway: natGatewayView(gateway), ClientToken };
  };
}

async function insert(
  ec2: Ec2,
  scope: Scope,
  subnet: SubnetRecord,
  input: CreateNatGatewayRequest & { ConnectivityType: "public" | "private" },
  tags: NatGatewayRecord["tags"],
): Promise<NatGatewayRecord> {
  const natGatewayId = ec2Id(ec2.ids, "nat");
  const { interfaceId, privateIp } = await reserveInterface(ec2, scope, {
    subnet: { ...subnet, assignIpv6AddressOnCreation: false }, // it translates IPv4 only
    role: "nat",
    groupIds: [],
    description: `Interface for NAT Gateway ${natGatewayId}`,
    ...(input.PrivateIpAddress === undefined ? {} : { privateIp: input.PrivateIpAddress }),
  });
  const record: NatGatewayRecord = {
    natGatewayId,
    vpcId: subnet.vpcId,
    subnetId: subnet.subnetId,
    connectivityType: input.ConnectivityType,
    state: "pending",
    interfaceId,
    privateIp,
    ...(input.AllocationId === undefined ? {} : { allocationId: input.AllocationId }),
    ...(input.ClientToken ? { clientToken: input.ClientToken } : {}),
    createdAt: new Date(ec2.clock.now()),
    tags,
  };
  await ec2.records.natGateways.insert(scopeKey(scope), natGatewayId, record);
  return record;
}

async function checkLimit(
  ec2: Ec2,
  scope: Scope,
  gateways: readonly NatGatewayRecord[],
  { availabilityZone }: SubnetRecord,
): Promise<void> {
  const subnets = await ec2.records.subnets.list(scopeKey(scope));
  const inZone = new Set(
    subnets.flatMap((each) => (each.availabilityZone === availabilityZone ? [each.subnetId] : [])),
  );
  const living = gateways.filter(
    ({ subnetId, state }) => inZone.has(subnetId) && ["pending", "available", "deleting"].includes(state),
  );
  if (living.length >= MAX_PER_ZONE) throw tooManyNatGateways(MAX_PER_ZONE);
}

/** A gateway is in one subnet, with one address. */
function refuseUnsupported(input: CreateNatGatewayRequest): void {
  const { AvailabilityMode, AvailabilityZoneAddresses, VpcId } = input;
  if (AvailabilityMode === "regional" || AvailabilityZoneAddresses?.length || VpcId !== undefined)
    throw unsupported("regional NAT gateways");
  const { SecondaryAllocationIds, SecondaryPrivateIpAddresses, SecondaryPrivateIpAddressCount } = input;
  if (SecondaryAllocationIds?.length || SecondaryPrivateIpAddresses?.length || SecondaryPrivateIpAddressCount)
    throw unsupported("secondary IP addresses of NAT gateways");
}
