import { failpoint } from "../../../base/failpoint.ts";
import { ReconcileLoop } from "../../../control/loop.ts";
import { placeOf, recordKey, storeChanges } from "../../../control/record-keys.ts";
import type { Store } from "../../../store/store.ts";
import type { Ecs } from "../ecs.ts";
import type { ServiceDeploymentRecord } from "./service-deployment-record.ts";
import type { TrafficShifter } from "./traffic.ts";

/** Shifts are hardly ever wanted together. */
const DEBOUNCE_MS = 50;
const GOES_ON = ["IN_PROGRESS", "ROLLBACK_IN_PROGRESS"] as const;

/**
 * Has traffic go where service deployments say, outside of their rounds: it takes as long as proxies or load balancers
 * take. The service deployment is told when all is as it says, and goes on.
 */
export function trafficController(ecs: Ecs, store: Store, shifters: readonly TrafficShifter[]): ReconcileLoop {
  const { serviceDeployments } = ecs.store;
  return new ReconcileLoop({
    name: "ecs-traffic",
    clock: ecs.clock,
    log: ecs.log,
    debounceMs: DEBOUNCE_MS,
    sources: [
      storeChanges(store, ({ collection, kind, scope, id, values }) =>
        // Deployments without stages have no traffic to shift.
        collection === serviceDeployments.name && kind === "put" && values["stage"] !== null
          ? [recordKey({ scope, id })]
          : [],
      ),
    ],
    unfinished: async () => (await serviceDeployments.listAll({ where: { status: GOES_ON } })).map(recordKey),
    reconcile: (key) => shiftTraffic(ecs, shifters, key),
  });
}

/** @param key of the service deployment's record */
async function shiftTraffic(ecs: Ecs, shifters: readonly TrafficShifter[], key: string): Promise<undefined> {
  const { scope, id } = placeOf(key);
  const { services, serviceDeployments } = ecs.store;
  const found = await serviceDeployments.get(scope, id);
  if (!found || !(isShifting(found) || isAllAlike(found))) return undefined;
  const service = await services.get(scope, id.split("/").slice(0, 2).join("/"));
  if (service?.serviceDeploymentId !== found.id) return undefined;
  for (const shifter of shifters)
    if (service.deployments.some((version) => shifter.carries(version))) await shifter.shift(service, found);
  failpoint("ecs.stage-traffic-shifted");
  await serviceDeployments.update(scope, id, (now) =>
    isShifting(now) && isSameShift(now, found)
      ? { ...now, lifecycle: { ...now.lifecycle!, shiftedAt: ecs.clock.now() } }
      : undefined,
  );
  return undefined;
}

/** Whether its traffic is on the way to where it says. */
function isShifting({ status, lifecycle }: ServiceDeploymentRecord): boolean {
  if (!lifecycle || lifecycle.shiftedAt !== undefined || !GOES_ON.some((one) => one === status)) return false;
  return lifecycle.stage === "TEST_TRAFFIC_SHIFT" || lifecycle.stage === "PRODUCTION_TRAFFIC_SHIFT";
}

/** Whether it is over, and its traffic goes to the one revision that is left. */
function isAllAlike({ status, lifecycle }: ServiceDeploymentRecord): boolean {
  return lifecycle !== undefined && (status === "SUCCESSFUL" || status === "ROLLBACK_SUCCESSFUL");
}

function isSameShift(a: ServiceDeploymentRecord, b: ServiceDeploymentRecord): boolean {
  return (
    a.lifecycle?.testWeight === b.lifecycle?.testWeight &&
    a.lifecycle?.productionWeight === b.lifecycle?.productionWeight
  );
}
