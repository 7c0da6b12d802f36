import type { Any } from "@bufbuild/protobuf/wkt";
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { run } from "../../../base/command.ts";
import { writeFileAtomic } from "../../../base/files.ts";
import { scriptWith, shimOptions, type ShimProgram } from "../shim-options.ts";
import { probeGvisor } from "./probe.ts";

/** Marks the ids of containers that are sandboxes: `TASKID-pause`. */
export const SANDBOX_SUFFIX = "-pause";

/** Begins the ids of programs with a terminal in containers. */
export const TERMINAL_PREFIX = "terminal-";

export interface GvisorFolders {
  /** Has the program: the run folder may forbid some. */
  dataFolder: string;
  /** Has what is known of containers, which ends with them at a reboot. */
  runFolder: string;
}

/**
 * gVisor as the runtime of containerd's runc shim: Debian's runsc comes without a shim of its own. Tried, and its program
 * written, at the first use.
 */
export class GvisorRuntime {
  private readonly folders: GvisorFolders;
  private prepared: Promise<ShimProgram> | undefined;

  constructor(folders: GvisorFolders) {
    this.folders = folders;
  }

  /**
   * The shim's options that make it run runsc.
   * @throws GvisorError when it does not work here
   */
  async options(): Promise<Any> {
    return shimOptions(await this.program());
  }

  /**
   * What those options name.
   * @throws GvisorError when it does not work here
   */
  program(): Promise<ShimProgram> {
    this.prepared ??= this.prepare().catch((cause: unknown) => {
      this.prepared = undefined; // it may be installed meanwhile
      throw cause;
    });
    return this.prepared;
  }

  /**
   * Kills a program with a terminal in a container: the process that the shim knows of it, which ends when it does, is not
   * it. Nothing when it is not in a sandbox, or was forgotten.
   */
  async killProgram(namespace: string, containerId: string, execId: string): Promise<void> {
    const pidFile = this.pidFile(execId);
    if (!existsSync(pidFile)) return;
    const { binary, root } = await this.program();
    const pid = readFileSync(pidFile, "utf8").trim();
    await run(binary, ["--root", join(root!, namespace), "kill", "--pid", pid, containerId, "KILL"]);
  }

  /** May be repeated, and called for one that is not in a sandbox. */
  forgetProgram(execId: string): void {
    rmSync(this.pidFile(execId), { force: true });
  }

  private pidFile(execId: string): string {
    return join(this.folders.runFolder, "gvisor/containers", `${execId}.pid`);
  }

  private async prepare(): Promise<ShimProgram> {
    const { program, platform } = await probeGvisor();
    const { dataFolder, runFolder } = this.folders;
    const containers = join(runFolder, "gvisor/containers");
    mkdirSync(containers, { recursive: true, mode: 0o700 });
    const script = join(dataFolder, "gvisor/runsc");
    writeFileAtomic(script, wrapper(program, runscFlags(platform), containers), 0o700);
    return { binary: script, root: join(runFolder, "gvisor/state") };
  }
}

/**
 * How runsc is run. Its own network stack would take the interface's addresses away from the namespace, where the task's
 * endpoints, its Service Connect proxy and its redirects live; and on kernels from 6.11 it is refused. What a container
 * writes goes to its file system, where its size counts, not to memory.
 */
function runscFlags(platform: string): string[] {
  // `host-uds`: a log router's socket appears in its folder on the host; sockets of the host stay out of reach.
  return [`--platform=${platform}`, "--network=host", "--overlay2=none", "--host-uds=create"];
}

/** The program that the shim runs. */
function wrapper(program: string, flags: readonly string[], state: string): string {
  const script = readFileSync(join(import.meta.dirname, "runsc.sh"), "utf8");
  return scriptWith(script, {
    RUNSC: program,
    FLAGS: flags.join(" "),
    STATE: state,
    SANDBOX: SANDBOX_SUFFIX,
    TERMINAL: TERMINAL_PREFIX,
  });
}
