/**
 * Named places in the code where a test makes the process die or fail. `NEARGATE_FAILPOINTS=name=kill,other=error`.
 * Without that variable they cost one comparison.
 */
const armed = new Map(
  (process.env["NEARGATE_FAILPOINTS"] ?? "")
    .split(",")
    .filter(Boolean)
    .map((entry) => entry.split("=") as [string, string]),
);

/** Dies by SIGKILL or throws here when the point is armed. Each point fires once. */
export function failpoint(name: string): void {
  if (armed.size === 0) return;
  const action = armed.get(name);
  armed.delete(name);
  if (action === "kill") process.kill(process.pid, "SIGKILL");
  else if (action === "error") throw new Error(`failure point ${name}`);
}
