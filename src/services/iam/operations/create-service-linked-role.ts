import type { CreateServiceLinkedRoleRequest, CreateServiceLinkedRoleResponse } from "@aws-sdk/client-iam";
import type { RequestContext } from "../../../wire/context.ts";
import type { Iam } from "../iam.ts";
import { newLinkedRole } from "../service-linked-roles.ts";
import { newRoleView } from "../views.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateServiceLinkedRole.html */
export function createServiceLinkedRole(iam: Iam) {
  return async (
    input: CreateServiceLinkedRoleRequest,
    { scope }: RequestContext,
  ): Promise<CreateServiceLinkedRoleResponse> => {
    return { Role: newRoleView(await newLinkedRole(iam, scope, input)) };
  };
}
