import type { TagInstanceProfileRequest } from "@aws-sdk/client-iam";
import type { RequestContext } from "../../../wire/context.ts";
import type { Iam } from "../iam.ts";
import { changeInstanceProfile } from "../instance-profiles.ts";
import { withTags } from "../tags.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_TagInstanceProfile.html */
export function tagInstanceProfile(iam: Iam) {
  return async ({ InstanceProfileName, Tags }: TagInstanceProfileRequest, { scope }: RequestContext) => {
    await changeInstanceProfile(iam, scope, InstanceProfileName!, (now) => ({
      ...now,
      tags: withTags(now.tags, Tags!),
    }));
    return {};
  };
}
