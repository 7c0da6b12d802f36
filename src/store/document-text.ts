/*
 * Documents as text. Functions given to JSON for every member would take most of the time of reading and writing them, so
 * dates are looked for before, and after, by walking once.
 */

const MARK = "$date";

/** A document as JSON. Dates survive the way: they are written as `{"$date": milliseconds}`. */
export function encode(document: unknown): string {
  return JSON.stringify(marked(document));
}

/** The document that was encoded. */
export function decode<T>(text: string): T {
  const parsed: unknown = JSON.parse(text);
  return (text.includes(MARK) ? revived(parsed) : parsed) as T;
}

/** The value with its dates marked; itself when it has none. */
function marked(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (value instanceof Date) return { [MARK]: value.getTime() };
  if (Array.isArray(value)) {
    const items = value.map(marked);
    return items.some((item, index) => item !== value[index]) ? items : value;
  }
  let copy: Record<string, unknown> | undefined;
  for (const [key, member] of Object.entries(value)) {
    const mark = marked(member);
    if (mark !== member) (copy ??= { ...value })[key] = mark;
  }
  return copy ?? value;
}

/** Puts dates in their places, in the value itself. */
function revived(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  const members = value as Record<string, unknown>;
  const keys = Object.keys(members);
  const [first] = keys;
  if (keys.length === 1 && first === MARK && typeof members[MARK] === "number") return new Date(members[MARK]);
  for (const key of keys) {
    const member = members[key];
    const date = revived(member);
    if (date !== member) members[key] = date;
  }
  return value;
}
