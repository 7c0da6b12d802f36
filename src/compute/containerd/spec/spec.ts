import { ComputeError, type ContainerSpec } from "../../backend.ts";
import { mergeCapabilities } from "./capabilities.ts";
import { cpuResources, rlimitsFor, type RlimitCeiling } from "./limits.ts";
import { containerMounts, INIT_PATH, MASKED_PATHS, READONLY_PATHS, type OciMount } from "./mounts.ts";
import { processArgs, processEnv } from "./process.ts";
import { seccompFor, type SeccompHost } from "./seccomp.ts";
import type { OciUser } from "./user.ts";

/** What the specification depends on beside the container. */
export interface SpecHost extends SeccompHost {
  rlimitCeiling: RlimitCeiling;
  /** A static init to reap zombies with; `undefined` when none is installed. */
  initBinary: string | undefined;
  cgroupVersion: 1 | 2;
  /** Whether memory and swap can be limited together. */
  swapAccounting: boolean;
  /** Containers must be killed for memory before the engine is. */
  oomScoreAdj: number;
}

/** An OCI specification, as far as others here change it. */
export interface OciDocument {
  annotations: Record<string, string>;
  mounts: OciMount[];
  linux: {
    namespaces: { type: string; path?: string }[];
    cgroupsPath?: string;
    resources?: object;
    [more: string]: unknown;
  };
  [more: string]: unknown;
}

const MIB = 1024 * 1024;

/**
 * The OCI specification of a container, as Docker would write it for a default container on its own cgroup, namespaces
 * and capabilities. https://github.com/opencontainers/runtime-spec/blob/main/config.md
 * @param pidNamespace a path to join it by; without it the container has one of its own
 * @throws ComputeError `CannotCreateContainerError` for what can never run.
 */
export function ociSpec(
  spec: ContainerSpec,
  host: SpecHost,
  user: OciUser,
  cgroupsPath: string,
  pidNamespace?: string,
): OciDocument {
  const args = processArgs(spec.image.config, spec);
  if (args.length === 0) throw cannotCreate("no command specified");
  if (spec.initProcess && host.initBinary === undefined)
    throw cannotCreate(
      "initProcessEnabled needs the program tini-static (Debian package tini), which is not installed",
    );
  const capabilities = mergeCapabilities(spec.capabilities);
  const terminal = spec.terminal ?? false;
  const env = processEnv(
    [...(terminal ? ["TERM=xterm"] : []), ...spec.image.config.env],
    spec.environment,
    spec.hostname,
  );
  if ([...args, ...env].some((text) => text.includes("\0")))
    throw cannotCreate("arguments and environment variables must not contain a NUL character");
  return {
    ociVersion: "1.0.2",
    process: {
      terminal,
      user,
      args: spec.initProcess ? initArgs(args, pidNamespace !== undefined) : args,
      env,
      cwd: absolute(spec.workingDirectory || spec.image.config.workingDirectory || "/"),
      capabilities: { bounding: capabilities, effective: capabilities, permitted: capabilities },
      rlimits: rlimitsFor(spec.ulimits, host.rlimitCeiling, spec.secrets !== undefined),
      noNewPrivileges: false,
      oomScoreAdj: host.oomScoreAdj,
    },
    root: { path: "rootfs", readonly: spec.readonlyRootFilesystem },
    hostname: spec.hostname,
    mounts: containerMounts(spec.mounts, spec.initProcess ? host.initBinary : undefined),
    annotations: { "io.containerd.runc.v2.group": spec.taskId },
    linux: {
      cgroupsPath,
      namespaces: [
        pidNamespace === undefined ? { type: "pid" } : { type: "pid", path: pidNamespace },
        { type: "ipc" },
        { type: "uts" },
        { type: "mount" },
        { type: "cgroup" },
        { type: "network", path: spec.networkNamespace },
      ],
      resources: {
        devices: [{ allow: false, access: "rwm" }],
        ...cpuResources(spec.cpu, host.cgroupVersion),
        memory: memory(spec, host),
      },
      ...(spec.sysctls ? { sysctl: spec.sysctls } : {}),
      seccomp: seccompFor(host, capabilities),
      maskedPaths: MASKED_PATHS,
      readonlyPaths: READONLY_PATHS,
    },
  };
}

/** With the init process in front; beside other containers it is not the first process, and must ask for the orphans. */
function initArgs(args: string[], shared: boolean): string[] {
  return [INIT_PATH, ...(shared ? ["-s"] : []), "--", ...args];
}

function memory(spec: ContainerSpec, host: SpecHost): object {
  const limit = spec.memoryMiB === undefined ? undefined : spec.memoryMiB * MIB;
  return {
    limit,
    swap: limit !== undefined && host.swapAccounting ? limit : undefined,
    reservation: spec.memoryReservationMiB === undefined ? undefined : spec.memoryReservationMiB * MIB,
  };
}

function absolute(path: string): string {
  if (!path.startsWith("/"))
    throw cannotCreate(`the working directory '${path}' is invalid, it needs to be an absolute path`);
  return path;
}

function cannotCreate(message: string): ComputeError {
  return new ComputeError("CannotCreateContainerError", message);
}
