import type { SubmitTaskStateChangeResponse } from "@aws-sdk/client-ecs";
import { notAnInstance } from "../errors.ts";

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_SubmitTaskStateChange.html; nobody here is a container agent. */
export function submitTaskStateChange() {
  return async (): Promise<SubmitTaskStateChangeResponse> => {
    throw notAnInstance();
  };
}
