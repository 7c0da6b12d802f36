import type { Scope } from "../../../base/scope.ts";
import { versionsOf } from "./service-record.ts";
import { hasManagedTraffic, type TrafficShifter } from "./traffic.ts";

/** Where a Cloud Map service's endpoints are published from. */
export interface EndpointSource {
  /** Resolves when the proxies of all who dial the service know how its traffic is split now, or newer. */
  republish(scope: Scope, serviceId: string): Promise<void>;
}

/** Service Connect: the proxies of those who dial a service part its requests. They read the split themselves. */
export function serviceConnectTraffic(endpoints: EndpointSource): TrafficShifter {
  return {
    carries: hasManagedTraffic,
    async shift(service) {
      const ports = versionsOf(service).flatMap(({ serviceConnect }) => serviceConnect?.ports ?? []);
      for (const serviceId of new Set(ports.map((port) => port.serviceId)))
        await endpoints.republish(service.scope, serviceId);
    },
  };
}
