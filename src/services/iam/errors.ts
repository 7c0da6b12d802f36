import { AwsError } from "../../base/errors.ts";

/* The errors of IAM, https://docs.aws.amazon.com/IAM/latest/APIReference/CommonErrors.html and the operations' own. */

export const noSuchEntity = (message: string) => new AwsError("NoSuchEntityException", message);

export const roleNotFound = (name: string) => noSuchEntity(`The role with name ${name} cannot be found.`);

export const instanceProfileNotFound = (name: string) => noSuchEntity(`Instance Profile ${name} cannot be found.`);

export const inlinePolicyNotFound = (kind: string, policyName: string) =>
  noSuchEntity(`The ${kind} policy with name ${policyName} cannot be found.`);

export const policyNotFound = (arn: string) => noSuchEntity(`Policy ${arn} was not found.`);

export const policyNotAttachable = (arn: string) => noSuchEntity(`Policy ${arn} does not exist or is not attachable.`);

export const notAttached = (arn: string) => noSuchEntity(`Policy ${arn} was not found.`);

export const policyVersionNotFound = (arn: string, version: string) =>
  noSuchEntity(`Policy ${arn} version ${version} does not exist or is not attachable.`);

export const oidcProviderNotFound = (arn: string) => noSuchEntity(`OpenIDConnect Provider not found for arn ${arn}`);

/** @param kind as it begins a sentence: `Role`, `User` */
export const alreadyExists = (kind: string, name: string) =>
  new AwsError("EntityAlreadyExistsException", `${kind} with name ${name} already exists.`);

export const entityAlreadyExists = (message: string) => new AwsError("EntityAlreadyExistsException", message);

export const deleteConflict = (message: string) => new AwsError("DeleteConflictException", message);

export const limitExceeded = (message: string) => new AwsError("LimitExceededException", message);

/** @param quota as in `PoliciesPerRole` */
export const quotaExceeded = (quota: string, limit: number) =>
  limitExceeded(`Cannot exceed quota for ${quota}: ${limit}`);

export const malformedPolicy = (message: string) => new AwsError("MalformedPolicyDocumentException", message);

export const invalidInput = (message: string) => new AwsError("InvalidInputException", message);

export const unmodifiableEntity = (message: string) => new AwsError("UnmodifiableEntityException", message);

/** A service-linked role is its service's to change. */
export const protectedRole = (name: string) =>
  unmodifiableEntity(
    `Cannot perform the operation on the protected role '${name}' - this role is only modifiable by AWS`,
  );

/** Of AWS's own policies, and of other accounts'. */
export const policyOutsideAccount = () => new AwsError("AccessDenied", "Policy is outside your own account.", 403);

/** @param kind as in `Role` */
export const policyOfServicesAlone = (kind: string) =>
  new AwsError("PolicyNotAttachableException", `Cannot attach a Service Role Policy to a Customer ${kind}.`);

export const validationError = (message: string) => new AwsError("ValidationError", message, 400);

export const userNotFound = (name: string) => noSuchEntity(`The user with name ${name} cannot be found.`);

export const groupNotFound = (name: string) => noSuchEntity(`The group with name ${name} cannot be found.`);

export const accessKeyNotFound = (id: string) => noSuchEntity(`The Access Key with id ${id} cannot be found.`);

export const loginProfileNotFound = (userName: string) =>
  noSuchEntity(`Login Profile for User ${userName} cannot be found.`);

export const passwordPolicyNotFound = (account: string) =>
  noSuchEntity(`The Password Policy with domain name ${account} cannot be found.`);

export const accountAliasNotFound = (alias: string) => noSuchEntity(`The Account Alias ${alias} cannot be found.`);

/** @param first what must be done before, as in `delete access keys` */
export const deleteConflictUntil = (first: string) => deleteConflict(`Cannot delete entity, must ${first} first.`);

export const passwordPolicyViolation = (message = "Password does not conform to the account password policy.") =>
  new AwsError("PasswordPolicyViolationException", message);

export const invalidUserType = (message: string) => new AwsError("InvalidUserTypeException", message);

export const reportNotPresent = () =>
  new AwsError(
    "CredentialReportNotPresentException",
    "The credential report does not exist. To generate a credential report, use GenerateCredentialReport.",
  );

export const reportExpired = () =>
  new AwsError(
    "CredentialReportExpiredException",
    "The most recent credential report has expired. To generate a new credential report, use GenerateCredentialReport.",
  );

/** Neargate's own: the root user's key is not IAM's to change. */
export const rootKeyStays = () =>
  invalidInput('The root user has one access key: "neargate key rotate --root" puts another in its place.');
