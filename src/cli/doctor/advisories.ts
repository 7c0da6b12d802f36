/** A hole that is known, and the upstream releases that it is closed in: one for each branch that got a fix. */
export interface Advisory {
  program: "runc" | "containerd";
  cve: string;
  /** What it lets a hostile image or container do. */
  effect: string;
  fixedIn: readonly string[];
}

const WRITES = "write to files of the host";
const LEAKED = "reach the host's files by a leaked descriptor";
const CRI = "use up the host's memory by way of the CRI service, which is off in an own containerd";

/**
 * https://github.com/opencontainers/runc/security/advisories, https://github.com/containerd/containerd/security/advisories.
 * Of runsc none is known that leads out of a sandbox; the kernel's are left to the distribution.
 */
export const ADVISORIES: readonly Advisory[] = [
  { program: "runc", cve: "CVE-2019-5736", effect: "overwrite runc itself", fixedIn: ["1.0.0-rc.7"] },
  { program: "runc", cve: "CVE-2021-30465", effect: "mount the host's files by a race", fixedIn: ["1.0.0-rc.95"] },
  { program: "runc", cve: "CVE-2024-21626", effect: LEAKED, fixedIn: ["1.1.12"] },
  { program: "runc", cve: "CVE-2025-31133", effect: WRITES, fixedIn: ["1.2.8", "1.3.3", "1.4.0-rc.3"] },
  { program: "runc", cve: "CVE-2025-52565", effect: WRITES, fixedIn: ["1.2.8", "1.3.3", "1.4.0-rc.3"] },
  { program: "runc", cve: "CVE-2025-52881", effect: WRITES, fixedIn: ["1.2.8", "1.3.3", "1.4.0-rc.3"] },
  { program: "containerd", cve: "CVE-2022-23471", effect: CRI, fixedIn: ["1.5.16", "1.6.12"] },
  { program: "containerd", cve: "CVE-2023-25153", effect: "use up the host's memory", fixedIn: ["1.5.18", "1.6.18"] },
  {
    program: "containerd",
    cve: "CVE-2023-25173",
    effect: "keep groups it must not have",
    fixedIn: ["1.5.18", "1.6.18"],
  },
  {
    program: "containerd",
    cve: "CVE-2024-25621",
    effect: "leave set-user-id programs where users of the host reach them",
    fixedIn: ["1.7.29", "2.0.7", "2.1.5", "2.2.0"],
  },
  { program: "containerd", cve: "CVE-2025-64329", effect: CRI, fixedIn: ["1.7.29", "2.0.7", "2.1.5", "2.2.0"] },
];

/**
 * The holes that are open in a version of a program.
 * @param changelog of the distribution's package: a CVE that it names is closed, whatever the version's number says
 */
export function openAdvisories(program: Advisory["program"], version: string, changelog: string): Advisory[] {
  return ADVISORIES.filter(
    (advisory) =>
      advisory.program === program && !isFixed(version, advisory.fixedIn) && !changelog.includes(advisory.cve),
  );
}

/** Whether a version has a fix: at least the release of its own branch, or newer than all that are listed. */
export function isFixed(version: string, fixedIn: readonly string[]): boolean {
  const own = fixedIn.find((fix) => branch(fix) === branch(version));
  if (own !== undefined) return compare(version, own) >= 0;
  return fixedIn.every((fix) => compare(version, fix) > 0);
}

/** `1.2` of `1.2.8`. */
function branch(version: string): string {
  return parts(version).slice(0, 2).join(".");
}

function compare(one: string, other: string): number {
  const [a, b] = [parts(one), parts(other)];
  const index = a.findIndex((number, i) => number !== b[i]);
  return index < 0 ? 0 : a[index]! - b[index]!;
}

/** Major, minor, patch and the number of the release candidate, which stands before the release. */
function parts(version: string): number[] {
  const [, major, minor, patch = "0", candidate] = /^(\d+)\.(\d+)(?:\.(\d+))?(?:[-~]rc\.?(\d+))?/.exec(version) ?? [];
  return [major, minor, patch, candidate ?? Infinity].map(Number);
}
