import { scopeKey, type Scope } from "../../../base/scope.ts";
import type { TrafficSplit, TrafficSplits } from "../discovery/traffic-split.ts";
import type { EcsStore } from "../store.ts";
import { hasStages, sourceOf, targetId } from "./staged-deployment.ts";

/** How services' traffic is split, read from their service deployments. */
export class ServiceTrafficSplits implements TrafficSplits {
  private store: Pick<EcsStore, "services" | "serviceDeployments"> | undefined;

  /** Tasks are found before there are services: they are told later, before anything starts. */
  use(store: Pick<EcsStore, "services" | "serviceDeployments">): void {
    this.store = store;
  }

  async splitOf(scope: Scope, clusterName: string, serviceName: string): Promise<TrafficSplit | undefined> {
    const key = `${clusterName}/${serviceName}`;
    const service = await this.store?.services.get(scopeKey(scope), key);
    if (service?.serviceDeploymentId === undefined) return undefined;
    const deployment = await this.store?.serviceDeployments.get(
      scopeKey(scope),
      `${key}/${service.serviceDeploymentId}`,
    );
    if (!deployment || !hasStages(deployment)) return undefined;
    const { lifecycle } = deployment;
    const sourceId = sourceOf(service, deployment)?.id;
    return {
      targetId: targetId(deployment),
      ...(sourceId === undefined ? {} : { sourceId }),
      testWeight: lifecycle?.testWeight ?? 0,
      productionWeight: lifecycle?.productionWeight ?? 0,
    };
  }
}
