import type {
  DeploymentConfiguration,
  DeploymentLifecycleHookDetail,
  ServiceDeploymentLifecycleStage,
  ServiceDeploymentRollbackMonitorsStatus,
  ServiceDeploymentStatus,
  ServiceRevisionSummary,
} from "@aws-sdk/client-ecs";
import type { Scope } from "../../../base/scope.ts";

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
  /** The revision that is rolled out; its counts are kept when the deployment has ended. */
  target: RevisionCounts;
  /** What ran when it began. */
  sources: RevisionCounts[];
  /** As it was when the deployment began, defaults filled in. */
  configuration: DeploymentConfiguration;
  /** Of the deployment (`ecs-svc/…`) that carries it, and after that of its rollback. */
  deploymentIds: string[];
  rollback?: { reason: string; startedAt: Date; revision: string };
  breaker: { status: ServiceDeploymentRollbackMonitorsStatus; failureCount: number; threshold: number };
  alarms?: {
    status: ServiceDeploymentRollbackMonitorsStatus;
    alarmNames: string[];
    triggered: string[];
    /** In alarm since before the deployment: they count once they have been well. */
    ignored: string[];
  };
  /** Of strategies with stages, and of BAKE_TIME of the rolling one. */
  lifecycle?: LifecycleState;
  createdAt: Date;
  startedAt?: Date;
  finishedAt?: Date;
  stoppedAt?: Date;
  updatedAt: Date;
}

export interface RevisionCounts extends Required<
  Pick<ServiceRevisionSummary, "requestedTaskCount" | "runningTaskCount" | "pendingTaskCount">
> {
  /** 19 digits. */
  revision: string;
}

/** How far a deployment with stages is. */
export interface LifecycleState {
  stage: ServiceDeploymentLifecycleStage;
  /** Milliseconds since 1970. */
  enteredAt: number;
  /** Of the steps of shifting production traffic, the one that is under way, from 0. */
  step: number;
  /** Percent of the traffic that the target gets; the source gets the rest. */
  testWeight: number;
  productionWeight: number;
  /** Of the stage, and of the stages before. */
  hooks: DeploymentLifecycleHookDetail[];
}
