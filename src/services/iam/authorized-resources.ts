import type { Tag } from "@aws-sdk/client-iam";
import type { ActionCheck, AuthorizedResource } from "../../identity/authorization.ts";
import { tagValues } from "../../wire/checks.ts";

/** What requests have that a check needs. */
export interface IamRequest {
  UserName?: string | undefined;
  GroupName?: string | undefined;
  RoleName?: string | undefined;
  InstanceProfileName?: string | undefined;
  PolicyArn?: string | undefined;
  OpenIDConnectProviderArn?: string | undefined;
  PermissionsBoundary?: string | undefined;
  Tags?: Tag[] | undefined;
  TagKeys?: string[] | undefined;
}

/** What a check says beside its action and its resources. */
export type More = Omit<ActionCheck, "action" | "resources">;

/**
 * Something of IAM as what an action is done to: its tags have two names, `aws:ResourceTag/…` and `iam:ResourceTag/…`.
 * @param shownAs what messages call it, such as `role r`
 */
export function taggedResource(arn: string, tags: readonly Tag[], shownAs = arn): AuthorizedResource {
  if (!tags.length) return { arn, shownAs };
  const values = tagValues(tags);
  const conditions = Object.fromEntries(
    Object.entries(values).map(([key, value]) => [`iam:ResourceTag/${key}`, value]),
  );
  return { arn, shownAs, tags: () => values, conditions };
}
