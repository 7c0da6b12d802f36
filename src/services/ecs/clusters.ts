import { formatArn, parseArn } from "../../base/arn.ts";
import { parseScopeKey, scopeKey, type Scope } from "../../base/scope.ts";
import type { Ecs } from "./ecs.ts";
import { clusterInactive, clusterNotFound } from "./errors.ts";
import { nameIn } from "./identifiers.ts";
import type { ClusterRecord } from "./store.ts";

export const DEFAULT_CLUSTER = "default";

/** The name in a cluster reference: a name, an ARN, or nothing for the default cluster. */
export function clusterName(reference: string | undefined): string {
  if (!reference) return DEFAULT_CLUSTER;
  return parseArn(reference)?.resource.replace(/^cluster\//, "") ?? reference;
}

/** Whether an ARN, where the reference is one, means this account and Region. */
export function inScope(reference: string, scope: Scope): boolean {
  const arn = parseArn(reference);
  return !arn || (arn.account === scope.account && arn.region === scope.region);
}

export function newCluster(scope: Scope, name: string): ClusterRecord {
  return {
    clusterName: name,
    clusterArn: formatArn("ecs", scope, `cluster/${name}`),
    status: "ACTIVE",
    settings: [{ name: "containerInsights", value: "disabled" }],
    tags: [],
  };
}

/** A cluster in any status. @throws AwsError ClusterNotFoundException, or InvalidParameterException for a bad reference */
export async function findCluster(ecs: Ecs, scope: Scope, reference: string | undefined): Promise<ClusterRecord> {
  const name = nameIn(reference || DEFAULT_CLUSTER, "cluster", scope);
  const cluster = name === undefined ? undefined : await ecs.store.clusters.get(scopeKey(scope), name);
  if (!cluster) throw clusterNotFound();
  return cluster;
}

/** As {@link findCluster}, ACTIVE. @throws AwsError ClusterNotFoundException */
export async function activeCluster(ecs: Ecs, scope: Scope, reference: string | undefined): Promise<ClusterRecord> {
  const cluster = await findCluster(ecs, scope, reference);
  if (cluster.status !== "ACTIVE") throw clusterInactive();
  return cluster;
}

/** As {@link activeCluster}, but the default cluster comes into being the first time something is put into it. */
export async function clusterToUse(ecs: Ecs, scope: Scope, reference: string | undefined): Promise<ClusterRecord> {
  const key = scopeKey(scope);
  const isDefault = nameIn(reference || DEFAULT_CLUSTER, "cluster", scope) === DEFAULT_CLUSTER;
  if (isDefault && !(await ecs.store.clusters.get(key, DEFAULT_CLUSTER)))
    await ecs.transaction(async () => {
      if (await ecs.store.clusters.get(key, DEFAULT_CLUSTER)) return;
      await ecs.store.clusters.insert(key, DEFAULT_CLUSTER, newCluster(scope, DEFAULT_CLUSTER));
      await ecs.ensureLinkedRole(scope);
    });
  return await activeCluster(ecs, scope, reference);
}

/** The ARNs of an account's active clusters, in all Regions. */
export async function activeClusterArns(ecs: Pick<Ecs, "store">, account: string): Promise<string[]> {
  return (await ecs.store.clusters.listAll())
    .filter(({ scope, document }) => parseScopeKey(scope).account === account && document.status === "ACTIVE")
    .map(({ document }) => document.clusterArn);
}
