import type { SubmitAttachmentStateChangesResponse } from "@aws-sdk/client-ecs";
import { notAnInstance } from "../errors.ts";

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_SubmitAttachmentStateChanges.html; nobody here is a container agent. */
export function submitAttachmentStateChanges() {
  return async (): Promise<SubmitAttachmentStateChangesResponse> => {
    throw notAnInstance();
  };
}
