import { invalidParameter } from "../errors.ts";

/** https://docs.aws.amazon.com/general/latest/gr/ecs-service.html: tasks per service */
const MAX_DESIRED_COUNT = 5000;

/**
 * Checks how many tasks a service is to have.
 * @param name what a request calls it
 * @throws AwsError InvalidParameterException
 */
export function checkDesiredCount(count: number | undefined, name: "DesiredCount" | "Task count"): void {
  if (count === undefined) return;
  if (count < 0) throw invalidParameter(`${name} can not be lesser than 0`);
  if (count > MAX_DESIRED_COUNT) throw invalidParameter("Desired count exceeds limit.");
}
