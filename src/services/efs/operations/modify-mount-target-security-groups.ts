import type { ModifyMountTargetSecurityGroupsRequest } from "@aws-sdk/client-efs";
import type { RequestContext } from "../../../wire/context.ts";
import { regroupInterface } from "../../ec2/mount-target-interfaces.ts";
import type { Efs } from "../efs.ts";
import { asEfsError, checkGroupCount, livingMountTarget } from "../mount-targets.ts";

/**
 * Without groups it has the VPC's default group.
 * https://docs.aws.amazon.com/efs/latest/ug/API_ModifyMountTargetSecurityGroups.html
 */
export function modifyMountTargetSecurityGroups(efs: Efs) {
  return async (
    { MountTargetId, SecurityGroups = [] }: ModifyMountTargetSecurityGroupsRequest,
    { scope }: RequestContext,
  ): Promise<object> => {
    const { interfaceId } = await livingMountTarget(efs, scope, MountTargetId!);
    checkGroupCount(SecurityGroups);
    await regroupInterface(efs.ec2, scope, interfaceId, SecurityGroups).catch(asEfsError({}));
    return {};
  };
}
