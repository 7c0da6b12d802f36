import type { Clock } from "../../base/clock.ts";
import type { Logger } from "../../base/log.ts";
import type { ComputeBackend } from "../../compute/backend.ts";
import { inTime } from "../in-time.ts";
import type { LogShipper } from "../ports.ts";
import type { TaskFiles } from "../task-files.ts";
import { definitionOf, type ContainerRecord, type TaskRecord } from "../task-record.ts";
import { routerOf, usesFirelens } from "./router.ts";

/** How long a router that is to stop waits for what the containers before it have said last. */
const DRAIN_MS = 10_000;

export interface DrainParts {
  compute: Pick<ComputeBackend, "releaseContainer">;
  shipper: LogShipper;
  files: TaskFiles;
  clock: Clock;
  log: Logger;
}

/**
 * Before a task's router is told to stop: sends it what is left of the output of containers that have ended. Does nothing
 * when the router is not among the containers that are about to be stopped; may be repeated.
 */
export async function drainToRouter(
  task: TaskRecord,
  stopping: readonly ContainerRecord[],
  { compute, shipper, files, clock, log }: DrainParts,
): Promise<void> {
  const router = routerOf(task);
  if (!router || !stopping.some(({ name }) => name === router.containerName)) return;
  const ended = task.containers.filter(
    (container) => container.phase === "STOPPED" && usesFirelens(definitionOf(task, container)),
  );
  await Promise.all(
    ended.map(async (container) => {
      const finish = async () => {
        await compute.releaseContainer(container.id);
        await shipper.finish(files.logRoute(task, container)!);
      };
      try {
        if (await inTime(finish(), DRAIN_MS, clock)) return;
        log.warn({ container: container.id }, "a router does not take the last lines of a container");
      } catch (err) {
        log.warn({ err, container: container.id }, "a router does not get the last lines of a container");
      }
    }),
  );
}
