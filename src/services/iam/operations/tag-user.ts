import type { TagUserRequest } from "@aws-sdk/client-iam";
import type { RequestContext } from "../../../wire/context.ts";
import type { Iam } from "../iam.ts";
import { withTags } from "../tags.ts";
import { changeUser } from "../users.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_TagUser.html */
export function tagUser(iam: Iam) {
  return async ({ UserName, Tags }: TagUserRequest, { scope }: RequestContext) => {
    await changeUser(iam, scope, UserName!, (now) => ({ ...now, tags: withTags(now.tags, Tags!) }));
    return {};
  };
}
