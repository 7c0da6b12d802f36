import type { ContainerImage } from "@aws-sdk/client-ecs";
import type { Scope } from "../../../base/scope.ts";
import type { DeploymentVersion } from "./service-record.ts";

/**
 * What a service was asked to run, once and for all: made with each new deployment, but not for a rollback, which runs
 * an earlier one again. https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-revision.html
 */
export interface ServiceRevisionRecord extends DeploymentVersion {
  scope: Scope;
  /** 19 digits, those of the deployment that it was made for. */
  revision: string;
  clusterName: string;
  clusterArn: string;
  serviceName: string;
  serviceArn: string;
  /** Filled in when its first task has resolved them. */
  containerImages: ContainerImage[];
  createdAt: Date;
}
