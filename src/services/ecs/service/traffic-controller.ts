import { failpoint } from "../../../base/failpoint.ts";
import type { Component } from "../../../base/lifecycle.ts";
import { ReconcileLoop } from "../../../control/loop.ts";
import type { Change, Store } from "../../../store/store.ts";
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
export class TrafficController implements Component {
  readonly name = "ecs-traffic";
  private readonly ecs: Ecs;
  private readonly store: Store;
  private readonly shifters: readonly TrafficShifter[];
  private readonly loop: ReconcileLoop;
  private unsubscribe: (() => void) | undefined;

  constructor(ecs: Ecs, store: Store, shifters: readonly TrafficShifter[]) {
    this.ecs = ecs;
    this.store = store;
    this.shifters = shifters;
    this.loop = new ReconcileLoop({
      name: this.name,
      clock: ecs.clock,
      log: ecs.log,
      debounceMs: DEBOUNCE_MS,
      reconcile: (key) => this.reconcile(key),
    });
  }

  async start(): Promise<void> {
    this.loop.start();
    this.unsubscribe = this.store.onChange((change) => this.heard(change));
    const going = await this.ecs.store.serviceDeployments.listAll({ where: { status: GOES_ON } });
    for (const { scope, id } of going) this.loop.wake(`${scope} ${id}`);
  }

  async stop(): Promise<void> {
    this.unsubscribe?.();
    await this.loop.stop();
  }

  /** Deployments without stages have no traffic to shift. */
  private heard({ collection, kind, scope, id, values }: Change): void {
    if (collection !== this.ecs.store.serviceDeployments.name || kind !== "put") return;
    if (values["stage"] !== null) this.loop.wake(`${scope} ${id}`);
  }

  /** @param key scope, space, cluster/service/id */
  private async reconcile(key: string): Promise<undefined> {
    const [scope = "", id = ""] = key.split(" ");
    const { services, serviceDeployments } = this.ecs.store;
    const found = await serviceDeployments.get(scope, id);
    if (!found || !(isShifting(found) || isAllAlike(found))) return undefined;
    const service = await services.get(scope, id.split("/").slice(0, 2).join("/"));
    if (service?.serviceDeploymentId !== found.id) return undefined;
    for (const shifter of this.shifters)
      if (service.deployments.some((version) => shifter.carries(version))) await shifter.shift(service, found);
    failpoint("ecs.stage-traffic-shifted");
    await serviceDeployments.update(scope, id, (now) =>
      isShifting(now) && isSameShift(now, found)
        ? { ...now, lifecycle: { ...now.lifecycle!, shiftedAt: this.ecs.clock.now() } }
        : undefined,
    );
    return undefined;
  }
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
