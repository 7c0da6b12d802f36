import type { ListTagsForResourceInput, ListTagsForResourceOutput } from "@aws-sdk/client-cloudwatch";
import type { RequestContext } from "../../../wire/context.ts";
import type { CloudWatch } from "../cloudwatch.ts";
import { taggedAlarm } from "../tags.ts";

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_ListTagsForResource.html */
export function listTagsForResource(cloudwatch: CloudWatch) {
  return async (
    { ResourceARN }: ListTagsForResourceInput,
    { scope }: RequestContext,
  ): Promise<ListTagsForResourceOutput> => ({ Tags: (await taggedAlarm(cloudwatch, scope, ResourceARN!)).tags });
}
