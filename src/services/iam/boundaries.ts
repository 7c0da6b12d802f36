import type { Scope } from "../../base/scope.ts";
import { noSuchEntity } from "./errors.ts";
import type { Iam } from "./iam.ts";
import { findPolicy } from "./managed-policies.ts";

/** Checks that a permissions boundary is a managed policy. @throws AwsError NoSuchEntity, InvalidInput */
export async function checkBoundary(iam: Iam, scope: Pick<Scope, "account">, arn: string): Promise<void> {
  if (!(await findPolicy(iam, scope, arn)))
    throw noSuchEntity(`Scope ARN: ${arn} does not exist or is not attachable.`);
}
