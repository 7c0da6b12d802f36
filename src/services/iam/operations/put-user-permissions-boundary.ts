import type { PutUserPermissionsBoundaryRequest } from "@aws-sdk/client-iam";
import type { RequestContext } from "../../../wire/context.ts";
import { checkBoundary } from "../boundaries.ts";
import type { Iam } from "../iam.ts";
import { changeUser } from "../users.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_PutUserPermissionsBoundary.html */
export function putUserPermissionsBoundary(iam: Iam) {
  return async ({ UserName, PermissionsBoundary }: PutUserPermissionsBoundaryRequest, { scope }: RequestContext) => {
    await iam.store.transaction(async () => {
      await checkBoundary(iam, scope, PermissionsBoundary!);
      await changeUser(iam, scope, UserName!, (now) => ({ ...now, boundary: PermissionsBoundary! }));
    });
    return {};
  };
}
