import type { DescribeNetworkAclsRequest, DescribeNetworkAclsResult, NetworkAcl } from "@aws-sdk/client-ec2";
import { scopeKey } from "../../../base/scope.ts";
import type { RequestContext } from "../../../wire/context.ts";
import type { Ec2 } from "../ec2.ts";
import { networkAclView } from "../network-acls.ts";
import type { NetworkAclRecord } from "../records.ts";
import { filterRecords, type FilterValues, page, recordsByIds } from "../select.ts";

type Shown = NetworkAclRecord & { view: NetworkAcl };

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeNetworkAcls.html */
export function describeNetworkAcls(ec2: Ec2) {
  return async (input: DescribeNetworkAclsRequest, { scope }: RequestContext): Promise<DescribeNetworkAclsResult> => {
    await ec2.ensureRegion(scope);
    const key = scopeKey(scope);
    const vpcs = await ec2.records.vpcs.list(key);
    const withIpv6 = new Set(vpcs.flatMap((vpc) => (vpc.ipv6CidrBlocks.length ? [vpc.vpcId] : [])));
    const named = recordsByIds(await ec2.records.networkAcls.list(key), input.NetworkAclIds, "acl", idOf);
    const shown = named.map((acl): Shown => ({
      ...acl,
      view: networkAclView(acl, scope, withIpv6.has(acl.vpcId)),
    }));
    const { items, NextToken } = page(filterRecords(shown, input.Filters, filters(scope.account)), input, idOf);
    return { NetworkAcls: items.map(({ view }) => view), NextToken };
  };
}

const idOf = (acl: NetworkAclRecord) => acl.networkAclId;

/** Protocols can be asked for by number or by name. */
const NAMES: Readonly<Record<string, string>> = { "1": "icmp", "6": "tcp", "17": "udp" };

function filters(account: string): FilterValues<Shown> {
  const entries = ({ view }: Shown) => view.Entries ?? [];
  return {
    "association.association-id": (acl) => acl.associations.map((each) => each.associationId),
    "association.network-acl-id": (acl) => (acl.associations.length ? [acl.networkAclId] : []),
    "association.subnet-id": (acl) => acl.associations.map((each) => each.subnetId),
    default: (acl) => [acl.isDefault],
    "entry.cidr": (acl) => entries(acl).map((entry) => entry.CidrBlock),
    "entry.icmp.code": (acl) => entries(acl).map((entry) => entry.IcmpTypeCode?.Code),
    "entry.icmp.type": (acl) => entries(acl).map((entry) => entry.IcmpTypeCode?.Type),
    "entry.ipv6-cidr": (acl) => entries(acl).map((entry) => entry.Ipv6CidrBlock),
    "entry.port-range.from": (acl) => entries(acl).map((entry) => entry.PortRange?.From),
    "entry.port-range.to": (acl) => entries(acl).map((entry) => entry.PortRange?.To),
    "entry.protocol": (acl) => entries(acl).flatMap(({ Protocol = "" }) => [Protocol, NAMES[Protocol]]),
    "entry.rule-action": (acl) => entries(acl).map((entry) => entry.RuleAction),
    "entry.egress": (acl) => entries(acl).map((entry) => entry.Egress),
    "entry.rule-number": (acl) => entries(acl).map((entry) => entry.RuleNumber),
    "network-acl-id": (acl) => [acl.networkAclId],
    "owner-id": () => [account],
    "vpc-id": (acl) => [acl.vpcId],
  };
}
