import type { CreateLogStreamRequest } from "@aws-sdk/client-cloudwatch-logs";
import type { RequestContext } from "../../../wire/context.ts";
import { streamExists } from "../errors.ts";
import type { Logs } from "../logs.ts";

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateLogStream.html */
export function createLogStream(logs: Logs) {
  return async (input: CreateLogStreamRequest, context: RequestContext): Promise<object> => {
    const group = await logs.groups.require(context.scope, input.logGroupName!);
    if (!logs.events.createStream(group.uid, input.logStreamName!, logs.clock.now())) throw streamExists();
    return {};
  };
}
