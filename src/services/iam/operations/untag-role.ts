import type { UntagRoleRequest } from "@aws-sdk/client-iam";
import type { RequestContext } from "../../../wire/context.ts";
import type { Iam } from "../iam.ts";
import { changeRole } from "../roles.ts";
import { withoutTags } from "../tags.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_UntagRole.html */
export function untagRole(iam: Iam) {
  return async ({ RoleName, TagKeys }: UntagRoleRequest, { scope }: RequestContext) => {
    await changeRole(iam, scope, RoleName!, (now) => ({ ...now, tags: withoutTags(now.tags, TagKeys!) }));
    return {};
  };
}
