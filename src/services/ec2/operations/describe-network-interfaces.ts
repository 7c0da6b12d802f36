import type { DescribeNetworkInterfacesRequest, DescribeNetworkInterfacesResult } from "@aws-sdk/client-ec2";
import { type Scope, scopeKey } from "../../../base/scope.ts";
import type { RequestContext } from "../../../wire/context.ts";
import { hasHostnames } from "../dns-names.ts";
import type { Ec2 } from "../ec2.ts";
import { invalidParameterCombination } from "../errors.ts";
import {
  attachmentStatus,
  hasSourceDestCheck,
  interfaceStatus,
  interfaceType,
  networkInterfaceView,
  publicIpOwner,
  publicNameOf,
  REQUESTER,
} from "../interface-view.ts";
import type { NetworkInterfaceRecord, VpcRecord } from "../records.ts";
import { filterRecords, type FilterValues, page, recordsByIds } from "../select.ts";

/** An interface with the VPC that it is in. */
type Known = NetworkInterfaceRecord & { vpc: VpcRecord };

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeNetworkInterfaces.html */
export function describeNetworkInterfaces(ec2: Ec2) {
  return async (
    input: DescribeNetworkInterfacesRequest,
    { scope }: RequestContext,
  ): Promise<DescribeNetworkInterfacesResult> => {
    await ec2.ensureRegion(scope);
    const key = scopeKey(scope);
    if (input.MaxResults !== undefined && input.NetworkInterfaceIds?.length)
      throw invalidParameterCombination(
        "The parameter NetworkInterfaceIds cannot be used with the parameter MaxResults",
      );
    const vpcs = new Map((await ec2.records.vpcs.list(key)).map((vpc) => [vpc.vpcId, vpc]));
    const names = new Map((await ec2.records.groups.list(key)).map((group) => [group.groupId, group.groupName]));
    const all = recordsByIds(await ec2.records.interfaces.list(key), input.NetworkInterfaceIds, "eni", idOf);
    const known = all.map((record): Known => ({ ...record, vpc: vpcs.get(record.vpcId)! }));
    const { items, NextToken } = page(filterRecords(known, input.Filters, filters(scope, names)), input, idOf);
    return { NetworkInterfaces: items.map((each) => networkInterfaceView(each, scope, each.vpc, names)), NextToken };
  };
}

const idOf = (record: NetworkInterfaceRecord) => record.interfaceId;

function filters(scope: Scope, names: ReadonlyMap<string, string>): FilterValues<Known> {
  const publicIp = (record: Known) => [record.publicIp];
  const privateIp = (record: Known) => [record.privateIp];
  const privateName = (record: Known) => [hasHostnames(record.vpc) ? record.privateDnsName : undefined];
  const associationOwner = (record: Known) => [publicIpOwner(record, scope)];
  return {
    "addresses.association.owner-id": associationOwner,
    "addresses.association.public-ip": publicIp,
    "addresses.primary": () => [true],
    "addresses.private-dns-name": privateName,
    "addresses.private-ip-address": privateIp,
    "association.allocation-id": (record) => [record.allocationId],
    "association.association-id": (record) => [record.publicAssociationId],
    "association.ip-owner-id": associationOwner,
    "association.public-dns-name": (record) => [publicNameOf(record, scope, record.vpc)],
    "association.public-ip": publicIp,
    "attachment.attach-time": (record) => [record.attachedAt?.toISOString()],
    "attachment.attachment-id": (record) => [record.attachmentId],
    "attachment.delete-on-termination": () => [false],
    "attachment.device-index": () => [1],
    "attachment.instance-id": () => [],
    "attachment.instance-owner-id": () => [REQUESTER],
    "attachment.status": (record) => [attachmentStatus(record)],
    "availability-zone": (record) => [record.availabilityZone],
    "availability-zone-id": (record) => [record.availabilityZoneId],
    description: (record) => [record.description],
    "group-id": (record) => record.groupIds,
    "group-name": (record) => record.groupIds.map((id) => names.get(id)),
    "interface-type": (record) => [interfaceType(record)],
    "ipv6-addresses.ipv6-address": (record) => [record.ipv6Address],
    "mac-address": (record) => [record.macAddress],
    "network-interface-id": (record) => [record.interfaceId],
    "operator.managed": () => [false],
    "operator.principal": () => [],
    "owner-id": () => [scope.account],
    "private-dns-name": privateName,
    "private-ip-address": privateIp,
    "requester-id": () => [REQUESTER],
    "requester-managed": () => [true],
    "source-dest-check": (record) => [hasSourceDestCheck(record)],
    status: (record) => [interfaceStatus(record)],
    "subnet-id": (record) => [record.subnetId],
    "vpc-id": (record) => [record.vpcId],
  };
}
