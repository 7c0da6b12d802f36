import type { InterfaceSpec, RuleSpec, SecurityGroupSpec } from "../../network/backend.ts";
import type { NetworkInterfaceRecord, RuleRecord, SecurityGroupRecord } from "./store.ts";

/** A group as the data plane needs it. */
export function groupSpec(group: SecurityGroupRecord): SecurityGroupSpec {
  const rules = (isEgress: boolean) => group.rules.filter((rule) => rule.isEgress === isEgress).map(ruleSpec);
  return { groupId: group.groupId, ingress: rules(false), egress: rules(true) };
}

function ruleSpec({ protocol, fromPort, toPort, peer }: RuleRecord): RuleSpec {
  if ("groupId" in peer) return { protocol, fromPort, toPort, peer: { securityGroup: peer.groupId } };
  return { protocol, fromPort, toPort, peer: { cidr: "cidrIpv4" in peer ? peer.cidrIpv4 : peer.cidrIpv6 } };
}

/** An interface as the data plane needs it. */
export function interfaceSpec(record: NetworkInterfaceRecord, subnetCidr: string): InterfaceSpec {
  const { interfaceId, privateIp, macAddress, publicIp, groupIds, privateDnsName } = record;
  return { interfaceId, subnetCidr, privateIp, macAddress, publicIp, securityGroups: groupIds, privateDnsName };
}
