import type { DeleteServiceRequest, DeleteServiceResponse } from "@aws-sdk/client-ecs";
import type { RequestContext } from "../../../wire/context.ts";
import { activeCluster } from "../clusters.ts";
import type { Ecs } from "../ecs.ts";
import { invalidParameter, serviceToDeleteNotFound } from "../errors.ts";
import { lookUpService, saveService } from "../service/find.ts";
import { serviceView } from "../service/service-view.ts";
import { drainTaskSet, taskSetsOf } from "../service/task-sets/find.ts";

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeleteService.html: DRAINING until its tasks have ended; repeating it does no harm. */
export function deleteService(ecs: Ecs) {
  return async (input: DeleteServiceRequest, { scope }: RequestContext): Promise<DeleteServiceResponse> => {
    const cluster = await activeCluster(ecs, scope, input.cluster);
    const service = await ecs.transaction(async () => {
      const found = await lookUpService(ecs, scope, cluster, input.service!);
      if (!found) throw serviceToDeleteNotFound();
      if (found.status !== "ACTIVE") return found;
      if (found.desiredCount > 0 && !input.force)
        throw invalidParameter("The service cannot be stopped while it is scaled above 0.");
      const taskSets = await taskSetsOf(ecs, found);
      if (taskSets.length && !input.force)
        throw invalidParameter("The service cannot be stopped while deployments are active.");
      for (const taskSet of taskSets) await drainTaskSet(ecs, taskSet);
      const draining = { ...found, status: "DRAINING" as const, desiredCount: 0 };
      await saveService(ecs, draining);
      return draining;
    });
    return { service: await serviceView(ecs, service, { tags: false }) };
  };
}
