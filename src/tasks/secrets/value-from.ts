import { parseArn } from "../../base/arn.ts";

/** A value in Secrets Manager. */
export interface SecretReference {
  kind: "secret";
  /** The secret's ARN, whole or without its last six characters. */
  secretId: string;
  region: string;
  /** Of a secret that is a JSON object: the member that is meant. */
  jsonKey?: string;
  versionStage?: string;
  versionId?: string;
}

/** A parameter of Systems Manager. */
export interface ParameterReference {
  kind: "parameter";
  /** Its name or ARN, as GetParameters takes it. */
  name: string;
  region: string;
}

/** What is wrong with a `valueFrom`, in the agent's words. */
export class ValueFromError extends Error {
  override name = "ValueFromError";
}

const PARAMETER_NAME = /^[a-zA-Z0-9_.\-/]{1,2048}$/;

/**
 * Reads a `valueFrom`: the ARN of a secret, alone or as `…:secret:NAME:JSON-KEY:VERSION-STAGE:VERSION-ID` with any of the
 * last three empty, or the ARN or the name of a parameter.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/secrets-envvar-secrets-manager.html
 * @param region where names of parameters mean something
 * @throws ValueFromError
 */
export function parseValueFrom(valueFrom: string, region: string): SecretReference | ParameterReference {
  const arn = parseArn(valueFrom);
  if (arn?.service !== "secretsmanager") return parameterReference(valueFrom, arn?.region ?? region);
  const [type, name, jsonKey, versionStage, versionId, ...more] = arn.resource.split(":");
  if (type !== "secret" || !name || (jsonKey !== undefined && versionId === undefined) || more.length)
    throw new ValueFromError(
      `trying to retrieve secret with value ${valueFrom} resulted in error: an invalid ARN format for the AWS Secrets Manager secret was specified. Specify a valid ARN and try again.`,
    );
  return {
    kind: "secret",
    secretId: `arn:${arn.partition}:secretsmanager:${arn.region}:${arn.account}:secret:${name}`,
    region: arn.region,
    ...(jsonKey ? { jsonKey } : {}),
    ...(versionStage ? { versionStage } : {}),
    ...(versionId ? { versionId } : {}),
  };
}

function parameterReference(valueFrom: string, region: string): ParameterReference {
  return { kind: "parameter", name: valueFrom, region };
}

/** Whether a text can be the name or the ARN of a parameter. */
export function isParameter(text: string): boolean {
  const arn = parseArn(text);
  const name = arn?.service === "ssm" && arn.resource.startsWith("parameter/") ? arn.resource.slice(9) : text;
  return PARAMETER_NAME.test(name);
}
