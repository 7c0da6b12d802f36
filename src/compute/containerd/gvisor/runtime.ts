import type { Any } from "@bufbuild/protobuf/wkt";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { run } from "../../../base/command.ts";
import { writeFileAtomic } from "../../../base/files.ts";
import { scriptWith, shimOptions, type ShimProgram } from "../shim-options.ts";
import { probeGvisor } from "./probe.ts";

/** Marks the ids of containers that are sandboxes: `TASKID-pause`. */
export const SANDBOX_SUFFIX = "-pause";

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
  /** Has the number that each program started in a container has in its sandbox. */
  private readonly programs: string;
  private prepared: Promise<ShimProgram> | undefined;

  constructor(folders: GvisorFolders) {
    this.folders = folders;
    this.programs = join(folders.runFolder, "gvisor/programs");
    mkdirSync(this.programs, { recursive: true, mode: 0o700 });
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
   * Kills a program that was started in a container: the process that the shim knows of it, which ends when it does, is
   * not it. Nothing when it is not in a sandbox, or was forgotten.
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

  /** Of programs that a process has started that died. */
  forgetAllPrograms(): void {
    for (const execId of readdirSync(this.programs)) this.forgetProgram(execId);
  }

  private pidFile(execId: string): string {
    return join(this.programs, execId);
  }

  private async prepare(): Promise<ShimProgram> {
    const { program, platform } = await probeGvisor();
    const { dataFolder, runFolder } = this.folders;
    const containers = join(runFolder, "gvisor/containers");
    mkdirSync(containers, { recursive: true, mode: 0o700 });
    const script = join(dataFolder, "gvisor/runsc");
    const settings = {
      RUNSC: program,
      FLAGS: runscFlags(platform).join(" "),
      STATE: containers,
      PROGRAMS: this.programs,
    };
    writeFileAtomic(script, wrapper(settings), 0o700);
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
function wrapper(settings: Record<"RUNSC" | "FLAGS" | "STATE" | "PROGRAMS", string>): string {
  const script = readFileSync(join(import.meta.dirname, "runsc.sh"), "utf8");
  return scriptWith(script, { ...settings, SANDBOX: SANDBOX_SUFFIX });
}
