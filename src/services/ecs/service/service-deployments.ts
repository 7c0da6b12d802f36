import { scopeKey } from "../../../base/scope.ts";
import type { Ids } from "../../../base/ids.ts";
import { endHooks } from "../../../control/deployment-stages.ts";
import type { Ecs } from "../ecs.ts";
import { breakerThreshold } from "./circuit-breaker.ts";
import { deploymentConfigurationView } from "./configuration-view.ts";
import { watchAlarms } from "./deployment-alarms.ts";
import { publishHooks } from "./lifecycle-hooks.ts";
import { countTasks, NO_TASKS, type TaskCounts } from "./task-counts.ts";
import { isOver, type RevisionCounts, type ServiceDeploymentRecord } from "./service-deployment-record.ts";
import { primaryOf, requestedCount, revisionOf, type DeploymentRecord, type ServiceRecord } from "./service-record.ts";
import { saveNewRevision } from "./service-revisions.ts";
import { hasStages, withFirstScales } from "./staged-deployment.ts";

/** How long service deployments and revisions are kept. */
export const HISTORY_MS = 90 * 24 * 60 * 60_000;

/** The reason of one that a newer one put an end to. */
const SUPERSEDED = "Service deployment stopped because a newer service deployment was started.";

/** As {@link ServiceDeploymentRecord.id}. */
function newId(ids: Ids): string {
  return Buffer.from(ids.hex(32), "hex").toString("base64url").slice(0, 21);
}

function keyOf({ clusterName, serviceName, id }: ServiceDeploymentRecord): string {
  return `${clusterName}/${serviceName}/${id}`;
}

/** Stores a service deployment; in the caller's transaction, where there is one. */
export async function saveServiceDeployment(ecs: Ecs, deployment: ServiceDeploymentRecord): Promise<void> {
  await ecs.store.serviceDeployments.put(scopeKey(deployment.scope), keyOf(deployment), deployment);
}

/** The service deployment that goes on, or was the last one; none of a service that an earlier release has stored. */
export async function currentServiceDeployment(
  ecs: Ecs,
  service: ServiceRecord,
): Promise<ServiceDeploymentRecord | undefined> {
  if (service.serviceDeploymentId === undefined) return undefined;
  const key = `${service.clusterName}/${service.serviceName}/${service.serviceDeploymentId}`;
  return await ecs.store.serviceDeployments.get(scopeKey(service.scope), key);
}

/** Those of a service that are not older than the history is kept, and the current one; newest first. */
export async function serviceDeploymentsOf(
  ecs: Ecs,
  service: Pick<ServiceRecord, "scope" | "serviceArn" | "serviceDeploymentId">,
): Promise<ServiceDeploymentRecord[]> {
  const all = await ecs.store.serviceDeployments.list(scopeKey(service.scope), {
    where: { service: service.serviceArn },
  });
  const since = ecs.clock.now() - HISTORY_MS;
  return all
    .filter(({ id, createdAt }) => id === service.serviceDeploymentId || createdAt.getTime() >= since)
    .toSorted((a, b) => (orderOf(a) < orderOf(b) ? -1 : 1));
}

/** Where a service deployment is in such a list, as a text that no other one has: the later it was made, the smaller. */
export function orderOf({ createdAt, id }: Pick<ServiceDeploymentRecord, "createdAt" | "id">): string {
  return `${String(Number.MAX_SAFE_INTEGER - createdAt.getTime()).padStart(16, "0")}/${id}`;
}

/** What a deployment has, and is to have. */
function revisionCounts(service: ServiceRecord, deployment: DeploymentRecord, counts: TaskCounts): RevisionCounts {
  return {
    revision: revisionOf(deployment),
    requestedTaskCount: requestedCount(service, deployment),
    runningTaskCount: counts.running,
    pendingTaskCount: counts.pending,
  };
}

/**
 * Begins a service deployment for the primary deployment of a service, which was just made: records its revision and puts
 * an end to the service deployment before. In the caller's transaction.
 * @param before the service without it; none for a new service
 * @returns the service that knows it, to be stored
 */
export async function beginServiceDeployment(
  ecs: Ecs,
  before: ServiceRecord | undefined,
  service: ServiceRecord,
): Promise<ServiceRecord> {
  const now = new Date(ecs.clock.now());
  const primary = primaryOf(service);
  const sources = before ? countsByRevision(before, await countTasks(ecs, before)) : new Map<string, RevisionCounts>();
  await forgetHistory(ecs, service);
  const superseded = before && (await currentServiceDeployment(ecs, before));
  if (superseded && !isOver(superseded)) {
    const ended = withEnd(superseded, endBySuccessor(superseded), now, SUPERSEDED);
    await saveServiceDeployment(ecs, withCounts(ended, sources));
    await publishHooks(ecs, superseded, ended);
  }
  await saveNewRevision(ecs, service, primary);
  const { alarms } = service;
  const deployment: ServiceDeploymentRecord = {
    scope: service.scope,
    id: newId(ecs.ids),
    clusterName: service.clusterName,
    clusterArn: service.clusterArn,
    serviceName: service.serviceName,
    serviceArn: service.serviceArn,
    status: "PENDING",
    target: revisionCounts(service, primary, NO_TASKS),
    sources: [...sources.values()],
    configuration: deploymentConfigurationView(service),
    deploymentIds: [primary.id],
    breaker: {
      status: service.circuitBreaker.enable ? "MONITORING" : "DISABLED",
      failureCount: 0,
      threshold: breakerThreshold(service),
    },
    ...(alarms?.enable
      ? { alarms: watchAlarms(alarms.alarmNames, await ecs.alarms.states(service.scope, alarms.alarmNames)) }
      : {}),
    createdAt: now,
    updatedAt: now,
  };
  await saveServiceDeployment(ecs, deployment);
  const begun = { ...service, serviceDeploymentId: deployment.id };
  return hasStages(deployment) ? withFirstScales(begun, deployment) : begun;
}

/** What a service's revisions have, and are to have; one that was rolled out twice is told once. */
export function countsByRevision(
  service: ServiceRecord,
  counts: ReadonlyMap<string, TaskCounts>,
): Map<string, RevisionCounts> {
  const merged = new Map<string, RevisionCounts>();
  for (const deployment of service.deployments) {
    const one = revisionCounts(service, deployment, counts.get(deployment.id) ?? NO_TASKS);
    const other = merged.get(one.revision);
    merged.set(
      one.revision,
      other
        ? {
            revision: one.revision,
            requestedTaskCount: other.requestedTaskCount + one.requestedTaskCount,
            runningTaskCount: other.runningTaskCount + one.runningTaskCount,
            pendingTaskCount: other.pendingTaskCount + one.pendingTaskCount,
          }
        : one,
    );
  }
  return merged;
}

/** A service deployment with the counts of now; a revision that the service no longer has is gone. */
export function withCounts(
  deployment: ServiceDeploymentRecord,
  counts: ReadonlyMap<string, RevisionCounts>,
): ServiceDeploymentRecord {
  const countsOf = ({ revision }: RevisionCounts): RevisionCounts =>
    counts.get(revision) ?? { revision, requestedTaskCount: 0, runningTaskCount: 0, pendingTaskCount: 0 };
  return { ...deployment, target: countsOf(deployment.target), sources: deployment.sources.map(countsOf) };
}

/** A rollback that is cut off has not brought the service back. */
function endBySuccessor({ status }: ServiceDeploymentRecord): EndStatus {
  return status === "ROLLBACK_IN_PROGRESS" ? "ROLLBACK_FAILED" : "STOPPED";
}

type EndStatus = "SUCCESSFUL" | "STOPPED" | "ROLLBACK_SUCCESSFUL" | "ROLLBACK_FAILED";

/** A service deployment that ends now; its monitors rest, its hooks wait no longer. @param reason the one it has stays, unless told */
export function withEnd(
  deployment: ServiceDeploymentRecord,
  status: EndStatus,
  now: Date,
  reason?: string,
): ServiceDeploymentRecord {
  const { breaker, alarms, lifecycle } = deployment;
  const rest = <Monitor extends { status: ServiceDeploymentRecord["breaker"]["status"] }>(monitor: Monitor): Monitor =>
    monitor.status === "MONITORING" ? { ...monitor, status: "MONITORING_COMPLETE" } : monitor;
  return {
    ...deployment,
    status,
    ...(reason === undefined ? {} : { statusReason: reason }),
    breaker: rest(breaker),
    ...(alarms ? { alarms: rest(alarms) } : {}),
    ...(lifecycle ? { lifecycle: { ...lifecycle, hooks: endHooks(lifecycle.hooks) } } : {}),
    ...(status === "STOPPED" ? { stoppedAt: now } : {}),
    finishedAt: now,
    updatedAt: now,
  };
}

/** One whose round has come. */
export function withBeginning(deployment: ServiceDeploymentRecord, now: Date): ServiceDeploymentRecord {
  return deployment.status === "PENDING"
    ? { ...deployment, status: "IN_PROGRESS", startedAt: now, updatedAt: now }
    : deployment;
}

/** Forgets what is older than the history is kept. */
async function forgetHistory(ecs: Ecs, service: ServiceRecord): Promise<void> {
  const { serviceDeployments, serviceRevisions } = ecs.store;
  const key = scopeKey(service.scope);
  const before = ecs.clock.now() - HISTORY_MS;
  const old = { where: { service: service.serviceArn }, to: { created_at: before } };
  for (const one of await serviceDeployments.list(key, old))
    if (one.id !== service.serviceDeploymentId) await serviceDeployments.delete(key, keyOf(one));
  const needed = [...service.deployments, ...(service.lastCompleted ? [service.lastCompleted] : [])].map(revisionOf);
  for (const one of await serviceRevisions.list(key, old))
    if (!needed.includes(one.revision))
      await serviceRevisions.delete(key, `${one.clusterName}/${one.serviceName}/${one.revision}`);
}

/** Forgets all of a service that is deleted, as AWS does. */
export async function forgetDeployments(ecs: Ecs, service: Pick<ServiceRecord, "serviceArn">): Promise<void> {
  const all = { where: { service: service.serviceArn } };
  await ecs.store.serviceDeployments.deleteAll(all);
  await ecs.store.serviceRevisions.deleteAll(all);
}
