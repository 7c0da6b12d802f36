import type { Clock } from "../../base/clock.ts";
import { ComputeError, type ComputeBackend } from "../../compute/backend.ts";
import { definitionOf, ephemeralStorageGiB, type TaskRecord } from "../task-record.ts";
import { TaskStartError, type TaskHook } from "./hook.ts";

/** Makes the images of all containers present, side by side. What a container does not name itself is left alone. */
export function imagesHook(compute: ComputeBackend, clock: Clock): TaskHook {
  const pull = async (task: TaskRecord, index: number, signal: AbortSignal) => {
    const container = task.containers[index]!;
    if (container.image && container.phase !== "NONE") return container;
    const reference = definitionOf(task, container).image!;
    try {
      // The digest that was resolved first stays, also when the launch is taken up again after a crash.
      const image = await compute.pull({
        reference: pinned(reference, container.image?.digest ?? container.pinnedDigest),
        scope: task.scope,
        signal,
        // What the image takes unpacked counts against the task's storage, as on Fargate.
        maxBytes: ephemeralStorageGiB(task) * 1024 ** 3,
      });
      return { ...container, image };
    } catch (cause) {
      if (cause instanceof ComputeError) throw new TaskStartError(`${cause.name}: ${cause.message}`, container.name);
      throw cause;
    }
  };
  return {
    name: "images",
    async prepare(task, signal) {
      const pullStartedAt = task.pullStartedAt ?? new Date(clock.now());
      const containers = await Promise.all(task.containers.map((_, index) => pull(task, index, signal)));
      return { containers, pullStartedAt, pullStoppedAt: new Date(clock.now()) };
    },
    async teardown() {},
  };
}

/** `name:tag` as `name@digest`. */
function pinned(reference: string, digest: string | undefined): string {
  if (digest === undefined || reference.includes("@")) return reference;
  const tag = reference.lastIndexOf(":");
  return `${tag > reference.lastIndexOf("/") ? reference.slice(0, tag) : reference}@${digest}`;
}
