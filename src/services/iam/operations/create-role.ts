import type { CreateRoleRequest, CreateRoleResponse } from "@aws-sdk/client-iam";
import type { RequestContext } from "../../../wire/context.ts";
import type { Iam } from "../iam.ts";
import { newRole } from "../roles.ts";
import { sortedTags } from "../tags.ts";
import { boundaryView, newRoleView } from "../views.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html */
export function createRole(iam: Iam) {
  return async (input: CreateRoleRequest, { scope }: RequestContext): Promise<CreateRoleResponse> => {
    const role = await newRole(iam, scope, input);
    return {
      Role: {
        ...newRoleView(role),
        ...boundaryView(role.boundary),
        ...(role.tags.length ? { Tags: sortedTags(role.tags) } : {}),
      },
    };
  };
}
