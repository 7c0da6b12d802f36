import type { DeleteDaemonTaskDefinitionResponse } from "@aws-sdk/client-ecs";
import { clientError } from "../errors.ts";

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeleteDaemonTaskDefinition.html; there are none. */
export function deleteDaemonTaskDefinition() {
  return async (): Promise<DeleteDaemonTaskDefinitionResponse> => {
    throw clientError("Unable to describe daemon task definition.");
  };
}
