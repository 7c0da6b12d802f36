import type { Scope } from "../../base/scope.ts";
import type { Iam } from "./iam.ts";
import type { PolicyHolder } from "./records.ts";
import { iamKey } from "./store.ts";

/** What says what a user or a role may do. */
export interface Held {
  /** The role; or the user and its groups. */
  holders: readonly PolicyHolder[];
  /** The ARN of a managed policy. */
  boundary?: string | undefined;
  tags: Record<string, string>;
}

/** The documents of inline policies and the ARNs of managed policies that holders have, each once. */
export async function heldPolicies(
  iam: Iam,
  scope: Pick<Scope, "account">,
  holders: readonly PolicyHolder[],
): Promise<{ documents: string[]; arns: string[] }> {
  const where = { holderId: holders.map(({ id }) => id) };
  const attachments = await iam.records.attachments.list(iamKey(scope), { where });
  return {
    documents: holders.flatMap(({ inlinePolicies }) => Object.values(inlinePolicies)),
    arns: [...new Set(attachments.map(({ policyArn }) => policyArn))],
  };
}
