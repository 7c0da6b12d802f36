import type {
  DescribeMountTargetSecurityGroupsRequest,
  DescribeMountTargetSecurityGroupsResponse,
} from "@aws-sdk/client-efs";
import type { RequestContext } from "../../../wire/context.ts";
import { groupsOfInterface } from "../../ec2/mount-target-interfaces.ts";
import type { Efs } from "../efs.ts";
import { livingMountTarget } from "../mount-targets.ts";

/** https://docs.aws.amazon.com/efs/latest/ug/API_DescribeMountTargetSecurityGroups.html */
export function describeMountTargetSecurityGroups(efs: Efs) {
  return async (
    input: DescribeMountTargetSecurityGroupsRequest,
    { scope }: RequestContext,
  ): Promise<DescribeMountTargetSecurityGroupsResponse> => {
    const { interfaceId } = await livingMountTarget(efs, scope, input.MountTargetId!);
    return { SecurityGroups: await groupsOfInterface(efs.ec2, scope, interfaceId) };
  };
}
