import type { Any } from "@bufbuild/protobuf/wkt";
import { mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { errnoOf } from "../../../base/errors.ts";
import { writeFileAtomic } from "../../../base/files.ts";
import type { Isolation } from "../../../base/isolation.ts";
import { ComputeError } from "../../backend.ts";
import type { GvisorRuntime } from "../gvisor/runtime.ts";
import { scriptWith, shimOptions } from "../shim-options.ts";
import { specText } from "../spec/spec-text.ts";
import type { OciDocument } from "../spec/spec.ts";

export interface SecretSpecsOptions {
  /** Has the programs: the run folder may forbid some. */
  dataFolder: string;
  /** Has the secrets: in memory, as a rule, and gone after a reboot, as the containers are. */
  runFolder: string;
  gvisor: GvisorRuntime;
}

/** What the specification of a program in a container says of its process, as far as it matters here. */
export interface OciProcess {
  env?: string[];
  [more: string]: unknown;
}

/**
 * The specifications of containers with secrets, whole, in files of the run folder that only root reads. containerd, whose
 * database lies in the data folder, gets them without the secrets; a small program in the place of the runtime puts the
 * whole ones in their place when a container, or a program in it, is made.
 */
export class SecretSpecs {
  private readonly options: SecretSpecsOptions;
  private readonly folder: string;
  /** The tiers whose program was written. */
  private readonly programs = new Set<Isolation>();

  constructor(options: SecretSpecsOptions) {
    this.options = options;
    this.folder = join(options.runFolder, "secrets");
    mkdirSync(this.folder, { recursive: true, mode: 0o700 });
  }

  /**
   * Keeps a container's specification with its secrets, until {@link remove}.
   * @throws ComputeError `CannotCreateContainerError` for a value that cannot be a variable's
   */
  write(id: string, document: OciDocument, secrets: Readonly<Record<string, string>>): void {
    const process = document["process"] as OciProcess;
    this.save(id, { ...document, process: { ...process, env: withVariables(process.env ?? [], secrets) } });
  }

  /**
   * Keeps what a program in a container is run by, until {@link remove} of its id, when the container has secrets.
   * @param change makes it from the container's first process
   */
  writeProgram(containerId: string, execId: string, change: (process: OciProcess) => OciProcess): void {
    const document = this.read(containerId);
    if (document) this.save(execId, change(document["process"] as OciProcess));
  }

  /** May be repeated, and called for what has none. */
  remove(id: string): void {
    rmSync(this.path(id), { force: true });
  }

  /** Removes what a process left that was killed; nothing may be under way. */
  keepOnly(containerIds: readonly string[]): void {
    const kept = new Set(containerIds.map((id) => this.path(id)));
    for (const file of readdirSync(this.folder)) {
      const path = join(this.folder, file);
      if (!kept.has(path)) rmSync(path);
    }
  }

  /**
   * The shim's options for such a container.
   * @param owner as in {@link shimOptions}
   * @throws GvisorError when gVisor does not work here
   */
  async shimOptions(isolation: Isolation = "runc", owner?: number): Promise<Any> {
    const runtime = isolation === "gvisor" ? await this.options.gvisor.program() : { binary: "runc" };
    const binary = join(this.options.dataFolder, "secrets", isolation);
    if (!this.programs.has(isolation)) {
      const script = readFileSync(join(import.meta.dirname, "runtime.sh"), "utf8");
      writeFileAtomic(binary, scriptWith(script, { RUNTIME: runtime.binary, SECRETS: this.folder }), 0o700);
      this.programs.add(isolation);
    }
    return shimOptions({ ...runtime, binary }, owner);
  }

  private save(id: string, content: object): void {
    writeFileAtomic(this.path(id), specText(content), 0o600);
  }

  private read(id: string): OciDocument | undefined {
    try {
      return JSON.parse(readFileSync(this.path(id), "utf8")) as OciDocument;
    } catch (cause) {
      if (errnoOf(cause) === "ENOENT") return undefined;
      throw cause;
    }
  }

  private path(id: string): string {
    return join(this.folder, `${id}.json`);
  }
}

/** An environment with further variables, which win. */
function withVariables(env: readonly string[], variables: Readonly<Record<string, string>>): string[] {
  if (Object.values(variables).some((value) => value.includes("\0")))
    throw new ComputeError("CannotCreateContainerError", "environment variables must not contain a NUL character");
  const others = env.filter((entry) => !Object.hasOwn(variables, entry.slice(0, entry.indexOf("="))));
  return [...others, ...Object.entries(variables).map(([name, value]) => `${name}=${value}`)];
}
