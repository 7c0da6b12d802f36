import { diskSpace, isScarce } from "../../../base/disk-space.ts";

/** How often a layer that is being unpacked is looked at: nothing tells of a disk that fills up. */
const LOOK_EVERY_MS = 250;

/** An image that does not fit. */
export class NoSpaceError extends Error {
  constructor(diffId: string, why: string) {
    super(`failed to extract layer ${diffId}: ${why}: no space left on device: unknown`);
    this.name = "NoSpaceError";
  }
}

export interface UnpackLimits {
  diffId: string;
  /** Where layers are unpacked. */
  folder: string;
  /** Bytes that the layer may take. */
  maxBytes: number;
  /** Bytes that it has taken so far; asked only when the disk has lost more than the layer may take. */
  measure: () => Promise<number>;
}

/**
 * Unpacks a layer and stops in the middle when it becomes larger than it may, or leaves too little of the host's disk:
 * ten megabytes can hold ten gigabytes of zeros.
 * @throws NoSpaceError
 */
export async function guardUnpack<T>(
  { diffId, folder, maxBytes, measure }: UnpackLimits,
  signal: AbortSignal,
  unpack: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const tooMuch = new AbortController();
  const before = await diskSpace(folder);
  const look = async () => {
    const now = await diskSpace(folder);
    if (isScarce(now) && now.bytes < before.bytes)
      tooMuch.abort(new NoSpaceError(diffId, `the host has ${now.bytes} bytes left`));
    else if (before.bytes - now.bytes > maxBytes && (await measure()) > maxBytes)
      tooMuch.abort(tooLarge(diffId, maxBytes));
  };
  if (isScarce(before)) throw new NoSpaceError(diffId, `the host has ${before.bytes} bytes left`);
  const timer = setInterval(() => void look().catch(() => {}), LOOK_EVERY_MS);
  try {
    return await unpack(AbortSignal.any([signal, tooMuch.signal]));
  } catch (cause) {
    throw tooMuch.signal.aborted ? (tooMuch.signal.reason as Error) : cause;
  } finally {
    clearInterval(timer);
  }
}

/** The image is larger than it may be. */
export function tooLarge(diffId: string, maxBytes: number): NoSpaceError {
  return new NoSpaceError(diffId, `the image takes more than the ${Math.floor(maxBytes / 1024 ** 2)} MiB it may`);
}

/** Whether the host's disk can take so many bytes more, and enough is left for everybody else. */
export async function hasRoom(folder: string, bytes: number): Promise<boolean> {
  const now = await diskSpace(folder);
  return !isScarce({ ...now, bytes: now.bytes - bytes });
}
