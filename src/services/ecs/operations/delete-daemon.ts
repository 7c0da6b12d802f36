import type { DeleteDaemonResponse } from "@aws-sdk/client-ecs";
import { daemonNotFound } from "../errors.ts";

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeleteDaemon.html; there are none. */
export function deleteDaemon() {
  return async (): Promise<DeleteDaemonResponse> => {
    throw daemonNotFound();
  };
}
