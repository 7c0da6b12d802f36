import type { PolicyGrantingServiceAccess, PolicyOwnerEntityType } from "@aws-sdk/client-iam";
import { z } from "zod";
import type { Scope } from "../../base/scope.ts";
import { nameInArn } from "./arns.ts";
import type { Iam } from "./iam.ts";
import { defaultVersionOf, findPolicy } from "./managed-policies.ts";
import type { HolderKind } from "./records.ts";
import type { KindOfHolder } from "./simulation-sources.ts";
import { iamKey } from "./store.ts";

const ENTITY_TYPE: Readonly<Record<HolderKind, PolicyOwnerEntityType>> = { user: "USER", group: "GROUP", role: "ROLE" };

const Texts = z.union([z.string().transform((one) => [one]), z.array(z.string())]);
const Statement = z.object({ Effect: z.string(), Action: Texts.optional(), NotAction: Texts.optional() });
const Document = z.object({ Statement: z.union([z.array(Statement), Statement.transform((one) => [one])]) });

/** The policies of holders that allow anything of a service, such as `ecs`. */
export async function policiesGranting(
  iam: Iam,
  scope: Pick<Scope, "account">,
  holders: readonly KindOfHolder[],
  service: string,
): Promise<PolicyGrantingServiceAccess[]> {
  const granting: PolicyGrantingServiceAccess[] = [];
  for (const { kind, holder } of holders) {
    for (const [PolicyName, document] of Object.entries(holder.inlinePolicies))
      if (grants(document, service))
        granting.push({
          PolicyName,
          PolicyType: "INLINE",
          EntityType: ENTITY_TYPE[kind],
          EntityName: holder.name,
        });
    for (const { policyArn } of await iam.records.attachments.list(iamKey(scope), { where: { holderId: holder.id } })) {
      const policy = await findPolicy(iam, scope, policyArn);
      if (policy && grants(defaultVersionOf(policy).document, service))
        granting.push({ PolicyName: nameInArn(policyArn), PolicyType: "MANAGED", PolicyArn: policyArn });
    }
  }
  return granting;
}

/** Whether a document that has been checked allows some action of a service. */
export function grants(document: string, service: string): boolean {
  return Document.parse(JSON.parse(document)).Statement.some(({ Effect, Action, NotAction }) => {
    if (Effect !== "Allow") return false;
    if (Action) return Action.some((action) => action === "*" || serviceOf(action) === service.toLowerCase());
    return !NotAction?.some((action) => action === "*" || action.toLowerCase() === `${service.toLowerCase()}:*`);
  });
}

function serviceOf(action: string): string {
  return action.slice(0, action.indexOf(":")).toLowerCase();
}
