import type { ContainerUsage } from "../../../compute/usage.ts";

/** What a task had used at a time. */
export interface TaskUsage {
  /** Milliseconds since 1970. */
  at: number;
  /** Nanoseconds of CPU time since its start, by container. */
  cpu: ReadonlyMap<string, number>;
  /** Bytes. */
  memory: number;
}

/** CPU units of a vCPU. */
const UNITS = 1024;
const MIB = 1024 ** 2;

/**
 * Puts the counters of a task's containers together.
 * @param shared whether each container shows what the whole task uses, as in a sandbox
 */
export function taskUsage(at: number, usages: ReadonlyMap<string, ContainerUsage>, shared: boolean): TaskUsage {
  const counted = shared ? [...usages].slice(0, 1) : [...usages];
  return {
    at,
    cpu: new Map(counted.map(([id, { cpu }]) => [id, cpu.total])),
    memory: counted.reduce((sum, [, { memory }]) => sum + memory.usage - caches(memory.stats), 0),
  };
}

/** What the kernel gives back when it is wanted: version 1 and 2 of cgroups call it by different names. */
function caches(stats: ContainerUsage["memory"]["stats"]): number {
  return stats["cache"] ?? stats["inactive_file"] ?? 0;
}

/**
 * The CPU that a task used between two readings, in percent of what its definition has.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service_utilization.html
 * @returns `undefined` where no container ran at both times
 */
export function cpuUtilization(before: TaskUsage, now: TaskUsage, cpuUnits: number): number | undefined {
  const used = [...now.cpu].flatMap(([id, total]) => {
    const earlier = before.cpu.get(id);
    // A container that was started again has counted from zero since.
    return earlier === undefined ? [] : [total >= earlier ? total - earlier : total];
  });
  if (!used.length || now.at <= before.at) return undefined;
  const nanoseconds = (now.at - before.at) * 1e6;
  return (100 * used.reduce((sum, each) => sum + each, 0)) / (nanoseconds * (cpuUnits / UNITS));
}

/** The memory that a task uses, in percent of what its definition has. */
export function memoryUtilization({ memory }: TaskUsage, memoryMiB: number): number {
  return (100 * memory) / (memoryMiB * MIB);
}
