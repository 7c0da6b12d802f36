import type { UntagResourceRequest } from "@aws-sdk/client-cloudwatch-logs";
import type { RequestContext } from "../../../wire/context.ts";
import { groupNotFound } from "../errors.ts";
import { groupNameOf } from "../log-groups.ts";
import type { Logs } from "../logs.ts";
import { withoutTags } from "../tags.ts";

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_UntagResource.html */
export function untagResource(logs: Logs) {
  return async (input: UntagResourceRequest, context: RequestContext): Promise<object> => {
    const name = groupNameOf(context.scope, input.resourceArn!);
    if (name === undefined) throw groupNotFound();
    await logs.groups.update(context.scope, name, (group) => withoutTags(group, input.tagKeys!));
    return {};
  };
}
