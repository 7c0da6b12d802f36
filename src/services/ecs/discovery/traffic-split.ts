import type { ProxyEndpoint, ProxyShift } from "../../../balancer/service-connect.ts";
import type { Scope } from "../../../base/scope.ts";
import type { DirectoryInstance } from "../../servicediscovery/directory.ts";

/** How the requests for a service go while traffic is shifted from one of its deployments to another. */
export interface TrafficSplit {
  /** The deployment (`ecs-svc/…`) that traffic is shifted to. */
  targetId: string;
  /** The one that has the rest; none of a service's first deployment. */
  sourceId?: string;
  /** Percent of the test traffic, and of all other, that the target gets. */
  testWeight: number;
  productionWeight: number;
}

/** Who knows how traffic is split. */
export interface TrafficSplits {
  /** @returns `undefined` when the service's tasks are all alike */
  splitOf(scope: Scope, clusterName: string, serviceName: string): Promise<TrafficSplit | undefined>;
}

/** Where the requests of a client route go. */
export interface RouteEndpoints {
  endpoints: ProxyEndpoint[];
  shift?: ProxyShift;
}

/** The endpoints of a Cloud Map service's instances: those that are healthy and say an address and a port. */
export async function routeEndpoints(
  splits: TrafficSplits,
  scope: Scope,
  instances: readonly DirectoryInstance[],
): Promise<RouteEndpoints> {
  const found = new Map<string, TrafficSplit | undefined>();
  for (const { attributes } of instances) {
    const key = serviceOf(attributes);
    if (key === undefined || found.has(key)) continue;
    found.set(key, await splits.splitOf(scope, attributes["ECS_CLUSTER_NAME"]!, attributes["ECS_SERVICE_NAME"]!));
  }
  return splitEndpoints(instances, found);
}

/**
 * Parts endpoints into those that serve and those that traffic is shifted to. The latter are told once they are to get
 * something; deployments that are neither get nothing.
 * @param splits of ECS services, by `cluster/service`
 */
export function splitEndpoints(
  instances: readonly DirectoryInstance[],
  splits: ReadonlyMap<string, TrafficSplit | undefined>,
): RouteEndpoints {
  const serving: DirectoryInstance[] = [];
  const target: DirectoryInstance[] = [];
  let percent: number | undefined;
  for (const instance of instances) {
    const { attributes } = instance;
    const split = splits.get(serviceOf(attributes) ?? "");
    const deployment = attributes["ECS_DEPLOYMENT_ID"];
    if (!split || deployment === undefined) serving.push(instance);
    else if (deployment === split.sourceId) serving.push(instance);
    else if (deployment === split.targetId && split.testWeight + split.productionWeight > 0) target.push(instance);
    if (split) percent = split.productionWeight;
  }
  const endpoints = endpointsOf(serving);
  return percent === undefined || (percent === 0 && !target.length)
    ? { endpoints }
    : { endpoints, shift: { endpoints: endpointsOf(target), percent } };
}

function serviceOf({ ECS_CLUSTER_NAME, ECS_SERVICE_NAME }: Record<string, string>): string | undefined {
  return ECS_CLUSTER_NAME && ECS_SERVICE_NAME ? `${ECS_CLUSTER_NAME}/${ECS_SERVICE_NAME}` : undefined;
}

function endpointsOf(instances: readonly DirectoryInstance[]): ProxyEndpoint[] {
  return instances
    .filter(({ healthy }) => healthy)
    .flatMap(({ instanceId, attributes }) => {
      const address = attributes["AWS_INSTANCE_IPV4"];
      const port = Number(attributes["AWS_INSTANCE_PORT"]);
      return address && port ? [{ id: instanceId, address, port }] : [];
    })
    .toSorted((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
}
