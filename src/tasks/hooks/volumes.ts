import { chmod, mkdir, rename, rm, stat } from "node:fs/promises";
import { dirname } from "node:path";
import type { Volume } from "@aws-sdk/client-ecs";
import { CommandError } from "../../base/command.ts";
import { errnoOf } from "../../base/errors.ts";
import { failpoint } from "../../base/failpoint.ts";
import { settleAll } from "../../base/settle.ts";
import { ComputeError, type ComputeBackend } from "../../compute/backend.ts";
import { DiskError } from "../../storage/disks.ts";
import type { EphemeralStorage } from "../ephemeral-storage.ts";
import type { VolumeProvider } from "../ports.ts";
import type { TaskRecord } from "../task-record.ts";
import { contentSources, imageVolumes, isBindVolume, plannedMounts, type ContentSource } from "../volume-plan.ts";
import { TaskStartError, type TaskHook } from "./hook.ts";

export interface VolumesHookParts {
  compute: ComputeBackend;
  storage: EphemeralStorage;
  providers: readonly VolumeProvider[];
}

/** In Docker's words: the root file system itself is none. */
const VOLUME_AT_ROOT =
  "CannotCreateContainerError: invalid volume specification: '/': invalid mount config for type \"volume\": invalid specification: destination can't be '/'";

/**
 * The task's volumes, with their first content, before any container can see them. The images and the task's own storage
 * must be there. On simulated compute there is nothing to see them.
 */
export function volumesHook({ compute, storage, providers }: VolumesHookParts): TaskHook {
  const providerOf = (volume: Volume) => providers.find((provider) => provider.provides(volume));

  const prepareOwn = async (task: TaskRecord) => {
    for (const { name } of (task.definition.volumes ?? []).filter(isBindVolume))
      await ensureVolume(compute, storage.volume(task, name!), contentSources(task, name!));
    for (const container of task.containers) {
      const paths = imageVolumes(container);
      if (paths.includes("/")) throw new TaskStartError(VOLUME_AT_ROOT, container.name);
      for (const { volume } of plannedMounts(task, container))
        if ("index" in volume && volume.containerName === container.name)
          await ensureVolume(compute, storage.imageVolume(task, container.name, volume.index), [
            { container, path: paths[volume.index]! },
          ]);
    }
  };

  const prepareProvided = async (task: TaskRecord, volume: Volume, signal: AbortSignal) => {
    const provider = providerOf(volume);
    if (!provider) throw new TaskStartError(`CannotCreateVolumeError: nothing provides the volume ${volume.name} here`);
    return { name: volume.name!, ...(await provider.prepare(task, volume, signal)) };
  };

  return {
    name: "volumes",
    async prepare(task, signal) {
      try {
        const provided = (task.definition.volumes ?? []).filter((volume) => !isBindVolume(volume));
        const [prepared] = await Promise.all([
          settleAll(provided.map((volume) => prepareProvided(task, volume, signal))),
          prepareOwn(task),
        ]);
        if (!prepared.length) return {};
        const readOnlyVolumes = prepared.flatMap(({ name, readOnly }) => (readOnly ? name : []));
        return {
          volumeSources: Object.fromEntries(prepared.map(({ name, source }) => [name, source])),
          ...(readOnlyVolumes.length ? { readOnlyVolumes } : {}),
        };
      } catch (cause) {
        if (cause instanceof ComputeError) throw new TaskStartError(`${cause.name}: ${cause.message}`);
        if (cause instanceof DiskError || isFull(cause))
          throw new TaskStartError(`CannotCreateVolumeError: ${cause.message}`);
        throw cause;
      }
    },
    async teardown(task) {
      await settleAll(
        (task.definition.volumes ?? []).flatMap((volume) => providerOf(volume)?.teardown(task, volume) ?? []),
      );
    },
  };
}

/**
 * Makes a volume's folder, 0755 and root's, with what the first of `sources` has that has anything. It gets its name when
 * it is whole, so that one which is there was once shown to containers, and is theirs.
 */
async function ensureVolume(compute: ComputeBackend, folder: string, sources: ContentSource[]): Promise<void> {
  if (await exists(folder)) return;
  const partial = `${folder}.partial`;
  await mkdir(dirname(folder), { recursive: true });
  await rm(partial, { recursive: true, force: true });
  await mkdir(partial);
  await chmod(partial, 0o755); // whatever the umask
  for (const { container, path } of sources) if (await compute.copyFromImage(container.image!, path, partial)) break;
  failpoint("volumes.filled");
  await rename(partial, folder);
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (cause) {
    if (errnoOf(cause) === "ENOENT") return false;
    throw cause;
  }
}

function isFull(cause: unknown): cause is Error {
  return errnoOf(cause) === "ENOSPC" || (cause instanceof CommandError && cause.stderr.includes("No space left"));
}
