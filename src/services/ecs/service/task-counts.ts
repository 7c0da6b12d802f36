import type { Ecs } from "../ecs.ts";
import { groupOf, type ServiceRecord } from "./service-record.ts";

/** How many tasks of a deployment there are. */
export interface TaskCounts {
  pending: number;
  running: number;
}

export const NO_TASKS: TaskCounts = { pending: 0, running: 0 };

/** Counts of a service's tasks by the deployment (`ecs-svc/…`) that they belong to, read from the tasks themselves. */
export async function countTasks(ecs: Ecs, service: ServiceRecord): Promise<Map<string, TaskCounts>> {
  const rows = await ecs.engine.tasks.countByDeployment(
    service.scope,
    service.clusterArn,
    groupOf(service.serviceName),
  );
  const counts = new Map<string, TaskCounts>();
  for (const row of rows) {
    const deployment = String(row.started_by);
    const entry = counts.get(deployment) ?? { ...NO_TASKS };
    const status = String(row.last_status);
    if (status === "RUNNING") entry.running += row.count;
    else if (row.desired_status === "RUNNING" && ["PROVISIONING", "PENDING", "ACTIVATING"].includes(status))
      entry.pending += row.count;
    counts.set(deployment, entry);
  }
  return counts;
}
