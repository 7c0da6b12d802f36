/** What `neargate doctor` found on one subject. */
export interface Finding {
  name: string;
  /** `fail`: the engine cannot work. `warn`: it works, but the reader should know. */
  status: "ok" | "warn" | "fail";
  detail: string;
  /** What to do about it. */
  fix?: string;
  /** Debian packages that are missing. */
  packages?: string[];
}

/** Compares dotted versions; what stands behind `-`, `~` or `+` is not looked at. */
export function atLeast(version: string, minimum: string): boolean {
  const [have, need] = [numbers(version), numbers(minimum)];
  for (let i = 0; i < need.length; i++) if ((have[i] ?? 0) !== need[i]) return (have[i] ?? 0) > need[i]!;
  return true;
}

function numbers(version: string): number[] {
  return version.split(/[-~+]/)[0]!.split(".").map(Number);
}
