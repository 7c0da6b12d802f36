import { join } from "node:path";
import { HaproxyProxies } from "../balancer/haproxy-proxies.ts";
import type { ServiceConnectProxies } from "../balancer/service-connect.ts";
import { SimulatedProxies } from "../balancer/simulated.ts";
import { systemClock } from "../base/clock.ts";
import type { Logger } from "../base/log.ts";
import { parseNfsExport } from "../base/nfs-export.ts";
import type { ComputeBackend } from "../compute/backend.ts";
import { ContainerdBackend } from "../compute/containerd/backend.ts";
import { SimulatedBackend } from "../compute/simulated/backend.ts";
import type { Config } from "../config.ts";
import type { NetworkBackend } from "../network/backend.ts";
import { LinuxNetwork } from "../network/linux/backend.ts";
import { SimulatedNetwork } from "../network/simulated.ts";
import type { Registry } from "../registry/registry.ts";
import type { Disks } from "../storage/disks.ts";
import { LoopDisks } from "../storage/loop-disks.ts";
import type { FileSystems } from "../storage/shared/file-systems.ts";
import { LocalFileSystems } from "../storage/shared/local-file-systems.ts";
import { NfsShare } from "../storage/shared/nfs-share.ts";
import { LocalPlace, type Place } from "../storage/shared/place.ts";
import { SimulatedFileSystems } from "../storage/shared/simulated-file-systems.ts";
import { SimulatedDisks } from "../storage/simulated.ts";

/** What does the work on this machine, or pretends to. */
export function backends(
  config: Config,
  log: Logger,
  registry: Registry,
): {
  compute: ComputeBackend;
  network: NetworkBackend;
  proxies: ServiceConnectProxies;
  disks: { tasks: Disks; volumes: Disks };
  files: FileSystems;
} {
  const storage = (kind: string) => join(config.dataFolder, "storage", kind);
  if (config.compute === "simulated")
    return {
      compute: new SimulatedBackend({ config, clock: systemClock }),
      network: new SimulatedNetwork(config.publicPool),
      proxies: new SimulatedProxies(),
      disks: { tasks: new SimulatedDisks(storage("tasks")), volumes: new SimulatedDisks(storage("volumes")) },
      files: new SimulatedFileSystems(),
    };
  const compute = new ContainerdBackend({ config, clock: systemClock, log, images: registry });
  return {
    compute,
    network: new LinuxNetwork({ ...config, log }),
    disks: {
      tasks: new LoopDisks(storage("tasks"), { encrypted: config.encryptStorage }),
      volumes: new LoopDisks(storage("volumes")),
    },
    files: new LocalFileSystems({ place: efsPlace(config), runFolder: join(config.runFolder, "efs") }),
    proxies: new HaproxyProxies({
      folder: join(config.runFolder, "service-connect"),
      joinTask: (taskId, pid) => compute.joinTaskGroup(taskId, pid),
      log,
    }),
  };
}

function efsPlace({ efsNfs, dataFolder, runFolder }: Config): Place {
  const [folder, marker] = [join(dataFolder, "efs"), join(dataFolder, "efs-nfs.json")];
  if (efsNfs === undefined) return new LocalPlace({ folder, marker });
  const files = { marker, localFolder: folder, mountPoint: join(runFolder, "efs-nfs") };
  return new NfsShare(parseNfsExport(efsNfs)!, files);
}
