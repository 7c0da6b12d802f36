import type { Clock } from "../base/clock.ts";
import { failpoint } from "../base/failpoint.ts";
import type { Logger } from "../base/log.ts";
import { ComputeError, type ComputeBackend } from "../compute/backend.ts";
import { stopSignalOf } from "./container-spec.ts";
import { capacityLeftMs } from "./interruption.ts";
import { definitionOf, type ContainerRecord, type TaskRecord } from "./task-record.ts";

export interface ContainerStopperParts {
  compute: ComputeBackend;
  clock: Clock;
  log: Logger;
}

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html, seconds. */
const DEFAULT_STOP_TIMEOUT = 30;
/** After SIGKILL the end is due at once; should its event be lost, it is asked for. */
const KILLED_LOOK_AGAIN_MS = 1000;

/** Tells the containers of one task to stop, and kills those that do not listen. */
export class ContainerStopper {
  private readonly parts: ContainerStopperParts;
  /**
   * Containers that were told to stop, and when by the monotonic clock. Not recorded: a crash may come before the signal
   * as well as after it, so a restarted engine sends it again and waits the whole stopTimeout.
   */
  private readonly signalled = new Map<string, number>();

  constructor(parts: ContainerStopperParts) {
    this.parts = parts;
  }

  /** How long the container still has to end, milliseconds: none before it was told to. */
  timeLeft(task: TaskRecord, container: ContainerRecord): number {
    const signalledAt = this.signalled.get(container.id);
    if (signalledAt === undefined) return 0;
    const leftMs = signalledAt + stopTimeoutMs(task, container) - this.parts.clock.monotonic();
    return Math.max(0, Math.min(leftMs, capacityLeftMs(task, this.parts.clock.now())));
  }

  /** Sends the stop signal; the next time, or when the task's capacity is gone, SIGKILL. @returns how long to wait for the end, milliseconds */
  async signal(task: TaskRecord, container: ContainerRecord): Promise<number> {
    const { clock, compute, log } = this.parts;
    const capacityMs = capacityLeftMs(task, clock.now());
    const isFirst = !this.signalled.has(container.id) && capacityMs > 0;
    try {
      await compute.killContainer(container.id, isFirst ? stopSignalOf(container) : "SIGKILL");
    } catch (cause) {
      // Such as an image's STOPSIGNAL that is none: SIGKILL follows after stopTimeout.
      if (!(cause instanceof ComputeError)) throw cause;
      log.warn({ err: cause, container: container.id }, "a container could not be signalled");
    }
    failpoint("task.stop-signalled");
    if (isFirst) this.signalled.set(container.id, clock.monotonic());
    return isFirst ? Math.min(stopTimeoutMs(task, container), capacityMs) : KILLED_LOOK_AGAIN_MS;
  }
}

function stopTimeoutMs(task: TaskRecord, container: ContainerRecord): number {
  return (definitionOf(task, container).stopTimeout ?? DEFAULT_STOP_TIMEOUT) * 1000;
}
