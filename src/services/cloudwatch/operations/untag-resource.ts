import type { UntagResourceInput, UntagResourceOutput } from "@aws-sdk/client-cloudwatch";
import type { RequestContext } from "../../../wire/context.ts";
import type { CloudWatch } from "../cloudwatch.ts";
import { changeTags } from "../tags.ts";

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_UntagResource.html */
export function untagResource(cloudwatch: CloudWatch) {
  return async (
    { ResourceARN, TagKeys }: UntagResourceInput,
    { scope }: RequestContext,
  ): Promise<UntagResourceOutput> => {
    await changeTags(cloudwatch, scope, ResourceARN!, (tags) => tags.filter(({ Key }) => !TagKeys!.includes(Key!)));
    return {};
  };
}
