import type { Caller } from "./caller.ts";
import type { Policy } from "./policy/policy.ts";

/** Values of condition keys, by their names in policies: `"ecs:cluster": "arn:…"`. An absent key has no entry. */
export type ConditionValues = Readonly<Record<string, string | readonly string[]>>;

/** Tags of a resource or a request. */
export type TagValues = Readonly<Record<string, string>>;

/** One thing that an action is done to. */
export interface AuthorizedResource {
  /** `*` where an action knows no resources. */
  arn: string;
  /** What messages call it where that is not its ARN: `user bob`. */
  shownAs?: string;
  /** Whose it is, when the ARN does not say so, as those of S3. */
  account?: string;
  /** The policy on the resource, as its text or compiled, such as the trust policy of a role; read only when it is wanted. */
  policy?: () => Promise<string | Policy | undefined> | string | Policy | undefined;
  /** Its tags: `aws:ResourceTag/…`; read only when a policy asks for them. */
  tags?: () => Promise<TagValues> | TagValues;
  /** The service's own keys that are true of this resource. */
  conditions?: ConditionValues;
}

/** An action that a request needs to be allowed, with all that it is done to: each must be. */
export interface ActionCheck {
  /** `ecs:RunTask` */
  action: string;
  resources: readonly AuthorizedResource[];
  /** The service's own keys that are true of the request. */
  conditions?: ConditionValues;
  /** Tags in the request: `aws:RequestTag/…` and `aws:TagKeys`. */
  requestTags?: TagValues;
  /**
   * A resource policy alone decides, and identity policies only where it says so: the way of KMS keys. A key whose policy
   * does not name the account leaves IAM nothing to say.
   */
  resourcePolicyDecides?: boolean;
}

/** Why an action is not allowed. */
export type DenialReason =
  /** Nothing allows it: the kind of policy that would have had to. */
  | { kind: "implicit"; missing: PolicyKind }
  /** A policy denies it. */
  | { kind: "explicit"; by: PolicyKind };

export type PolicyKind =
  | "identity-based policy"
  | "resource-based policy"
  | "permissions boundary"
  | "session policy"
  | "VPC endpoint policy";

/** Decides what callers may do. */
export interface Authorizer {
  /**
   * Checks actions in their order.
   * @throws AccessDenied for the first that is not allowed
   */
  authorize(caller: Caller, checks: readonly ActionCheck[]): Promise<void>;
}

/** A caller may not do what it asked for. The wire chooses the code, the status and the text of each service. */
export class AccessDenied extends Error {
  readonly caller: Caller;
  readonly action: string;
  readonly resource: string;
  readonly reason: DenialReason;

  /** @param shownAs what the message calls the resource */
  constructor(caller: Caller, action: string, resource: string, reason: DenialReason, shownAs = resource) {
    super(accessDeniedMessage(caller, action, shownAs, reason));
    this.name = "AccessDenied";
    this.caller = caller;
    this.action = action;
    this.resource = resource;
    this.reason = reason;
  }
}

/** AWS's words, https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html */
export function accessDeniedMessage(caller: Caller, action: string, resource: string, reason: DenialReason): string {
  const user = `User: ${caller.principal.arn} is not authorized to perform: ${action} on resource: ${resource}`;
  const article = (kind: PolicyKind) => (kind === "identity-based policy" ? "an" : "a");
  return reason.kind === "explicit"
    ? `${user} with an explicit deny in ${article(reason.by)} ${reason.by}`
    : `${user} because no ${reason.missing} allows the ${action} action`;
}

/** Allows everything: what an engine does that checks no signatures. */
export const allowAll: Authorizer = { authorize: async () => {} };
