import { AwsError } from "../../base/errors.ts";
import { AccessDenied } from "../../identity/authorization.ts";

/* The errors of Secrets Manager, https://docs.aws.amazon.com/secretsmanager/latest/apireference/CommonErrors.html */

export const invalidParameter = (message: string) => new AwsError("InvalidParameterException", message);

export const invalidRequest = (message: string) => new AwsError("InvalidRequestException", message);

const notFound = (message: string) => new AwsError("ResourceNotFoundException", message);

export const secretNotFound = () => notFound("Secrets Manager can't find the specified secret.");

export const stageNotFound = (stage: string) =>
  notFound(`Secrets Manager can't find the specified secret value for staging label: ${stage}`);

export const versionNotFound = (versionId: string) =>
  notFound(`Secrets Manager can't find the specified secret value for VersionId: ${versionId}`);

export const stageOfOtherVersion = () =>
  invalidRequest("You provided a VersionStage that is not associated to the provided VersionId.");

export const invalidName = () =>
  new AwsError(
    "ValidationException",
    "Invalid name. Must be a valid name containing alphanumeric characters, or any of the following: -/_+=.@!",
  );

export const secretExists = (name: string) =>
  new AwsError("ResourceExistsException", `The operation failed because the secret ${name} already exists.`);

export const versionExists = (versionId: string, arn: string) =>
  new AwsError(
    "ResourceExistsException",
    `You can't use ClientRequestToken ${versionId} because that value is already in use for a version of secret ${arn}.`,
  );

export const markedForDeletion = () =>
  invalidRequest("You can't perform this operation on the secret because it was marked for deletion.");

export const nameMarkedForDeletion = () =>
  invalidRequest("You can't create this secret because a secret with this name is already scheduled for deletion.");

export const tokenMissing = () =>
  invalidRequest("You must provide a ClientRequestToken value. We recommend a UUID-type value.");

export const valueMissing = () => invalidRequest("You must provide either SecretString or SecretBinary.");

export const twoValues = () =>
  invalidParameter("You can't specify both a binary secret value and a string secret value in the same secret.");

export const notOnReplica = () =>
  invalidParameter("Operation not permitted on a replica secret. Call must be made in primary secret's region.");

export const limitExceeded = () =>
  new AwsError(
    "LimitExceededException",
    "The request failed because it would exceed one of the Secrets Manager quotas.",
  );

export const invalidNextToken = () => new AwsError("InvalidNextTokenException", "The NextToken value is invalid.");

export const malformedPolicy = (message: string) => new AwsError("MalformedPolicyDocumentException", message);

export const publicPolicy = () =>
  new AwsError(
    "PublicPolicyException",
    "The BlockPublicPolicy parameter is set to true, and the resource policy did not prevent broad access to the secret.",
  );

/** What AWS answers when it may not call a rotation function, or there is none of that ARN. */
export const rotationFunctionUnavailable = () =>
  new AwsError(
    "AccessDeniedException",
    "Secrets Manager cannot invoke the specified Lambda function. Ensure that the function policy grants access to the principal secretsmanager.amazonaws.com.",
    400,
  );

export const notSupported = (field: string) => invalidParameter(`${field} is not supported by Neargate.`);

/** What a failure of KMS becomes. Anything else is passed on: it is no answer to a client. */
export function keyFailure(cause: unknown, doing: "encrypt" | "decrypt"): unknown {
  const denied = cause instanceof AccessDenied || (cause instanceof AwsError && cause.code === "AccessDeniedException");
  if (denied) return new AwsError("AccessDeniedException", "Access to KMS is not allowed", 400);
  if (!(cause instanceof AwsError)) return cause;
  return doing === "encrypt"
    ? new AwsError(
        "EncryptionFailure",
        `Secrets Manager can't encrypt the protected secret text using the provided KMS key: ${cause.message}`,
      )
    : new AwsError(
        "DecryptionFailure",
        `Secrets Manager can't decrypt the protected secret text using the provided KMS key: ${cause.message}`,
      );
}

/** @param attached the version that has the label */
export const stageAttached = (stage: string, attached: string) =>
  invalidParameter(
    `The parameter RemoveFromVersionId can't be empty. Staging label ${stage} is currently attached to version ${attached}, so you must explicitly reference that version in RemoveFromVersionId.`,
  );

export const currentNotRemovable = () =>
  invalidParameter(
    "You can only move staging label AWSCURRENT to a different secret version. It can't be completely removed.",
  );

export const noRotationFunction = () =>
  invalidRequest("No Lambda rotation function ARN is associated with this secret.");

/** A bound that the model of this operation does not have here. @param value as AWS shows it */
export const outOfBounds = (member: string, value: string, rule: string) =>
  new AwsError(
    "ValidationException",
    `1 validation error detected: Value '${value}' at '${member}' failed to satisfy constraint: Member must have ${rule}`,
  );

export const tooLarge = (limit: number) =>
  new AwsError(
    "ValidationException",
    `1 validation error detected: Value at 'secretString' failed to satisfy constraint: Member must have length less than or equal to ${limit}`,
  );

export const rotationIncomplete = () =>
  invalidRequest("A previous rotation isn't complete. That rotation will be reattempted.");
