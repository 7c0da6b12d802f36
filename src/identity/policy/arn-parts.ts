/**
 * The parts of an ARN, or of a pattern for ARNs: up to six, as colons in the last are nothing special. Nor are those in
 * variables.
 */
export function arnParts(text: string): string[] {
  const parts = [""];
  for (const [index, piece] of text.split(/(\$\{[^{}]*\})/).entries()) {
    const [first = "", ...others] = index % 2 === 1 ? [piece] : piece.split(":");
    parts[parts.length - 1] += first;
    for (const other of others) {
      if (parts.length < 6) parts.push(other);
      else parts[5] += `:${other}`;
    }
  }
  return parts;
}
