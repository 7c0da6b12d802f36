import type { StopServiceDeploymentRequest, StopServiceDeploymentResponse } from "@aws-sdk/client-ecs";
import { scopeKey } from "../../../base/scope.ts";
import type { RequestContext } from "../../../wire/context.ts";
import type { Ecs } from "../ecs.ts";
import { serviceDeploymentConflict, serviceDeploymentNotFound } from "../errors.ts";
import { keyInArn } from "../service/deployment-arns.ts";
import { isOver } from "../service/service-deployment-record.ts";
import { saveServiceDeployment } from "../service/service-deployments.ts";

/**
 * https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_StopServiceDeployment.html: asks for it, and the service's
 * next round does it. For one that is on its way out nothing changes.
 */
export function stopServiceDeployment(ecs: Ecs) {
  return async (
    input: StopServiceDeploymentRequest,
    { scope }: RequestContext,
  ): Promise<StopServiceDeploymentResponse> => {
    const serviceDeploymentArn = input.serviceDeploymentArn!;
    const key = keyInArn(scope, "service-deployment", serviceDeploymentArn);
    await ecs.transaction(async () => {
      const found = key === undefined ? undefined : await ecs.store.serviceDeployments.get(scopeKey(scope), key);
      if (!found) throw serviceDeploymentNotFound();
      if (isOver(found)) throw serviceDeploymentConflict(serviceDeploymentArn, found.status);
      if (found.status !== "PENDING" && found.status !== "IN_PROGRESS") return;
      await saveServiceDeployment(ecs, {
        ...found,
        status: input.stopType === "ABORT" ? "STOP_REQUESTED" : "ROLLBACK_REQUESTED",
        updatedAt: new Date(ecs.clock.now()),
      });
    });
    return { serviceDeploymentArn };
  };
}
