import { existsSync } from "node:fs";
import { findProgram } from "../../base/find-program.ts";
import { STARGZ_PROGRAM } from "../../compute/containerd/lazy/stargz-daemon.ts";
import type { Config } from "../../config.ts";
import type { Finding } from "./check.ts";

const FIX = "install it from the releases of stargz-snapshotter, or choose --lazy-images off";

/** Whether images can be mounted from their registries. */
export function checkLazyImages({ lazyImages, containerdSocket }: Config): Finding {
  const name = "lazy images";
  if (lazyImages && containerdSocket !== undefined)
    return { name, status: "ok", detail: `chosen, by the stargz snapshotter of the containerd at ${containerdSocket}` };
  const program = findProgram(STARGZ_PROGRAM);
  const missing = program === undefined ? STARGZ_PROGRAM : existsSync("/dev/fuse") ? undefined : "/dev/fuse";
  if (missing === undefined)
    return { name, status: "ok", detail: `can be had, by ${program}: ${lazyImages ? "" : "not "}chosen` };
  // Not an offence to lack what was not asked for.
  if (!lazyImages) return { name, status: "ok", detail: `not chosen, and ${missing} is missing` };
  const fix = missing === STARGZ_PROGRAM ? FIX : "load the kernel's module fuse, or choose --lazy-images off";
  return { name, status: "fail", detail: `${missing} is missing`, fix };
}
