import type { DeleteServiceLinkedRoleRequest, DeleteServiceLinkedRoleResponse } from "@aws-sdk/client-iam";
import type { RequestContext } from "../../../wire/context.ts";
import type { Iam } from "../iam.ts";
import { deleteLinkedRole } from "../service-linked-roles.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteServiceLinkedRole.html */
export function deleteServiceLinkedRole(iam: Iam) {
  return async (
    { RoleName }: DeleteServiceLinkedRoleRequest,
    { scope }: RequestContext,
  ): Promise<DeleteServiceLinkedRoleResponse> => {
    return { DeletionTaskId: await deleteLinkedRole(iam, scope, RoleName!) };
  };
}
