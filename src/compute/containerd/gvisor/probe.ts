import { existsSync, readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run } from "../../../base/command.ts";
import { messageOf } from "../../../base/errors.ts";
import { findProgram } from "../../../base/find-program.ts";

/** How gVisor catches system calls. https://gvisor.dev/docs/architecture_guide/platforms/ */
export type GvisorPlatform = "systrap" | "kvm";

export interface GvisorProbe {
  /** Path of runsc. */
  program: string;
  /** Its date, such as 20240729. */
  version: number;
  platform: GvisorPlatform;
}

/** Before it, sockets of the task's own network namespace could not be waited for: reading from them failed (20221219). */
const OLDEST_VERSION = 20_240_729;

/** A sandbox is there in a fifth of a second. KVM hangs where there is a device, but no guest can really run. */
const PROBE_TIMEOUT_MS = 5000;

const INSTALL =
  "install a newer runsc: on Debian 13 and later `apt-get install runsc`, on Debian 12 " +
  "`apt-get install -t bookworm-backports runsc` with bookworm-backports among its sources, else from https://gvisor.dev/docs/user_guide/install/";

/** gVisor cannot be used on this machine; the message says why, `fix` what to do. */
export class GvisorError extends Error {
  override name = "GvisorError";
  readonly fix: string;

  constructor(message: string, fix: string) {
    super(message);
    this.fix = fix;
  }
}

/**
 * Finds the best platform that works here by running a program in a sandbox on it.
 * @throws GvisorError when runsc is missing or none works
 */
export async function probeGvisor(): Promise<GvisorProbe> {
  const program = findProgram("runsc");
  if (!program) throw new GvisorError("runsc is not installed", INSTALL);
  const version = await versionOf(program);
  if (version < OLDEST_VERSION)
    throw new GvisorError(`runsc ${version} is too old: at least ${OLDEST_VERSION} is needed`, INSTALL);
  const failures: string[] = [];
  for (const platform of candidates()) {
    const failure = await tryPlatform(program, platform);
    if (failure === undefined) return { program, version, platform };
    failures.push(`${platform}: ${failure}`);
  }
  throw new GvisorError(`runsc cannot run a sandbox here (${failures.join("; ")})`, INSTALL);
}

async function versionOf(program: string): Promise<number> {
  const { stdout } = await run(program, ["--version"], { timeoutMs: PROBE_TIMEOUT_MS });
  return Number(/\b\d{8}\b/.exec(stdout.replaceAll("~", " "))?.[0] ?? 0);
}

/** KVM is the fastest on hardware, and slow or of no use inside a virtual machine. */
function candidates(): GvisorPlatform[] {
  const isVirtual = /^flags\s*:.*\bhypervisor\b/m.test(readFileSync("/proc/cpuinfo", "utf8"));
  return [...(existsSync("/dev/kvm") && !isVirtual ? (["kvm"] as const) : []), "systrap"];
}

async function tryPlatform(program: string, platform: GvisorPlatform): Promise<string | undefined> {
  const root = await mkdtemp(join(tmpdir(), "neargate-gvisor-"));
  const flags = [`--root=${root}`, `--platform=${platform}`, "--network=none", "--ignore-cgroups"];
  try {
    await run(program, [...flags, "do", "true"], { timeoutMs: PROBE_TIMEOUT_MS });
    return undefined;
  } catch (cause) {
    return messageOf(cause).split("\n")[0];
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}
