import type { RegisterDaemonTaskDefinitionResponse } from "@aws-sdk/client-ecs";
import { unsupportedFeature } from "../errors.ts";

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RegisterDaemonTaskDefinition.html: daemons run on Managed Instances. */
export function registerDaemonTaskDefinition() {
  return async (): Promise<RegisterDaemonTaskDefinitionResponse> => {
    throw unsupportedFeature("Amazon ECS Managed Instances");
  };
}
