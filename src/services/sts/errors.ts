import { AwsError } from "../../base/errors.ts";

/* The errors of STS, https://docs.aws.amazon.com/STS/latest/APIReference/CommonErrors.html and the operations' own. */

export const accessDenied = (message: string) => new AwsError("AccessDenied", message, 403);

/** STS does not say why, unlike other services: what a role's trust policy lacks is not for everybody to know. */
export const notAuthorized = (principalArn: string, action: string, roleArn: string) =>
  accessDenied(`User: ${principalArn} is not authorized to perform: ${action} on resource: ${roleArn}`);

export const webIdentityNotAuthorized = () => accessDenied("Not authorized to perform sts:AssumeRoleWithWebIdentity");

/** Devices for one-time codes are none of what IAM has here. */
export const unknownDevice = () =>
  accessDenied(
    "MultiFactorAuthentication failed, unable to validate MFA code.  Please verify your MFA serial number is valid and associated with this user.",
  );

export const sessionCredentials = () => accessDenied("Cannot call GetSessionToken with session credentials");

export const validationError = (message: string) => new AwsError("ValidationError", message, 400);

export const invalidRoleArn = () => validationError("Request ARN is invalid");

export const tooLongForRole = () =>
  validationError("The requested DurationSeconds exceeds the MaxSessionDuration set for this role.");

export const tooLongForChain = () =>
  validationError("The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.");

export const invalidParameter = (message: string) => new AwsError("InvalidParameterValue", message, 400);

export const malformedPolicy = (message: string) => new AwsError("MalformedPolicyDocumentException", message, 400);

/** @param percent of the space that there is */
export const packedTooLarge = (what: "tags" | "policy", percent: number) =>
  new AwsError(
    "PackedPolicyTooLargeException",
    what === "tags"
      ? `Packed size of session tags consumes ${percent}% of allotted space.`
      : `Packed policy consumes ${percent}% of allotted space, please use smaller policy.`,
    400,
  );

export const invalidIdentityToken = (message: string) => new AwsError("InvalidIdentityTokenException", message, 400);

/** @param now, expiry seconds since 1970 */
export const expiredIdentityToken = (now: number, expiry: number) =>
  new AwsError(
    "ExpiredTokenException",
    `Token expired: current date/time ${now} must be before the expiration date/time${expiry}`,
    400,
  );

export const noVerificationKey = () =>
  invalidIdentityToken(
    "Couldn't retrieve verification key from your identity provider,  please reference AssumeRoleWithWebIdentity documentation for requirements",
  );

export const providerUnreachable = (url: string) =>
  new AwsError("IDPCommunicationErrorException", `The identity provider at ${url} could not be reached`, 400);

export const invalidMessage = () => new AwsError("InvalidAuthorizationMessageException", "Message is not valid", 400);
