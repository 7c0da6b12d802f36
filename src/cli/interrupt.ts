import { systemClock } from "../base/clock.ts";
import { say } from "./output.ts";

/** Sooner than this a second signal is the same one: from the terminal, and passed on by npm. */
const SAME_SIGNAL_MS = 1000;

/**
 * Calls `end` at the first Ctrl-C (or SIGTERM, or a closed terminal); whoever insists ends the process at once.
 * @param insisted called before that: says what is left behind
 */
export function onInterrupt(end: () => void, insisted: () => void): void {
  let first: number | undefined;
  const onSignal = () => {
    const now = systemClock.now();
    if (first === undefined) {
      first = now;
      end();
    } else if (now - first > SAME_SIGNAL_MS) {
      insisted();
      process.exit(130);
    }
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, onSignal);
}

/** What a person needs to know who did not wait for the end. */
export function sayUnfinished(): void {
  say('\nBroken off: what was not stopped yet runs on. "neargate status" tells, "neargate down" stops it.');
}
