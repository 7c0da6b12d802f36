import { formatArn, parseArn } from "../../base/arn.ts";
import { scopeKey, type Scope } from "../../base/scope.ts";
import type { AuthorizedResource } from "../../identity/authorization.ts";
import { tagValues } from "../../wire/checks.ts";
import { clusterName, inScope } from "./clusters.ts";
import type { Ecs } from "./ecs.ts";
import { definitionId, type TaskDefinitionRecord } from "./store.ts";
import { findTaskDefinition } from "./task-definition/find.ts";

/*
 * The resources of ECS as policies see them: by the one ARN that ECS writes, whichever of its names a request uses. References
 * are not checked here: of what there is not, only the name counts.
 */

/** A cluster by name or ARN; the default one unless told. */
export function clusterResource(ecs: Ecs, scope: Scope, reference: string | undefined): AuthorizedResource {
  if (reference && !inScope(reference, scope)) return { arn: reference };
  return tagged(ecs, formatArn("ecs", scope, `cluster/${clusterName(reference)}`));
}

/** A service by name, with or without its cluster's before it, or by either form of its ARN. */
export function serviceResource(
  ecs: Ecs,
  scope: Scope,
  cluster: string | undefined,
  reference: string,
): AuthorizedResource {
  return resourceInCluster(ecs, "service", scope, cluster, reference);
}

/** A task by id, with or without its cluster's name before it, or by either form of its ARN. */
export function taskResource(
  ecs: Ecs,
  scope: Scope,
  cluster: string | undefined,
  reference: string,
): AuthorizedResource {
  return resourceInCluster(ecs, "task", scope, cluster, reference);
}

/** A container instance by id, or by either form of its ARN: there is none, so it has no tags. */
export function containerInstanceResource(
  scope: Scope,
  cluster: string | undefined,
  reference: string,
): AuthorizedResource {
  return { arn: inScope(reference, scope) ? arnInCluster("container-instance", scope, cluster, reference) : reference };
}

/** A task set of a service, by id or ARN. */
export function taskSetResource(
  ecs: Ecs,
  scope: Scope,
  cluster: string | undefined,
  service: string,
  reference: string,
): AuthorizedResource {
  if (!inScope(reference, scope)) return { arn: reference };
  const arn = parseArn(reference);
  const serviceArn = serviceResource(ecs, scope, cluster, service).arn;
  return tagged(
    ecs,
    arn ? formatArn("ecs", scope, arn.resource) : `${serviceArn.replace(":service/", ":task-set/")}/${reference}`,
  );
}

/** A task definition by family, revision or ARN: a family stands for its latest revision. */
export async function taskDefinitionResource(
  ecs: Ecs,
  scope: Scope,
  reference: string,
): Promise<{ resource: AuthorizedResource; definition: TaskDefinitionRecord["definition"] | undefined }> {
  // What cannot be a reference is refused by the operation, with its own error.
  const found = await findTaskDefinition(ecs, scope, reference).catch(() => undefined);
  if (found)
    return {
      resource: { arn: found.definition.taskDefinitionArn, tags: () => tagValues(found.tags) },
      definition: found.definition,
    };
  const arn = reference.startsWith("arn:") ? reference : formatArn("ecs", scope, `task-definition/${reference}`);
  return { resource: { arn }, definition: undefined };
}

/** A resource of any kind by one of its ARNs. */
export async function resourceByArn(ecs: Ecs, scope: Scope, arn: string): Promise<AuthorizedResource> {
  const [type, ...path] = parseArn(arn)?.resource.split("/") ?? [];
  switch (type) {
    case "cluster":
      return clusterResource(ecs, scope, arn);
    case "service":
    case "task":
      return resourceInCluster(ecs, type, scope, path.length > 1 ? path[0] : undefined, arn);
    case "task-set":
      return taskSetResource(ecs, scope, undefined, "", arn);
    case "task-definition":
      return (await taskDefinitionResource(ecs, scope, arn)).resource;
    default:
      return { arn };
  }
}

function resourceInCluster(
  ecs: Ecs,
  type: "service" | "task",
  scope: Scope,
  cluster: string | undefined,
  reference: string,
): AuthorizedResource {
  return inScope(reference, scope) ? tagged(ecs, arnInCluster(type, scope, cluster, reference)) : { arn: reference };
}

/** The ARN of what a reference of this account and Region names: by id or name, or by either form of its ARN. */
function arnInCluster(type: string, scope: Scope, cluster: string | undefined, reference: string): string {
  const path = parseArn(reference)?.resource.split("/").slice(1) ?? reference.split("/");
  return formatArn("ecs", scope, [type, ...(path.length > 1 ? path : [clusterName(cluster), ...path])].join("/"));
}

function tagged(ecs: Ecs, arn: string): AuthorizedResource {
  return { arn, tags: async () => tagValues(await tagsOf(ecs, arn)) };
}

async function tagsOf(ecs: Ecs, arn: string) {
  const { account = "", region = "", resource = "" } = parseArn(arn) ?? {};
  const key = scopeKey({ account, region });
  const [type, ...path] = resource.split("/");
  switch (type) {
    case "cluster":
      return (await ecs.store.clusters.get(key, path[0] ?? ""))?.tags;
    case "service":
      return (await ecs.store.services.get(key, path.slice(-2).join("/")))?.tags;
    case "task":
      return (await ecs.engine.tasks.get({ account, region }, path.at(-1) ?? ""))?.tags;
    case "task-set":
      return (await ecs.store.taskSets.get(key, `${path[0]}/${path[1]}/${path.at(-1)}`))?.tags;
    case "task-definition": {
      const [family = "", revision] = (path[0] ?? "").split(":");
      return (await ecs.store.definitions.get(key, definitionId(family, Number(revision))))?.tags;
    }
    default:
      return undefined;
  }
}
