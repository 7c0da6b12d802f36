import { parseArn } from "../../base/arn.ts";
import type { Scope } from "../../base/scope.ts";
import { clientError } from "./errors.ts";

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
