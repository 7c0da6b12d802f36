import type { Clock } from "../../base/clock.ts";
import { inTime } from "../in-time.ts";
import type { LogRoute } from "../log-route.ts";
import type { LogShipper } from "../ports.ts";

/** How long is waited while nothing is shipped. */
const STALLED_MS = 30_000;
/** And how long in all. */
const LONGEST_MS = 600_000;

/**
 * Ships what is left after a container has ended: as long as it becomes less, since a flood may have left much, and not
 * for ever, since a destination that fails must not keep the task.
 * @returns whether all is shipped
 */
export async function shipRest(
  shipper: Pick<LogShipper, "finish" | "waiting">,
  route: LogRoute,
  clock: Clock,
): Promise<boolean> {
  const finished = shipper.finish(route);
  const until = clock.monotonic() + LONGEST_MS;
  for (let left = shipper.waiting(route) || Number.POSITIVE_INFINITY; ;) {
    if (await inTime(finished, STALLED_MS, clock)) return true;
    const now = shipper.waiting(route);
    if (now >= left || clock.monotonic() >= until) return false;
    left = now;
  }
}
