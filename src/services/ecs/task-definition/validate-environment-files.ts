import type { EnvironmentFile } from "@aws-sdk/client-ecs";
import type { AwsError } from "../../../base/errors.ts";
import { parseObjectArn } from "../../../tasks/environment-files.ts";
import { clientError } from "../errors.ts";

const MAX_FILES = 10;

/**
 * https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_EnvironmentFile.html
 * @param refuse ClientException in task definitions, InvalidParameterException in overrides
 */
export function validateEnvironmentFiles(
  files: readonly EnvironmentFile[],
  refuse: (message: string) => AwsError = clientError,
): void {
  if (files.length > MAX_FILES)
    throw refuse("The maximum number of environment files was exceeded. Specify ten or less and try again.");
  for (const { value = "", type } of files) {
    if (type !== "s3") throw refuse(`Environment file type ${type} is not valid. Must be one of [s3].`);
    if (!parseObjectArn(value)) throw refuse("Invalid arn syntax.");
    if (!value.endsWith(".env")) throw refuse(`Environment file ${value} must have the .env file extension.`);
  }
}
