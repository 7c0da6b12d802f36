import { compilePolicy } from "./document.ts";
import { PolicyError } from "./policy-error.ts";
import type { Statement } from "./statement.ts";

export { PolicyError };

/** What a policy is attached to: a user, group, role or session; a resource; a role that others take on. */
export type PolicyType = "identity" | "resource" | "trust";

/** A policy document, checked and compiled: it is evaluated often. */
export interface Policy {
  readonly type: PolicyType;
  /** The document as it was given. */
  readonly text: string;
  /** The older one, of documents without any, has no variables; managed policies need the newer. */
  readonly version: "2008-10-17" | "2012-10-17";
  readonly id: string | undefined;
  readonly statements: readonly Statement[];
}

/**
 * Checks and compiles a policy document, https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
 * Neither sizes are looked at nor whether there are such principals: both are the services' affair.
 * @throws PolicyError
 */
export function parsePolicy(text: string, type: PolicyType): Policy {
  return compilePolicy(text, type);
}

/** As {@link parsePolicy}, for services: what is wrong is told in their own words. @param refusal from AWS's message */
export function checkedPolicy(text: string, type: PolicyType, refusal: (message: string) => Error): Policy {
  try {
    return parsePolicy(text, type);
  } catch (cause) {
    if (cause instanceof PolicyError) throw refusal(cause.message);
    throw cause;
  }
}

/** The principals that a resource's or role's policy names, by type: who must exist when it is written. */
export function principalsOf(policy: Policy): { type: string; name: string }[] {
  return policy.statements.flatMap(({ principals }) =>
    Object.entries(principals ?? {}).flatMap(([type, names]) => names.map((name) => ({ type, name }))),
  );
}
