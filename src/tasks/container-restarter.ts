import type { ComputeBackend } from "../compute/backend.ts";
import { failpoint } from "../base/failpoint.ts";
import { containerSpec } from "./container-spec.ts";
import type { EphemeralStorage } from "./ephemeral-storage.ts";
import type { HealthMonitors } from "./health-monitor.ts";
import type { LogShipper } from "./ports.ts";
import type { TaskSecrets } from "./secrets/task-secrets.ts";
import type { TaskFiles } from "./task-files.ts";
import { definitionOf, type ContainerRecord, type TaskRecord } from "./task-record.ts";

export interface ContainerRestarterParts {
  compute: ComputeBackend;
  files: TaskFiles;
  storage: EphemeralStorage;
  secrets: TaskSecrets;
  shipper: LogShipper;
  health: HealthMonitors;
}

/**
 * Starts a container again in its place, as its record says; may be repeated. What it has written stays, its health
 * begins anew.
 * @throws ComputeError
 */
export async function restartContainer(
  task: TaskRecord,
  container: ContainerRecord,
  parts: ContainerRestarterParts,
): Promise<void> {
  const run = container.restartCount!;
  parts.health.forget(container.id);
  if (definitionOf(task, container).pseudoTerminal) {
    const route = parts.files.logRoute(task, { ...container, restartCount: run - 1 });
    if (route) {
      await parts.compute.releaseContainer(container.id);
      await parts.shipper.finish(route);
    }
  }
  failpoint("task.container-restarting");
  await parts.compute.restartContainer(containerSpec(task, container, parts), run);
  failpoint("task.container-restarted");
}
