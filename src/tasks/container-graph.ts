import type { ContainerDependency } from "@aws-sdk/client-ecs";
import { firelensDependency } from "./firelens/router.ts";
import { definitionOf, type ContainerPhase, type ContainerRecord, type TaskRecord } from "./task-record.ts";

/** What the order of containers depends on. */
export interface GraphNode {
  name: string;
  phase: ContainerPhase;
  exitCode: number | undefined;
  healthy: boolean;
  hasHealthCheck: boolean;
  /** Milliseconds since 1970. */
  startedAt: number | undefined;
  /** Seconds; how long others wait for this one to become HEALTHY or to end. */
  startTimeout: number | undefined;
  dependsOn: ContainerDependency[];
}

/** Whether a container may be started now, must wait, or never can be. */
export type StartDecision = { go: true } | { go: false; waitUntil?: number } | { go: false; never: string };

/**
 * Decides by `dependsOn` whether a container may start.
 * https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDependency.html
 * @param now milliseconds since 1970
 */
export function startDecision(node: GraphNode, all: readonly GraphNode[], now: number): StartDecision {
  let waitUntil: number | undefined;
  let waiting = false;
  for (const { containerName, condition } of node.dependsOn) {
    const target = all.find((other) => other.name === containerName);
    if (!target) return never(`container ${node.name} depends on ${containerName}, which does not exist.`);
    if (isSatisfied(target, condition)) continue;
    const failure = failureOf(node, target, condition);
    if (failure) return never(failure);
    const deadline = deadlineOf(target, condition);
    if (deadline !== undefined && now >= deadline)
      return never(`container ${node.name}: dependency ${containerName} has timed out.`);
    if (deadline !== undefined) waitUntil = Math.min(waitUntil ?? deadline, deadline);
    waiting = true;
  }
  if (!waiting) return { go: true };
  return waitUntil === undefined ? { go: false } : { go: false, waitUntil };
}

const never = (reason: string): StartDecision => ({ go: false, never: `dependency graph: ${reason}` });

function isSatisfied(target: GraphNode, condition: string | undefined): boolean {
  if (condition === "COMPLETE") return target.phase === "STOPPED" && target.exitCode !== undefined;
  if (condition === "SUCCESS") return target.phase === "STOPPED" && target.exitCode === 0;
  if (condition === "HEALTHY") return target.phase === "RUNNING" && target.hasHealthCheck && target.healthy;
  return target.phase === "RUNNING" || target.phase === "STOPPED";
}

function failureOf(node: GraphNode, target: GraphNode, condition: string | undefined): string | undefined {
  if (target.phase !== "STOPPED") return undefined;
  if (condition === "SUCCESS" && target.exitCode !== undefined)
    return `failed to resolve container ordering dependency [${target.name}] for target [${node.name}] as dependency did not exit successfully.`;
  return `failed to resolve container ordering dependency [${target.name}] for target [${node.name}] because dependency will never start.`;
}

function deadlineOf(target: GraphNode, condition: string | undefined): number | undefined {
  if (condition === "START" || !target.startTimeout || target.startedAt === undefined) return undefined;
  return target.startedAt + target.startTimeout * 1000;
}

/** Whether a container may be stopped: those that depend on it go first. */
export function mayStop(node: GraphNode, all: readonly GraphNode[]): boolean {
  return all.every(
    (other) =>
      other.phase !== "RUNNING" || !other.dependsOn.some((dependency) => dependency.containerName === node.name),
  );
}

/** The names along a cycle of `dependsOn`, or `undefined` when there is none. */
export function findCycle(nodes: readonly { name: string; dependsOn: readonly string[] }[]): string[] | undefined {
  const done = new Set<string>();
  const visit = (name: string, path: string[]): string[] | undefined => {
    if (path.includes(name)) return [...path.slice(path.indexOf(name)), name];
    if (done.has(name)) return undefined;
    for (const next of nodes.find((node) => node.name === name)?.dependsOn ?? []) {
      const cycle = visit(next, [...path, name]);
      if (cycle) return cycle;
    }
    done.add(name);
    return undefined;
  };
  for (const node of nodes) {
    const cycle = visit(node.name, []);
    if (cycle) return cycle;
  }
  return undefined;
}

/** A container of a task as a node. */
export function graphNode(task: TaskRecord, container: ContainerRecord): GraphNode {
  const definition = definitionOf(task, container);
  return {
    name: container.name,
    phase: container.phase,
    exitCode: container.exitCode,
    healthy: container.healthStatus === "HEALTHY",
    hasHealthCheck: definition.healthCheck !== undefined,
    startedAt: container.startedAt?.getTime(),
    startTimeout: definition.startTimeout,
    dependsOn: [...(definition.dependsOn ?? []), ...firelensDependency(task, container)],
  };
}
