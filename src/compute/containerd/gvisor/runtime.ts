import { create } from "@bufbuild/protobuf";
import { AnySchema, type Any } from "@bufbuild/protobuf/wkt";
import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { writeFileAtomic } from "../../../base/files.ts";
import { probeGvisor } from "./probe.ts";

/** Marks the ids of containers that are sandboxes: `TASKID-pause`. */
export const SANDBOX_SUFFIX = "-pause";

const OPTIONS_TYPE = "containerd.runc.v1.Options";
/** Fields of that message, which is the runc shim's configuration. */
const BINARY_NAME = 6;
const ROOT = 7;

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
  private prepared: Promise<Any> | undefined;

  constructor(folders: GvisorFolders) {
    this.folders = folders;
  }

  /**
   * The shim's options that make it run runsc.
   * @throws GvisorError when it does not work here
   */
  options(): Promise<Any> {
    this.prepared ??= this.prepare().catch((cause: unknown) => {
      this.prepared = undefined; // it may be installed meanwhile
      throw cause;
    });
    return this.prepared;
  }

  private async prepare(): Promise<Any> {
    const { program, platform } = await probeGvisor();
    const { dataFolder, runFolder } = this.folders;
    const containers = join(runFolder, "gvisor/containers");
    mkdirSync(containers, { recursive: true, mode: 0o700 });
    const script = join(dataFolder, "gvisor/runsc");
    writeFileAtomic(script, wrapper(program, runscFlags(platform), containers), 0o700);
    const value = new BinaryWriter()
      .tag(BINARY_NAME, WireType.LengthDelimited)
      .string(script)
      .tag(ROOT, WireType.LengthDelimited)
      .string(join(runFolder, "gvisor/state"))
      .finish();
    return create(AnySchema, { typeUrl: OPTIONS_TYPE, value });
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

/** The program that the shim runs: `runsc.sh` with its settings, independent of where Neargate is installed. */
function wrapper(program: string, flags: readonly string[], state: string): string {
  const [shebang, ...body] = readFileSync(join(import.meta.dirname, "runsc.sh"), "utf8").split("\n");
  const settings = { RUNSC: program, FLAGS: flags.join(" "), STATE: state, SANDBOX: SANDBOX_SUFFIX };
  const lines = Object.entries(settings).map(([name, value]) => `${name}='${value.replaceAll("'", `'\\''`)}'`);
  return [shebang, ...lines, ...body].join("\n");
}
