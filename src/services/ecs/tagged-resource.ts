import type { Tag } from "@aws-sdk/client-ecs";
import { parseArn } from "../../base/arn.ts";
import type { AwsError } from "../../base/errors.ts";
import { scopeKey, type Scope } from "../../base/scope.ts";
import { findCluster } from "./clusters.ts";
import type { Ecs } from "./ecs.ts";
import { clientError, invalidParameter, notSupportedYet } from "./errors.ts";
import { lookUpService } from "./service/find.ts";
import { lookUpTaskSet } from "./service/task-sets/find.ts";
import { taskSetKey } from "./service/task-sets/task-set-record.ts";
import { definitionId } from "./store.ts";
import { findTaskDefinition } from "./task-definition/find.ts";
import { findTask } from "./task-reference.ts";

/** A resource whose tags can be read and changed. */
export interface TaggedResource {
  tags: readonly Tag[];
  change(next: (tags: readonly Tag[]) => Tag[]): Promise<unknown>;
  /** The error of bad tags: ClientException for task definitions, InvalidParameterException for all else. */
  refuse: (message: string) => AwsError;
}

/**
 * The resource behind an ARN: a cluster, service, task, task definition or task set.
 * @throws AwsError when it does not exist or has ended
 */
export async function taggedResource(ecs: Ecs, scope: Scope, arn: string): Promise<TaggedResource> {
  const [type = "", ...path] = parseArn(arn)?.resource.split("/") ?? [];
  switch (type) {
    case "cluster":
      return await taggedCluster(ecs, scope, arn);
    case "service":
      return await taggedService(ecs, scope, arn, path);
    case "task":
      return await taggedTask(ecs, scope, arn, path);
    case "task-definition":
      return await taggedDefinition(ecs, scope, arn);
    case "task-set":
      return await taggedTaskSet(ecs, scope, arn, path);
    case "":
      throw invalidParameter("The ARN provided is invalid.");
    case "container-instance":
    case "daemon":
    case "daemon-task-definition":
    case "gateway":
      throw missing(type.replaceAll("-", " "));
    default:
      throw notSupportedYet(`tags of ${type}`);
  }
}

const missing = (type: string) => invalidParameter(`The specified ${type} does not exist.`);

async function taggedCluster(ecs: Ecs, scope: Scope, arn: string): Promise<TaggedResource> {
  const cluster = await findCluster(ecs, scope, arn);
  if (cluster.status !== "ACTIVE")
    throw invalidParameter("The specified cluster is inactive. Specify an active cluster and try again.");
  return {
    tags: cluster.tags,
    refuse: invalidParameter,
    change: (next) =>
      ecs.store.clusters.update(scopeKey(scope), cluster.clusterName, (now) => ({ ...now, tags: next(now.tags) })),
  };
}

async function taggedService(ecs: Ecs, scope: Scope, arn: string, path: readonly string[]): Promise<TaggedResource> {
  const cluster = await findCluster(ecs, scope, path.length > 1 ? path[0] : undefined);
  const service = await lookUpService(ecs, scope, cluster, arn);
  if (!service) throw missing("service");
  if (service.status === "INACTIVE")
    throw invalidParameter("The specified service is inactive. Specify an active service and try again.");
  const id = `${service.clusterName}/${service.serviceName}`;
  return {
    tags: service.tags,
    refuse: invalidParameter,
    change: (next) => ecs.store.services.update(scopeKey(scope), id, (now) => ({ ...now, tags: next(now.tags) })),
  };
}

async function taggedTask(ecs: Ecs, scope: Scope, arn: string, path: readonly string[]): Promise<TaggedResource> {
  const cluster = await findCluster(ecs, scope, path.length > 1 ? path[0] : undefined);
  const task = await findTask(ecs, scope, cluster, arn);
  if (!task) throw missing("task");
  if (task.lastStatus === "STOPPED")
    throw invalidParameter("The specified task is stopped. Specify a running task and try again.");
  return {
    tags: task.tags,
    refuse: invalidParameter,
    change: (next) => ecs.engine.tasks.update(scope, task.taskId, (now) => ({ ...now, tags: next(now.tags) })),
  };
}

async function taggedDefinition(ecs: Ecs, scope: Scope, arn: string): Promise<TaggedResource> {
  const found = await findTaskDefinition(ecs, scope, arn);
  if (!found) throw clientError("Unable to describe task definition.");
  const id = definitionId(found.definition.family, found.definition.revision);
  return {
    tags: found.tags,
    refuse: clientError,
    change: (next) => ecs.store.definitions.update(scopeKey(scope), id, (now) => ({ ...now, tags: next(now.tags) })),
  };
}

async function taggedTaskSet(ecs: Ecs, scope: Scope, arn: string, path: readonly string[]): Promise<TaggedResource> {
  const cluster = await findCluster(ecs, scope, path[0]);
  const service = await lookUpService(ecs, scope, cluster, path[1] ?? "");
  const taskSet = service && (await lookUpTaskSet(ecs, service, arn));
  if (!taskSet) throw missing("task set");
  return {
    tags: taskSet.tags,
    refuse: invalidParameter,
    change: (next) =>
      ecs.store.taskSets.update(scopeKey(scope), taskSetKey(taskSet), (now) => ({ ...now, tags: next(now.tags) })),
  };
}
