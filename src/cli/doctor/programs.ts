import { accessSync, constants, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { run } from "../../base/command.ts";
import { atLeast, type Finding } from "./check.ts";
import packages from "./packages.json" with { type: "json" };

const OLDEST_CONTAINERD = "1.6";

/** Whether every program that the engine uses is there, with its Debian package when not. */
export function checkPrograms(): Finding[] {
  return packages
    .filter((entry) => entry.for !== "test")
    .map(({ package: name, programs, why }) => {
      const missing = programs.filter((program) => !findProgram(program));
      if (missing.length === 0) return { name, status: "ok", detail: programs.map(findProgram).join(", ") };
      return { name, status: "fail", detail: `${missing.join(", ")} is missing: ${why}`, packages: [name] };
    });
}

/** The path of a program; the folders of system programs are looked at even when PATH lacks them. */
export function findProgram(name: string): string | undefined {
  const folders = [...(process.env["PATH"] ?? "").split(":"), "/usr/local/sbin", "/usr/sbin", "/sbin"];
  return folders
    .filter(Boolean)
    .map((folder) => join(folder, name))
    .find((path) => {
      try {
        accessSync(path, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}

export async function checkContainerd(): Promise<Finding[]> {
  const version = await versionOf("containerd");
  if (!version) return []; // told as missing already
  const name = "containerd version";
  if (atLeast(version, OLDEST_CONTAINERD)) return [{ name, status: "ok", detail: version }];
  return [{ name, status: "fail", detail: version, fix: `at least ${OLDEST_CONTAINERD} is needed` }];
}

/** CVEs of 2025 by which a container can write to the host, fixed in 1.2.8, 1.3.3 and 1.4.0-rc.3. */
const RUNC_CVES = ["CVE-2025-31133", "CVE-2025-52565", "CVE-2025-52881"];

export async function checkRunc(): Promise<Finding[]> {
  const version = await versionOf("runc");
  if (!version) return [];
  const name = "runc version";
  if (runcHasFixes(version)) return [{ name, status: "ok", detail: version }];
  const unfixed = RUNC_CVES.filter((cve) => !distributionChangelog().includes(cve));
  if (unfixed.length === 0)
    return [{ name, status: "ok", detail: `${version}, with the distribution's security fixes` }];
  return [
    {
      name,
      status: "warn",
      detail: `${version} lets a hostile image break out (${unfixed.join(", ")})`,
      fix: "run only images that you trust, or install runc 1.2.8, 1.3.3 or later (on Debian: from backports or a newer release)",
    },
  ];
}

/** Whether an upstream version is one that has the fixes of {@link RUNC_CVES}. */
export function runcHasFixes(version: string): boolean {
  if (atLeast(version, "1.4")) return !/^1\.4\.0-rc\.?[12]\b/.test(version);
  return atLeast(version, "1.3") ? atLeast(version, "1.3.3") : atLeast(version, "1.2.8");
}

/** Distributions fix old versions without changing their number; their changelog says what was fixed. */
function distributionChangelog(): string {
  try {
    return gunzipSync(readFileSync("/usr/share/doc/runc/changelog.Debian.gz")).toString();
  } catch {
    return "";
  }
}

/** The first thing in a program's `--version` that looks like a version. */
async function versionOf(program: string): Promise<string | undefined> {
  const path = findProgram(program);
  if (!path) return undefined;
  const { stdout } = await run(path, ["--version"], { timeoutMs: 10_000 });
  return /\d+\.\d+(\.\d+)?([-~+][\w.~+-]+)?/.exec(stdout)?.[0];
}
