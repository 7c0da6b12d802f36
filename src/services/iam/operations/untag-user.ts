import type { UntagUserRequest } from "@aws-sdk/client-iam";
import type { RequestContext } from "../../../wire/context.ts";
import type { Iam } from "../iam.ts";
import { withoutTags } from "../tags.ts";
import { changeUser } from "../users.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_UntagUser.html */
export function untagUser(iam: Iam) {
  return async ({ UserName, TagKeys }: UntagUserRequest, { scope }: RequestContext) => {
    await changeUser(iam, scope, UserName!, (now) => ({ ...now, tags: withoutTags(now.tags, TagKeys!) }));
    return {};
  };
}
