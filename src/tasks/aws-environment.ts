import { TASK_ENDPOINT_ADDRESS } from "../network/backend.ts";
import type { TaskRecord } from "./task-record.ts";

/** Where tasks reach the AWS APIs, at {@link TASK_ENDPOINT_ADDRESS}. */
export const TASK_API_PORT = 4566;

/**
 * The variables that let AWS's SDKs and the CLI in a container work as they are: where the credentials of the task's role
 * are, and where the AWS APIs are.
 * @param isSet whether the definition, the override or the image sets a variable itself
 */
export function awsEnvironment(task: TaskRecord, isSet: (name: string) => boolean): Record<string, string> {
  return {
    ...(task.credentialsId ? { AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: `/v2/credentials/${task.credentialsId}` } : {}),
    ...(isSet("AWS_ENDPOINT_URL")
      ? {}
      : {
          AWS_ENDPOINT_URL: `http://${TASK_ENDPOINT_ADDRESS}:${TASK_API_PORT}`,
          // Otherwise they put names such as `data-` before the address for some operations.
          ...(isSet("AWS_DISABLE_HOST_PREFIX_INJECTION") ? {} : { AWS_DISABLE_HOST_PREFIX_INJECTION: "true" }),
        }),
  };
}
