import type {
  ListPoliciesGrantingServiceAccessRequest,
  ListPoliciesGrantingServiceAccessResponse,
} from "@aws-sdk/client-iam";
import type { RequestContext } from "../../../wire/context.ts";
import { policiesGranting } from "../granting-policies.ts";
import type { Iam } from "../iam.ts";
import { page } from "../page.ts";
import { policySource } from "../simulation-sources.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListPoliciesGrantingServiceAccess.html */
export function listPoliciesGrantingServiceAccess(iam: Iam) {
  return async (
    { Arn, ServiceNamespaces, Marker }: ListPoliciesGrantingServiceAccessRequest,
    { scope }: RequestContext,
  ): Promise<ListPoliciesGrantingServiceAccessResponse> => {
    const { holders } = await policySource(iam, scope, Arn!);
    const services = [...new Set(ServiceNamespaces)].toSorted();
    const { items, paging } = page(services, { Marker }, "granting-policies", (service) => service);
    const PoliciesGrantingServiceAccess = await Promise.all(
      items.map(async (ServiceNamespace) => ({
        ServiceNamespace,
        Policies: await policiesGranting(iam, scope, holders, ServiceNamespace),
      })),
    );
    return { PoliciesGrantingServiceAccess, ...paging };
  };
}
