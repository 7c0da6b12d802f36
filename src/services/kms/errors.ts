import { AwsError } from "../../base/errors.ts";

/* The errors of AWS KMS, https://docs.aws.amazon.com/kms/latest/APIReference/CommonErrors.html and the operations' own. */

/** Whatever the model says, KMS answers all of its errors with 400. */
function error(code: string, message: string): AwsError {
  return new AwsError(code, message, 400);
}

/** Of what the bounds of the model do not say. */
export const validationError = (message: string) => error("ValidationException", message);

export const keyNotFound = (arn: string) => error("NotFoundException", `Key '${arn}' does not exist`);

export const invalidKeyId = (keyId: string) => error("NotFoundException", `Invalid keyId '${keyId}'`);

export const otherRegion = (region: string) => error("NotFoundException", `Invalid arn ${region}`);

export const invalidArn = (arn: string) => error("InvalidArnException", `Invalid arn ${arn}`);

export const aliasNotFound = (arn: string) => error("NotFoundException", `Alias ${arn} is not found.`);

export const aliasExists = (arn: string) =>
  error("AlreadyExistsException", `An alias with the name ${arn} already exists`);

export const aliasWithoutPrefix = () =>
  validationError(
    'Alias must start with the prefix "alias/". Please see https://docs.aws.amazon.com/kms/latest/developerguide/kms-alias.html',
  );

export const invalidAliasName = (message: string) => error("InvalidAliasNameException", message);

/** `alias/aws/` is AWS's own. */
export const reservedAlias = () => error("NotAuthorizedException", "");

export const grantNotFound = (grantId: string) => error("NotFoundException", `Grant ID ${grantId} not found`);

export const invalidGrantToken = () => error("InvalidGrantTokenException", "Invalid grant token");

export const policyNotFound = (name: string) => error("NotFoundException", `No such policy exists: ${name}`);

export const malformedPolicy = (message: string) => error("MalformedPolicyDocumentException", message);

export const policyLocksOut = () =>
  malformedPolicy("The new key policy will not allow you to update the key policy in the future.");

export const disabled = (arn: string) => error("DisabledException", `${arn} is disabled.`);

/** @param state as a sentence goes on: `pending deletion` */
export const invalidState = (arn: string, state: string) => error("KMSInvalidStateException", `${arn} is ${state}.`);

export const invalidUsage = (arn: string, usage: string, operation: string) =>
  error("InvalidKeyUsageException", `${arn} key usage is ${usage} which is not valid for ${operation}.`);

export const incompatibleAlgorithm = (algorithm: string, spec: string) =>
  error("InvalidKeyUsageException", `Algorithm ${algorithm} is incompatible with key spec ${spec}.`);

export const incorrectKey = () =>
  error("IncorrectKeyException", "The key ID in the request does not identify a CMK that can perform this operation.");

export const invalidCiphertext = () => error("InvalidCiphertextException", "");

export const invalidSignature = () => error("KMSInvalidSignatureException", "");

export const invalidMac = () => error("KMSInvalidMacException", "");

export const dryRunSucceeded = () =>
  error("DryRunOperationException", "The request would have succeeded, but the DryRun option is set.");

export const unsupported = (message = "") => error("UnsupportedOperationException", message);

export const invalidOrigin = (arn: string, origin: string) =>
  unsupported(`${arn} origin is ${origin} which is not valid for this operation.`);

/** What KMS has and Neargate does not act on. */
export const notBuilt = (what: string) => unsupported(`${what} is not supported by Neargate yet.`);

export const limitExceeded = (message: string) => error("LimitExceededException", message);

export const tagError = (message: string) => error("TagException", message);

export const invalidMarker = () => error("InvalidMarkerException", "Invalid marker");

export const invalidImportToken = () => error("InvalidImportTokenException", "");

export const expiredImportToken = () => error("ExpiredImportTokenException", "");

export const noPendingMaterial = (arn: string) =>
  error("KMSInvalidStateException", `No available key material pending rotation for the key: ${arn}.`);

export const otherPendingMaterial = (keyId: string, wanted: string, pending: string) =>
  error(
    "KMSInvalidStateException",
    `New key material (id: ${wanted}) cannot be imported into KMS key ${keyId}, because another key material (id: ${pending}) is pending rotation.`,
  );

export const incorrectKeyMaterial = (message = "") => error("IncorrectKeyMaterialException", message);

/** A key whose policy names nobody who may do this: those that AWS manages. */
export const notAllowedOnManagedKey = (caller: string, action: string, arn: string) =>
  error(
    "AccessDeniedException",
    `User: ${caller} is not authorized to perform: ${action} on resource: ${arn} because no resource-based policy allows the ${action} action`,
  );
