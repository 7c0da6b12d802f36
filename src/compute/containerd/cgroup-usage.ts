import { readFileSync } from "node:fs";
import { join } from "node:path";
import { errnoOf } from "../../base/errors.ts";
import type { BlockIoCounter, ContainerUsage } from "../usage.ts";

/** Where a container's counters are: the folder of its group for each controller, `undefined` for what the host lacks. */
export interface UsageSource {
  version: 1 | 2;
  folder(controller: "cpu" | "cpuacct" | "memory" | "pids" | "blkio"): string | undefined;
  /** Of the task's groups, bytes: for containers without a limit of their own. */
  taskMemoryLimit(): number;
  /** For tests. */
  procStat?: string;
}

/** `USER_HZ`: Linux has 100 for all architectures that Fargate has. */
const NS_PER_TICK = 1e9 / 100;
/** Version 1 says of a group without a limit that it has 2^63 bytes, less a page. */
const UNLIMITED = 2 ** 62;

/**
 * Reads the counters of a container's cgroup.
 * https://docs.kernel.org/admin-guide/cgroup-v2.html, https://docs.kernel.org/admin-guide/cgroup-v1/
 * @returns `undefined` when there is no such group
 */
export function readUsage(source: UsageSource, now: number): ContainerUsage | undefined {
  const processes = number(read(source, "pids", "pids.current"));
  if (processes === undefined) return undefined;
  const own = source.version === 2 ? unifiedUsage(source) : legacyUsage(source);
  const { system, onlineCpus } = hostCpu(source.procStat ?? readFileSync("/proc/stat", "utf8"));
  const memoryLimit = own.memory.limit;
  return {
    readAt: now,
    processes,
    cpu: { ...own.cpu, system, onlineCpus },
    memory: {
      ...own.memory,
      limit: memoryLimit === undefined || memoryLimit > UNLIMITED ? source.taskMemoryLimit() : memoryLimit,
    },
    blockIo: own.blockIo,
  };
}

interface GroupUsage {
  cpu: Omit<ContainerUsage["cpu"], "system" | "onlineCpus">;
  memory: Omit<ContainerUsage["memory"], "limit"> & { limit: number | undefined };
  blockIo: ContainerUsage["blockIo"];
}

function unifiedUsage(source: UsageSource): GroupUsage {
  const cpu = table(read(source, "cpu", "cpu.stat"));
  const maxUsage = number(read(source, "memory", "memory.peak"));
  const io = (read(source, "blkio", "io.stat") ?? "").split("\n").flatMap(unifiedDevice);
  return {
    cpu: {
      total: (cpu["usage_usec"] ?? 0) * 1000,
      kernel: (cpu["system_usec"] ?? 0) * 1000,
      user: (cpu["user_usec"] ?? 0) * 1000,
      periods: cpu["nr_periods"] ?? 0,
      throttledPeriods: cpu["nr_throttled"] ?? 0,
      throttled: (cpu["throttled_usec"] ?? 0) * 1000,
    },
    memory: {
      usage: number(read(source, "memory", "memory.current")) ?? 0,
      ...(maxUsage === undefined ? {} : { maxUsage }),
      limit: number(read(source, "memory", "memory.max")), // or the word `max`
      stats: table(read(source, "memory", "memory.stat")),
    },
    blockIo: {
      serviceBytes: io.filter(({ unit }) => unit === "bytes").map(({ counter }) => counter),
      serviced: io.filter(({ unit }) => unit === "ios").map(({ counter }) => counter),
    },
  };
}

function legacyUsage(source: UsageSource): GroupUsage {
  const ticks = table(read(source, "cpuacct", "cpuacct.stat"));
  const cpu = table(read(source, "cpu", "cpu.stat"));
  const perCpu = (read(source, "cpuacct", "cpuacct.usage_percpu") ?? "").trim().split(/\s+/).filter(Boolean);
  const maxUsage = number(read(source, "memory", "memory.max_usage_in_bytes"));
  return {
    cpu: {
      total: number(read(source, "cpuacct", "cpuacct.usage")) ?? 0,
      ...(perCpu.length ? { perCpu: perCpu.map(Number) } : {}),
      kernel: (ticks["system"] ?? 0) * NS_PER_TICK,
      user: (ticks["user"] ?? 0) * NS_PER_TICK,
      periods: cpu["nr_periods"] ?? 0,
      throttledPeriods: cpu["nr_throttled"] ?? 0,
      throttled: cpu["throttled_time"] ?? 0,
    },
    memory: {
      usage: number(read(source, "memory", "memory.usage_in_bytes")) ?? 0,
      ...(maxUsage === undefined ? {} : { maxUsage }),
      limit: number(read(source, "memory", "memory.limit_in_bytes")),
      stats: table(read(source, "memory", "memory.stat")),
    },
    blockIo: {
      serviceBytes: legacyDevices(read(source, "blkio", "blkio.throttle.io_service_bytes_recursive")),
      serviced: legacyDevices(read(source, "blkio", "blkio.throttle.io_serviced_recursive")),
    },
  };
}

/** `254:0 rbytes=4096 wbytes=0 rios=1 wios=0 dbytes=0 dios=0` */
function unifiedDevice(line: string): { unit: "bytes" | "ios"; counter: BlockIoCounter }[] {
  const [device = "", ...pairs] = line.split(" ");
  const [major, minor] = device.split(":").map(Number);
  if (minor === undefined) return [];
  return pairs.flatMap((pair) => {
    const [, kind, unit, value] = /^([rw])(bytes|ios)=(\d+)$/.exec(pair) ?? [];
    if (!kind || (unit !== "bytes" && unit !== "ios")) return [];
    return { unit, counter: { major: major!, minor, op: kind === "r" ? "read" : "write", value: Number(value) } };
  });
}

/** Lines such as `254:0 Read 4096`; the last, of all devices, is left out. */
function legacyDevices(text: string | undefined): BlockIoCounter[] {
  return [...(text ?? "").matchAll(/^(\d+):(\d+) (\w+) (\d+)$/gm)].map(([, major, minor, op, value]) => ({
    major: Number(major),
    minor: Number(minor),
    op: op!.toLowerCase(),
    value: Number(value),
  }));
}

/** The first line has the ticks of all CPUs together: user, nice, system, idle, iowait, irq, softirq, … */
function hostCpu(text: string): { system: number; onlineCpus: number } {
  const fields = text.slice(0, text.indexOf("\n")).trim().split(/\s+/).slice(1, 8).map(Number);
  return {
    system: fields.reduce((sum, ticks) => sum + ticks, 0) * NS_PER_TICK,
    onlineCpus: [...text.matchAll(/^cpu\d+ /gm)].length,
  };
}

function table(text: string | undefined): Record<string, number> {
  return Object.fromEntries(
    [...(text ?? "").matchAll(/^(\w+) (\d+)$/gm)].map(([, key, value]) => [key!, Number(value)]),
  );
}

function number(text: string | undefined): number | undefined {
  return text !== undefined && /^\d+\s*$/.test(text) ? Number(text) : undefined;
}

function read(source: UsageSource, controller: Parameters<UsageSource["folder"]>[0], file: string): string | undefined {
  const folder = source.folder(controller);
  if (folder === undefined) return undefined;
  try {
    return readFileSync(join(folder, file), "utf8");
  } catch (cause) {
    if (["ENOENT", "ENODEV", "EOPNOTSUPP"].includes(errnoOf(cause) ?? "")) return undefined;
    throw cause;
  }
}
