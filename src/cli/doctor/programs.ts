import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { run } from "../../base/command.ts";
import { findProgram } from "../../base/find-program.ts";
import { openAdvisories, type Advisory } from "./advisories.ts";
import { atLeast, type Finding } from "./check.ts";
import packages from "./packages.json" with { type: "json" };

const OLDEST_CONTAINERD = "1.6";

/** Whether every program that the engine uses is there, with its Debian package when not. */
export function checkPrograms(): Finding[] {
  return packages
    .filter((entry) => entry.for === undefined)
    .map(({ package: name, programs, why }) => {
      const missing = programs.filter((program) => !findProgram(program));
      if (missing.length === 0) return { name, status: "ok", detail: programs.map(findProgram).join(", ") };
      return { name, status: "fail", detail: `${missing.join(", ")} is missing: ${why}`, packages: [name] };
    });
}

export async function checkContainerd(): Promise<Finding[]> {
  const version = await versionOf("containerd");
  if (!version) return []; // told as missing already
  if (!atLeast(version, OLDEST_CONTAINERD))
    return [
      { name: "containerd version", status: "fail", detail: version, fix: `at least ${OLDEST_CONTAINERD} is needed` },
    ];
  return [holes("containerd", version)];
}

export async function checkRunc(): Promise<Finding[]> {
  const version = await versionOf("runc");
  return version ? [holes("runc", version)] : [];
}

/** What is known against a version that is installed. */
function holes(program: Advisory["program"], version: string): Finding {
  const name = `${program} version`;
  const changelog = distributionChangelog(program);
  const open = openAdvisories(program, version, changelog);
  if (open.length === 0) {
    const patched = openAdvisories(program, version, "").length > 0;
    return { name, status: "ok", detail: patched ? `${version}, with the distribution's security fixes` : version };
  }
  const effects = Map.groupBy(open, (advisory) => advisory.effect);
  const told = [...effects].map(([effect, same]) => `${effect} (${same.map(({ cve }) => cve).join(", ")})`);
  return {
    name,
    status: "warn",
    detail: `${version} lets a hostile image ${told.join("; ")}`,
    fix: `run only images that you trust, or on --isolation gvisor, or install a ${program} of at least ${open.at(-1)!.fixedIn.join(" or ")}`,
  };
}

/** Distributions fix old versions without changing their number; their changelog says what was fixed. */
function distributionChangelog(program: string): string {
  try {
    return gunzipSync(readFileSync(`/usr/share/doc/${program}/changelog.Debian.gz`)).toString();
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
