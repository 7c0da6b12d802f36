/**
 * A JSON value as Go's `%v` prints it, which is how the agent makes a variable of it: text as it is, 1e+06 for a million,
 * `map[a:1 b:2]` for an object. https://pkg.go.dev/fmt
 */
export function formatGoValue(value: unknown): string {
  if (typeof value === "number") return formatNumber(value);
  if (value === null) return "<nil>";
  if (Array.isArray(value)) return `[${value.map(formatGoValue).join(" ")}]`;
  if (typeof value !== "object") return String(value);
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `map[${members.map(([name, member]) => `${name}:${formatGoValue(member)}`).join(" ")}]`;
}

/** `%g`, in the fewest digits: with an exponent of two digits at least from a million on, and below 0.0001. */
function formatNumber(value: number): string {
  const [digits, exponent] = value.toExponential().split("e");
  const power = Number(exponent);
  if (power >= -4 && power < 6) return String(value);
  return `${digits}e${power < 0 ? "-" : "+"}${String(Math.abs(power)).padStart(2, "0")}`;
}
