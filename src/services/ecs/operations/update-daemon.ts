import type { UpdateDaemonResponse } from "@aws-sdk/client-ecs";
import { daemonNotFound } from "../errors.ts";

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UpdateDaemon.html; there are none. */
export function updateDaemon() {
  return async (): Promise<UpdateDaemonResponse> => {
    throw daemonNotFound();
  };
}
