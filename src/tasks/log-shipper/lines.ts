/** The largest message of one event: 1 MB, less the 26 bytes that each event counts for beside its message. */
export const MAX_MESSAGE_BYTES = 1_048_576 - 26;

const NEWLINE = 0x0a;

export interface Lines {
  items: string[];
  /** Bytes that they were made from. */
  consumed: number;
}

/**
 * Cuts output into messages, one for each line, as Docker's awslogs driver does: lines end at a newline only, so a
 * carriage return stays; empty lines are left out, because CloudWatch Logs has no empty events; a line that is too long
 * for an event becomes several; bytes that are not UTF-8 become U+FFFD.
 * @param atEnd nothing follows these bytes: a last line without newline is complete
 */
export function takeLines(bytes: Buffer, atEnd: boolean): Lines {
  const end = bytes.lastIndexOf(NEWLINE) + 1;
  if (end > 0) {
    const text = bytes.toString("utf8", 0, end - 1);
    return { items: text.split("\n").filter((line) => line !== ""), consumed: end };
  }
  if (bytes.length > MAX_MESSAGE_BYTES) {
    const cut = characterBoundary(bytes, MAX_MESSAGE_BYTES);
    return { items: [bytes.toString("utf8", 0, cut)], consumed: cut };
  }
  if (atEnd && bytes.length > 0) return { items: [bytes.toString()], consumed: bytes.length };
  return { items: [], consumed: 0 };
}

/** The last place up to `at` that is not inside of a UTF-8 character; `at` when the bytes are not UTF-8. */
export function characterBoundary(bytes: Buffer, at: number): number {
  for (let place = at; place > at - 4; place--) if ((bytes[place]! & 0xc0) !== 0x80) return place;
  return at;
}
