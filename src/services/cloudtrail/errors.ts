import { AwsError } from "../../base/errors.ts";

/* The errors of CloudTrail, https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_LookupEvents.html */

export const invalidTimeRange = () =>
  new AwsError(
    "InvalidTimeRangeException",
    "The specified time range is invalid. The start time must be before the end time.",
  );

export const invalidNextToken = () => new AwsError("InvalidNextTokenException", "Invalid next token specified.");

export const invalidLookupAttributes = (message: string) => new AwsError("InvalidLookupAttributesException", message);

export const trailNotFound = (name: string, account: string) =>
  new AwsError("TrailNotFoundException", `Unknown trail: ${name} for the user: ${account}`);
