import { AwsError } from "../../base/errors.ts";
import { AccessDenied } from "../../identity/authorization.ts";

/* The errors of Parameter Store, https://docs.aws.amazon.com/systems-manager/latest/APIReference/CommonErrors.html */

export const validation = (message: string) => new AwsError("ValidationException", message, 400);

const PATH_RULE =
  "If formed as a path, it can consist of sub-paths divided by slash symbol; each sub-path can be formed as a mix of letters, numbers and the following 3 symbols .-_";

export const invalidName = () =>
  validation(`Parameter name: can't be prefixed with "ssm" (case-insensitive). ${PATH_RULE}`);

export const notQualified = () => validation("Parameter name must be a fully qualified name.");

export const reservedPrefix = () =>
  validation('Parameter name: can\'t be prefixed with "aws" or "ssm" (case-insensitive).');

export const reservedPath = (name: string) =>
  new AwsError("AccessDeniedException", `No access to reserved parameter name: ${name}.`, 400);

export const invalidPath = () =>
  validation(
    'The parameter doesn\'t meet the parameter name requirements. The parameter name must begin with a forward slash "/". ' +
      'It can\'t be prefixed with "aws" or "ssm" (case-insensitive). It must use only letters, numbers, or the following symbols: ' +
      ". (period), - (hyphen), _ (underscore). Special characters are not allowed. " +
      'All sub-paths, if specified, must use the forward slash symbol "/". Valid example: /get/parameters2-/by1./path0_.',
  );

export const tooDeep = () =>
  new AwsError(
    "HierarchyLevelLimitExceededException",
    "A hierarchy can have a maximum of 15 levels. For more information, see Requirements and constraints for parameter names in the AWS Systems Manager User Guide.",
  );

/** AWS says no more than the code. */
export const parameterNotFound = () => new AwsError("ParameterNotFound", "");

export const versionNotFound = (name: string, version: string | number) =>
  new AwsError(
    "ParameterVersionNotFound",
    `Systems Manager could not find version ${version} of ${name}. Verify the version and try again.`,
  );

export const parameterExists = () =>
  new AwsError(
    "ParameterAlreadyExists",
    "The parameter already exists. To overwrite this value, set the overwrite option in the request to true.",
  );

export const typeMissing = () => validation("A parameter type is required when you create a parameter.");

export const typeChanged = () =>
  new AwsError(
    "HierarchyTypeMismatchException",
    "Parameter Store doesn't support changing a parameter type in a hierarchy. For example, you can't change a parameter from a String type to a SecureString type. You must create a new, unique parameter.",
  );

export const tagsAndOverwrite = () =>
  validation(
    "Invalid request: tags and overwrite can't be used together. To create a parameter with tags, please remove overwrite flag. " +
      "To update tags for an existing parameter, please use AddTagsToResource or RemoveTagsFromResource.",
  );

export const emptyValue = () =>
  validation(
    "1 validation error detected: Value at 'value' failed to satisfy constraint: Member must have length greater than or equal to 1",
  );

export const nestedParameter = () =>
  validation('Parameter value can\'t nest another parameter. Do not use "{{}}" in the value.');

export const unsupportedDataType = (type: string) =>
  validation(`The following data type is not supported: ${type} (Data type names are all lowercase.)`);

export const standardTooLarge = () =>
  validation(
    "Standard tier parameters support a maximum parameter value of 4096 characters. To create a larger parameter value, upgrade the parameter to use the advanced-parameter tier. " +
      "For more information, see https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-advanced-parameters.html",
  );

export const advancedTooLarge = () =>
  validation("Advanced tier parameters support a maximum parameter value of 8192 characters.");

export const tierDowngrade = () =>
  validation(
    "This parameter uses the advanced-parameter tier. You can't downgrade a parameter from the advanced-parameter tier to the standard-parameter tier. If necessary, you can delete the advanced parameter and recreate it as a standard parameter.",
  );

export const policiesNeedAdvanced = () =>
  validation("Parameter policies can be specified only for parameters of the advanced-parameter tier.");

export const invalidPattern = () =>
  new AwsError("InvalidAllowedPatternException", "The allowedPattern is not a valid regular expression.");

export const patternMismatch = (pattern: string) =>
  new AwsError(
    "ParameterPatternMismatchException",
    `Parameter value, cannot be validated against allowedPattern: ${pattern}`,
  );

export const parameterLimit = (tier: string, limit: number) =>
  new AwsError(
    "ParameterLimitExceeded",
    `You have exceeded the maximum number of ${tier.toLowerCase()} parameters (${limit}) for this account and Region. Delete one or more parameters and try again.`,
  );

export const oldestLabelled = (name: string, version: number) =>
  new AwsError(
    "ParameterMaxVersionLimitExceeded",
    `You attempted to create a new version of ${name} by calling the PutParameter API with the overwrite flag. Version ${version}, the oldest version, can't be deleted because it has a label associated with it. Move the label to another version of the parameter, and try again.`,
  );

export const tooManyLabels = () =>
  new AwsError(
    "ParameterVersionLabelLimitExceeded",
    "A parameter version can have maximum 10 labels. Move one or more labels to another version and try again.",
  );

export const tooManyPolicies = () =>
  new AwsError(
    "PoliciesLimitExceededException",
    "You specified more than the maximum number of allowed policies for the parameter. The maximum is 10.",
  );

export const invalidPolicyType = () =>
  new AwsError(
    "InvalidPolicyTypeException",
    "The policy type isn't supported. Parameter Store supports the following policy types: Expiration, ExpirationNotification, and NoChangeNotification.",
  );

export const invalidPolicyAttribute = (message: string) => new AwsError("InvalidPolicyAttributeException", message);

export const incompatiblePolicies = () =>
  new AwsError(
    "IncompatiblePolicyException",
    "There is a conflict in the policies specified for this parameter. You can't, for example, specify two Expiration policies for a parameter. Review your policies, and try again.",
  );

export const invalidFilterKey = (key: string, valid: readonly string[]) =>
  new AwsError(
    "InvalidFilterKey",
    `The following filter key is not valid: ${key}. Valid filter keys include: [${valid.join(", ")}].`,
  );

export const invalidFilterOption = (option: string, valid: readonly string[]) =>
  new AwsError(
    "InvalidFilterOption",
    `The following filter option is not valid: ${option}. Valid options include: [${valid.join(", ")}].`,
  );

export const invalidFilterValue = (value: string, valid: readonly string[]) =>
  new AwsError(
    "InvalidFilterValue",
    `The following filter value is not valid: ${value}. Valid values include: [${valid.join(", ")}].`,
  );

export const missingFilterValues = (key: string) =>
  new AwsError("InvalidFilterValue", `The following filter values are missing : null for filter key ${key}.`);

export const duplicateFilter = (key: string) =>
  new AwsError(
    "InvalidFilterKey",
    `The following filter is duplicated in the request: ${key}. A request can contain only one occurrence of a specific filter.`,
  );

export const invalidNextToken = () => new AwsError("InvalidNextToken", "The specified token isn't valid.");

export const invalidResourceId = () => new AwsError("InvalidResourceId", "Invalid Resource Id");

export const invalidResourceType = () => new AwsError("InvalidResourceType", "Invalid Resource Type");

export const tooManyTags = () => new AwsError("TooManyTagsError", "A parameter can have 50 tags at most.");

export const settingNotFound = (id: string) => new AwsError("ServiceSettingNotFound", `Setting ${id} not found.`);

export const decryptionNeeded = () =>
  validation("WithDecryption flag must be True for retrieving a Secret Manager secret.");

export const referencedSecretNotFound = (name: string) =>
  new AwsError(
    "ParameterNotFound",
    `An error occurred (ParameterNotFound) when referencing Secrets Manager: Secret ${name} not found.`,
  );

/** What a failure of KMS becomes: its words, and where they come from. Anything else is passed on. */
export function keyFailure(cause: unknown, doing: "encrypt" | "decrypt", requestId: string): unknown {
  const from = (code: string) => `(Service: AWSKMS; Status Code: 400; Error Code: ${code}; Request ID: ${requestId})`;
  const denied = cause instanceof AccessDenied || (cause instanceof AwsError && cause.code === "AccessDeniedException");
  if (denied) {
    // Who may not decrypt is not told whether there is a key.
    const words =
      doing === "encrypt"
        ? cause.message
        : "The ciphertext refers to a customer master key that does not exist, does not exist in this region, or you are not allowed to access.";
    return new AwsError("AccessDeniedException", `${words} ${from("AccessDeniedException")}`, 400);
  }
  if (!(cause instanceof AwsError)) return cause;
  return new AwsError("InvalidKeyId", `${cause.message} ${from(cause.code)}`);
}

/** There is no such session of Session Manager. */
export const sessionNotFound = (id: string) =>
  new AwsError("DoesNotExistException", `The session ${id} does not exist.`);
