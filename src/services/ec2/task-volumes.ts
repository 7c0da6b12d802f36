import { messageOf } from "../../base/errors.ts";
import { DiskError } from "../../storage/disks.ts";
import { TaskStartError, VolumeStartError } from "../../tasks/hooks/hook.ts";
import type { TaskVolumes } from "../../tasks/ports.ts";
import type { Ec2 } from "./ec2.ts";
import { VolumeKeyError } from "./volume-keys.ts";

/** The EBS volumes that tasks get when they are launched. */
export function taskVolumes(ec2: Ec2): TaskVolumes {
  return {
    reserveVolume: (scope, request) => ec2.volumes.reserve(scope, request),
    provides: (volume) => volume.configuredAtLaunch === true,
    async prepare(task, { name }) {
      if (!task.ebsVolume) throw new TaskStartError(`CannotCreateVolumeError: the volume ${name} was not configured`);
      try {
        return { source: await ec2.volumes.attach(task.scope, task.ebsVolume) };
      } catch (cause) {
        if (cause instanceof VolumeKeyError) throw new VolumeStartError(cause.message);
        if (!(cause instanceof DiskError)) throw cause;
        throw new VolumeStartError(`failed to attach EBS volume: ${messageOf(cause)}`);
      }
    },
    async teardown(task) {
      if (task.ebsVolume) await ec2.volumes.release(task.scope, task.ebsVolume.volumeId);
    },
  };
}
