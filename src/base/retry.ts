import type { Clock } from "./clock.ts";

export interface RetryOptions {
  /** Attempts in all. */
  attempts: number;
  firstDelayMs: number;
  maxDelayMs: number;
  factor?: number;
  /** Which failures are worth another attempt; all of them unless told. */
  retryable?: (cause: unknown) => boolean;
  signal?: AbortSignal;
}

/** The delay before attempt `n` (from 1), exponential, with up to 20 % taken off at random. */
export function backoffMs(n: number, firstDelayMs: number, maxDelayMs: number, factor = 2): number {
  return Math.min(maxDelayMs, firstDelayMs * factor ** (n - 1)) * (1 - Math.random() * 0.2);
}

/** Runs `work` until it succeeds. Throws the last failure; `attempt` counts from 1. */
export async function retry<T>(clock: Clock, options: RetryOptions, work: (attempt: number) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work(attempt);
    } catch (cause) {
      if (attempt >= options.attempts || options.signal?.aborted || options.retryable?.(cause) === false) throw cause;
      await clock.sleep(backoffMs(attempt, options.firstDelayMs, options.maxDelayMs, options.factor), options.signal);
    }
  }
}
