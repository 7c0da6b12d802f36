import { parsePolicy, type Policy, type PolicyType } from "./policy.ts";

/** More than are in use at a time; beyond it the cache starts anew. */
const MAX_CACHED = 1000;

/** Compiled policies by their text: they are asked for with every request. */
export class PolicyCache {
  private readonly byType: Record<PolicyType, Map<string, Policy>> = {
    identity: new Map(),
    resource: new Map(),
    trust: new Map(),
  };

  /** @throws PolicyError for a text that no service would have taken */
  compiled(text: string, type: PolicyType): Policy {
    const policies = this.byType[type];
    const known = policies.get(text);
    if (known) return known;
    const policy = parsePolicy(text, type);
    if (policies.size >= MAX_CACHED) policies.clear();
    policies.set(text, policy);
    return policy;
  }
}
