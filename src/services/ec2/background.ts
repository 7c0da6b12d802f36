import type { Clock } from "../../base/clock.ts";
import type { Logger } from "../../base/log.ts";
import { retry } from "../../base/retry.ts";

/** Work that no answer waits for. */
export class Background {
  private readonly clock: Clock;
  private readonly log: Logger;
  private stopping = new AbortController();

  constructor(clock: Clock, log: Logger) {
    this.clock = clock;
    this.log = log;
  }

  start(): void {
    this.stopping = new AbortController();
  }

  /** Lets go of what is under way. */
  stop(): void {
    this.stopping.abort();
  }

  /** Of this run of the engine: aborted once it stops. */
  get signal(): AbortSignal {
    return this.stopping.signal;
  }

  /**
   * Does work, again until it succeeds or the engine stops: it may be repeated.
   * @param what as in `VPC endpoint vpce-…`, for the log
   * @returns whether it was done; does not reject
   */
  async run(what: string, work: () => Promise<void>): Promise<boolean> {
    const { signal } = this;
    const options = { attempts: Number.POSITIVE_INFINITY, firstDelayMs: 1000, maxDelayMs: 30_000, signal };
    const logged = async () => {
      try {
        if (!signal.aborted) await work();
      } catch (err) {
        if (!signal.aborted) this.log.error({ err }, `${what} failed, trying again`);
        throw err;
      }
    };
    try {
      await retry(this.clock, options, logged);
    } catch {
      return false; // only by the signal
    }
    return !signal.aborted;
  }
}
