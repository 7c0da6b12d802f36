import type { AssumeRoleRequest, AssumeRoleResponse } from "@aws-sdk/client-sts";
import { AccessDenied, type ActionCheck, type ConditionValues } from "../../../identity/authorization.ts";
import type { RoleFacts } from "../../../identity/directory.ts";
import type { Principal, SessionFacts } from "../../../identity/principal.ts";
import type { RequestContext } from "../../../wire/context.ts";
import { notAuthorized, unknownDevice } from "../errors.ts";
import { packedPolicySize } from "../packed-size.ts";
import { accountOfRole, issueRoleSession, sessionSeconds, unknownRole } from "../role-session.ts";
import { sessionPolicies } from "../session-policies.ts";
import { sessionTags, type SessionTags } from "../session-tags.ts";
import type { Sts } from "../sts.ts";

/** https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html */
export function assumeRole(sts: Sts) {
  return async (input: AssumeRoleRequest, context: RequestContext): Promise<AssumeRoleResponse> => {
    const roleArn = input.RoleArn!;
    const { identities, checked } = sts.options;
    const account = accountOfRole(roleArn);
    if (input.SerialNumber !== undefined || input.TokenCode !== undefined) throw unknownDevice();
    const policies = await sessionPolicies(input, account, identities);
    const tags = sessionTags(input, context.principal);
    const sourceIdentity = inheritedSource(context.principal) ?? input.SourceIdentity;

    const known = await identities.role({ arn: roleArn });
    await mayAssume(context, input, { arn: roleArn, known, tags, sourceIdentity });
    const role = known ?? (checked ? undefined : unknownRole(roleArn));
    if (!role) throw notAuthorized(context.principal.arn, "sts:AssumeRole", roleArn);

    const seconds = sessionSeconds(input.DurationSeconds, role, context.principal.type === "AssumedRole");
    const issuedAt = sts.now();
    const facts: SessionFacts = {
      issuedAt,
      expiresAt: issuedAt + seconds * 1000,
      ...policies,
      ...(tags.tags ? { tags: tags.tags } : {}),
      ...(tags.transitiveTagKeys ? { transitiveTagKeys: tags.transitiveTagKeys } : {}),
      ...(sourceIdentity === undefined ? {} : { sourceIdentity }),
    };
    const packed = packedPolicySize(facts);
    return {
      ...issueRoleSession(sts, role, input.RoleSessionName!, facts, context.scope.region),
      ...(packed === undefined ? {} : { PackedPolicySize: packed }),
      ...(sourceIdentity === undefined ? {} : { SourceIdentity: sourceIdentity }),
    };
  };
}

interface Wish {
  arn: string;
  known: RoleFacts | undefined;
  tags: SessionTags;
  sourceIdentity: string | undefined;
}

/**
 * The role's trust policy decides, and the caller's own policies where it leaves it to the account.
 * @throws AwsError AccessDenied
 */
async function mayAssume(context: RequestContext, input: AssumeRoleRequest, wish: Wish): Promise<void> {
  const { principal } = context;
  const { arn, known, tags, sourceIdentity } = wish;
  const check = (action: string): ActionCheck => ({
    action,
    resources: [{ arn, policy: () => known?.trustPolicy, tags: () => known?.tags ?? {}, conditions: iamTags(known) }],
    conditions: {
      "sts:RoleSessionName": input.RoleSessionName!,
      ...(input.ExternalId === undefined ? {} : { "sts:ExternalId": input.ExternalId }),
      ...(sourceIdentity === undefined ? {} : { "sts:SourceIdentity": sourceIdentity }),
      ...(tags.transitiveTagKeys ? { "sts:TransitiveTagKeys": tags.transitiveTagKeys } : {}),
      ...(input.DurationSeconds === undefined ? {} : { "sts:DurationSeconds": String(input.DurationSeconds) }),
    },
    ...(tags.tags ? { requestTags: tags.tags } : {}),
    resourcePolicyDecides: true,
  });
  const actions = [
    "sts:AssumeRole",
    ...(tags.tags ? ["sts:TagSession"] : []),
    ...(sourceIdentity === undefined ? [] : ["sts:SetSourceIdentity"]),
  ];
  try {
    await context.authorize(actions.map(check));
  } catch (cause) {
    if (cause instanceof AccessDenied) throw notAuthorized(principal.arn, cause.action, arn);
    throw cause;
  }
  const inherited = inheritedSource(principal);
  if (inherited !== undefined && input.SourceIdentity !== undefined && input.SourceIdentity !== inherited)
    throw notAuthorized(principal.arn, "sts:SetSourceIdentity", arn);
}

/** The role's tags under IAM's own name for them. */
function iamTags(role: RoleFacts | undefined): ConditionValues {
  return Object.fromEntries(Object.entries(role?.tags ?? {}).map(([key, value]) => [`iam:ResourceTag/${key}`, value]));
}

/** Whoever it was in the beginning stays so along a chain of roles. */
function inheritedSource(principal: Principal): string | undefined {
  return principal.type === "AssumedRole" ? principal.session.sourceIdentity : undefined;
}
