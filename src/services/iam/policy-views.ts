import type { Policy, PolicyVersion } from "@aws-sdk/client-iam";
import type { Scope } from "../../base/scope.ts";
import type { Iam } from "./iam.ts";
import { type PolicyUses, UNUSED, usesOf } from "./policy-uses.ts";
import type { PolicyRecord, PolicyVersionRecord } from "./records.ts";
import { sortedTags } from "./tags.ts";

/** A managed policy as lists show it. */
export function policyView(policy: PolicyRecord, { attached, boundaries }: PolicyUses): Policy {
  return {
    PolicyName: policy.name,
    PolicyId: policy.id,
    Arn: policy.arn,
    Path: policy.path,
    DefaultVersionId: policy.defaultVersion,
    AttachmentCount: attached,
    PermissionsBoundaryUsageCount: boundaries,
    IsAttachable: true,
    CreateDate: policy.createdAt,
    UpdateDate: policy.updatedAt,
  };
}

/** A managed policy in the answer to its creation. */
export function createdPolicyView(policy: PolicyRecord): Policy {
  return { ...policyView(policy, UNUSED), ...(policy.tags.length ? { Tags: sortedTags(policy.tags) } : {}) };
}

/** A managed policy with its description and tags, as GetPolicy shows it. */
export async function policyDetail(iam: Iam, scope: Pick<Scope, "account">, policy: PolicyRecord): Promise<Policy> {
  return {
    ...policyView(policy, await usesOf(iam, scope, policy.arn)),
    ...(policy.description === undefined ? {} : { Description: policy.description }),
    Tags: sortedTags(policy.tags),
  };
}

/** A version without its document. */
export function versionView(policy: PolicyRecord, { versionId, createdAt }: PolicyVersionRecord): PolicyVersion {
  return { VersionId: versionId, IsDefaultVersion: versionId === policy.defaultVersion, CreateDate: createdAt };
}
