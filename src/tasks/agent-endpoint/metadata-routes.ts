import type { Clock } from "../../base/clock.ts";
import type { TaskStorage } from "../ports.ts";
import type { ContainerRecord, TaskRecord } from "../task-record.ts";
import { readClockDrift } from "./clock-drift.ts";
import { containerMetadata, taskMetadata } from "./metadata-view.ts";
import { CONTAINER_ID, findCaller, type AgentAnswer, type AgentRoute, type Caller } from "./route.ts";
import type { StatsSampler } from "./stats-sampler.ts";
import { containerStats } from "./stats-view.ts";

export interface MetadataRoutesParts {
  stats: StatsSampler;
  storage: TaskStorage;
  clock: Clock;
}

type Version = "V3" | "V4";

/**
 * Metadata and statistics of the asking task and its containers, as version 4 and, the same, as version 3.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-metadata-endpoint-v4-fargate.html
 */
export function metadataRoutes({ stats, storage, clock }: MetadataRoutesParts): AgentRoute[] {
  const statsOf = async (task: TaskRecord, container: ContainerRecord) => {
    const pair = container.phase === "RUNNING" ? await stats.pair(task, container) : undefined;
    return pair && containerStats(container.id, container.name, pair.now, pair.before);
  };
  const describe = async ({ task }: Caller, withTags: boolean): Promise<AgentAnswer> => {
    const surroundings = {
      clockDrift: readClockDrift(clock.now()),
      storage: await storage.storageUsage(task.taskId),
    };
    return ok(taskMetadata(task, surroundings, withTags));
  };
  return (["V3", "V4"] as const).flatMap((version) => [
    route(version, "", "container metadata", async ({ task, container }) => ok(containerMetadata(task, container))),
    route(version, "/task", "task metadata", (found) => describe(found, false)),
    route(version, "/taskWithTags", "task metadata", (found) => describe(found, true)),
    route(version, "/stats", "container stats", async ({ task, container }) => {
      const body = await statsOf(task, container);
      return body ? ok(body) : { status: 500, body: `Unable to get container stats for: ${container.id}` };
    }),
    route(version, "/task/stats", "task stats", async ({ task }) => {
      const all = task.containers.map(async (one) => [one.id, (await statsOf(task, one)) ?? null] as const);
      return ok(Object.fromEntries(await Promise.all(all)));
    }),
  ]);
}

function route(
  version: Version,
  suffix: string,
  what: `${"container" | "task"} ${string}`,
  answer: (found: Caller) => Promise<AgentAnswer>,
): AgentRoute {
  return {
    pattern: new RegExp(`^/${version.toLowerCase()}/${CONTAINER_ID}${suffix}$`),
    async handle(request) {
      const found = findCaller(request);
      if (found) return await answer(found);
      const problem = what.startsWith("task ")
        ? "unable to get task arn from request: unable to get task Arn from v3 endpoint ID"
        : "unable to get container ID from request: unable to get docker ID from v3 endpoint ID";
      return { status: 404, body: `${version} ${what} handler: ${problem}: ${request.params[0]}` };
    },
  };
}

function ok(body: unknown): AgentAnswer {
  return { status: 200, body };
}
