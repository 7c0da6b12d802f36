import { formatArn, parseArn } from "../../../base/arn.ts";
import type { Scope } from "../../../base/scope.ts";
import { invalidParameter } from "../errors.ts";
import type { ServiceRecord } from "./service-record.ts";

type InService = Pick<ServiceRecord, "scope" | "clusterName" | "serviceName">;
type Kind = "service-deployment" | "service-revision";

/** @param digits of the revision, 19 */
export function revisionArn(service: InService, digits: string): string {
  return formatArn("ecs", service.scope, `service-revision/${service.clusterName}/${service.serviceName}/${digits}`);
}

/** @param id of the service deployment */
export function serviceDeploymentArn(service: InService, id: string): string {
  return formatArn("ecs", service.scope, `service-deployment/${service.clusterName}/${service.serviceName}/${id}`);
}

/**
 * What an ARN of a service deployment or revision names, as the collections know it: `cluster/service/id`.
 * @returns `undefined` when it is of another account or Region
 * @throws AwsError InvalidParameterException when it is no such ARN
 */
export function keyInArn(scope: Scope, kind: Kind, text: string): string | undefined {
  const arn = parseArn(text);
  const [type, ...path] = arn?.resource.split("/") ?? [];
  if (!arn || arn.service !== "ecs" || type !== kind || path.length !== 3 || path.includes(""))
    throw invalidParameter(`Invalid identifier: ${text} is not the ARN of a ${kind.replace("-", " ")}.`);
  return arn.account === scope.account && arn.region === scope.region ? path.join("/") : undefined;
}

/** How many service deployments or revisions a request may name. */
export const MAX_ARNS = 20;
