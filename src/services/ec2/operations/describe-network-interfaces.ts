import type { DescribeNetworkInterfacesRequest, DescribeNetworkInterfacesResult } from "@aws-sdk/client-ec2";
import { scopeKey } from "../../../base/scope.ts";
import type { RequestContext } from "../../../wire/context.ts";
import type { Ec2 } from "../ec2.ts";
import { filterRecords, page, recordsByIds, type FilterValues } from "../select.ts";
import type { NetworkInterfaceRecord } from "../store.ts";
import { networkInterfaceView } from "../views.ts";

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeNetworkInterfaces.html */
export function describeNetworkInterfaces(ec2: Ec2) {
  return async (
    input: DescribeNetworkInterfacesRequest,
    { scope }: RequestContext,
  ): Promise<DescribeNetworkInterfacesResult> => {
    await ec2.defaultVpc(scope);
    const key = scopeKey(scope);
    const all = await ec2.records.interfaces.list(key);
    const named = recordsByIds(all, input.NetworkInterfaceIds, "eni", idOf);
    const groups = await ec2.records.groups.list(key);
    const names = new Map(groups.map((group) => [group.groupId, group.groupName]));
    const { items, NextToken } = page(filterRecords(named, input.Filters, filters(scope.account, names)), input, idOf);
    return { NetworkInterfaces: items.map((record) => networkInterfaceView(record, scope, names)), NextToken };
  };
}

const idOf = (record: NetworkInterfaceRecord) => record.interfaceId;

function filters(account: string, names: ReadonlyMap<string, string>): FilterValues<NetworkInterfaceRecord> {
  const publicIp = (record: NetworkInterfaceRecord) => [record.publicIp];
  const privateIp = (record: NetworkInterfaceRecord) => [record.privateIp];
  const privateName = (record: NetworkInterfaceRecord) => [record.privateDnsName];
  const associationId = (record: NetworkInterfaceRecord) => [record.publicAssociationId];
  const associationOwner = (record: NetworkInterfaceRecord) => [record.publicIp === undefined ? undefined : "amazon"];
  return {
    "addresses.association.owner-id": associationOwner,
    "addresses.association.public-ip": publicIp,
    "addresses.primary": () => [true],
    "addresses.private-dns-name": privateName,
    "addresses.private-ip-address": privateIp,
    "association.association-id": associationId,
    "association.ip-owner-id": associationOwner,
    "association.public-ip": publicIp,
    "attachment.attach-time": (record) => [record.attachedAt?.toISOString()],
    "attachment.attachment-id": (record) => [record.attachmentId],
    "attachment.delete-on-termination": () => [false],
    "attachment.device-index": () => [1],
    "attachment.instance-id": () => [],
    "attachment.status": (record) => [record.attachedAt ? "attached" : "attaching"],
    "availability-zone": (record) => [record.availabilityZone],
    "availability-zone-id": (record) => [record.availabilityZoneId],
    description: (record) => [record.description],
    "group-id": (record) => record.groupIds,
    "group-name": (record) => record.groupIds.map((id) => names.get(id)),
    "interface-type": () => ["interface"],
    "mac-address": (record) => [record.macAddress],
    "network-interface-id": (record) => [record.interfaceId],
    "owner-id": () => [account],
    "private-dns-name": privateName,
    "private-ip-address": privateIp,
    "requester-id": () => ["amazon-aws"],
    "requester-managed": () => [true],
    "source-dest-check": () => [true],
    status: (record) => [record.attachedAt ? "in-use" : "attaching"],
    "subnet-id": (record) => [record.subnetId],
    "vpc-id": (record) => [record.vpcId],
  };
}
