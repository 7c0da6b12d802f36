import type { ConditionValues, TagValues } from "../authorization.ts";
import type { Caller } from "../caller.ts";
import { resourceVerdictOf } from "./decide.ts";
import type { Policy } from "./policy.ts";
import { RequestKeys } from "./request-keys.ts";
import type { FederatedSubject, ServiceSubject } from "./subject.ts";

/** What an AWS service, or somebody whom an identity provider vouches for, wants of a resource. */
export interface OutsiderRequest {
  /** `sts:AssumeRole`, `sts:AssumeRoleWithWebIdentity`, … */
  action: string;
  /** The resource that the policy is on. */
  resource: string;
  resourceAccount: string;
  environment: Omit<Caller, "principal">;
  /** `aws:SourceAccount`, `aws:SourceArn`, `sts:RoleSessionName`, `HOST:sub`, … */
  conditions?: ConditionValues;
  requestTags?: TagValues;
  /** Tags of the resource; only looked at when they are asked for. */
  resourceTags?: TagValues;
}

/**
 * Whether a resource's policy, such as the trust policy of a role, lets somebody in who is no user or role: nothing else
 * speaks for them.
 */
export function letsIn(
  policy: Policy,
  subject: ServiceSubject | FederatedSubject,
  { action, resource, resourceAccount, environment, conditions, requestTags, resourceTags }: OutsiderRequest,
): "allowed" | "explicitDeny" | "implicitDeny" {
  const keys = new RequestKeys({
    subject,
    environment,
    service: action.slice(0, action.indexOf(":")),
    principalTags: {},
    requestTags,
    resourceTags,
    resourceAccount,
    conditions: [conditions],
  });
  const verdict = resourceVerdictOf(policy.statements, subject, { action: action.toLowerCase(), resource, keys });
  if (verdict === "deny") return "explicitDeny";
  return verdict === "none" ? "implicitDeny" : "allowed";
}
