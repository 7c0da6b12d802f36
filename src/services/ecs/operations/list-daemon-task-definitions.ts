import type { ListDaemonTaskDefinitionsResponse } from "@aws-sdk/client-ecs";

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ListDaemonTaskDefinitions.html; there are none. */
export function listDaemonTaskDefinitions() {
  return async (): Promise<ListDaemonTaskDefinitionsResponse> => {
    return { daemonTaskDefinitions: [] };
  };
}
