import type { TagRoleRequest } from "@aws-sdk/client-iam";
import type { RequestContext } from "../../../wire/context.ts";
import type { Iam } from "../iam.ts";
import { changeRole } from "../roles.ts";
import { withTags } from "../tags.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_TagRole.html */
export function tagRole(iam: Iam) {
  return async ({ RoleName, Tags }: TagRoleRequest, { scope }: RequestContext) => {
    await changeRole(iam, scope, RoleName!, (now) => ({ ...now, tags: withTags(now.tags, Tags!) }));
    return {};
  };
}
