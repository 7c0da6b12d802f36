import type { Mount } from "../../backend.ts";

/** An entry of `mounts` of the OCI specification. */
export interface OciMount {
  destination: string;
  type: string;
  source: string;
  options: string[];
}

/** Where Docker puts the init process inside a container. */
export const INIT_PATH = "/sbin/docker-init";

/** What Docker mounts into every container. */
const systemMounts: OciMount[] = [
  { destination: "/proc", type: "proc", source: "proc", options: ["nosuid", "noexec", "nodev"] },
  {
    destination: "/dev",
    type: "tmpfs",
    source: "tmpfs",
    options: ["nosuid", "strictatime", "mode=755", "size=65536k"],
  },
  {
    destination: "/dev/pts",
    type: "devpts",
    source: "devpts",
    options: ["nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620", "gid=5"],
  },
  { destination: "/sys", type: "sysfs", source: "sysfs", options: ["nosuid", "noexec", "nodev", "ro"] },
  {
    destination: "/sys/fs/cgroup",
    type: "cgroup",
    source: "cgroup",
    options: ["ro", "nosuid", "noexec", "nodev"],
  },
  { destination: "/dev/mqueue", type: "mqueue", source: "mqueue", options: ["nosuid", "noexec", "nodev"] },
  {
    destination: "/dev/shm",
    type: "tmpfs",
    source: "shm",
    options: ["nosuid", "noexec", "nodev", "mode=1777", "size=67108864"],
  },
];

/** Files that tell or change what concerns the whole host. */
export const MASKED_PATHS = [
  "/proc/asound",
  "/proc/acpi",
  "/proc/interrupts",
  "/proc/kcore",
  "/proc/keys",
  "/proc/latency_stats",
  "/proc/timer_list",
  "/proc/timer_stats",
  "/proc/sched_debug",
  "/proc/scsi",
  "/sys/firmware",
  "/sys/devices/virtual/powercap",
];

export const READONLY_PATHS = ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"];

/** A container's mounts, parents before children: a mount made later would hide what lies below it. */
export function containerMounts(mounts: Mount[], initBinary: string | undefined): OciMount[] {
  const own = mounts.map((mount) => bind(mount));
  if (initBinary !== undefined) own.push(bind({ source: initBinary, destination: INIT_PATH, readOnly: true }));
  own.sort((a, b) => depth(a.destination) - depth(b.destination));
  const replaced = new Set(own.map((mount) => mount.destination));
  return [...systemMounts.filter((mount) => !replaced.has(mount.destination)), ...own];
}

function depth(path: string): number {
  return path.split("/").filter(Boolean).length;
}

/** What is read-only is mounted once more, which would take back the `nodev` of a volume: it is said again. */
function bind({ source, destination, readOnly }: Mount): OciMount {
  return {
    destination,
    type: "bind",
    source,
    options: ["rbind", "rprivate", ...(readOnly ? ["ro", "nodev"] : ["rw"])],
  };
}
