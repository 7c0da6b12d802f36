import type { AuthorizationContext, AuthorizationRules } from "../../wire/authorization.ts";
import { check, removedTags, requestTags } from "../../wire/checks.ts";
import { iamArn, nameInArn, oidcProviderArn } from "./arns.ts";
import { type IamRequest, type More, taggedResource } from "./authorized-resources.ts";
import type { Iam } from "./iam.ts";
import { iamKey, nameKey } from "./store.ts";

/** The rules of managed policies, identity providers and the simulator. */
export function policyRules(iam: Iam): AuthorizationRules<typeof import("@aws-sdk/client-iam")> {
  const onPolicy =
    (action: string, more: (input: IamRequest) => More = () => ({})) =>
    async (input: IamRequest, { scope }: AuthorizationContext) => {
      const arn = input.PolicyArn ?? "";
      const own = await iam.records.policies.get(iamKey(scope), nameKey(nameInArn(arn)));
      return [
        check(`iam:${action}`, taggedResource(arn, own?.arn === arn ? own.tags : [], `policy ${arn}`), more(input)),
      ];
    };
  const onProvider =
    (action: string, more: (input: IamRequest) => More = () => ({})) =>
    async (input: IamRequest, { scope }: AuthorizationContext) => {
      const arn = input.OpenIDConnectProviderArn ?? "";
      const url = arn.slice(oidcProviderArn(scope.account, "").length);
      const found = await iam.records.oidcProviders.get(iamKey(scope), url);
      return [check(`iam:${action}`, taggedResource(arn, found?.arn === arn ? found.tags : []), more(input))];
    };
  /** Of a user, group or role; its ARN is in the request. */
  const onSource = (action: string) => (input: { PolicySourceArn: string | undefined }) => [
    check(`iam:${action}`, { arn: input.PolicySourceArn ?? "" }),
  ];
  const added = ({ Tags }: IamRequest) => requestTags(Tags);
  const removed = ({ TagKeys }: IamRequest) => removedTags(TagKeys);

  return {
    AddClientIDToOpenIDConnectProvider: onProvider("AddClientIDToOpenIDConnectProvider"),
    CreateOpenIDConnectProvider: ({ Url = "", Tags }, { scope }) => {
      const arn = oidcProviderArn(scope.account, Url.replace(/^https:\/\//, ""));
      const tagging = Tags?.length ? [check("iam:TagOpenIDConnectProvider", { arn }, requestTags(Tags))] : [];
      return [check("iam:CreateOpenIDConnectProvider", { arn }, requestTags(Tags)), ...tagging];
    },
    CreatePolicy: ({ PolicyName, Path = "/", Tags }, { scope }) => {
      const arn = iamArn(scope.account, "policy", Path, PolicyName ?? "");
      const resource = { arn, shownAs: `policy ${PolicyName}` };
      const tagging = Tags?.length ? [check("iam:TagPolicy", resource, requestTags(Tags))] : [];
      return [check("iam:CreatePolicy", resource, requestTags(Tags)), ...tagging];
    },
    CreatePolicyVersion: onPolicy("CreatePolicyVersion"),
    DeleteOpenIDConnectProvider: onProvider("DeleteOpenIDConnectProvider"),
    DeletePolicy: onPolicy("DeletePolicy"),
    DeletePolicyVersion: onPolicy("DeletePolicyVersion"),
    GetContextKeysForPrincipalPolicy: onSource("GetContextKeysForPrincipalPolicy"),
    GetOpenIDConnectProvider: onProvider("GetOpenIDConnectProvider"),
    GetPolicy: onPolicy("GetPolicy"),
    GetPolicyVersion: onPolicy("GetPolicyVersion"),
    ListEntitiesForPolicy: onPolicy("ListEntitiesForPolicy"),
    ListOpenIDConnectProviderTags: onProvider("ListOpenIDConnectProviderTags"),
    ListPoliciesGrantingServiceAccess: ({ Arn }) => [
      check("iam:ListPoliciesGrantingServiceAccess", { arn: Arn ?? "" }),
    ],
    ListPolicies: ({ PathPrefix = "/" }, { scope }) => [
      check("iam:ListPolicies", { arn: iamArn(scope.account, "policy", PathPrefix, "") }),
    ],
    ListPolicyTags: onPolicy("ListPolicyTags"),
    ListPolicyVersions: onPolicy("ListPolicyVersions"),
    RemoveClientIDFromOpenIDConnectProvider: onProvider("RemoveClientIDFromOpenIDConnectProvider"),
    SetDefaultPolicyVersion: onPolicy("SetDefaultPolicyVersion"),
    SimulatePrincipalPolicy: onSource("SimulatePrincipalPolicy"),
    TagOpenIDConnectProvider: onProvider("TagOpenIDConnectProvider", added),
    TagPolicy: onPolicy("TagPolicy", added),
    UntagOpenIDConnectProvider: onProvider("UntagOpenIDConnectProvider", removed),
    UntagPolicy: onPolicy("UntagPolicy", removed),
    UpdateOpenIDConnectProviderThumbprint: onProvider("UpdateOpenIDConnectProviderThumbprint"),
  };
}
