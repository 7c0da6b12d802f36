import type { CreateClusterRequest, CreateClusterResponse, Tag } from "@aws-sdk/client-ecs";
import { scopeKey } from "../../../base/scope.ts";
import type { RequestContext } from "../../../wire/context.ts";
import { checkCapacityProviders, checkDefaultStrategy } from "../capacity-providers.ts";
import { checkClusterSettings } from "../cluster-settings.ts";
import { clusterView } from "../cluster-view.ts";
import { DEFAULT_CLUSTER, newCluster } from "../clusters.ts";
import { defaultNamespace } from "../discovery/namespace.ts";
import type { Ecs } from "../ecs.ts";
import { invalidParameter } from "../errors.ts";
import { checkClusterConfiguration } from "../exec/log-settings.ts";
import type { ClusterRecord } from "../store.ts";
import { refuseUnsupported } from "../supported.ts";
import { checkTags } from "../tags.ts";

const NAME = /^[A-Za-z0-9_-]{1,255}$/;

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateCluster.html; creating one that is there answers it. */
export function createCluster(ecs: Ecs) {
  return async (input: CreateClusterRequest, { scope }: RequestContext): Promise<CreateClusterResponse> => {
    refuseUnsupported(input, [
      "clusterName",
      "tags",
      "settings",
      "serviceConnectDefaults",
      "configuration",
      "capacityProviders",
      "defaultCapacityProviderStrategy",
    ]);
    checkClusterSettings(input.settings);
    checkClusterConfiguration(input.configuration);
    const name = input.clusterName || DEFAULT_CLUSTER;
    if (!NAME.test(name)) throw invalidParameter("ClusterName must match ^[a-zA-Z0-9\\\\-_]{1,255}$");
    const tags = checkTags(input.tags);
    const capacityProviders = checkCapacityProviders(input.capacityProviders ?? []);
    const defaultStrategy = checkDefaultStrategy(input.defaultCapacityProviderStrategy ?? [], capacityProviders);
    const cluster = await ecs.transaction(async () => {
      const found = await ecs.store.clusters.get(scopeKey(scope), name);
      if (found?.status === "ACTIVE") {
        if (input.tags && !sameTags(found.tags, tags))
          throw invalidParameter(
            "Arguments on this idempotent request are inconsistent with arguments used in previous request(s).",
          );
        return found;
      }
      const namespace = await defaultNamespace(ecs, scope, input.serviceConnectDefaults?.namespace ?? "");
      const made: ClusterRecord = {
        ...newCluster(scope, name),
        tags,
        capacityProviders,
        defaultStrategy,
        ...(input.configuration ? { configuration: input.configuration } : {}),
        ...(namespace === undefined ? {} : { defaultNamespace: namespace }),
      };
      await ecs.store.clusters.put(scopeKey(scope), name, made);
      await ecs.ensureLinkedRole(scope);
      return made;
    });
    return { cluster: await clusterView(ecs, scope, cluster, ["SETTINGS", "TAGS", "CONFIGURATIONS"]) };
  };
}

function sameTags(some: readonly Tag[], others: readonly Tag[]): boolean {
  return (
    some.length === others.length &&
    some.every(({ key, value }) => others.some((other) => other.key === key && other.value === value))
  );
}
