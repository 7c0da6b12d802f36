import type { CreateInstanceProfileRequest, CreateInstanceProfileResponse } from "@aws-sdk/client-iam";
import type { RequestContext } from "../../../wire/context.ts";
import type { Iam } from "../iam.ts";
import { instanceProfileView, newInstanceProfile } from "../instance-profiles.ts";
import { sortedTags } from "../tags.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateInstanceProfile.html */
export function createInstanceProfile(iam: Iam) {
  return async (
    input: CreateInstanceProfileRequest,
    { scope }: RequestContext,
  ): Promise<CreateInstanceProfileResponse> => {
    const profile = await newInstanceProfile(iam, scope, input);
    return { InstanceProfile: { ...(await instanceProfileView(iam, scope, profile)), Tags: sortedTags(profile.tags) } };
  };
}
