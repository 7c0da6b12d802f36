import type { DeleteUserPermissionsBoundaryRequest } from "@aws-sdk/client-iam";
import type { RequestContext } from "../../../wire/context.ts";
import type { Iam } from "../iam.ts";
import { changeUser } from "../users.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteUserPermissionsBoundary.html */
export function deleteUserPermissionsBoundary(iam: Iam) {
  return async ({ UserName }: DeleteUserPermissionsBoundaryRequest, { scope }: RequestContext) => {
    await changeUser(iam, scope, UserName!, (now) => {
      const { boundary: _, ...without } = now;
      return without;
    });
    return {};
  };
}
