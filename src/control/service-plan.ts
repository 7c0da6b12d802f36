import { earliest } from "../base/earliest.ts";
import { placeByStrategy, surplusByStrategy, type StrategyItem } from "./capacity-strategy.ts";

/**
 * Decides what a service's tasks need next: how many to start and which to stop, for a steady service as for a rolling
 * deployment. Pure: no clock, no store.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-type-ecs.html
 */

/** A task of the service that has not ended. */
export interface PlanTask {
  taskId: string;
  deploymentId: string;
  zone: string;
  /** Of a deployment with a capacity provider strategy. */
  capacityProvider?: string;
  phase: "pending" | "running" | "stopping";
  /** It stops by itself before it was healthy: nothing takes its place until its end was counted. */
  isFailing?: boolean;
  /** Of the container health checks; `none` when no essential container has one. */
  health: "none" | "unknown" | "healthy" | "unhealthy";
  /** Milliseconds since 1970. */
  createdAt: number;
  startedAt: number | undefined;
  /** From then on it is to be replaced, for the sake of the machine it runs on. */
  retireAt?: number;
  /** Until then neither scale-in nor a deployment stops it. */
  protectedUntil?: number;
}

export interface PlanInput {
  desiredCount: number;
  minimumHealthyPercent: number;
  maximumPercent: number;
  primaryId: string;
  /** False when the primary deployment has failed: it starts nothing more. */
  primaryMayStart: boolean;
  /** Where the primary deployment's tasks run; nothing for a launch type. */
  strategy?: readonly StrategyItem[];
  /** The earliest time for the next start, after failures. */
  nextStartAt: number;
  /** From a task's start, unhealthy results are ignored for this long. */
  gracePeriodMs: number;
  /** How long a task without a health check runs before it counts as healthy. */
  healthyAfterMs: number;
  /** Tasks that were started beyond the desired count, each to take the place of one of another zone when it is healthy. */
  moves?: readonly { taskId: string; from: string }[];
  tasks: readonly PlanTask[];
  now: number;
}

export type StopCause = "scaling" | "unhealthy" | "maintenance" | "rebalancing";

export interface Plan {
  /** How many tasks of the primary deployment to start. */
  start: number;
  /** How many of them take the place of unhealthy ones. */
  replacements: number;
  /** The capacity providers of the tasks to start; none for a launch type. */
  capacityProviders: string[];
  stop: { taskId: string; cause: StopCause }[];
  /** The ids of the primary deployment's tasks that are to be replaced because they are unhealthy. */
  unhealthy: string[];
  /** Of the primary deployment. */
  healthyCount: number;
  /** The primary deployment has all its tasks, healthy, and there are no others. */
  complete: boolean;
  /** Neither starting nor stopping is possible with these percentages. */
  stuck: boolean;
  /** There are more protected tasks than there should be tasks at all: it cannot be scaled in. */
  blocked: boolean;
  /** When the passing of time alone changes the plan. */
  lookAgainAt: number | undefined;
}

/** How many tasks must stay healthy, and how many may exist: the minimum rounds up, the maximum down. */
export function deploymentBounds(input: Pick<PlanInput, "desiredCount" | "minimumHealthyPercent" | "maximumPercent">) {
  return {
    minimum: Math.ceil((input.desiredCount * input.minimumHealthyPercent) / 100),
    maximum: Math.floor((input.desiredCount * input.maximumPercent) / 100),
  };
}

function isHealthy(task: PlanTask, input: PlanInput): boolean {
  if (task.phase !== "running") return false;
  if (task.health !== "none") return task.health === "healthy";
  return task.startedAt !== undefined && input.now - task.startedAt >= input.healthyAfterMs;
}

function isUnhealthy(task: PlanTask, input: PlanInput): boolean {
  return (
    task.phase === "running" &&
    task.health === "unhealthy" &&
    input.now - (task.startedAt ?? input.now) >= input.gracePeriodMs
  );
}

function isProtected(task: PlanTask, input: PlanInput): boolean {
  return task.protectedUntil !== undefined && task.protectedUntil > input.now;
}

/** Replaced as an unhealthy one is: others come first, and none counts on it. */
function isRetiring(task: PlanTask, input: PlanInput): boolean {
  return task.retireAt !== undefined && task.retireAt <= input.now;
}

/** Plans one round. */
export function planService(input: PlanInput): Plan {
  const { minimum, maximum } = deploymentBounds(input);
  const active = input.tasks.filter((task) => task.phase !== "stopping");
  const primary = active.filter((task) => task.deploymentId === input.primaryId);
  const old = active.filter((task) => task.deploymentId !== input.primaryId);
  const unhealthy = primary.filter((task) => isUnhealthy(task, input) || isRetiring(task, input));
  const healthy = primary.filter((task) => isHealthy(task, input) && !isRetiring(task, input));

  const stop = old.length ? stopOld(input, old, healthy.length, minimum) : [];
  const staysOld = old.filter(({ taskId }) => !stop.some((one) => one.taskId === taskId));
  const serving = healthy.length + staysOld.filter((task) => isHealthy(task, input)).length;
  const isBlocked =
    input.primaryMayStart &&
    primary.length - unhealthy.length < input.desiredCount &&
    primary.length + staysOld.length >= maximum &&
    serving >= Math.min(minimum, input.desiredCount - unhealthy.length);
  stop.push(...stopSurplus(input, primary, unhealthy, healthy, isBlocked));

  const stopping = new Set(stop.map((one) => one.taskId));
  const staying = active.filter((task) => !stopping.has(task.taskId)).length;
  const useful = primary.filter((task) => !stopping.has(task.taskId) && !unhealthy.includes(task));
  const failing = input.tasks.filter((task) => task.isFailing && task.deploymentId === input.primaryId);
  const missing = Math.max(0, input.desiredCount - useful.length - failing.length);
  const possible = Math.max(0, Math.min(missing, Math.max(maximum, 0) - staying));
  const mayStart = input.primaryMayStart && input.now >= input.nextStartAt;
  const start = mayStart ? possible : 0;
  const ill = primary.filter((task) => isUnhealthy(task, input)).map(({ taskId }) => taskId);
  const providers = useful.map((task) => task.capacityProvider);

  return {
    start,
    replacements: Math.min(start, ill.length),
    capacityProviders: input.strategy ? placeByStrategy(input.strategy, providers, start) : [],
    stop,
    unhealthy: ill,
    healthyCount: healthy.length,
    complete:
      healthy.length >= input.desiredCount &&
      primary.length === input.desiredCount &&
      input.tasks.length === primary.length,
    stuck:
      missing > 0 &&
      possible === 0 &&
      !stop.length &&
      input.tasks.length === active.length &&
      old.length > 0 &&
      maximum <= minimum,
    blocked: active.filter((task) => isProtected(task, input)).length > input.desiredCount,
    lookAgainAt: earliest([
      ...(input.primaryMayStart && possible > 0 && input.nextStartAt > input.now ? [input.nextStartAt] : []),
      ...active.flatMap((task) => turningPoint(task, input)),
      ...active.flatMap(({ retireAt }) => (retireAt !== undefined && retireAt > input.now ? [retireAt] : [])),
      ...active.flatMap((task) => (isProtected(task, input) ? [task.protectedUntil!] : [])),
    ]),
  };
}

/** Old tasks go as far as enough others are healthy; those that serve nobody go first and freely, protected ones stay. */
function stopOld(input: PlanInput, old: PlanTask[], healthyNew: number, minimum: number): Plan["stop"] {
  // A primary that failed leaves the old tasks in charge.
  if (!input.primaryMayStart)
    return forScaling(firstToGo(unprotected(old, input), input, old.length - input.desiredCount));
  const useless = old.filter(
    (task) => isUnhealthy(task, input) || (task.phase === "pending" && !isProtected(task, input)),
  );
  const serving = old.filter((task) => task.phase !== "pending" && !useless.includes(task));
  const healthy = serving.filter((task) => isHealthy(task, input));
  const early = serving.filter((task) => !healthy.includes(task));
  const spare = healthyNew + serving.length - minimum;
  const first = firstToGo(unprotected(early, input), input, spare);
  // What may still become healthy does not make up for what is.
  const count = Math.min(spare - first.length, healthyNew + healthy.length - minimum);
  return forScaling([...useless, ...first, ...firstToGo(unprotected(healthy, input), input, count)]);
}

function forScaling(tasks: readonly PlanTask[]): Plan["stop"] {
  return tasks.map(({ taskId }) => ({ taskId, cause: "scaling" }));
}

/**
 * More than desired: the surplus goes. Unhealthy: goes when a healthy one has taken its place, or, one at a time, when
 * there is no room for one.
 */
function stopSurplus(
  input: PlanInput,
  primary: PlanTask[],
  unhealthy: PlanTask[],
  healthy: PlanTask[],
  isBlocked: boolean,
): Plan["stop"] {
  const sound = primary.filter((task) => !unhealthy.includes(task));
  const has = (some: PlanTask[], id: string) => some.some(({ taskId }) => taskId === id);
  const moves = (input.moves ?? []).filter(({ taskId, from }) => has(sound, taskId) && has(sound, from));
  const moved = moves.filter(({ taskId, from }) => has(healthy, taskId) && has(unprotected(sound, input), from));
  const rest = sound.filter(({ taskId }) => !moved.some(({ from }) => from === taskId));
  const surplus = Math.max(0, sound.length - input.desiredCount - moves.length);
  const stop = forScaling(
    firstToGo(unprotected(rest, input), input, surplus, input.strategy && providerSurplus(rest, input)),
  );
  stop.push(...moved.map(({ from }) => ({ taskId: from, cause: "rebalancing" as const })));
  const replaced = Math.max(0, healthy.length + unhealthy.length - input.desiredCount);
  const count = input.desiredCount === 0 ? unhealthy.length : Math.max(replaced, Number(isBlocked));
  for (const task of unhealthy.slice(0, count))
    stop.push({ taskId: task.taskId, cause: isUnhealthy(task, input) ? "unhealthy" : "maintenance" });
  return stop;
}

function unprotected(tasks: PlanTask[], input: PlanInput): PlanTask[] {
  return tasks.filter((task) => !isProtected(task, input));
}

type ProviderSurplus = Map<string | undefined, number>;

/** How many tasks too many each capacity provider has. */
function providerSurplus(tasks: PlanTask[], { strategy = [], desiredCount }: PlanInput): ProviderSurplus {
  const providers = tasks.map((task) => task.capacityProvider);
  return surplusByStrategy(strategy, providers, desiredCount);
}

/**
 * Those of the tasks that go first, so many: from the capacity provider with most too many, pending before running, then
 * from the zone with most tasks, then the youngest.
 */
function firstToGo(
  tasks: PlanTask[],
  input: PlanInput,
  count: number,
  perProvider: ProviderSurplus = new Map(),
): PlanTask[] {
  if (count <= 0) return [];
  const perZone = new Map<string, number>();
  for (const task of input.tasks)
    if (task.phase !== "stopping") perZone.set(task.zone, (perZone.get(task.zone) ?? 0) + 1);
  const byWeight = (a: PlanTask, b: PlanTask) =>
    (perProvider.get(b.capacityProvider) ?? 0) - (perProvider.get(a.capacityProvider) ?? 0) ||
    Number(a.phase === "running") - Number(b.phase === "running") ||
    (perZone.get(b.zone) ?? 0) - (perZone.get(a.zone) ?? 0) ||
    byAge(a, b);
  // Each that goes changes the weight of its like: among these the order stays, so that only the first of each are compared.
  const alike = Map.groupBy(tasks, ({ capacityProvider, phase, zone }) => `${capacityProvider} ${phase} ${zone}`);
  const queues = [...alike.values()].map((group) => group.toSorted((a, b) => byAge(b, a)));
  const chosen: PlanTask[] = [];
  while (chosen.length < Math.min(count, tasks.length)) {
    const left = queues.filter((queue) => queue.length > 0);
    const next = left.reduce((best, queue) => (byWeight(queue.at(-1)!, best.at(-1)!) < 0 ? queue : best)).pop()!;
    perZone.set(next.zone, (perZone.get(next.zone) ?? 1) - 1);
    const surplus = perProvider.get(next.capacityProvider);
    if (surplus !== undefined) perProvider.set(next.capacityProvider, surplus - 1);
    chosen.push(next);
  }
  return chosen;
}

/** The youngest first. */
function byAge(a: PlanTask, b: PlanTask): number {
  return b.createdAt - a.createdAt || a.taskId.localeCompare(b.taskId);
}

/** When a task that runs will count as healthy, or its grace period ends. */
function turningPoint(task: PlanTask, input: PlanInput): number[] {
  if (task.phase !== "running" || task.startedAt === undefined) return [];
  const at = task.health === "none" ? task.startedAt + input.healthyAfterMs : task.startedAt + input.gracePeriodMs;
  return at > input.now ? [at] : [];
}

/**
 * Spreads new tasks over zones: each goes to the zone with the fewest.
 * @param zones in the order to prefer when equal
 */
export function spreadOverZones(
  zones: readonly string[],
  tasks: readonly Pick<PlanTask, "zone">[],
  count: number,
): string[] {
  const perZone = new Map(zones.map((zone) => [zone, tasks.filter((task) => task.zone === zone).length]));
  return Array.from({ length: count }, () => {
    const zone = [...perZone].reduce((best, one) => (one[1] < best[1] ? one : best))[0];
    perZone.set(zone, perZone.get(zone)! + 1);
    return zone;
  });
}

/**
 * How long to wait after consecutive tasks that never reached RUNNING, milliseconds. ECS documents the shape, not the
 * numbers: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-throttle-logic.html
 */
export function startThrottleMs(failures: number): number {
  if (failures <= 0) return 0;
  return Math.min(15 * 60_000, 10_000 * 2 ** (failures - 1));
}
