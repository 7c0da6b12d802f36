import type { ListDaemonDeploymentsResponse } from "@aws-sdk/client-ecs";
import { daemonNotFound } from "../errors.ts";

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ListDaemonDeployments.html; there are none. */
export function listDaemonDeployments() {
  return async (): Promise<ListDaemonDeploymentsResponse> => {
    throw daemonNotFound();
  };
}
