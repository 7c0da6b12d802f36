import { readFileSync } from "node:fs";
import koffi from "koffi";

const libc = koffi.load("libc.so.6");
const mountCall = libc.func(
  "int mount(const char *source, const char *target, const char *type, unsigned long flags, const char *data)",
) as (source: string, target: string, type: string | null, flags: number, data: string | null) => number;
const umountCall = libc.func("int umount2(const char *target, int flags)") as (target: string, flags: number) => number;

const MS_NODEV = 0x4;
const MS_REMOUNT = 0x20;
const MS_BIND = 0x1000;
const MNT_DETACH = 2;
const UMOUNT_NOFOLLOW = 8;

/** Shows a folder at another place, without devices. @param folder a descriptor: what it names can not be exchanged */
export function bindFolder(folder: number, target: string): void {
  check("bind", target, mountCall(`/proc/self/fd/${folder}`, target, null, MS_BIND, null));
  check("remount", target, mountCall("none", target, null, MS_BIND | MS_REMOUNT | MS_NODEV, null));
}

/**
 * Mounts the file system that a process answers for at `device`, an open /dev/fuse, for every user. Nothing is checked by
 * the kernel: that process decides, and looks at each file itself. Without devices, as {@link bindFolder}, and nothing
 * else: what more a mount forbids, a task with users of its own must not take back, which showing it read-only would.
 */
export function mountFuse(device: number, target: string): void {
  const data = `fd=${device},rootmode=40000,user_id=0,group_id=0,allow_other`;
  check("mount", target, mountCall("neargate-efs", target, "fuse.neargate-efs", MS_NODEV, data));
}

/** Takes away all that is mounted at a place, at once, even what is in use or whose process is dead. */
export function unmountAll(target: string): void {
  while (isMounted(target)) check("umount", target, umountCall(target, MNT_DETACH | UMOUNT_NOFOLLOW));
}

/** @param target without spaces */
export function isMounted(target: string): boolean {
  return mountedSource(target) !== undefined;
}

/** What the kernel calls the device that is mounted at a place. @param target without spaces */
export function mountedSource(target: string): string | undefined {
  const lines = readFileSync("/proc/self/mountinfo", "utf8").split("\n");
  const line = lines.findLast((each) => each.split(" ")[4] === target);
  return line?.split(" - ")[1]?.split(" ")[1];
}

function check(what: string, target: string, result: number): void {
  if (result < 0) throw new Error(`${what} ${target}: errno ${koffi.errno()}`);
}
