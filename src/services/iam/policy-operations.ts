import type { Handlers } from "../../wire/handlers.ts";
import type { Iam } from "./iam.ts";
import { addClientIDToOpenIDConnectProvider } from "./operations/add-client-id-to-open-id-connect-provider.ts";
import { createOpenIDConnectProvider } from "./operations/create-open-id-connect-provider.ts";
import { createPolicy } from "./operations/create-policy.ts";
import { createPolicyVersion } from "./operations/create-policy-version.ts";
import { deleteOpenIDConnectProvider } from "./operations/delete-open-id-connect-provider.ts";
import { deletePolicy } from "./operations/delete-policy.ts";
import { deletePolicyVersion } from "./operations/delete-policy-version.ts";
import { getContextKeysForCustomPolicy } from "./operations/get-context-keys-for-custom-policy.ts";
import { getContextKeysForPrincipalPolicy } from "./operations/get-context-keys-for-principal-policy.ts";
import { getOpenIDConnectProvider } from "./operations/get-open-id-connect-provider.ts";
import { getPolicy } from "./operations/get-policy.ts";
import { getPolicyVersion } from "./operations/get-policy-version.ts";
import { listEntitiesForPolicy } from "./operations/list-entities-for-policy.ts";
import { listOpenIDConnectProviderTags } from "./operations/list-open-id-connect-provider-tags.ts";
import { listOpenIDConnectProviders } from "./operations/list-open-id-connect-providers.ts";
import { listPolicies } from "./operations/list-policies.ts";
import { listPoliciesGrantingServiceAccess } from "./operations/list-policies-granting-service-access.ts";
import { listPolicyTags } from "./operations/list-policy-tags.ts";
import { listPolicyVersions } from "./operations/list-policy-versions.ts";
import { removeClientIDFromOpenIDConnectProvider } from "./operations/remove-client-id-from-open-id-connect-provider.ts";
import { setDefaultPolicyVersion } from "./operations/set-default-policy-version.ts";
import { simulateCustomPolicy } from "./operations/simulate-custom-policy.ts";
import { simulatePrincipalPolicy } from "./operations/simulate-principal-policy.ts";
import { tagOpenIDConnectProvider } from "./operations/tag-open-id-connect-provider.ts";
import { tagPolicy } from "./operations/tag-policy.ts";
import { untagOpenIDConnectProvider } from "./operations/untag-open-id-connect-provider.ts";
import { untagPolicy } from "./operations/untag-policy.ts";
import { updateOpenIDConnectProviderThumbprint } from "./operations/update-open-id-connect-provider-thumbprint.ts";

/** The operations on managed policies, identity providers and the simulator. */
export function policyOperations(iam: Iam) {
  return {
    AddClientIDToOpenIDConnectProvider: addClientIDToOpenIDConnectProvider(iam),
    CreateOpenIDConnectProvider: createOpenIDConnectProvider(iam),
    CreatePolicy: createPolicy(iam),
    CreatePolicyVersion: createPolicyVersion(iam),
    DeleteOpenIDConnectProvider: deleteOpenIDConnectProvider(iam),
    DeletePolicy: deletePolicy(iam),
    DeletePolicyVersion: deletePolicyVersion(iam),
    GetContextKeysForCustomPolicy: getContextKeysForCustomPolicy(),
    GetContextKeysForPrincipalPolicy: getContextKeysForPrincipalPolicy(iam),
    GetOpenIDConnectProvider: getOpenIDConnectProvider(iam),
    GetPolicy: getPolicy(iam),
    GetPolicyVersion: getPolicyVersion(iam),
    ListEntitiesForPolicy: listEntitiesForPolicy(iam),
    ListOpenIDConnectProviderTags: listOpenIDConnectProviderTags(iam),
    ListOpenIDConnectProviders: listOpenIDConnectProviders(iam),
    ListPolicies: listPolicies(iam),
    ListPoliciesGrantingServiceAccess: listPoliciesGrantingServiceAccess(iam),
    ListPolicyTags: listPolicyTags(iam),
    ListPolicyVersions: listPolicyVersions(iam),
    RemoveClientIDFromOpenIDConnectProvider: removeClientIDFromOpenIDConnectProvider(iam),
    SetDefaultPolicyVersion: setDefaultPolicyVersion(iam),
    SimulateCustomPolicy: simulateCustomPolicy(iam),
    SimulatePrincipalPolicy: simulatePrincipalPolicy(iam),
    TagOpenIDConnectProvider: tagOpenIDConnectProvider(iam),
    TagPolicy: tagPolicy(iam),
    UntagOpenIDConnectProvider: untagOpenIDConnectProvider(iam),
    UntagPolicy: untagPolicy(iam),
    UpdateOpenIDConnectProviderThumbprint: updateOpenIDConnectProviderThumbprint(iam),
  } satisfies Handlers<typeof import("@aws-sdk/client-iam")>;
}
