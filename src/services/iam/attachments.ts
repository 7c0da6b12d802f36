import type { AttachedPolicy } from "@aws-sdk/client-iam";
import type { Scope } from "../../base/scope.ts";
import { nameInArn } from "./arns.ts";
import { notAttached, policyNotAttachable, policyOfServicesAlone, quotaExceeded } from "./errors.ts";
import type { Iam } from "./iam.ts";
import { findPolicy } from "./managed-policies.ts";
import type { HolderKind, PolicyHolder } from "./records.ts";
import { attachmentId, iamKey } from "./store.ts";

const MAX_ATTACHED = 10;
/** Policies of service-linked roles are for no others. */
const LINKED_ROLES_ALONE = "arn:aws:iam::aws:policy/aws-service-role/";
const KIND: Readonly<Record<HolderKind, string>> = { user: "User", group: "Group", role: "Role" };

/**
 * Attaches a managed policy; one that is attached already stays so.
 * @param find the holder, read in the transaction
 * @throws AwsError NoSuchEntity, LimitExceeded, InvalidInput, PolicyNotAttachable
 */
export async function attachPolicy(
  iam: Iam,
  scope: Scope,
  kind: HolderKind,
  find: () => Promise<PolicyHolder>,
  policyArn: string,
): Promise<void> {
  const { attachments } = iam.records;
  const key = iamKey(scope);
  await iam.store.transaction(async () => {
    const holder = await find();
    if (policyArn.startsWith(LINKED_ROLES_ALONE)) throw policyOfServicesAlone(KIND[kind]);
    if (!(await findPolicy(iam, scope, policyArn))) throw policyNotAttachable(policyArn);
    const id = attachmentId(holder.id, policyArn);
    if (await attachments.get(key, id)) return;
    if ((await attachments.count(key, { holderId: holder.id })) >= MAX_ATTACHED)
      throw quotaExceeded(`PoliciesPer${KIND[kind]}`, MAX_ATTACHED);
    await attachments.insert(key, id, {
      holderKind: kind,
      holderId: holder.id,
      policyArn,
      attachedAt: iam.now(),
    });
  });
}

/** @throws AwsError NoSuchEntity when it is not attached */
export async function detachPolicy(iam: Iam, scope: Scope, holder: PolicyHolder, policyArn: string): Promise<void> {
  if (!(await iam.records.attachments.delete(iamKey(scope), attachmentId(holder.id, policyArn))))
    throw notAttached(policyArn);
}

/** What is attached to a holder, in the order of names. */
export async function attachedPolicies(
  iam: Iam,
  scope: Pick<Scope, "account">,
  holderId: string,
): Promise<Required<AttachedPolicy>[]> {
  const found = await iam.records.attachments.list(iamKey(scope), { where: { holderId } });
  return found
    .map(({ policyArn }) => ({ PolicyName: nameInArn(policyArn), PolicyArn: policyArn }))
    .toSorted((a, b) => (a.PolicyName < b.PolicyName ? -1 : 1));
}

export async function hasAttachments(iam: Iam, scope: Scope, holderId: string): Promise<boolean> {
  return (await iam.records.attachments.count(iamKey(scope), { holderId })) > 0;
}
