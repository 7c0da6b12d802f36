import type { CreateGroupRequest, CreateGroupResponse } from "@aws-sdk/client-iam";
import type { RequestContext } from "../../../wire/context.ts";
import { iamArn } from "../arns.ts";
import type { Iam } from "../iam.ts";
import { newId } from "../ids.ts";
import { insertNamed } from "../named-entities.ts";
import type { GroupRecord } from "../user-records.ts";
import { groupView } from "../user-views.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateGroup.html */
export function createGroup(iam: Iam) {
  return async (input: CreateGroupRequest, { scope }: RequestContext): Promise<CreateGroupResponse> => {
    const { GroupName, Path = "/" } = input;
    const group: GroupRecord = {
      id: newId(iam.ids, "AGPA"),
      name: GroupName!,
      path: Path,
      arn: iamArn(scope.account, "group", Path, GroupName!),
      createdAt: iam.now(),
      inlinePolicies: {},
    };
    await iam.store.transaction(() => insertNamed(iam.records.groups, scope, "Group", group));
    return { Group: groupView(group) };
  };
}
