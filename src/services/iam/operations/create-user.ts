import type { CreateUserRequest, CreateUserResponse } from "@aws-sdk/client-iam";
import type { RequestContext } from "../../../wire/context.ts";
import { iamArn } from "../arns.ts";
import { checkBoundary } from "../boundaries.ts";
import type { Iam } from "../iam.ts";
import { newId } from "../ids.ts";
import { insertNamed } from "../named-entities.ts";
import { newTags } from "../tags.ts";
import type { UserRecord } from "../user-records.ts";
import { userDetail } from "../user-views.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateUser.html */
export function createUser(iam: Iam) {
  return async (input: CreateUserRequest, { scope }: RequestContext): Promise<CreateUserResponse> => {
    const { UserName, Path = "/", PermissionsBoundary, Tags } = input;
    const user: UserRecord = {
      id: newId(iam.ids, "AIDA"),
      name: UserName!,
      path: Path,
      arn: iamArn(scope.account, "user", Path, UserName!),
      createdAt: iam.now(),
      inlinePolicies: {},
      ...(PermissionsBoundary === undefined ? {} : { boundary: PermissionsBoundary }),
      tags: newTags(Tags),
    };
    await iam.store.transaction(async () => {
      if (PermissionsBoundary !== undefined) await checkBoundary(iam, scope, PermissionsBoundary);
      await insertNamed(iam.records.users, scope, "User", user);
    });
    return { User: userDetail(user) };
  };
}
