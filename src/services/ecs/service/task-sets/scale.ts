import type { Scale } from "@aws-sdk/client-ecs";
import { invalidParameter } from "../../errors.ts";
import type { ServiceRecord } from "../service-record.ts";
import type { TaskSetRecord } from "./task-set-record.ts";

/** Less than any share that a scale can mean: what a product of binary fractions is off by. */
const ROUNDING_ERROR = 1e-6;

/**
 * The percentage of a request; 0 unless told.
 * https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Scale.html
 * @throws AwsError InvalidParameterException
 */
export function checkScale(scale: Scale | undefined): number {
  const value = scale?.value ?? 0;
  if (!(value >= 0 && value <= 100)) throw invalidParameter("Scale value must be between 0 and 100.");
  return value;
}

/** How many tasks a task set has: its share of the service's, always rounded up. */
export function computedDesiredCount(desiredCount: number, scale: number): number {
  return Math.max(0, Math.ceil((desiredCount * scale) / 100 - ROUNDING_ERROR));
}

/** How many tasks a task set is to have: none when it is deleted. */
export function wantedCount(
  { desiredCount }: Pick<ServiceRecord, "desiredCount">,
  { status, scale }: Pick<TaskSetRecord, "status" | "scale">,
): number {
  return status === "DRAINING" ? 0 : computedDesiredCount(desiredCount, scale);
}
