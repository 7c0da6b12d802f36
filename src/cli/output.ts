/** Writes one line for a person. */
export function say(line = ""): void {
  process.stdout.write(`${line}\n`);
}

/** Writes one JSON document for a program. */
export function sayJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value, null, 2)}\n`);
}
