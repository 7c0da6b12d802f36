import type { Scope } from "../../base/scope.ts";
import type { Iam } from "./iam.ts";
import { iamKey } from "./store.ts";

/** What a managed policy is used for. */
export interface PolicyUses {
  /** How many users, groups and roles it is attached to. */
  attached: number;
  /** How many users and roles it is the permissions boundary of. */
  boundaries: number;
}

/** The uses of one policy in an account. */
export async function usesOf(iam: Iam, scope: Pick<Scope, "account">, arn: string): Promise<PolicyUses> {
  const { attachments, roles, users } = iam.records;
  const key = iamKey(scope);
  return {
    attached: await attachments.count(key, { policyArn: arn }),
    boundaries: (await roles.count(key, { boundary: arn })) + (await users.count(key, { boundary: arn })),
  };
}

/** The uses of every policy that is used in an account, by ARN. */
export async function allUses(iam: Iam, scope: Pick<Scope, "account">): Promise<Map<string, PolicyUses>> {
  const { attachments, roles, users } = iam.records;
  const key = iamKey(scope);
  const uses = new Map<string, PolicyUses>();
  const add = (arn: unknown, kind: keyof PolicyUses, count: number) => {
    if (typeof arn !== "string") return;
    const known = uses.get(arn) ?? { attached: 0, boundaries: 0 };
    uses.set(arn, { ...known, [kind]: known[kind] + count });
  };
  for (const { policyArn, count } of await attachments.countBy(key, {}, ["policyArn"]))
    add(policyArn, "attached", count);
  const boundaries = [await roles.countBy(key, {}, ["boundary"]), await users.countBy(key, {}, ["boundary"])];
  for (const { boundary, count } of boundaries.flat()) add(boundary, "boundaries", count);
  return uses;
}

export const UNUSED: PolicyUses = { attached: 0, boundaries: 0 };
