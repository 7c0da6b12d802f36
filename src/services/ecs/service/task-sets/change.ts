import type { TaskSet } from "@aws-sdk/client-ecs";
import type { Scope } from "../../../../base/scope.ts";
import { activeCluster } from "../../clusters.ts";
import type { Ecs } from "../../ecs.ts";
import { serviceNotActive } from "../../errors.ts";
import { findService } from "../find.ts";
import type { ServiceRecord } from "../service-record.ts";
import { countTasks } from "../task-counts.ts";
import { findTaskSet, requireExternal } from "./find.ts";
import type { TaskSetRecord } from "./task-set-record.ts";
import { taskSetView } from "./view.ts";

/** What names a task set in a request. */
interface Named {
  cluster: string | undefined;
  service: string | undefined;
  taskSet: string;
}

/**
 * Finds a task set of an active service and changes it, in one transaction.
 * @param change stores what it answers
 * @returns the task set as the API shows it then
 * @throws AwsError ClusterNotFoundException, ServiceNotFoundException, ServiceNotActiveException, TaskSetNotFoundException,
 *   InvalidParameterException
 */
export async function changeTaskSet(
  ecs: Ecs,
  scope: Scope,
  named: Named,
  change: (taskSet: TaskSetRecord, service: ServiceRecord) => Promise<TaskSetRecord>,
): Promise<TaskSet> {
  const cluster = await activeCluster(ecs, scope, named.cluster);
  const [service, taskSet] = await ecs.transaction(async () => {
    const found = await findService(ecs, scope, cluster, named.service!);
    if (found.status !== "ACTIVE") throw serviceNotActive();
    requireExternal(found);
    return [found, await change(await findTaskSet(ecs, found, named.taskSet), found)] as const;
  });
  return taskSetView(service, taskSet, await countTasks(ecs, service), { tags: false });
}
