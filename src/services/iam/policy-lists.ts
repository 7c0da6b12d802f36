import type { ListPoliciesRequest, ListPoliciesResponse } from "@aws-sdk/client-iam";
import type { Scope } from "../../base/scope.ts";
import { awsManagedPolicies } from "./aws-policies/aws-policies.ts";
import type { Iam } from "./iam.ts";
import { page } from "./page.ts";
import { allUses, type PolicyUses, UNUSED } from "./policy-uses.ts";
import { policyView } from "./policy-views.ts";
import type { PolicyRecord } from "./records.ts";
import { iamKey, nameKey } from "./store.ts";

/** The managed policies that a request asks for, by name. @throws AwsError ValidationError for a bad marker */
export async function policyPage(iam: Iam, scope: Scope, input: ListPoliciesRequest): Promise<ListPoliciesResponse> {
  const { Scope: kind = "All", PathPrefix = "/" } = input;
  const policies = [
    ...(kind === "Local" ? [] : (await awsManagedPolicies()).values()),
    ...(kind === "AWS" ? [] : await iam.records.policies.list(iamKey(scope))),
  ].filter(({ path }) => path.startsWith(PathPrefix));
  const uses = await allUses(iam, scope);
  const used = policies.filter(({ arn }) => isWanted(uses.get(arn) ?? UNUSED, input));
  const sorted = used.toSorted((a, b) => (placeOf(a) < placeOf(b) ? -1 : 1));
  const { items, paging } = page(sorted, input, "policies", placeOf);
  return { Policies: items.map((policy) => policyView(policy, uses.get(policy.arn) ?? UNUSED)), ...paging };
}

function isWanted(
  { attached, boundaries }: PolicyUses,
  { OnlyAttached, PolicyUsageFilter }: Pick<ListPoliciesRequest, "OnlyAttached" | "PolicyUsageFilter">,
): boolean {
  switch (PolicyUsageFilter) {
    case "PermissionsPolicy":
      return attached > 0;
    case "PermissionsBoundary":
      return boundaries > 0;
    default:
      return !OnlyAttached || attached > 0;
  }
}

/** Policies of AWS and of the account may have one name. */
function placeOf({ name, arn }: PolicyRecord): string {
  return `${nameKey(name)} ${arn}`;
}
