import { randomBytes } from "node:crypto";
import type { StageHook } from "../../../control/deployment-stages.ts";
import type { Ecs } from "../ecs.ts";
import { publishHookStateChange } from "../events/service-events.ts";
import { serviceDeploymentArn } from "./deployment-arns.ts";
import type { ServiceDeploymentRecord } from "./service-deployment-record.ts";

/** The id of a pause that begins: `ecs-pause-` and 43 letters, digits, `-` and `_`. */
export function newHookId(): string {
  return `ecs-pause-${randomBytes(32).toString("base64url")}`;
}

/** Tells of the hooks whose status has changed, in the transaction of that change. */
export async function publishHooks(
  ecs: Ecs,
  before: ServiceDeploymentRecord,
  after: ServiceDeploymentRecord,
): Promise<void> {
  const known = new Map(before.lifecycle?.hooks.map(({ hookId, status }) => [hookId, status]));
  for (const hook of after.lifecycle?.hooks ?? [])
    if (known.get(hook.hookId) !== hook.status)
      await publishHookStateChange(ecs, after, {
        eventName: `HOOK_${hook.status}`,
        hookId: hook.hookId,
        hookType: "PAUSE",
        lifecycleStage: hook.stage,
        serviceDeploymentArn: serviceDeploymentArn(after, after.id),
        ...(hook.status === "AWAITING_ACTION" ? { expiresAt: hook.expiresAt } : {}),
      });
}

/** A service deployment, one of whose hooks was answered. */
export function withAnswer(
  deployment: ServiceDeploymentRecord,
  hookId: string,
  status: Extract<StageHook["status"], "SUCCEEDED" | "FAILED">,
  now: Date,
): ServiceDeploymentRecord {
  const { lifecycle } = deployment;
  if (!lifecycle) return deployment;
  const hooks = lifecycle.hooks.map((hook) => (hook.hookId === hookId ? { ...hook, status } : hook));
  return { ...deployment, lifecycle: { ...lifecycle, hooks }, updatedAt: now };
}
