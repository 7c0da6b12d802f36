import type { NetworkAcl, NetworkAclEntry } from "@aws-sdk/client-ec2";
import type { Scope } from "../../base/scope.ts";
import type { AclEntryRecord, NetworkAclRecord } from "./records.ts";

/** The entries that no ACL is without: what none of the others matches is denied. */
const LAST_ENTRY = { ipv4: 32_767, ipv6: 32_768 };

/** A network ACL as the API shows it. @param hasIpv6 whether its VPC has IPv6 ranges */
export function networkAclView(acl: NetworkAclRecord, scope: Scope, hasIpv6: boolean): NetworkAcl {
  const { networkAclId, vpcId, isDefault, tags } = acl;
  return {
    NetworkAclId: networkAclId,
    VpcId: vpcId,
    OwnerId: scope.account,
    IsDefault: isDefault,
    Associations: acl.associations.map(({ associationId, subnetId }) => ({
      NetworkAclAssociationId: associationId,
      NetworkAclId: networkAclId,
      SubnetId: subnetId,
    })),
    Entries: [...entryViews(acl, true, hasIpv6), ...entryViews(acl, false, hasIpv6)],
    Tags: tags,
  };
}

function entryViews({ entries }: NetworkAclRecord, isEgress: boolean, hasIpv6: boolean): NetworkAclEntry[] {
  const own = entries.filter((entry) => entry.isEgress === isEgress).toSorted((a, b) => a.ruleNumber - b.ruleNumber);
  const last = { isEgress, allow: false, protocol: "-1" };
  return [
    ...own.map(entryView),
    entryView({ ...last, ruleNumber: LAST_ENTRY.ipv4, cidrBlock: "0.0.0.0/0" }),
    ...(hasIpv6 ? [entryView({ ...last, ruleNumber: LAST_ENTRY.ipv6, ipv6CidrBlock: "::/0" })] : []),
  ];
}

function entryView(entry: AclEntryRecord): NetworkAclEntry {
  const { ruleNumber, isEgress, allow, protocol, cidrBlock, ipv6CidrBlock, portRange, icmp } = entry;
  return {
    RuleNumber: ruleNumber,
    Egress: isEgress,
    RuleAction: allow ? "allow" : "deny",
    Protocol: protocol,
    ...(cidrBlock === undefined ? {} : { CidrBlock: cidrBlock }),
    ...(ipv6CidrBlock === undefined ? {} : { Ipv6CidrBlock: ipv6CidrBlock }),
    ...(portRange ? { PortRange: { From: portRange.from, To: portRange.to } } : {}),
    ...(icmp ? { IcmpTypeCode: { Type: icmp.type, Code: icmp.code } } : {}),
  };
}
