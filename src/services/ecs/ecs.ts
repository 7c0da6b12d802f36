import type { Clock } from "../../base/clock.ts";
import type { Ids } from "../../base/ids.ts";
import type { EventBus } from "../../events/event-bus.ts";
import type { Scope } from "../../base/scope.ts";
import type { AlarmStates } from "../../control/alarm-states.ts";
import type { ServiceRoles } from "../../identity/service-roles.ts";
import type { Logger } from "../../base/log.ts";
import type { Store } from "../../store/store.ts";
import type { ExecAgents, TaskNetworking, TaskVolumes } from "../../tasks/ports.ts";
import type { TaskEngine } from "../../tasks/task-engine.ts";
import type { ServiceDirectory } from "../servicediscovery/directory.ts";
import type { ExecSessions } from "./exec/exec-sessions.ts";
import type { LaunchRates } from "./launch-rates.ts";
import { ecsStore, type EcsStore } from "./store.ts";

/** What the operations of ECS work with. */
export interface Ecs {
  store: EcsStore;
  /** Several writes at once; see Store.transaction. */
  transaction: Store["transaction"];
  engine: TaskEngine;
  networking: TaskNetworking;
  volumes: TaskVolumes;
  directory: ServiceDirectory;
  /** Where its events are told; see events/. */
  events: EventBus;
  /** ECS Exec's sessions, and its agents in containers. */
  exec: ExecSessions;
  execAgents: ExecAgents;
  /** The roles that ECS takes on, for tasks and for itself. */
  roles: ServiceRoles;
  /** Makes ECS's service-linked role in an account unless it is there: what the first use of ECS does. */
  ensureLinkedRole(scope: Scope): Promise<void>;
  launchRates: LaunchRates;
  /** CloudWatch's, which deployments watch. */
  alarms: AlarmStates;
  clock: Clock;
  ids: Ids;
  log: Logger;
}

export function createEcs(parts: Omit<Ecs, "store" | "transaction"> & { store: Store }): Ecs {
  return { ...parts, store: ecsStore(parts.store), transaction: (work) => parts.store.transaction(work) };
}
