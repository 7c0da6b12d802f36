import type { TagResourceRequest } from "@aws-sdk/client-cloudwatch-logs";
import type { RequestContext } from "../../../wire/context.ts";
import { groupNotFound } from "../errors.ts";
import { groupNameOf } from "../log-groups.ts";
import type { Logs } from "../logs.ts";
import { checkTagKeys, withTags } from "../tags.ts";

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_TagResource.html */
export function tagResource(logs: Logs) {
  return async (input: TagResourceRequest, context: RequestContext): Promise<object> => {
    const arn = input.resourceArn!;
    const tags = input.tags!;
    checkTagKeys(Object.keys(tags));
    const name = groupNameOf(context.scope, arn);
    if (name === undefined) throw groupNotFound();
    await logs.groups.update(context.scope, name, (group) => withTags(group, arn, tags));
    return {};
  };
}
