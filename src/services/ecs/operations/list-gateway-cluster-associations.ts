import type {
  ListGatewayClusterAssociationsRequest,
  ListGatewayClusterAssociationsResponse,
} from "@aws-sdk/client-ecs";
import { emptyPage } from "../paging.ts";

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ListGatewayClusterAssociations.html; there are none. */
export function listGatewayClusterAssociations() {
  return async (input: ListGatewayClusterAssociationsRequest): Promise<ListGatewayClusterAssociationsResponse> => {
    return { gatewayClusterAssociations: emptyPage(input) };
  };
}
