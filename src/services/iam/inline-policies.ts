import { inlinePolicyNotFound, limitExceeded } from "./errors.ts";
import { checkPolicy, sizeOf } from "./policy-documents.ts";
import type { HolderKind, PolicyHolder } from "./records.ts";

/** Characters of all inline policies together, without white space. */
const MAX_SIZE: Readonly<Record<HolderKind, number>> = { user: 2048, group: 5120, role: 10_240 };

/**
 * A holder with an inline policy put or replaced.
 * @throws AwsError MalformedPolicyDocument, LimitExceeded
 */
export function withInlinePolicy<T extends PolicyHolder>(
  holder: T,
  kind: HolderKind,
  policyName: string,
  document: string,
): T {
  checkPolicy(document, "identity");
  const inlinePolicies = { ...holder.inlinePolicies, [policyName]: document };
  const size = Object.values(inlinePolicies).reduce((sum, each) => sum + sizeOf(each), 0);
  if (size > MAX_SIZE[kind])
    throw limitExceeded(`Maximum policy size of ${MAX_SIZE[kind]} bytes exceeded for ${kind} ${holder.name}`);
  return { ...holder, inlinePolicies };
}

/** A holder without one of its inline policies. @throws AwsError NoSuchEntity */
export function withoutInlinePolicy<T extends PolicyHolder>(holder: T, kind: HolderKind, policyName: string): T {
  inlinePolicyOf(holder, kind, policyName);
  const { [policyName]: _, ...inlinePolicies } = holder.inlinePolicies;
  return { ...holder, inlinePolicies };
}

/** The document. @throws AwsError NoSuchEntity */
export function inlinePolicyOf(holder: PolicyHolder, kind: HolderKind, policyName: string): string {
  const document = Object.hasOwn(holder.inlinePolicies, policyName) ? holder.inlinePolicies[policyName] : undefined;
  if (document === undefined) throw inlinePolicyNotFound(kind, policyName);
  return document;
}

/** The names, in order. */
export function inlinePolicyNames(holder: PolicyHolder): string[] {
  return Object.keys(holder.inlinePolicies).toSorted();
}
