import type { Scope } from "../../base/scope.ts";
import type { AuthorizedResource, ConditionValues } from "../../identity/authorization.ts";
import type { AuthorizationContext } from "../../wire/authorization.ts";
import { check } from "../../wire/checks.ts";
import { clusterResource, serviceResource } from "./authorized-resources.ts";
import type { Ecs } from "./ecs.ts";

/* What the rules of several areas say alike. */

/** The condition values of a request in a cluster; the default one unless told. */
export function inCluster(ecs: Ecs, scope: Scope, reference: string | undefined): ConditionValues {
  return { "ecs:cluster": clusterResource(ecs, scope, reference).arn };
}

/** As {@link inCluster}, of a request about a service of it. */
export function inService(
  ecs: Ecs,
  scope: Scope,
  { cluster, service = "" }: { cluster?: string; service?: string },
): ConditionValues {
  return { ...inCluster(ecs, scope, cluster), "ecs:service": serviceResource(ecs, scope, cluster, service).arn };
}

/** The rule of an action on a cluster. */
export function onCluster(ecs: Ecs, action: string) {
  return ({ cluster }: { cluster?: string }, { scope }: AuthorizationContext) => [
    check(action, clusterResource(ecs, scope, cluster)),
  ];
}

/** A request that names nothing is refused for it only when it might do what it asks for. */
export function atLeastOne(resources: readonly AuthorizedResource[]): readonly AuthorizedResource[] {
  return resources.length ? resources : [{ arn: "*" }];
}
