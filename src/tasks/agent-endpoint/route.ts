import type { ContainerRecord, TaskRecord } from "../task-record.ts";

/** A request of a program in a task. */
export interface AgentRequest {
  method: string;
  /** The parts of the path that the route's pattern captured, decoded; empty for one that is not there. */
  params: readonly string[];
  body: Buffer;
  /** The task that asks, by the address it sends from; `undefined` when that is no task's, or no longer. */
  caller: TaskRecord | undefined;
}

/** An answer: JSON, or a line of plain text. */
export type AgentAnswer =
  | { status: number; body: unknown }
  | { status: number; text: string; headers?: Record<string, string> };

/** One path of the endpoint. The first route whose pattern fits the whole path takes the request. */
export interface AgentRoute {
  pattern: RegExp;
  /** Others are answered with 405; all are taken when there are none. */
  methods?: readonly string[];
  /** A throw is logged and answered with 500. */
  handle(request: AgentRequest): Promise<AgentAnswer> | AgentAnswer;
}

/** The part of a path that says which container asks; in parentheses, for a {@link AgentRoute.pattern}. */
export const CONTAINER_ID = "([^/]*)";

/** A task that asks, and the one of its containers that the path names. */
export interface Caller {
  task: TaskRecord;
  container: ContainerRecord;
}

/** The container of {@link CONTAINER_ID}, the route's first part, when it is one of the asking task's. */
export function findCaller({ caller, params }: Pick<AgentRequest, "caller" | "params">): Caller | undefined {
  const container = caller?.containers.find(({ id }) => id === params[0]);
  return caller && container && { task: caller, container };
}
