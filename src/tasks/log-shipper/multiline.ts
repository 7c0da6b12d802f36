import { characterBoundary, MAX_MESSAGE_BYTES, type Lines } from "./lines.ts";
import type { LineMatcher } from "./multiline-pattern.ts";

const NEWLINE = 0x0a;

/**
 * Cuts output into events of several lines, as Docker's awslogs driver does: an event begins with a line that matches and
 * has all lines up to the next that does, each with its newline. The last event is left, since lines may follow that
 * belong to it.
 * @param bytes from the beginning of an event
 * @param whole take the last event, too, as far as it has come
 */
export function takeEvents(bytes: Buffer, begins: LineMatcher, whole: boolean, atEnd: boolean): Lines {
  const items: string[] = [];
  let event = 0; // where it begins
  let start = 0; // of the line
  const finish = (end: number) => {
    if (end > event) items.push(eventText(bytes, event, end));
    event = end;
  };
  while (start < bytes.length) {
    const newline = bytes.indexOf(NEWLINE, start);
    if (newline === -1 && !(atEnd && whole)) break;
    const end = newline === -1 ? bytes.length : newline + 1;
    const line = bytes.toString("utf8", start, newline === -1 ? end : newline);
    if (begins(line) || end - event > MAX_MESSAGE_BYTES) finish(start);
    start = end;
  }
  if (whole) finish(start);
  if (event === 0 && bytes.length > MAX_MESSAGE_BYTES) finish(start || characterBoundary(bytes, MAX_MESSAGE_BYTES));
  return { items, consumed: event };
}

/** With a newline at its end, also when the output ended without one. */
function eventText(bytes: Buffer, from: number, to: number): string {
  const text = bytes.toString("utf8", from, to);
  return text.endsWith("\n") || to - from >= MAX_MESSAGE_BYTES - 3 ? text : `${text}\n`;
}
