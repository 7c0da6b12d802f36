import type { StabilityStatus, Tag } from "@aws-sdk/client-ecs";
import { formatArn } from "../../../../base/arn.ts";
import type { Scope } from "../../../../base/scope.ts";
import type { DeploymentRecord } from "../service-record.ts";

/**
 * One version of a service whose deployments somebody else controls: it has tasks of its own, a share of the service's.
 * https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_TaskSet.html
 */
export interface TaskSetRecord {
  scope: Scope;
  clusterName: string;
  clusterArn: string;
  serviceName: string;
  serviceArn: string;
  status: "PRIMARY" | "ACTIVE" | "DRAINING";
  /** What it runs and how its tasks fare, as a deployment has it: its id, `ecs-svc/` and 19 digits, is the task set's. */
  deployment: DeploymentRecord;
  externalId?: string;
  /** Of the CreateTaskSet that made it. */
  clientToken?: string;
  /** Percent of the service's desired count, 0 to 100. */
  scale: number;
  /** The desired count that was computed of it last, and that its tasks are kept at. */
  plannedCount: number;
  stability: StabilityStatus;
  /** Since when. */
  stabilityAt: Date;
  tags: Tag[];
  createdAt: Date;
  updatedAt: Date;
}

/** Where a task set is stored: `cluster/service/digits`. */
export function taskSetKey({ clusterName, serviceName, deployment }: TaskSetRecord): string {
  return `${clusterName}/${serviceName}/${deployment.id.slice("ecs-svc/".length)}`;
}

export function taskSetArn({ scope, clusterName, serviceName, deployment }: TaskSetRecord): string {
  return formatArn("ecs", scope, `task-set/${clusterName}/${serviceName}/${deployment.id}`);
}
