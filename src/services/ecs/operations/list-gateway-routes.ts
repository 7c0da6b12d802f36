import type { ListGatewayRoutesRequest, ListGatewayRoutesResponse } from "@aws-sdk/client-ecs";
import { gatewayNotFound } from "../errors.ts";
import { emptyPage } from "../paging.ts";

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ListGatewayRoutes.html; there are none. */
export function listGatewayRoutes() {
  return async (input: ListGatewayRoutesRequest): Promise<ListGatewayRoutesResponse> => {
    if (input.gateway) throw gatewayNotFound();
    return { gatewayRoutes: emptyPage(input) };
  };
}
