import type { UntagInstanceProfileRequest } from "@aws-sdk/client-iam";
import type { RequestContext } from "../../../wire/context.ts";
import type { Iam } from "../iam.ts";
import { changeInstanceProfile } from "../instance-profiles.ts";
import { withoutTags } from "../tags.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_UntagInstanceProfile.html */
export function untagInstanceProfile(iam: Iam) {
  return async ({ InstanceProfileName, TagKeys }: UntagInstanceProfileRequest, { scope }: RequestContext) => {
    await changeInstanceProfile(iam, scope, InstanceProfileName!, (now) => ({
      ...now,
      tags: withoutTags(now.tags, TagKeys!),
    }));
    return {};
  };
}
