import { spawnSync } from "node:child_process";

/** The user and group id of nobody. */
export const NOBODY = 65534;

/**
 * What a command line begins with to be run without root's rights; nothing where the tests are not root's.
 * @param path a file it must be able to read: a checkout may lie in a folder that only root may enter
 */
export function runAsNobody(path: string): string[] {
  if (process.getuid!() !== 0) return [];
  const setpriv = ["setpriv", `--reuid=${NOBODY}`, `--regid=${NOBODY}`, "--clear-groups"];
  const reads = (runner: string[]) => spawnSync(runner[0]!, [...runner.slice(1), "test", "-r", path]).status === 0;
  if (reads(setpriv)) return setpriv;
  // Reading is then the one right that is left of root's, also for access(2), which no_setuid_fixup is for.
  const read = ["--inh-caps=+dac_read_search", "--ambient-caps=+dac_read_search", "--securebits=+no_setuid_fixup"];
  return [...setpriv, ...read];
}
