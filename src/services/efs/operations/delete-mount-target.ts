import type { DeleteMountTargetRequest } from "@aws-sdk/client-efs";
import { scopeKey } from "../../../base/scope.ts";
import type { RequestContext } from "../../../wire/context.ts";
import type { Efs } from "../efs.ts";
import { mountTargetOf } from "../existing.ts";

/**
 * Tasks that run keep what they have mounted.
 * https://docs.aws.amazon.com/efs/latest/ug/API_DeleteMountTarget.html
 */
export function deleteMountTarget(efs: Efs) {
  return async ({ MountTargetId }: DeleteMountTargetRequest, { scope }: RequestContext): Promise<object> => {
    await efs.store.transaction(async () => {
      const target = await mountTargetOf(efs, scope, MountTargetId!);
      await efs.records.mountTargets.put(scopeKey(scope), MountTargetId!, { ...target, state: "deleting" });
    });
    efs.reconcileMountTarget(scope, MountTargetId!);
    return {};
  };
}
