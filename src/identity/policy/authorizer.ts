import { parseArn } from "../../base/arn.ts";
import {
  AccessDenied,
  type ActionCheck,
  type AuthorizedResource,
  type Authorizer,
  type TagValues,
} from "../authorization.ts";
import type { Caller } from "../caller.ts";
import type { IdentityDirectory, PrincipalPolicies } from "../directory.ts";
import type { Principal } from "../principal.ts";
import { decide, type PrincipalStatements } from "./decide.ts";
import type { Policy } from "./policy.ts";
import { PolicyCache } from "./policy-cache.ts";
import { RequestKeys } from "./request-keys.ts";
import type { Statement } from "./statement.ts";

const NO_POLICIES: PrincipalPolicies = { identity: [], tags: {} };

/** What an action is checked against that names no resource. */
const EVERYTHING: readonly AuthorizedResource[] = [{ arn: "*" }];

/** What is the same for all resources of a check. */
interface Inquiry {
  caller: Caller;
  check: ActionCheck;
  /** In lower case. */
  action: string;
  /** The prefix of the action. */
  service: string;
  /** Those of the principal's statements that are about the action. */
  statements: PrincipalStatements;
  /** The like of the policy of the VPC endpoint that the request came by; unset when it came by none. */
  endpointStatements: readonly Statement[] | undefined;
  principalTags: TagValues;
}

/** Decides by policies: those of the caller, from the directory, and those of the resources. */
export class PolicyAuthorizer implements Authorizer {
  private readonly directory: IdentityDirectory;
  private readonly resourcePolicies = new PolicyCache();

  constructor({ directory }: { directory: IdentityDirectory }) {
    this.directory = directory;
  }

  /**
   * Checks actions in their order, and each on all its resources.
   * @throws AccessDenied for the first that is not allowed
   */
  async authorize(caller: Caller, checks: readonly ActionCheck[]): Promise<void> {
    const policies = await this.policiesOf(caller.principal);
    if (!policies) return refuseAll(caller, checks);
    const endpointPolicy = await this.endpointPolicyOf(caller);
    for (const check of checks) {
      const action = check.action.toLowerCase();
      const service = action.slice(0, action.indexOf(":"));
      const inquiry: Inquiry = {
        caller,
        check,
        action,
        service,
        statements: statementsAbout(action, policies),
        // Passing a role is nothing that is asked of the endpoint's service.
        endpointStatements: action === "iam:passrole" ? undefined : endpointPolicy && about(action, endpointPolicy),
        principalTags: policies.tags,
      };
      for (const resource of check.resources.length ? check.resources : EVERYTHING)
        await this.authorizeOne(inquiry, resource);
    }
  }

  /** The root user and strangers have none. @returns `undefined` for somebody who was deleted */
  private async policiesOf(principal: Principal): Promise<PrincipalPolicies | undefined> {
    if (principal.type === "Root" || principal.type === "Anonymous") return NO_POLICIES;
    return await this.directory.policiesOf(principal);
  }

  private async authorizeOne(inquiry: Inquiry, resource: AuthorizedResource): Promise<void> {
    const { caller, check, action, service, statements, endpointStatements, principalTags } = inquiry;
    const { principal } = caller;
    const resourceStatements = about(action, await this.resourcePolicyOf(resource, service));
    const { identity, boundary, session } = statements;
    const wantsTags = asksResourceTags(identity, boundary, session, resourceStatements, endpointStatements);
    const account = resource.account ?? accountOf(resource.arn);
    const keys = new RequestKeys({
      subject: principal,
      environment: caller,
      service,
      principalTags,
      requestTags: check.requestTags,
      resourceTags: wantsTags ? await resource.tags?.() : undefined,
      resourceAccount: account ?? principal.accountId,
      conditions: [resource.conditions, check.conditions],
    });
    const reason = decide({
      principal,
      request: { action, resource: resource.arn, keys },
      statements,
      resourceStatements,
      endpointStatements,
      sameAccount: account === undefined || account === principal.accountId,
      resourcePolicyDecides: check.resourcePolicyDecides ?? false,
    });
    if (reason) throw new AccessDenied(caller, check.action, resource.arn, reason, resource.shownAs);
  }

  private async resourcePolicyOf(resource: AuthorizedResource, service: string): Promise<Policy | undefined> {
    const policy = await resource.policy?.();
    if (typeof policy !== "string") return policy;
    return this.resourcePolicies.compiled(policy, service === "sts" ? "trust" : "resource");
  }

  /** What a service passes on does not come by the endpoint any more. */
  private async endpointPolicyOf({ vpc, calledVia }: Caller): Promise<Policy | undefined> {
    const text = calledVia === undefined ? await vpc?.endpointPolicy?.() : undefined;
    return text === undefined ? undefined : this.resourcePolicies.compiled(text, "resource");
  }
}

/** Somebody who is not there any more may do nothing, whomever resources let in. @throws AccessDenied */
function refuseAll(caller: Caller, [first]: readonly ActionCheck[]): void {
  if (!first) return;
  const { arn, shownAs } = first.resources[0] ?? EVERYTHING[0]!;
  throw new AccessDenied(caller, first.action, arn, { kind: "implicit", missing: "identity-based policy" }, shownAs);
}

function statementsAbout(action: string, { identity, boundary, session }: PrincipalPolicies): PrincipalStatements {
  return {
    identity: about(action, ...identity),
    boundary: boundary && about(action, boundary),
    session: session && about(action, ...session),
  };
}

function about(action: string, ...policies: (Policy | undefined)[]): Statement[] {
  return policies.flatMap((policy) => policy?.statements.filter((statement) => statement.coversAction(action)) ?? []);
}

/** Whether it is worth to read the tags of the resource. */
function asksResourceTags(...all: (readonly Statement[] | undefined)[]): boolean {
  return all.some((statements) => statements?.some((statement) => statement.asksResourceTags));
}

/** Whose a resource is by its ARN; AWS's own, such as its managed policies, are everybody's. */
function accountOf(arn: string): string | undefined {
  const account = parseArn(arn)?.account;
  return account && /^\d{12}$/.test(account) ? account : undefined;
}
