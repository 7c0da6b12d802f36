/** A line that is longer is sent in parts: the buffer of Fargate's fluentd and splunk drivers. */
export const FRAGMENT_BYTES = 16 * 1024;

const NEWLINE = 0x0a;

/** A line without its newline, or a part of one. */
export interface Fragment {
  bytes: Buffer;
  /** Whether the line ends here. */
  last: boolean;
}

export interface Fragments {
  items: Fragment[];
  /** Bytes that they were made from. */
  consumed: number;
}

/**
 * Cuts output into lines, and lines into parts of {@link FRAGMENT_BYTES}, as Fargate's log drivers do: bytes stay as they
 * are, empty lines too. The fragments are views of `bytes`.
 * @param atEnd nothing follows these bytes: a last line without newline is complete
 * @param most how many fragments are taken at once
 */
export function takeFragments(bytes: Buffer, atEnd: boolean, most: number): Fragments {
  const items: Fragment[] = [];
  let start = 0;
  while (start < bytes.length && items.length < most) {
    const newline = bytes.indexOf(NEWLINE, start);
    const end = newline === -1 ? bytes.length : newline;
    if (end - start >= FRAGMENT_BYTES) {
      items.push({ bytes: bytes.subarray(start, start + FRAGMENT_BYTES), last: false });
      start += FRAGMENT_BYTES;
    } else if (newline !== -1 || atEnd) {
      items.push({ bytes: bytes.subarray(start, end), last: true });
      start = newline === -1 ? end : end + 1;
    } else break;
  }
  return { items, consumed: start };
}
