import type { UpdateGroupRequest } from "@aws-sdk/client-iam";
import type { RequestContext } from "../../../wire/context.ts";
import { existingGroup } from "../groups.ts";
import type { Iam } from "../iam.ts";
import { renameNamed } from "../named-entities.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateGroup.html */
export function updateGroup(iam: Iam) {
  return async ({ GroupName, NewGroupName, NewPath }: UpdateGroupRequest, { scope }: RequestContext) => {
    await iam.store.transaction(async () => {
      const group = await existingGroup(iam, scope, GroupName!);
      await renameNamed(iam.records.groups, scope, "Group", group, { name: NewGroupName, path: NewPath });
    });
    return {};
  };
}
