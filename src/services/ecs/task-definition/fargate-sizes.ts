import type { OSFamily } from "@aws-sdk/client-ecs";
import { clientError } from "../errors.ts";

const GIB = 1024;

/** A task definition's task-level size, when it has one. */
export interface TaskSize {
  cpu: number | undefined;
  memoryMiB: number | undefined;
}

/** From `low` to `high` GiB by `step`, in MiB. */
function gib(low: number, high: number, step: number): number[] {
  return Array.from({ length: (high - low) / step + 1 }, (_, i) => (low + i * step) * GIB);
}

/**
 * The memory, in MiB, that goes with each number of CPU units.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html#fargate-tasks-size
 */
export const FARGATE_SIZES: ReadonlyMap<number, readonly number[]> = new Map([
  [256, [512, 1024, 2048]],
  [512, gib(1, 4, 1)],
  [1024, gib(2, 8, 1)],
  [2048, gib(4, 16, 1)],
  [4096, gib(8, 30, 1)],
  [8192, gib(16, 60, 4)],
  [16384, gib(32, 120, 8)],
  [32768, [60 * GIB, 120 * GIB, 244 * GIB]],
]);

/** Of them, those that Windows has. */
const WINDOWS_CPU = [1024, 2048, 4096];

/**
 * CPU as a task definition spells it, in units: `1024`, `1 vCPU`, `.25 vcpu`.
 * @throws AwsError ClientException
 */
export function parseCpu(text: string): number {
  const match = /^\s*(\d*\.?\d+)\s*(vcpu)?\s*$/i.exec(text);
  const units = match ? Number(match[1]) * (match[2] ? 1024 : 1) : Number.NaN;
  if (!Number.isInteger(units) || units <= 0) throw clientError("Invalid 'cpu' setting for task.");
  return units;
}

/**
 * Memory as a task definition spells it, in MiB: `2048`, `2GB`, `0.5 gb`.
 * @throws AwsError ClientException
 */
export function parseMemory(text: string): number {
  const match = /^\s*(\d*\.?\d+)\s*(gb)?\s*$/i.exec(text);
  const mebibytes = match ? Number(match[1]) * (match[2] ? GIB : 1) : Number.NaN;
  if (!Number.isInteger(mebibytes) || mebibytes <= 0) throw clientError("Invalid 'memory' setting for task.");
  return mebibytes;
}

/** Whether Fargate has that size. @param system the operating system family; Linux unless told */
export function isFargateSize(cpu: number, memoryMiB: number, system: OSFamily = "LINUX"): boolean {
  if (system !== "LINUX" && !WINDOWS_CPU.includes(cpu)) return false;
  return FARGATE_SIZES.get(cpu)?.includes(memoryMiB) ?? false;
}

/** @throws AwsError ClientException when Fargate does not have that size */
export function requireFargateSize(cpu: number, memoryMiB: number, system?: OSFamily): void {
  if (!isFargateSize(cpu, memoryMiB, system))
    throw clientError(
      `No Fargate configuration exists for given values: ${cpu} CPU, ${memoryMiB} memory. See the Amazon ECS documentation for the valid values.`,
    );
}
