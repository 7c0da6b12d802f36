import type { GetInstanceProfileRequest, GetInstanceProfileResponse } from "@aws-sdk/client-iam";
import type { RequestContext } from "../../../wire/context.ts";
import type { Iam } from "../iam.ts";
import { existingInstanceProfile, instanceProfileView } from "../instance-profiles.ts";
import { sortedTags } from "../tags.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetInstanceProfile.html */
export function getInstanceProfile(iam: Iam) {
  return async (
    { InstanceProfileName }: GetInstanceProfileRequest,
    { scope }: RequestContext,
  ): Promise<GetInstanceProfileResponse> => {
    const profile = await existingInstanceProfile(iam, scope, InstanceProfileName!);
    return { InstanceProfile: { ...(await instanceProfileView(iam, scope, profile)), Tags: sortedTags(profile.tags) } };
  };
}
