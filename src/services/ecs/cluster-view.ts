import type { Cluster, ClusterField } from "@aws-sdk/client-ecs";
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
  const [tasks, services] = await Promise.all([
    ecs.engine.tasks.countByStatus(scope, cluster.clusterArn),
    ecs.store.services.count(scopeKey(scope), { cluster: cluster.clusterArn, status: ["ACTIVE", "DRAINING"] }),
  ]);
  const count = (statuses: readonly string[]) =>
    tasks.filter((row) => statuses.includes(String(row.last_status))).reduce((sum, row) => sum + row.count, 0);
  const running = count(["RUNNING"]);
  const pending = count(["PROVISIONING", "PENDING", "ACTIVATING"]);
  const statistic = (name: string, value: number) => ({ name, value: String(value) });
  return {
    clusterArn: cluster.clusterArn,
    clusterName: cluster.clusterName,
    status: cluster.status,
    registeredContainerInstancesCount: 0,
    runningTasksCount: running,
    pendingTasksCount: pending,
    activeServicesCount: services,
    statistics: include.includes("STATISTICS")
      ? [
          statistic("runningEC2TasksCount", 0),
          statistic("runningFargateTasksCount", running),
          statistic("pendingEC2TasksCount", 0),
          statistic("pendingFargateTasksCount", pending),
          statistic("activeEC2ServiceCount", 0),
          statistic("activeFargateServiceCount", services),
          statistic("drainingEC2ServiceCount", 0),
          statistic("drainingFargateServiceCount", 0),
        ]
      : [],
    tags: include.includes("TAGS") ? cluster.tags : [],
    settings: include.includes("SETTINGS") ? cluster.settings : [],
    capacityProviders: [],
    defaultCapacityProviderStrategy: [],
  };
}
