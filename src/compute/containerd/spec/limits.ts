import { readFileSync } from "node:fs";
import type { Ulimit } from "@aws-sdk/client-ecs";
import { weightOf } from "../cgroup.ts";
import { UNLIMITED } from "./spec-text.ts";

/** `process.rlimits` of the OCI specification. */
export interface OciRlimit {
  type: string;
  soft: number;
  hard: number;
}

/** How far limits can be raised here: by name such as `RLIMIT_NOFILE`, {@link UNLIMITED} where nothing bounds them. */
export type RlimitCeiling = (type: string) => number;

/** Fargate's default for open files: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters.html#container_definition_limits */
const DEFAULT_NOFILE = 65_535;

const CAP_SYS_RESOURCE = 24n;

/** The names that `/proc/PID/limits` has for what ECS and the OCI specification call otherwise. */
const procNames: Record<string, string> = {
  RLIMIT_AS: "Max address space",
  RLIMIT_CORE: "Max core file size",
  RLIMIT_CPU: "Max cpu time",
  RLIMIT_DATA: "Max data size",
  RLIMIT_FSIZE: "Max file size",
  RLIMIT_LOCKS: "Max file locks",
  RLIMIT_MEMLOCK: "Max locked memory",
  RLIMIT_MSGQUEUE: "Max msgqueue size",
  RLIMIT_NICE: "Max nice priority",
  RLIMIT_NOFILE: "Max open files",
  RLIMIT_NPROC: "Max processes",
  RLIMIT_RSS: "Max resident set",
  RLIMIT_RTPRIO: "Max realtime priority",
  RLIMIT_RTTIME: "Max realtime timeout",
  RLIMIT_SIGPENDING: "Max pending signals",
  RLIMIT_STACK: "Max stack size",
};

/**
 * The default limits with a container's own in their place, none above what the host lets us set.
 * @param secretly whether core files would have secrets: then there are none unless they are asked for
 */
export function rlimitsFor(ulimits: Ulimit[] = [], ceiling: RlimitCeiling, secretly = false): OciRlimit[] {
  const limits = new Map([["RLIMIT_NOFILE", { soft: DEFAULT_NOFILE, hard: DEFAULT_NOFILE }]]);
  // One byte, not none: where the kernel hands core files to a program, it heeds no other limit than that.
  if (secretly) limits.set("RLIMIT_CORE", { soft: 1, hard: 1 });
  for (const { name, softLimit, hardLimit } of ulimits)
    limits.set(`RLIMIT_${name!.toUpperCase()}`, { soft: softLimit!, hard: hardLimit! });
  return [...limits].map(([type, { soft, hard }]) => {
    const highest = ceiling(type);
    return {
      type,
      soft: Math.min(unlimitedIfNegative(soft), highest),
      hard: Math.min(unlimitedIfNegative(hard), highest),
    };
  });
}

/** -1 means unlimited, here as for Docker. */
function unlimitedIfNegative(value: number): number {
  return value < 0 ? UNLIMITED : value;
}

/**
 * A container's part of its task's CPU time, for `linux.resources` of the OCI specification. The weight is written as the
 * kernel has it: what a runtime makes of shares differs with its version (runc 1.3.2).
 */
export function cpuResources(cpuUnits: number, cgroupVersion: 1 | 2): object {
  if (cgroupVersion === 2) return { unified: { "cpu.weight": String(weightOf(cpuUnits)) } };
  return { cpu: { shares: Math.min(262_144, Math.max(2, cpuUnits)) } }; // the kernel's bounds
}

/**
 * Reads how far this process, and so the runtime, may raise limits: with CAP_SYS_RESOURCE any limit, but open files only
 * to `fs.nr_open`; without it to the hard limits it has.
 */
export function readRlimitCeiling(): RlimitCeiling {
  const effective = /^CapEff:\s*([0-9a-f]+)$/m.exec(readFileSync("/proc/self/status", "utf8"))?.[1] ?? "0";
  if ((BigInt(`0x${effective}`) >> CAP_SYS_RESOURCE) & 1n) {
    const openFiles = Number(readFileSync("/proc/sys/fs/nr_open", "utf8"));
    return (type) => (type === "RLIMIT_NOFILE" ? openFiles : UNLIMITED);
  }
  const hard = parseProcLimits(readFileSync("/proc/self/limits", "utf8"));
  return (type) => hard.get(type) ?? UNLIMITED;
}

/** The hard limits in the text of `/proc/PID/limits`. */
export function parseProcLimits(text: string): Map<string, number> {
  const limits = new Map<string, number>();
  for (const [type, name] of Object.entries(procNames)) {
    const line = text.split("\n").find((candidate) => candidate.startsWith(`${name} `));
    const hard = line?.slice(name.length).trim().split(/\s+/)[1];
    if (hard !== undefined) limits.set(type, hard === "unlimited" ? UNLIMITED : Number(hard));
  }
  return limits;
}
