import type {
  GetServiceLinkedRoleDeletionStatusRequest,
  GetServiceLinkedRoleDeletionStatusResponse,
} from "@aws-sdk/client-iam";
import type { RequestContext } from "../../../wire/context.ts";
import { noSuchEntity } from "../errors.ts";
import type { Iam } from "../iam.ts";
import { iamKey } from "../store.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetServiceLinkedRoleDeletionStatus.html */
export function getServiceLinkedRoleDeletionStatus(iam: Iam) {
  return async (
    { DeletionTaskId }: GetServiceLinkedRoleDeletionStatusRequest,
    { scope }: RequestContext,
  ): Promise<GetServiceLinkedRoleDeletionStatusResponse> => {
    const found = await iam.records.deletions.get(iamKey(scope), DeletionTaskId!);
    if (!found) throw noSuchEntity(`Deletion task not found for deletion task id ${DeletionTaskId}.`);
    const { status, reason, resources, region } = found;
    if (reason === undefined) return { Status: status };
    const RoleUsageList = [{ Region: region, Resources: resources ?? [] }];
    return { Status: status, Reason: { Reason: reason, RoleUsageList } };
  };
}
