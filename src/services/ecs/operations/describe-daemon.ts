import type { DescribeDaemonResponse } from "@aws-sdk/client-ecs";
import { daemonNotFound } from "../errors.ts";

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeDaemon.html; there are none. */
export function describeDaemon() {
  return async (): Promise<DescribeDaemonResponse> => {
    throw daemonNotFound();
  };
}
