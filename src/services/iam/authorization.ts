import type { AuthorizationRules } from "../../wire/authorization.ts";
import { policyRules } from "./authorization-policies.ts";
import { roleRules } from "./authorization-roles.ts";
import { userRules } from "./authorization-users.ts";
import type { Iam } from "./iam.ts";

/**
 * What must be allowed for the operations of IAM,
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsidentityandaccessmanagementiam.html
 */
export function iamRules(iam: Iam): AuthorizationRules<typeof import("@aws-sdk/client-iam")> {
  return { ...policyRules(iam), ...roleRules(iam), ...userRules(iam) };
}
