import type { Ecs } from "../ecs.ts";
import type { EarlySuccess, ServiceRecord } from "./service-record.ts";
import type { ServiceDeploymentRecord } from "./service-deployment-record.ts";

/** What the end of a rolling deployment depends on. */
export interface RollingState {
  desiredCount: number;
  /** Of the primary deployment. */
  healthyCount: number;
  /** The primary deployment has all its tasks, healthy, and there are no others. */
  isComplete: boolean;
  /** Tasks of earlier deployments that have not ended. */
  hasOlderTasks: boolean;
  earlySuccess: EarlySuccess | undefined;
}

/**
 * Whether a rolling deployment has come as far as it must: to the end, or to its early success criteria.
 * https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeploymentEarlySuccessCriteria.html
 */
export function isRolledOut(state: RollingState): boolean {
  const { earlySuccess } = state;
  if (!earlySuccess) return state.isComplete;
  const enough = Math.ceil((state.desiredCount * earlySuccess.healthyPercent) / 100);
  return state.healthyCount >= enough && !(earlySuccess.cleanup === "BLOCKING" && state.hasOlderTasks);
}

/**
 * How long a rolling deployment is watched after it was rolled out: as it was told; where alarms are watched and nothing was
 * told, as long as the slowest of them needs to ring.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-alarm-failure.html
 */
export async function bakeMs(
  ecs: Pick<Ecs, "alarms">,
  service: ServiceRecord,
  { alarms }: Pick<ServiceDeploymentRecord, "alarms">,
): Promise<number> {
  if (service.bakeTimeInMinutes) return service.bakeTimeInMinutes * 60_000;
  return alarms?.status === "MONITORING" ? await ecs.alarms.evaluationMs(service.scope, alarms.alarmNames) : 0;
}
