import type { TaskDefinition, TaskOverride } from "@aws-sdk/client-ecs";
import { invalidParameter } from "../errors.ts";

/**
 * ECS Exec acts as the task's own role.
 * @param what cannot be done without one: `The task couldn't be created`
 * @throws AwsError InvalidParameterException
 */
export function requireRoleForExec(
  enabled: boolean | undefined,
  what: string,
  definition: Pick<TaskDefinition, "taskRoleArn">,
  overrides: Pick<TaskOverride, "taskRoleArn"> = {},
): void {
  if (!enabled || overrides.taskRoleArn || definition.taskRoleArn) return;
  throw invalidParameter(
    `${what} because a valid taskRoleArn is not being used. Specify a valid task role in your task definition and try again.`,
  );
}
