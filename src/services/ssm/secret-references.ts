import type { GetSecretValueResponse } from "@aws-sdk/client-secrets-manager";
import type { Parameter } from "@aws-sdk/client-ssm";
import { AwsError } from "../../base/errors.ts";
import type { Scope } from "../../base/scope.ts";
import { decryptionNeeded, referencedSecretNotFound } from "./errors.ts";
import { parameterArn } from "./names.ts";
import type { Reading } from "./reading.ts";
import type { Ssm } from "./ssm.ts";

const PREFIX = "/aws/reference/secretsmanager/";
/** Ids of versions are at least so long; labels of versions hardly are. */
const VERSION_ID_LENGTH = 32;

/** Whether a name is that of a secret: `/aws/reference/secretsmanager/NAME`. */
export function isSecretReference(name: string): boolean {
  return name.startsWith(PREFIX);
}

/**
 * A secret as a parameter, read with the caller's rights on it.
 * https://docs.aws.amazon.com/systems-manager/latest/userguide/integration-ps-secretsmanager.html
 * @throws AwsError ValidationException, ParameterNotFound, and what Secrets Manager answers
 */
export async function referencedSecret(
  ssm: Ssm,
  scope: Scope,
  text: string,
  { decrypt, caller }: Reading,
): Promise<Parameter> {
  if (!decrypt) throw decryptionNeeded();
  const [SecretId = "", selector] = text.slice(PREFIX.length).split(":");
  const version = selector === undefined ? {} : selectorOf(selector);
  const secret = await read();
  const { SecretBinary, ...shown } = secret;
  const value = secret.SecretString ?? Buffer.from(SecretBinary ?? []).toString("base64");
  return {
    Name: `${PREFIX}${SecretId}`,
    Type: "SecureString",
    Value: value,
    Version: 0,
    Selector: selector === undefined ? undefined : `:${selector}`,
    SourceResult: JSON.stringify(SecretBinary ? { ...shown, SecretBinary: value } : shown),
    LastModifiedDate: secret.CreatedDate,
    ARN: parameterArn(scope, `${PREFIX}${SecretId}`),
    DataType: "text",
  };

  async function read(): Promise<GetSecretValueResponse> {
    try {
      return await ssm.secrets({ SecretId, ...version }, { ...caller, calledVia: "ssm.amazonaws.com" }, scope);
    } catch (cause) {
      if (cause instanceof AwsError && cause.code === "ResourceNotFoundException") throw referencedSecretNotFound(text);
      throw cause;
    }
  }
}

function selectorOf(selector: string): { VersionId: string } | { VersionStage: string } {
  return selector.length >= VERSION_ID_LENGTH ? { VersionId: selector } : { VersionStage: selector };
}
