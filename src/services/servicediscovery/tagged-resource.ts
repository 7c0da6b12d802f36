import type { Tag } from "@aws-sdk/client-servicediscovery";
import { scopeKey, type Scope } from "../../base/scope.ts";
import { resourceNotFound } from "./errors.ts";
import { resourceId } from "./identifiers.ts";
import type { ServiceDiscovery } from "./service-discovery.ts";

/** @throws AwsError ResourceNotFoundException */
export async function tagsOf(sd: ServiceDiscovery, scope: Scope, arn: string): Promise<Tag[]> {
  const [kind, id] = parseResource(scope, arn);
  const resource =
    kind === "namespace"
      ? await sd.records.namespaces.get(scopeKey(scope), id)
      : await sd.records.services.get(scopeKey(scope), id);
  if (!resource) throw resourceNotFound(arn);
  return resource.tags;
}

/**
 * Changes the tags of a namespace or service.
 * @throws AwsError ResourceNotFoundException, and what `change` throws
 */
export async function changeTags(
  sd: ServiceDiscovery,
  scope: Scope,
  arn: string,
  change: (tags: Tag[]) => Tag[],
): Promise<void> {
  const [kind, id] = parseResource(scope, arn);
  const changed =
    kind === "namespace"
      ? await sd.records.namespaces.update(scopeKey(scope), id, (each) => ({ ...each, tags: change(each.tags) }))
      : await sd.records.services.update(scopeKey(scope), id, (each) => ({ ...each, tags: change(each.tags) }));
  if (!changed) throw resourceNotFound(arn);
}

function parseResource(scope: Scope, arn: string): ["namespace" | "service", string] {
  for (const kind of ["namespace", "service"] as const) {
    const id = resourceId(scope, kind, arn);
    if (id !== undefined && id !== arn) return [kind, id];
  }
  throw resourceNotFound(arn);
}
