import type { ListDaemonTaskDefinitionsRequest, ListDaemonTaskDefinitionsResponse } from "@aws-sdk/client-ecs";
import { emptyPage } from "../paging.ts";

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ListDaemonTaskDefinitions.html; there are none. */
export function listDaemonTaskDefinitions() {
  return async (input: ListDaemonTaskDefinitionsRequest): Promise<ListDaemonTaskDefinitionsResponse> => {
    return { daemonTaskDefinitions: emptyPage(input) };
  };
}
