import type { ListDaemonsResponse } from "@aws-sdk/client-ecs";

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ListDaemons.html; there are none. */
export function listDaemons() {
  return async (): Promise<ListDaemonsResponse> => {
    return { daemonSummariesList: [] };
  };
}
