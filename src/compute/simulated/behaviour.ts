/**
 * What simulated containers do is said by the tag of their image, in words joined by `_`:
 *
 * - `exit-CODE-after-Ns`  ends by itself with that code after N seconds
 * - `oom-after-Ns`        is killed for memory after N seconds
 * - `slow-pull-Ns`, `slow-start-Ns`  takes N seconds to pull, to start
 * - `pull-error`, `create-error`, `start-error`  fails there
 * - `ignore-sigterm`      ends by SIGKILL only
 * - `unhealthy`           programs run in it fail with code 1
 *
 * N may have a fraction. Any other word means nothing: such containers run until they are killed.
 */
export interface Behaviour {
  pullMs: number;
  startMs: number;
  error: "pull" | "create" | "start" | undefined;
  /** How it ends by itself. */
  end: { afterMs: number; exitCode: number; oomKilled: boolean } | undefined;
  ignoresSigterm: boolean;
  healthy: boolean;
}

/** Reads the tag of an image reference. */
export function behaviourOf(reference: string): Behaviour {
  const tag = /:([\w.-]+)$/.exec(reference)?.[1] ?? "";
  const behaviour: Behaviour = {
    pullMs: 0,
    startMs: 0,
    error: undefined,
    end: undefined,
    ignoresSigterm: false,
    healthy: true,
  };
  for (const word of tag.split("_")) apply(behaviour, word);
  return behaviour;
}

function apply(behaviour: Behaviour, word: string): void {
  const exit = /^exit-(\d+)-after-([\d.]+)s$/.exec(word);
  if (exit) behaviour.end = { exitCode: Number(exit[1]), afterMs: Number(exit[2]) * 1000, oomKilled: false };
  const oom = /^oom-after-([\d.]+)s$/.exec(word);
  if (oom) behaviour.end = { exitCode: 137, afterMs: Number(oom[1]) * 1000, oomKilled: true };
  const slow = /^slow-(pull|start)-([\d.]+)s$/.exec(word);
  if (slow) behaviour[slow[1] === "pull" ? "pullMs" : "startMs"] = Number(slow[2]) * 1000;
  const error = /^(pull|create|start)-error$/.exec(word);
  if (error) behaviour.error = error[1] as "pull" | "create" | "start";
  if (word === "ignore-sigterm") behaviour.ignoresSigterm = true;
  if (word === "unhealthy") behaviour.healthy = false;
}
