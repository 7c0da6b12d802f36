import type { Clock } from "../../../base/clock.ts";
import { messageOf } from "../../../base/errors.ts";
import { backoffMs } from "../../../base/retry.ts";
import { isDisconnected } from "../client.ts";
import { RegistryError } from "./registry-error.ts";

/** The ECS agent's numbers: https://github.com/aws/amazon-ecs-agent/blob/master/agent/dockerclient/dockerapi/docker_client.go */
export const MAX_ATTEMPTS = 5;
const FIRST_DELAY_MS = 1100;
const MAX_DELAY_MS = 5000;
/** A registry may ask for more patience than that, but not for any amount. */
const MAX_RETRY_AFTER_MS = 60_000;

/** How long to wait after a failed attempt: the registry's wish, or exponentially longer. */
export function retryDelayMs(attempt: number, cause: unknown): number {
  const wanted = cause instanceof RegistryError ? cause.retryAfterMs : undefined;
  return wanted === undefined ? backoffMs(attempt, FIRST_DELAY_MS, MAX_DELAY_MS) : Math.min(wanted, MAX_RETRY_AFTER_MS);
}

/** Runs a request until it succeeds or is refused; says in the error how often it was tried. */
export async function withRegistryRetries<T>(clock: Clock, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (cause) {
      const retryable = cause instanceof RegistryError && cause.retryable && !signal.aborted;
      if (!retryable || attempt >= MAX_ATTEMPTS)
        throw signal.aborted || isDisconnected(cause) ? cause : new AttemptsError(attempt, cause);
      await clock.sleep(retryDelayMs(attempt, cause), signal);
    }
  }
}

/** The last failure, and how many attempts there were. */
export class AttemptsError extends Error {
  readonly attempts: number;

  constructor(attempts: number, cause: unknown) {
    super(messageOf(cause), { cause });
    this.name = "AttemptsError";
    this.attempts = attempts;
  }
}
