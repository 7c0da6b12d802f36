import { existsSync, readFileSync } from "node:fs";

/** Static builds only: they also run in images with another libc, or with none. */
const INIT_BINARIES = ["/usr/bin/tini-static", "/usr/libexec/docker/docker-init", "/usr/bin/docker-init"];

/** The init process that `initProcessEnabled` puts in front; `undefined` when none is installed. */
export function findInitBinary(): string | undefined {
  return INIT_BINARIES.find((path) => existsSync(path));
}

/** How readily containers are killed when the host runs out of memory: before the engine, and never before others. */
export function ownOomScoreAdj(): number {
  return Math.min(1000, Math.max(0, Number(readFileSync("/proc/self/oom_score_adj", "utf8"))) + 100);
}
