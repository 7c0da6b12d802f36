import { AwsError } from "../../base/errors.ts";

/** A value that AWS does not take. The wording is AWS's wherever it is known. */
export function invalidParameter(message: string): AwsError {
  return new AwsError("InvalidParameterException", message);
}

export function groupNotFound(): AwsError {
  return new AwsError("ResourceNotFoundException", "The specified log group does not exist.");
}

export function streamNotFound(): AwsError {
  return new AwsError("ResourceNotFoundException", "The specified log stream does not exist.");
}

export function groupExists(): AwsError {
  return new AwsError("ResourceAlreadyExistsException", "The specified log group already exists");
}

export function streamExists(): AwsError {
  return new AwsError("ResourceAlreadyExistsException", "The specified log stream already exists");
}

/** A token that was not given out by us, or for another operation. */
export function invalidNextToken(): AwsError {
  return invalidParameter("The specified nextToken is invalid.");
}

/** Take the name or the identifier, not both. AWS answers with a code that the operations' models do not list. */
export function nameAndIdentifier(): AwsError {
  return new AwsError("ValidationException", "LogGroup name and LogGroup ARN are mutually exclusive parameters.", 400);
}

export function neitherNameNorIdentifier(): AwsError {
  return new AwsError("ValidationException", "Either LogGroup name or LogGroup ARN must be specified.", 400);
}

/** Switch the protection off first, with PutLogGroupDeletionProtection. */
export function deletionProtected(name: string): AwsError {
  return new AwsError(
    "ValidationException",
    `The log group ${name} cannot be deleted because deletion protection is enabled.`,
    400,
  );
}

export function tooManyTags(resourceArn: string): AwsError {
  return new AwsError("TooManyTagsException", "A resource can have no more than 50 tags.", 400, {
    resourceName: resourceArn,
  });
}

/** The pattern does not follow https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html */
export function invalidFilterPattern(detail: string): AwsError {
  return invalidParameter(`Invalid filter pattern: ${detail}`);
}

export function resourcePolicyNotFound(name: string): AwsError {
  return new AwsError("ResourceNotFoundException", `Policy with name [${name}] does not exist.`);
}

export function tooManyResourcePolicies(): AwsError {
  return new AwsError("LimitExceededException", "Resource limit exceeded.");
}
