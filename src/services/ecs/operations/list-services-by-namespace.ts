import type { ListServicesByNamespaceRequest, ListServicesByNamespaceResponse } from "@aws-sdk/client-ecs";
import { formatArn } from "../../../base/arn.ts";
import { scopeKey } from "../../../base/scope.ts";
import type { RequestContext } from "../../../wire/context.ts";
import { findNamespace } from "../discovery/namespace.ts";
import type { Ecs } from "../ecs.ts";
import { pageOfIds } from "../paging.ts";

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ListServicesByNamespace.html: Service Connect's, of all clusters. */
export function listServicesByNamespace(ecs: Ecs) {
  return async (
    input: ListServicesByNamespaceRequest,
    { scope }: RequestContext,
  ): Promise<ListServicesByNamespaceResponse> => {
    const { namespaceId } = await findNamespace(ecs, scope, input.namespace!);
    const where = { connect_namespace: namespaceId, status: "ACTIVE" };
    const { items, nextToken } = await pageOfIds(
      (part) => ecs.store.services.listIds(scopeKey(scope), where, part),
      input,
      { list: "ListServicesByNamespace", size: 10 },
    );
    return { serviceArns: items.map((id) => formatArn("ecs", scope, `service/${id}`)), nextToken };
  };
}
