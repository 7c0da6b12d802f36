import type { ContinueServiceDeploymentRequest, ContinueServiceDeploymentResponse } from "@aws-sdk/client-ecs";
import { scopeKey } from "../../../base/scope.ts";
import type { RequestContext } from "../../../wire/context.ts";
import type { Ecs } from "../ecs.ts";
import { invalidParameter, serviceDeploymentNotFound } from "../errors.ts";
import { keyInArn } from "../service/deployment-arns.ts";
import { publishHooks, withAnswer } from "../service/lifecycle-hooks.ts";
import { saveServiceDeployment } from "../service/service-deployments.ts";

/**
 * https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContinueServiceDeployment.html: answers a hook that pauses
 * a deployment; the service's next round goes on, or back.
 */
export function continueServiceDeployment(ecs: Ecs) {
  return async (
    { serviceDeploymentArn = "", hookId = "", action = "CONTINUE" }: ContinueServiceDeploymentRequest,
    { scope }: RequestContext,
  ): Promise<ContinueServiceDeploymentResponse> => {
    const key = keyInArn(scope, "service-deployment", serviceDeploymentArn);
    await ecs.transaction(async () => {
      const found = key === undefined ? undefined : await ecs.store.serviceDeployments.get(scopeKey(scope), key);
      if (!found) throw serviceDeploymentNotFound();
      const hook = found.lifecycle?.hooks.find((one) => one.hookId === hookId);
      if (!hook) throw invalidParameter(`Lifecycle hook ${hookId} was not found in the service deployment.`);
      if (found.status !== "IN_PROGRESS" || hook.status !== "AWAITING_ACTION")
        throw invalidParameter(`Lifecycle hook ${hookId} is not awaiting action.`);
      const now = new Date(ecs.clock.now());
      const answered = withAnswer(found, hookId, action === "CONTINUE" ? "SUCCEEDED" : "FAILED", now);
      await saveServiceDeployment(ecs, answered);
      await publishHooks(ecs, found, answered);
    });
    return { serviceDeploymentArn };
  };
}
