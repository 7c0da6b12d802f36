import type { AssumeRoleWithWebIdentityRequest, AssumeRoleWithWebIdentityResponse } from "@aws-sdk/client-sts";
import type { ConditionValues } from "../../../identity/authorization.ts";
import type { Caller } from "../../../identity/caller.ts";
import type { RoleFacts } from "../../../identity/directory.ts";
import type { SessionFacts } from "../../../identity/principal.ts";
import { letsIn } from "../../../identity/policy/outsiders.ts";
import type { RequestContext } from "../../../wire/context.ts";
import { invalidIdentityToken, webIdentityNotAuthorized } from "../errors.ts";
import { packedPolicySize } from "../packed-size.ts";
import { accountOfRole, issueRoleSession, sessionSeconds, unknownRole } from "../role-session.ts";
import { sessionPolicies } from "../session-policies.ts";
import { sessionTags, type SessionTags } from "../session-tags.ts";
import type { Sts } from "../sts.ts";
import { verifyWebIdentity, type WebIdentity } from "../web-identity/verify.ts";

const SUBJECT_LENGTH = 255;

/** https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html */
export function assumeRoleWithWebIdentity(sts: Sts) {
  return async (
    input: AssumeRoleWithWebIdentityRequest,
    context: RequestContext,
  ): Promise<AssumeRoleWithWebIdentityResponse> => {
    const roleArn = input.RoleArn!;
    const { identities, checked } = sts.options;
    const account = accountOfRole(roleArn);
    // Those of OAuth 2.0 that AWS knows by name; they are asked over the internet.
    if (input.ProviderId !== undefined)
      throw invalidIdentityToken(`Provided Token is not a token of ${input.ProviderId}`);
    const identity = await verifyWebIdentity(sts, account, input.WebIdentityToken!);
    const policies = await sessionPolicies(input, account, identities);
    const tags = sessionTags(tagsOf(identity), context.principal);
    const sourceIdentity = identity.claims["https://aws.amazon.com/source_identity"];

    const known = await identities.role({ arn: roleArn });
    if (checked && !mayAssume(known, input, { identity, tags, sourceIdentity, environment: context.caller }))
      throw webIdentityNotAuthorized();
    const role = known ?? unknownRole(roleArn);
    if (!role) throw webIdentityNotAuthorized();

    const issuedAt = sts.now();
    const { provider, subject, audience } = identity;
    const facts: SessionFacts = {
      issuedAt,
      expiresAt: issuedAt + sessionSeconds(input.DurationSeconds, role, false) * 1000,
      ...policies,
      ...(tags.tags ? { tags: tags.tags } : {}),
      ...(tags.transitiveTagKeys ? { transitiveTagKeys: tags.transitiveTagKeys } : {}),
      ...(sourceIdentity === undefined ? {} : { sourceIdentity }),
      webIdentity: { provider, subject, audience },
    };
    const packed = packedPolicySize(facts);
    return {
      ...issueRoleSession(sts, role, input.RoleSessionName!, facts, context.scope.region),
      SubjectFromWebIdentityToken: subject,
      Provider: identity.providerArn,
      Audience: audience,
      ...(packed === undefined ? {} : { PackedPolicySize: packed }),
      ...(sourceIdentity === undefined ? {} : { SourceIdentity: sourceIdentity }),
    };
  };
}

interface Wish {
  identity: WebIdentity;
  tags: SessionTags;
  sourceIdentity: string | undefined;
  environment: Omit<Caller, "principal">;
}

/** Nobody's own policies are asked: the token's bearer has none. */
function mayAssume(
  role: RoleFacts | undefined,
  { RoleSessionName, DurationSeconds }: AssumeRoleWithWebIdentityRequest,
  { identity, tags, sourceIdentity, environment }: Wish,
): boolean {
  if (!role || identity.subject.length > SUBJECT_LENGTH) return false;
  const conditions: ConditionValues = {
    ...identityConditions(identity),
    "sts:RoleSessionName": RoleSessionName!,
    ...(DurationSeconds === undefined ? {} : { "sts:DurationSeconds": String(DurationSeconds) }),
    ...(sourceIdentity === undefined ? {} : { "sts:SourceIdentity": sourceIdentity }),
    ...(tags.transitiveTagKeys ? { "sts:TransitiveTagKeys": tags.transitiveTagKeys } : {}),
  };
  const subject = { type: "Federated" as const, provider: identity.providerArn };
  const request = {
    resource: role.arn,
    resourceAccount: accountOfRole(role.arn),
    environment,
    conditions,
    ...(tags.tags ? { requestTags: tags.tags } : {}),
    resourceTags: role.tags,
  };
  return [
    "sts:AssumeRoleWithWebIdentity",
    ...(tags.tags ? ["sts:TagSession"] : []),
    ...(sourceIdentity === undefined ? [] : ["sts:SetSourceIdentity"]),
  ].every((action) => letsIn(role.trustPolicy, subject, { action, ...request }) === "allowed");
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html#condition-keys-wif */
function identityConditions({ provider, subject, audience, claims }: WebIdentity): ConditionValues {
  return {
    [`${provider}:sub`]: subject,
    [`${provider}:aud`]: audience,
    ...(claims.azp !== undefined && claims.aud !== undefined ? { [`${provider}:oaud`]: claims.aud } : {}),
    ...(claims.amr ? { [`${provider}:amr`]: claims.amr } : {}),
  };
}

/** Session tags that the provider gives: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html */
function tagsOf({ claims }: WebIdentity): Parameters<typeof sessionTags>[0] {
  const { principal_tags = {}, transitive_tag_keys = [] } = claims["https://aws.amazon.com/tags"] ?? {};
  return {
    Tags: Object.entries(principal_tags).map(([Key, value]) => ({
      Key,
      Value: typeof value === "string" ? value : (value[0] ?? ""),
    })),
    TransitiveTagKeys: transitive_tag_keys,
  };
}
