import type { TagResourceInput, TagResourceOutput } from "@aws-sdk/client-cloudwatch";
import type { RequestContext } from "../../../wire/context.ts";
import type { CloudWatch } from "../cloudwatch.ts";
import { changeTags, withTags } from "../tags.ts";

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_TagResource.html */
export function tagResource(cloudwatch: CloudWatch) {
  return async ({ ResourceARN, Tags }: TagResourceInput, { scope }: RequestContext): Promise<TagResourceOutput> => {
    await changeTags(cloudwatch, scope, ResourceARN!, (tags) => withTags(tags, Tags!));
    return {};
  };
}
