import {
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  DeleteLogGroupCommand,
  DescribeLogGroupsCommand,
  DescribeLogStreamsCommand,
  FilterLogEventsCommand,
  GetLogEventsCommand,
  PutLogEventsCommand,
  PutRetentionPolicyCommand,
} from "@aws-sdk/client-cloudwatch-logs";
import type { ErrorCase } from "./error-case.ts";

const NO_GROUP = { code: "ResourceNotFoundException", message: "The specified log group does not exist." };
const NO_STREAM = { code: "ResourceNotFoundException", message: "The specified log stream does not exist." };

export const logsErrors: ErrorCase[] = [
  {
    when: "CreateLogGroup has the name of another",
    send: ({ logs }) => logs.send(new CreateLogGroupCommand({ logGroupName: "/errors" })),
    code: "ResourceAlreadyExistsException",
    message: "The specified log group already exists",
  },
  {
    when: "CreateLogGroup has a name with a space",
    send: ({ logs }) => logs.send(new CreateLogGroupCommand({ logGroupName: "no good" })),
    code: "InvalidParameterException",
    message:
      "1 validation error detected: Value 'no good' at 'logGroupName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\.\\-_/#A-Za-z0-9]+",
  },
  {
    when: "CreateLogStream has the name of another",
    send: ({ logs }) => logs.send(new CreateLogStreamCommand({ logGroupName: "/errors", logStreamName: "one" })),
    code: "ResourceAlreadyExistsException",
    message: "The specified log stream already exists",
  },
  {
    when: "CreateLogStream names no group that exists",
    send: ({ logs }) => logs.send(new CreateLogStreamCommand({ logGroupName: "/none", logStreamName: "one" })),
    ...NO_GROUP,
  },
  {
    when: "DeleteLogGroup names none that exists",
    send: ({ logs }) => logs.send(new DeleteLogGroupCommand({ logGroupName: "/none" })),
    ...NO_GROUP,
  },
  {
    when: "DescribeLogGroups asks for too many",
    send: ({ logs }) => logs.send(new DescribeLogGroupsCommand({ limit: 51 })),
    code: "InvalidParameterException",
    message:
      "1 validation error detected: Value '51' at 'limit' failed to satisfy constraint: Member must have value less than or equal to 50",
  },
  {
    when: "DescribeLogStreams names no group that exists",
    send: ({ logs }) => logs.send(new DescribeLogStreamsCommand({ logGroupName: "/none" })),
    ...NO_GROUP,
  },
  {
    when: "DescribeLogStreams orders a prefix by time",
    send: ({ logs }) =>
      logs.send(
        new DescribeLogStreamsCommand({
          logGroupName: "/errors",
          logStreamNamePrefix: "o",
          orderBy: "LastEventTime",
        }),
      ),
    code: "InvalidParameterException",
    message: "Cannot order by LastEventTime with a logStreamNamePrefix.",
  },
  {
    when: "PutLogEvents names no group that exists",
    send: ({ logs }) =>
      logs.send(
        new PutLogEventsCommand({
          logGroupName: "/none",
          logStreamName: "one",
          logEvents: [{ timestamp: Date.now(), message: "lost" }],
        }),
      ),
    ...NO_GROUP,
  },
  {
    when: "PutLogEvents goes back in time",
    send: ({ logs }) =>
      logs.send(
        new PutLogEventsCommand({
          logGroupName: "/errors",
          logStreamName: "one",
          logEvents: [
            { timestamp: Date.now(), message: "second" },
            { timestamp: Date.now() - 1000, message: "first" },
          ],
        }),
      ),
    code: "InvalidParameterException",
    message: "Log events in a single PutLogEvents request must be in chronological order.",
  },
  {
    when: "GetLogEvents names no stream that exists",
    send: ({ logs }) => logs.send(new GetLogEventsCommand({ logGroupName: "/errors", logStreamName: "none" })),
    ...NO_STREAM,
  },
  {
    when: "FilterLogEvents names no group that exists",
    send: ({ logs }) => logs.send(new FilterLogEventsCommand({ logGroupName: "/none" })),
    ...NO_GROUP,
  },
  {
    when: "PutRetentionPolicy has a time AWS does not offer",
    send: ({ logs }) => logs.send(new PutRetentionPolicyCommand({ logGroupName: "/errors", retentionInDays: 2 })),
    code: "InvalidParameterException",
    message:
      "Invalid retention value. Valid values are: [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653]",
  },
];
