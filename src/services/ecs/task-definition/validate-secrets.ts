import type { ContainerDefinition, KeyValuePair, Secret } from "@aws-sdk/client-ecs";
import { parseArn } from "../../../base/arn.ts";
import type { AwsError } from "../../../base/errors.ts";
import { isParameter } from "../../../tasks/secrets/value-from.ts";
import { clientError } from "../errors.ts";
import { ECR_IMAGE } from "./fargate-rules.ts";

/** A secret's name, or its ARN: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RepositoryCredentials.html */
const SECRET = /^(arn:[^:]+:secretsmanager:[^:]*:[^:]*:secret:)?[\w/+=.@-]{1,255}$/;

/**
 * Checks the secrets of containers, of their log drivers and of the registries of their images.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/specifying-sensitive-data.html
 * @throws AwsError ClientException
 */
export function validateSecrets(
  containers: readonly ContainerDefinition[],
  executionRoleArn: string | undefined,
): void {
  for (const container of containers) {
    const { secrets = [], logConfiguration, repositoryCredentials, environment } = container;
    const { secretOptions = [] } = logConfiguration ?? {};
    if ((secrets.length || secretOptions.length) && !executionRoleArn)
      throw clientError(
        "When you are specifying container secrets, you must also specify a value for 'executionRoleArn'.",
      );
    validateNames(secrets);
    validateNames(secretOptions);
    refuseSharedNames(secrets, environment ?? []);
    for (const secret of [...secrets, ...secretOptions]) validateValueFrom(secret);
    if (repositoryCredentials) validateRegistry(container, executionRoleArn);
  }
}

function validateNames(secrets: readonly Secret[]): void {
  const names = secrets.map(({ name }) => name!);
  const invalid = names.find((name) => !name || name.includes("=") || name.includes("\0"));
  if (invalid !== undefined) throw clientError(`The secret name '${invalid}' is invalid.`);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined)
    throw clientError(`Duplicate secret names found: ${twice}. Each secret name must be unique.`);
}

/**
 * A variable is a secret or it is not: also one of RunTask's overrides cannot take a secret's place.
 * @param refuse ClientException in task definitions, InvalidParameterException in overrides
 * @throws AwsError
 */
export function refuseSharedNames(
  secrets: readonly Secret[],
  environment: readonly KeyValuePair[],
  refuse: (message: string) => AwsError = clientError,
): void {
  const shared = secrets.find((secret) => environment.some(({ name }) => name === secret.name));
  if (shared)
    throw refuse(
      `The secret name must be unique and not shared with any new or existing environment variables set on the container, such as '${shared.name}'.`,
    );
}

/** What is wrong with the ARN of a secret, the agent says. */
function validateValueFrom({ name, valueFrom = "" }: Secret): void {
  if (parseArn(valueFrom)?.service === "secretsmanager" || isParameter(valueFrom)) return;
  throw clientError(
    `The Systems Manager parameter name specified for secret ${name} is invalid. The parameter name can be up to 2048 characters and include the following letters and symbols: a-zA-Z0-9_.-`,
  );
}

function validateRegistry(
  { name, image, repositoryCredentials }: ContainerDefinition,
  executionRoleArn: string | undefined,
): void {
  if (!SECRET.test(repositoryCredentials?.credentialsParameter ?? ""))
    throw clientError(
      `The repository credentials parameter specified for container '${name}' is invalid. Parameter names can include up to 255 (uppercase and lowercase), numbers, hyphens, and underscores are allowed. Spaces are not allowed.`,
    );
  if (!executionRoleArn)
    throw clientError(
      "Private repository authentication requires that the task definition specify a value for executionRoleArn.",
    );
  if (ECR_IMAGE.test(image ?? ""))
    throw clientError("Private repository credentials are not a supported authentication method for ECR repositories.");
}
