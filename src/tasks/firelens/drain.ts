import type { Clock } from "../../base/clock.ts";
import type { Logger } from "../../base/log.ts";
import { inTime } from "../in-time.ts";
import type { LogShipper } from "../ports.ts";
import type { TaskFiles } from "../task-files.ts";
import { definitionOf, type ContainerRecord, type TaskRecord } from "../task-record.ts";
import { routerOf, usesFirelens } from "./router.ts";

/** How long a router that is to stop waits for what the containers before it have said last. */
const DRAIN_MS = 10_000;

/**
 * Before a task's router is told to stop: sends it what is left of the output of containers that have ended. Does nothing
 * when the router is not among the containers that are about to be stopped; may be repeated.
 */
export async function drainToRouter(
  task: TaskRecord,
  stopping: readonly ContainerRecord[],
  { shipper, files, clock, log }: { shipper: LogShipper; files: TaskFiles; clock: Clock; log: Logger },
): Promise<void> {
  const router = routerOf(task);
  if (!router || !stopping.some(({ name }) => name === router.containerName)) return;
  const ended = task.containers.filter(
    (container) => container.phase === "STOPPED" && usesFirelens(definitionOf(task, container)),
  );
  await Promise.all(
    ended.map(async (container) => {
      const route = files.logRoute(task, container)!;
      try {
        if (await inTime(shipper.finish(route), DRAIN_MS, clock)) return;
        log.warn({ container: container.id }, "a router does not take the last lines of a container");
      } catch (err) {
        log.warn({ err, container: container.id }, "a router does not get the last lines of a container");
      }
    }),
  );
}
