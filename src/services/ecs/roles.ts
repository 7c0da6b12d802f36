import type { TaskDefinition } from "@aws-sdk/client-ecs";
import { formatArn, parseArn } from "../../base/arn.ts";
import type { Scope } from "../../base/scope.ts";
import { ECS, ECS_TASKS, unableToAssumeInfrastructureRole } from "../../tasks/task-role.ts";
import type { Ecs } from "./ecs.ts";
import { clientError, invalidParameter } from "./errors.ts";

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
const NAME = /^[\w+=,.@-]{1,64}$/;
const PATH_AND_NAME = /^role\/(?:[!-.0-~]{1,510}\/)*[\w+=,.@-]{1,64}$/;

/**
 * Checks the roles of a task definition or of overrides: ARNs of roles of the caller's account. The task's role may also
 * be a role's name.
 * @throws AwsError ClientException
 */
export function checkRoles(
  { taskRoleArn, executionRoleArn }: { taskRoleArn?: string; executionRoleArn?: string },
  { account }: Scope,
): void {
  const isTaskRole = !taskRoleArn || NAME.test(taskRoleArn) || isRoleArn(taskRoleArn, account);
  if (!isTaskRole || (executionRoleArn && !isRoleArn(executionRoleArn, account)))
    throw clientError("Role is not valid");
}

function isRoleArn(text: string, account: string): boolean {
  const arn = parseArn(text);
  return arn?.service === "iam" && !arn.region && arn.account === account && PATH_AND_NAME.test(arn.resource);
}

/**
 * Requires that tasks can act as the roles of a task definition, or of the overrides in their place: that they are there
 * and trust tasks.
 * @throws AwsError ClientException
 */
export async function requireTaskRoles(
  ecs: Pick<Ecs, "roles" | "clock">,
  scope: Scope,
  definition: TaskRolesOf,
  overrides: TaskRolesOf = {},
): Promise<void> {
  const names = [
    overrides.taskRoleArn || definition.taskRoleArn,
    overrides.executionRoleArn || definition.executionRoleArn,
  ];
  for (const name of names) {
    if (!name) continue;
    const arn = name.startsWith("arn:") ? name : `arn:aws:iam::${scope.account}:role/${name}`;
    if (!(await takesOn(ecs, scope, arn, ECS_TASKS))) throw clientError(unableToAssume(arn));
  }
}

type TaskRolesOf = Pick<TaskDefinition, "taskRoleArn" | "executionRoleArn">;

/**
 * Requires that ECS can act as the role by which it makes volumes.
 * @throws AwsError InvalidParameterException
 */
export async function requireInfrastructureRole(
  ecs: Pick<Ecs, "roles" | "clock">,
  scope: Scope,
  volume: { roleArn: string } | undefined,
): Promise<void> {
  if (!volume || (await takesOn(ecs, scope, volume.roleArn, ECS))) return;
  throw invalidParameter(unableToAssumeInfrastructureRole(volume.roleArn));
}

async function takesOn(
  { roles, clock }: Pick<Ecs, "roles" | "clock">,
  scope: Scope,
  roleArn: string,
  service: string,
): Promise<boolean> {
  if (parseArn(roleArn)?.account !== scope.account) return false;
  const use = { ...scope, arn: formatArn("ecs", scope, "*"), at: clock.now() };
  return (await roles.takeOn(roleArn, service, use)) !== undefined;
}

/** What ECS says of a role that it cannot act as. */
export function unableToAssume(role: string | undefined): string {
  return `ECS was unable to assume the role '${role ?? ""}' that was provided for this task. Please verify that the role being passed has the proper trust relationship and permissions and that your IAM user has permissions to pass this role.`;
}
