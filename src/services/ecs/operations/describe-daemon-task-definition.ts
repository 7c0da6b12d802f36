import type { DescribeDaemonTaskDefinitionResponse } from "@aws-sdk/client-ecs";
import { clientError } from "../errors.ts";

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeDaemonTaskDefinition.html; there are none. */
export function describeDaemonTaskDefinition() {
  return async (): Promise<DescribeDaemonTaskDefinitionResponse> => {
    throw clientError("Unable to describe daemon task definition.");
  };
}
