import type { DeleteAccessPointRequest } from "@aws-sdk/client-efs";
import { scopeKey } from "../../../base/scope.ts";
import type { RequestContext } from "../../../wire/context.ts";
import type { Efs } from "../efs.ts";
import { accessPointOf } from "../existing.ts";

/**
 * Tasks that run keep what they have mounted.
 * https://docs.aws.amazon.com/efs/latest/ug/API_DeleteAccessPoint.html
 */
export function deleteAccessPoint(efs: Efs) {
  return async ({ AccessPointId }: DeleteAccessPointRequest, { scope }: RequestContext): Promise<object> => {
    const { accessPointId } = await accessPointOf(efs, scope, AccessPointId!);
    await efs.records.accessPoints.delete(scopeKey(scope), accessPointId);
    return {};
  };
}
