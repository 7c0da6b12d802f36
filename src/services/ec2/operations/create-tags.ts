import type { CreateTagsRequest } from "@aws-sdk/client-ec2";
import type { RequestContext } from "../../../wire/context.ts";
import type { Ec2 } from "../ec2.ts";
import { missingParameter } from "../errors.ts";
import { updateTags } from "../tagged-resources.ts";
import { mergedTags } from "../tags.ts";

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateTags.html */
export function createTags(ec2: Ec2) {
  return async ({ Resources = [], Tags = [] }: CreateTagsRequest, { scope }: RequestContext): Promise<object> => {
    if (!Tags.length) throw missingParameter("The request must contain the parameter TagSet");
    await updateTags(ec2, scope, Resources, (tags) => mergedTags(tags, Tags));
    return {};
  };
}
