import type {
  DeploymentConfiguration,
  ServiceDeploymentRollbackMonitorsStatus,
  ServiceDeploymentStatus,
  ServiceRevisionSummary,
} from "@aws-sdk/client-ecs";
import type { Scope } from "../../../base/scope.ts";
import type { StageState } from "../../../control/deployment-stages.ts";

/**
 * One attempt to bring a service to a revision, with how it went: its own rollback belongs to it.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-deployment.html
 */
export interface ServiceDeploymentRecord {
  scope: Scope;
  /** The last part of its ARN: 21 letters, digits, `-` and `_`. */
  id: string;
  clusterName: string;
  clusterArn: string;
  serviceName: string;
  serviceArn: string;
  status: ServiceDeploymentStatus;
  statusReason?: string;
  /** The revision that is rolled out; counts are those of the end, and of the beginning until then. */
  target: RevisionCounts;
  /** Those that ran when it began. */
  sources: RevisionCounts[];
  /** As it was when the deployment began, defaults filled in. */
  configuration: DeploymentConfiguration;
  /** Of the deployment (`ecs-svc/…`) that carries it, and after that of its rollback. */
  deploymentIds: string[];
  rollback?: { reason: string; startedAt: Date; revision: string };
  breaker: { status: ServiceDeploymentRollbackMonitorsStatus; failureCount: number; threshold: number };
  /** Absent when no alarms are watched. */
  alarms?: AlarmsMonitor;
  /** Of a rolling deployment that is rolled out and still watched, milliseconds since 1970. */
  bakingSince?: number;
  /** Of strategies with stages. */
  lifecycle?: LifecycleState;
  createdAt: Date;
  startedAt?: Date;
  finishedAt?: Date;
  stoppedAt?: Date;
  updatedAt: Date;
}

/** The CloudWatch alarms that a deployment watches. */
export interface AlarmsMonitor {
  status: ServiceDeploymentRollbackMonitorsStatus;
  alarmNames: string[];
  triggered: string[];
  /** In alarm since before the deployment: they count once they have been well. */
  ignored: string[];
}

export interface RevisionCounts extends Required<
  Pick<ServiceRevisionSummary, "requestedTaskCount" | "runningTaskCount" | "pendingTaskCount">
> {
  /** 19 digits. */
  revision: string;
}

/** How far a deployment with stages is. */
export interface LifecycleState extends StageState {
  /** The deployment (`ecs-svc/…`) that serves until the target does; none of a service's first. */
  sourceId?: string;
  /** Whether ECS manages the traffic that its weights are about. */
  managesTraffic?: boolean;
}

const OVER: readonly ServiceDeploymentStatus[] = ["SUCCESSFUL", "STOPPED", "ROLLBACK_SUCCESSFUL", "ROLLBACK_FAILED"];

/** Whether a service deployment has ended, well or badly. */
export function isOver({ status }: Pick<ServiceDeploymentRecord, "status">): boolean {
  return OVER.includes(status);
}
