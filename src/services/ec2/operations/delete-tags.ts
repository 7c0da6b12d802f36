import type { DeleteTagsRequest } from "@aws-sdk/client-ec2";
import type { RequestContext } from "../../../wire/context.ts";
import type { Ec2 } from "../ec2.ts";
import { updateTags } from "../tagged-resources.ts";
import { remainingTags } from "../tags.ts";

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteTags.html */
export function deleteTags(ec2: Ec2) {
  return async ({ Resources = [], Tags }: DeleteTagsRequest, { scope }: RequestContext): Promise<object> => {
    await updateTags(ec2, scope, Resources, (tags) => remainingTags(tags, Tags));
    return {};
  };
}
