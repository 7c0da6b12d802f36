import { randomUUID } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import { scopeKey, type Scope } from "../../base/scope.ts";
import { operationInProgress, requestIdReused } from "./errors.ts";
import { newOperationId } from "./identifiers.ts";
import type { Request } from "./request.ts";
import type { ServiceDiscovery } from "./service-discovery.ts";
import { targetOf, type OperationRecord } from "./store.ts";

type Target = Pick<OperationRecord, "namespaceId" | "serviceId" | "instanceId">;

const UNFINISHED = ["SUBMITTED", "PENDING"] as const;

/** How long operations that ended are told of. */
const KEPT_MS = 30 * 24 * 3600 * 1000;

/** A service is told with its namespace. */
type Concern = { type: OperationRecord["type"]; namespaceId?: string; serviceId?: string };

/** The operations of one kind that have not ended. */
export function unfinished(sd: ServiceDiscovery, scope: Scope, concern: Concern): Promise<OperationRecord[]> {
  return sd.records.operations.list(scopeKey(scope), { where: { ...concern, status: UNFINISHED } });
}

/** How many operations of one kind have changed nothing yet. */
export function countSubmitted(sd: ServiceDiscovery, scope: Scope, concern: Concern): Promise<number> {
  return sd.records.operations.count(scopeKey(scope), { ...concern, status: "SUBMITTED" });
}

/**
 * Writes an operation down, inside of the transaction that checked its request. It is done soon after the commit.
 * @returns its id; that of the one in progress for a repeated request
 * @throws AwsError DuplicateRequest while another one changes the same thing
 */
export async function submit(
  sd: ServiceDiscovery,
  scope: Scope,
  target: Target,
  request: Request,
  requestId: string = randomUUID(),
): Promise<{ OperationId: string }> {
  const now = new Date(sd.clock.now());
  const operation: OperationRecord = {
    operationId: newOperationId(sd.ids),
    type: request.kind,
    status: "SUBMITTED",
    createDate: now,
    updateDate: now,
    ...target,
    requestId,
    request,
  };
  const busy = await operationOn(sd, scope, operation);
  if (busy?.requestId === requestId && isDeepStrictEqual(busy.request, request))
    return { OperationId: busy.operationId };
  if (busy) throw operationInProgress(busy.type, busy.operationId);
  await sd.records.operations.insert(scopeKey(scope), operation.operationId, operation);
  return { OperationId: operation.operationId };
}

/** The operation that is changing the same thing now. */
async function operationOn(
  sd: ServiceDiscovery,
  scope: Scope,
  operation: OperationRecord,
): Promise<OperationRecord | undefined> {
  const where = { target: targetOf(operation), status: UNFINISHED };
  const [busy] = await sd.records.operations.list(scopeKey(scope), { where });
  return busy;
}

/**
 * The operation that the same request for a namespace started before, unless what it made is gone again.
 * @throws AwsError DuplicateRequest when the request id stood for another request
 */
export async function repeated(
  sd: ServiceDiscovery,
  scope: Scope,
  request: Request,
  requestId: string,
): Promise<string | undefined> {
  for (const first of await sd.records.operations.list(scopeKey(scope), { where: { requestId } })) {
    if (first.type !== request.kind) continue;
    if (first.status === "SUCCESS" && !(await sd.records.namespaces.get(scopeKey(scope), first.namespaceId))) continue;
    if (!isDeepStrictEqual(first.request, request)) throw requestIdReused(requestId, first.operationId);
    return first.operationId;
  }
  return undefined;
}

/** Forgets operations that ended long ago. */
export async function forgetOperations(sd: ServiceDiscovery): Promise<void> {
  await sd.records.operations.deleteAll({
    where: { status: ["SUCCESS", "FAIL"] },
    to: { updatedAt: sd.clock.now() - KEPT_MS },
  });
}
