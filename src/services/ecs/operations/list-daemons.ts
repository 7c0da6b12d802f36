import type { ListDaemonsRequest, ListDaemonsResponse } from "@aws-sdk/client-ecs";
import { emptyPage } from "../paging.ts";

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ListDaemons.html; there are none. */
export function listDaemons() {
  return async (input: ListDaemonsRequest): Promise<ListDaemonsResponse> => {
    return { daemonSummariesList: emptyPage(input) };
  };
}
