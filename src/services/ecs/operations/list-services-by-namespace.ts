import type { ListServicesByNamespaceRequest, ListServicesByNamespaceResponse } from "@aws-sdk/client-ecs";
import { scopeKey } from "../../../base/scope.ts";
import type { RequestContext } from "../../../wire/context.ts";
import { findNamespace } from "../discovery/namespace.ts";
import type { Ecs } from "../ecs.ts";
import { page } from "../paging.ts";

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ListServicesByNamespace.html: Service Connect's, of all clusters. */
export function listServicesByNamespace(ecs: Ecs) {
  return async (
    input: ListServicesByNamespaceRequest,
    { scope }: RequestContext,
  ): Promise<ListServicesByNamespaceResponse> => {
    const { namespaceId } = await findNamespace(ecs, scope, input.namespace!);
    const found = await ecs.store.services.list(scopeKey(scope), {
      where: { connect_namespace: namespaceId, status: "ACTIVE" },
    });
    const { items, nextToken } = page(
      found,
      ({ clusterName, serviceName }) => `${clusterName}/${serviceName}`,
      input,
      10,
    );
    return { serviceArns: items.map((service) => service.serviceArn), nextToken };
  };
}
