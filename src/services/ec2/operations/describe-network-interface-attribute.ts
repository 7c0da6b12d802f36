import type {
  DescribeNetworkInterfaceAttributeRequest,
  DescribeNetworkInterfaceAttributeResult,
} from "@aws-sdk/client-ec2";
import { scopeKey } from "../../../base/scope.ts";
import type { RequestContext } from "../../../wire/context.ts";
import type { Ec2 } from "../ec2.ts";
import { missingParameter } from "../errors.ts";
import { existing } from "../existing.ts";
import { attachmentView, groupsView, hasSourceDestCheck } from "../interface-view.ts";

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeNetworkInterfaceAttribute.html */
export function describeNetworkInterfaceAttribute(ec2: Ec2) {
  return async (
    { NetworkInterfaceId, Attribute }: DescribeNetworkInterfaceAttributeRequest,
    { scope }: RequestContext,
  ): Promise<DescribeNetworkInterfaceAttributeResult> => {
    if (Attribute === undefined) throw missingParameter("The request must contain the parameter attribute");
    const record = await existing(ec2.records.interfaces, scope, "eni", NetworkInterfaceId);
    switch (Attribute) {
      case "attachment":
        return { NetworkInterfaceId, Attachment: attachmentView(record) };
      case "description":
        return { NetworkInterfaceId, Description: { Value: record.description } };
      case "groupSet": {
        const groups = await ec2.records.groups.list(scopeKey(scope), { where: { vpcId: record.vpcId } });
        const names = new Map(groups.map((group) => [group.groupId, group.groupName]));
        return { NetworkInterfaceId, Groups: groupsView(record, names) };
      }
      case "sourceDestCheck":
        return { NetworkInterfaceId, SourceDestCheck: { Value: hasSourceDestCheck(record) } };
      case "associatePublicIpAddress":
        return { NetworkInterfaceId, AssociatePublicIpAddress: record.publicIp !== undefined };
    }
  };
}
