import type { SubmitContainerStateChangeResponse } from "@aws-sdk/client-ecs";
import { notAnInstance } from "../errors.ts";

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_SubmitContainerStateChange.html; nobody here is a container agent. */
export function submitContainerStateChange() {
  return async (): Promise<SubmitContainerStateChangeResponse> => {
    throw notAnInstance();
  };
}
