import { scopeKey, type Scope } from "../../base/scope.ts";
import { OperationFailure } from "./errors.ts";
import { checkHostName, putInstance, removeInstance } from "./instances.ts";
import { createNamespace } from "./namespaces.ts";
import type { Request } from "./request.ts";
import type { ServiceDiscovery } from "./service-discovery.ts";
import type { OperationRecord, ServiceRecord } from "./store.ts";

/**
 * Does what a submitted operation is to do to the state, and writes down that it is done; inside of a transaction. Its
 * names follow the commit, its success follows the names.
 */
export async function applyOperation(sd: ServiceDiscovery, scope: Scope, operation: OperationRecord): Promise<void> {
  try {
    await sd.store.transaction(() => perform(sd, scope, operation));
    await advance(sd, scope, operation.operationId, { status: "PENDING" });
  } catch (cause) {
    if (!(cause instanceof OperationFailure)) throw cause;
    await advance(sd, scope, operation.operationId, {
      status: "FAIL",
      errorCode: cause.code,
      errorMessage: cause.message,
    });
  }
}

/** Changes the status of an operation, inside of a transaction. */
export async function advance(
  sd: ServiceDiscovery,
  scope: Scope,
  operationId: string,
  change: Pick<OperationRecord, "status" | "errorCode" | "errorMessage">,
): Promise<void> {
  const updateDate = new Date(sd.clock.now());
  await sd.records.operations.update(scopeKey(scope), operationId, (operation) => ({
    ...operation,
    ...change,
    updateDate,
  }));
}

async function perform(sd: ServiceDiscovery, scope: Scope, operation: OperationRecord): Promise<void> {
  const key = scopeKey(scope);
  const { request, namespaceId, requestId, serviceId = "", instanceId = "" } = operation;
  switch (request.kind) {
    case "CREATE_NAMESPACE":
      await createNamespace(sd, scope, namespaceId, request, requestId);
      return;
    case "DELETE_NAMESPACE":
      await sd.records.namespaces.delete(key, namespaceId);
      return;
    case "UPDATE_NAMESPACE": {
      const { description, soaTtl } = request;
      await sd.records.namespaces.update(key, namespaceId, (namespace) => ({
        ...namespace,
        ...(description !== undefined && { description }),
        ...(soaTtl !== undefined && { soaTtl }),
      }));
      return;
    }
    case "UPDATE_SERVICE":
      return await updateService(sd, scope, serviceId, request);
    case "REGISTER_INSTANCE": {
      const service = await sd.records.services.get(key, serviceId);
      if (!service) throw new OperationFailure("INTERNAL_FAILURE", `The service ${serviceId} does not exist.`);
      await checkHostName(sd, scope, service, instanceId);
      const { attributes } = request;
      return await putInstance(sd, scope, service, { instanceId, attributes, creatorRequestId: requestId });
    }
    case "DEREGISTER_INSTANCE":
      return await removeInstance(sd, scope, serviceId, instanceId);
  }
}

/** Records and a Route 53 health check that are not told are removed; a description stays. */
async function updateService(
  sd: ServiceDiscovery,
  scope: Scope,
  serviceId: string,
  { description, dns, healthCheck }: Extract<Request, { kind: "UPDATE_SERVICE" }>,
): Promise<void> {
  const before = await sd.records.services.get(scopeKey(scope), serviceId);
  await sd.records.services.update(scopeKey(scope), serviceId, (service) => ({
    ...service,
    ...(description !== undefined && { description }),
    dns,
    healthCheck,
  }));
  if (before && isOtherCheck(before, healthCheck)) await forgetHealth(sd, scope, before);
}

function isOtherCheck({ healthCheck: old }: ServiceRecord, now: ServiceRecord["healthCheck"]): boolean {
  return old !== undefined && (old.type !== now?.type || old.resourcePath !== now.resourcePath);
}

/** What an earlier health check found is not true of the next one. */
async function forgetHealth(sd: ServiceDiscovery, scope: Scope, { serviceId }: ServiceRecord): Promise<void> {
  const key = scopeKey(scope);
  for (const id of await sd.records.instances.listIds(key, { serviceId }))
    await sd.records.instances.update(key, id, (instance) => ({ ...instance, health: "UNKNOWN" }));
}
