import { isDeepStrictEqual } from "node:util";
import type { StageState } from "../../../control/deployment-stages.ts";
import type { DeploymentRecord, ServiceRecord } from "./service-record.ts";
import type { LifecycleState, ServiceDeploymentRecord } from "./service-deployment-record.ts";

/**
 * Whether a service deployment goes by stages and is not over with one revision alone: one that was stopped, or could not
 * be rolled back, leaves two side by side until the next.
 */
export function hasStages({ configuration, status }: ServiceDeploymentRecord): boolean {
  return (
    (configuration.strategy ?? "ROLLING") !== "ROLLING" && status !== "SUCCESSFUL" && status !== "ROLLBACK_SUCCESSFUL"
  );
}

/** The deployment (`ecs-svc/…`) that a service deployment with stages brings. */
export function targetId({ deploymentIds }: Pick<ServiceDeploymentRecord, "deploymentIds">): string {
  return deploymentIds[0]!;
}

/**
 * The deployment that serves while another one is brought: the last one that was completed, as long as it has tasks, or the
 * newest of those that are there.
 */
function servingDeployment(service: ServiceRecord, target: string): DeploymentRecord | undefined {
  const others = service.deployments.filter(({ id }) => id !== target);
  return others.find(({ id }) => id === service.lastCompleted?.id) ?? others[0];
}

/** The source of a service deployment with stages, as far as it is there. */
export function sourceOf(service: ServiceRecord, deployment: ServiceDeploymentRecord): DeploymentRecord | undefined {
  const { lifecycle } = deployment;
  if (!lifecycle) return servingDeployment(service, targetId(deployment));
  return service.deployments.find(({ id }) => id === lifecycle.sourceId);
}

/** The service before the first stage of a deployment: its source has all tasks, its target none yet. */
export function withFirstScales(service: ServiceRecord, deployment: ServiceDeploymentRecord): ServiceRecord {
  const source = sourceOf(service, deployment);
  const deployments = service.deployments.map((one) => ({ ...one, scalePercent: one.id === source?.id ? 100 : 0 }));
  return { ...service, deployments };
}

/** The service deployment with its stages changed, or itself when they are not. */
export function withLifecycle(
  deployment: ServiceDeploymentRecord,
  state: StageState,
  source: Pick<DeploymentRecord, "id"> | undefined,
  managesTraffic: boolean,
  now: Date,
): ServiceDeploymentRecord {
  const lifecycle: LifecycleState = { ...state, ...(source ? { sourceId: source.id } : {}), managesTraffic };
  return isDeepStrictEqual(deployment.lifecycle, lifecycle) ? deployment : { ...deployment, lifecycle, updatedAt: now };
}
