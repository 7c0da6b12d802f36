import { existsSync, lstatSync, mkdirSync, readFileSync, readdirSync, rmdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Clock } from "../../base/clock.ts";
import { signalIfAlive } from "../../base/daemon.ts";
import { errnoOf } from "../../base/errors.ts";
import { retry } from "../../base/retry.ts";
import type { TaskGroupSpec } from "../backend.ts";
import type { ContainerUsage } from "../usage.ts";
import { readUsage } from "./cgroup-usage.ts";

/** Processes and threads of a task: a fork bomb ends in EAGAIN inside it, and not on the host. */
export const TASK_PIDS_LIMIT = 8192;

/** The group of the host's own processes that work for a task: beside its containers, as version 2 has it. */
const HELPERS = "helpers";
/** What AWS advises to add to a task for its Service Connect proxy. CPU units. */
const HELPERS_CPU_UNITS = 256;

const PERIOD_US = 100_000;
const MIB = 1024 * 1024;

/** The cgroups of tasks, `/neargate-INSTANCE/TASK`, with a container's group in each for every container. */
export interface TaskCgroups {
  /** Whether a limit on memory and swap together can be set. */
  readonly swapAccounting: boolean;
  readonly version: 1 | 2;
  /** The path of a container's group, as the OCI specification wants it: the runtime makes it. */
  containerPath(taskId: string, containerId: string): string;
  /** Makes a task's group, with vCPU × 100 ms of CPU time in each 100 ms, its memory without swap, and a process limit. */
  ensure(spec: TaskGroupSpec): void;
  /** Has a process of the host count as one of the task; nothing happens when it has ended. @throws Error without a group */
  join(taskId: string, pid: number): void;
  /** Kills what is left in a task's group, and removes it with everything below. */
  remove(taskId: string): Promise<void>;
  /** Removes the group above the tasks when it is empty. */
  removeParent(): void;
  /** How many processes of a container the kernel killed for memory, whether for its own limit or the task's. */
  oomKills(taskId: string, containerId: string): number;
  /** What a container has used; `undefined` when it has no group. */
  usage(taskId: string, containerId: string): ContainerUsage | undefined;
}

/** Finds out which version of cgroups the host has, 1 (also hybrid) or 2. `root` is for tests. */
export function openCgroups(instance: string, clock: Clock, root = "/sys/fs/cgroup"): TaskCgroups {
  const parent = `neargate-${instance}`;
  const unified = existsSync(join(root, "cgroup.controllers"));
  const hierarchies = unified ? [root] : hierarchiesBelow(root);
  const inHierarchy = (controller: string) => (unified ? root : controllerFolder(hierarchies, controller));
  const memory = inHierarchy("memory");
  return {
    version: unified ? 2 : 1,
    swapAccounting: existsSync(join(memory, unified ? "cgroup.controllers" : "memory.memsw.limit_in_bytes")),
    containerPath: (taskId, containerId) => `/${parent}/${taskId}/${containerId}`,
    ensure: (spec) => (unified ? ensureUnified(root, parent, spec) : ensureLegacy(inHierarchy, parent, spec)),
    join(taskId, pid) {
      for (const controller of ["cpu", "memory", "pids"]) {
        const group = join(inHierarchy(controller), parent, taskId, HELPERS);
        makeFolder(group);
        writeIfExists(join(group, "cpu.shares"), String(HELPERS_CPU_UNITS));
        writeIfExists(join(group, "cpu.weight"), String(weightOf(HELPERS_CPU_UNITS)));
        addProcess(group, pid);
      }
    },
    async remove(taskId) {
      for (const hierarchy of hierarchies) await removeTree(join(hierarchy, parent, taskId), clock);
    },
    removeParent() {
      for (const hierarchy of hierarchies) removeFolder(join(hierarchy, parent));
    },
    oomKills(taskId, containerId) {
      const file = unified ? "memory.events" : "memory.oom_control";
      const text = readIfExists(join(memory, parent, taskId, containerId, file)) ?? "";
      return Number(/^oom_kill (\d+)$/m.exec(text)?.[1] ?? 0);
    },
    usage(taskId, containerId) {
      const limitFile = unified ? "memory.max" : "memory.limit_in_bytes";
      const source = {
        version: unified ? (2 as const) : (1 as const),
        folder(controller: string) {
          const hierarchy = unified ? root : findController(hierarchies, controller);
          return hierarchy && join(hierarchy, parent, taskId, containerId);
        },
        taskMemoryLimit: () => Number(readIfExists(join(memory, parent, taskId, limitFile)) ?? 0),
      };
      return readUsage(source, clock.now());
    },
  };
}

function ensureUnified(root: string, parent: string, spec: TaskGroupSpec): void {
  const group = join(root, parent, spec.taskId);
  mkdirSync(group, { recursive: true });
  // Each level hands the controllers down; the task's own level does so for limits of single containers.
  for (const level of [root, join(root, parent), group])
    writeFileSync(join(level, "cgroup.subtree_control"), "+cpu +memory +pids");
  writeFileSync(join(group, "cpu.max"), `${quotaUs(spec)} ${PERIOD_US}`);
  writeFileSync(join(group, "cpu.weight"), String(weightOf(spec.cpuUnits)));
  writeFileSync(join(group, "memory.max"), String(spec.memoryMiB * MIB));
  writeIfExists(join(group, "memory.swap.max"), "0");
  writeFileSync(join(group, "pids.max"), String(TASK_PIDS_LIMIT));
}

function ensureLegacy(inHierarchy: (controller: string) => string, parent: string, spec: TaskGroupSpec): void {
  const makeGroup = (controller: string) => {
    const group = join(inHierarchy(controller), parent, spec.taskId);
    mkdirSync(group, { recursive: true });
    return group;
  };
  const cpu = makeGroup("cpu");
  writeFileSync(join(cpu, "cpu.cfs_period_us"), String(PERIOD_US));
  writeFileSync(join(cpu, "cpu.cfs_quota_us"), String(quotaUs(spec)));
  writeFileSync(join(cpu, "cpu.shares"), String(Math.max(2, spec.cpuUnits)));
  const memory = makeGroup("memory");
  const bytes = String(spec.memoryMiB * MIB);
  writeFileSync(join(memory, "memory.limit_in_bytes"), bytes);
  writeIfExists(join(memory, "memory.memsw.limit_in_bytes"), bytes);
  writeFileSync(join(makeGroup("pids"), "pids.max"), String(TASK_PIDS_LIMIT));
}

/** 1024 units are one vCPU; the kernel's least is 1 ms. */
function quotaUs(spec: TaskGroupSpec): number {
  return Math.max(1000, Math.round((spec.cpuUnits / 1024) * PERIOD_US));
}

/**
 * CPU units, which are shares of version 1, as a weight of version 2 (1 to 10,000): in proportion, so that containers
 * divide their task's time by their units; the defaults, 1024 and 100, mean the same.
 */
export function weightOf(cpuUnits: number): number {
  return Math.min(10_000, Math.max(1, Math.round((cpuUnits / 1024) * 100)));
}

/** The folders of version 1: one for each controller or group of them, and `unified` on hybrid hosts. */
function hierarchiesBelow(root: string): string[] {
  return readdirSync(root)
    .map((name) => join(root, name))
    .filter((path) => lstatSync(path).isDirectory());
}

function findController(hierarchies: string[], controller: string): string | undefined {
  return hierarchies.find((path) =>
    path
      .slice(path.lastIndexOf("/") + 1)
      .split(",")
      .includes(controller),
  );
}

function controllerFolder(hierarchies: string[], controller: string): string {
  const found = findController(hierarchies, controller);
  if (found === undefined) throw new Error(`the cgroup controller "${controller}" is not available on this host`);
  return found;
}

/** Removes a group bottom up. Killed processes take a moment to leave it. */
async function removeTree(path: string, clock: Clock): Promise<void> {
  if (!existsSync(path)) return;
  await retry(clock, { attempts: 100, firstDelayMs: 2, maxDelayMs: 100 }, async () => {
    killAll(path);
    for (const child of foldersBelow(path)) await removeTree(join(path, child), clock);
    removeFolder(path);
    if (existsSync(path)) throw new Error(`the cgroup ${path} is still in use`);
  });
}

function killAll(path: string): void {
  for (const pid of (readIfExists(join(path, "cgroup.procs")) ?? "").split("\n").filter(Boolean))
    signalIfAlive(Number(pid), "SIGKILL");
}

function foldersBelow(path: string): string[] {
  try {
    return readdirSync(path, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => entry.name);
  } catch (cause) {
    if (errnoOf(cause) === "ENOENT") return [];
    throw cause;
  }
}

/** `rmdir`, which works on a group that has neither processes nor groups below. */
function removeFolder(path: string): void {
  try {
    rmdirSync(path);
  } catch (cause) {
    if (!["ENOENT", "EBUSY", "ENOTEMPTY"].includes(errnoOf(cause) ?? "")) throw cause;
  }
}

/** `mkdir` of one level: a task's group that was removed does not come back. */
function makeFolder(path: string): void {
  try {
    mkdirSync(path);
  } catch (cause) {
    if (errnoOf(cause) !== "EEXIST") throw cause;
  }
}

function addProcess(group: string, pid: number): void {
  try {
    writeFileSync(join(group, "cgroup.procs"), String(pid));
  } catch (cause) {
    if (errnoOf(cause) !== "ESRCH") throw cause;
  }
}

function readIfExists(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    if (["ENOENT", "ENODEV"].includes(errnoOf(cause) ?? "")) return undefined;
    throw cause;
  }
}

function writeIfExists(path: string, text: string): void {
  if (existsSync(path)) writeFileSync(path, text);
}
