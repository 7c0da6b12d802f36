import { AwsError } from "../../base/errors.ts";

/* The errors of CloudWatch, https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CommonErrors.html */

/** What the operations on alarms and GetMetricData answer; clients of the query protocol see `ValidationError`. */
export const validationError = (message: string) => new AwsError("ValidationException", message);

/** What CloudWatch has and Neargate does not act on. */
export const notSupported = (what: string) => validationError(`'${what}' is not supported by Neargate yet.`);

/* PutMetricData, ListMetrics and GetMetricStatistics have codes of their own. */

export const invalidValue = (message: string) => new AwsError("InvalidParameterValueException", message);

export const invalidParameter = (value: unknown, parameter: string) =>
  invalidValue(`The value ${String(value)} for parameter ${parameter} is invalid.`);

export const invalidCombination = (message: string) => new AwsError("InvalidParameterCombinationException", message);

export const mutuallyExclusive = (one: string, other: string) =>
  invalidCombination(`The parameters ${one} and ${other} are mutually exclusive and you have specified both.`);

export const missingParameter = (parameter: string) =>
  new AwsError("MissingRequiredParameterException", `The parameter ${parameter} is required.`);

export const invalidNextToken = () => new AwsError("InvalidNextToken", "The next token specified is invalid.");

export const invalidFormat = (message: string) => new AwsError("InvalidFormatFault", message);

/** CloudWatch says no more than the code. */
export const alarmNotFound = () => new AwsError("ResourceNotFound", "");

export const alarmLimitExceeded = (limit: number) =>
  new AwsError("LimitExceededFault", `The maximum limit of ${limit} alarms was exceeded.`);

/** Of the operations on tags. */
export const resourceNotFound = (arn: string) =>
  new AwsError("ResourceNotFoundException", `Resource ${arn} does not exist`, undefined, {
    ResourceType: "Alarm",
    ResourceId: arn,
  });
