import koffi from "koffi";

/** How far the host's clock may be off, as ECS reports it. */
export interface ClockDrift {
  /** Milliseconds. */
  ClockErrorBound: number;
  ReferenceTimestamp: string;
  ClockSynchronizationStatus: "SYNCHRONIZED" | "NOT_SYNCHRONIZED";
}

/** Of `struct timex`, on 64-bit Linux: the size, and where its members lie. */
const TIMEX_BYTES = 208;
const MAX_ERROR = 24;
const STATUS = 40;
const STA_UNSYNC = 0x40;

const libc = koffi.load("libc.so.6");
const adjtimex = libc.func("int adjtimex(void *buf)") as (buffer: Buffer) => number;

/**
 * Asks the kernel, which whatever synchronizes the clock keeps informed.
 * https://man7.org/linux/man-pages/man2/adjtimex.2.html
 * @param now milliseconds since 1970
 */
export function readClockDrift(now: number): ClockDrift {
  const timex = Buffer.alloc(TIMEX_BYTES); // no modes: asks only
  const state = adjtimex(timex);
  const synchronized = state >= 0 && (timex.readInt32LE(STATUS) & STA_UNSYNC) === 0;
  return {
    ClockErrorBound: Number(timex.readBigInt64LE(MAX_ERROR)) / 1000,
    ReferenceTimestamp: new Date(now).toISOString(),
    ClockSynchronizationStatus: synchronized ? "SYNCHRONIZED" : "NOT_SYNCHRONIZED",
  };
}
