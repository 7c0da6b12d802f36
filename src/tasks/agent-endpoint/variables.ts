import { TASK_ENDPOINT_ADDRESS } from "../../network/backend.ts";

/**
 * Where a program finds what the agent endpoint serves to its task.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-metadata-endpoint-v4-fargate.html
 */
export function endpointVariables(containerId: string): Record<string, string> {
  const origin = `http://${TASK_ENDPOINT_ADDRESS}`;
  return {
    ECS_CONTAINER_METADATA_URI: `${origin}/v3/${containerId}`,
    ECS_CONTAINER_METADATA_URI_V4: `${origin}/v4/${containerId}`,
    ECS_AGENT_URI: `${origin}/api/${containerId}`,
  };
}
