import type { CreateDaemonResponse } from "@aws-sdk/client-ecs";
import { unsupportedFeature } from "../errors.ts";

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateDaemon.html: daemons run on Managed Instances. */
export function createDaemon() {
  return async (): Promise<CreateDaemonResponse> => {
    throw unsupportedFeature("Amazon ECS Managed Instances");
  };
}
