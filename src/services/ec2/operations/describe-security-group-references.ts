import type {
  DescribeSecurityGroupReferencesRequest,
  DescribeSecurityGroupReferencesResult,
  SecurityGroupReference,
} from "@aws-sdk/client-ec2";
import { scopeKey } from "../../../base/scope.ts";
import type { RequestContext } from "../../../wire/context.ts";
import type { Ec2 } from "../ec2.ts";
import { peeringsOfVpc, sideOfPeer } from "../peerings.ts";
import { namedGroup } from "../security-groups.ts";

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeSecurityGroupReferences.html */
export function describeSecurityGroupReferences(ec2: Ec2) {
  return async (
    { GroupId: groupIds = [] }: DescribeSecurityGroupReferencesRequest,
    { scope }: RequestContext,
  ): Promise<DescribeSecurityGroupReferencesResult> => {
    const references: SecurityGroupReference[] = [];
    for (const id of groupIds) {
      const { groupId, vpcId } = await namedGroup(ec2, scope, { groupId: id, groupName: undefined });
      for (const peering of await peeringsOfVpc(ec2.records, vpcId)) {
        if (peering.status !== "active") continue;
        const { peeringId } = peering;
        const peer = sideOfPeer(peering, vpcId);
        const groups = await ec2.records.groups.list(scopeKey(peer), { where: { vpcId: peer.vpcId } });
        const names = groups.some(({ rules }) =>
          rules.some((rule) => "groupId" in rule.peer && rule.peer.groupId === groupId),
        );
        if (names)
          references.push({ GroupId: groupId, ReferencingVpcId: peer.vpcId, VpcPeeringConnectionId: peeringId });
      }
    }
    return { SecurityGroupReferenceSet: references };
  };
}
