import { existsSync, statfsSync } from "node:fs";
import { dirname } from "node:path";
import type { Config } from "../../config.ts";
import type { Finding } from "./check.ts";

const LOW_BYTES = 2 * 1024 ** 3;

/** File systems that cannot hold overlay layers, by the magic number of statfs(2). */
const UNSUITABLE = new Map([
  [0x794c7630, "overlay"],
  [0x6969, "NFS"],
  [0x65735546, "FUSE"],
  [0x4d44, "FAT"],
]);

/** Where the data folder lies, and whether there is room. */
export function checkStorage(config: Config): Finding {
  let folder = config.dataFolder;
  while (!existsSync(folder)) folder = dirname(folder);
  const { type, bavail, bsize } = statfsSync(folder);
  const kind = UNSUITABLE.get(type);
  const free = `${((bavail * bsize) / 1024 ** 3).toFixed(1)} GiB free for ${config.dataFolder}`;
  const name = "data folder";
  if (kind && config.compute === "containerd")
    return {
      name,
      status: "fail",
      detail: `${config.dataFolder} lies on ${kind}, which cannot hold container layers`,
      fix: "choose a folder on ext4, xfs or btrfs with --data",
    };
  if (bavail * bsize < LOW_BYTES) return { name, status: "warn", detail: free, fix: "images need room" };
  return { name, status: "ok", detail: free };
}
