import type { Cluster, ClusterField, KeyValuePair } from "@aws-sdk/client-ecs";
import { scopeKey, type Scope } from "../../base/scope.ts";
import type { Ecs } from "./ecs.ts";
import type { ClusterRecord } from "./store.ts";

/** The cluster as the API shows it. https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Cluster.html */
export async function clusterView(
  ecs: Ecs,
  scope: Scope,
  cluster: ClusterRecord,
  include: readonly ClusterField[],
): Promise<Cluster> {
  const [tasks, active, draining] = await Promise.all([
    ecs.engine.tasks.countByStatus(scope, cluster.clusterArn),
    ecs.store.services.count(scopeKey(scope), { cluster: cluster.clusterArn, status: "ACTIVE" }),
    ecs.store.services.count(scopeKey(scope), { cluster: cluster.clusterArn, status: "DRAINING" }),
  ]);
  const count = (statuses: readonly string[]) =>
    tasks.filter((row) => statuses.includes(String(row.last_status))).reduce((sum, row) => sum + row.count, 0);
  const running = count(["RUNNING"]);
  const pending = count(["PROVISIONING", "PENDING", "ACTIVATING"]);
  return {
    clusterArn: cluster.clusterArn,
    clusterName: cluster.clusterName,
    status: cluster.status,
    registeredContainerInstancesCount: 0,
    runningTasksCount: running,
    pendingTasksCount: pending,
    activeServicesCount: active,
    statistics: include.includes("STATISTICS") ? statistics({ running, pending, active, draining }) : [],
    tags: include.includes("TAGS") ? cluster.tags : [],
    settings: include.includes("SETTINGS") ? cluster.settings : [],
    capacityProviders: cluster.capacityProviders ?? [],
    defaultCapacityProviderStrategy: cluster.defaultStrategy ?? [],
    ...(cluster.configuration && include.includes("CONFIGURATIONS") ? { configuration: cluster.configuration } : {}),
    ...(cluster.defaultNamespace === undefined
      ? {}
      : { serviceConnectDefaults: { namespace: cluster.defaultNamespace } }),
  };
}

/** ECS counts per launch type, in this order; only Fargate's counts are ever not 0 here. */
function statistics(fargate: { running: number; pending: number; active: number; draining: number }): KeyValuePair[] {
  const counts: [name: string, count: number][] = [
    ["runningEC2TasksCount", 0],
    ["runningFargateTasksCount", fargate.running],
    ["pendingEC2TasksCount", 0],
    ["pendingFargateTasksCount", fargate.pending],
    ["runningExternalTasksCount", 0],
    ["pendingExternalTasksCount", 0],
    ["runningManagedInstancesTasksCount", 0],
    ["pendingManagedInstancesTasksCount", 0],
    ["activeEC2ServiceCount", 0],
    ["activeFargateServiceCount", fargate.active],
    ["drainingEC2ServiceCount", 0],
    ["drainingFargateServiceCount", fargate.draining],
    ["activeExternalServiceCount", 0],
    ["drainingExternalServiceCount", 0],
    ["activeManagedInstancesServiceCount", 0],
    ["drainingManagedInstancesServiceCount", 0],
  ];
  return counts.map(([name, count]) => ({ name, value: String(count) }));
}
