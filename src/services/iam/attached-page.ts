import type { AttachedPolicy } from "@aws-sdk/client-iam";
import { parseArn } from "../../base/arn.ts";
import type { Scope } from "../../base/scope.ts";
import { attachedPolicies } from "./attachments.ts";
import type { Iam } from "./iam.ts";
import { page, type Paging } from "./page.ts";

/** The managed policies that are attached to a holder, as the operations `ListAttached…Policies` answer them. */
export async function attachedPage(
  iam: Iam,
  scope: Pick<Scope, "account">,
  holderId: string,
  { PathPrefix = "/", ...paging }: Paging & { PathPrefix?: string | undefined },
): Promise<{ AttachedPolicies: AttachedPolicy[]; IsTruncated: boolean; Marker?: string }> {
  const attached = await attachedPolicies(iam, scope, holderId);
  const below = attached.filter(({ PolicyArn }) => pathIn(PolicyArn).startsWith(PathPrefix));
  const shown = page(below, paging, "attached-policies", (each) => `${each.PolicyName} ${each.PolicyArn}`);
  return { AttachedPolicies: shown.items, ...shown.paging };
}

/** `/service-role/` of `arn:aws:iam::aws:policy/service-role/NAME`. */
function pathIn(arn: string): string {
  const { resource } = parseArn(arn)!;
  return resource.slice("policy".length, resource.lastIndexOf("/") + 1);
}
