import type { AccessKeyMetadata, Group, LoginProfile, User } from "@aws-sdk/client-iam";
import type { RootPrincipal } from "../../identity/principal.ts";
import { sortedTags } from "./tags.ts";
import type { AccessKeyRecord, AccountRecord, GroupRecord, LoginProfileRecord, UserRecord } from "./user-records.ts";
import { boundaryView } from "./views.ts";

/** A user as lists show it. */
export function userView({ path, name, id, arn, createdAt }: UserRecord): User {
  return { Path: path, UserName: name, UserId: id, Arn: arn, CreateDate: createdAt };
}

/** A user with its boundary and tags, as CreateUser and GetUser show it. */
export function userDetail(user: UserRecord): User {
  return {
    ...userView(user),
    ...boundaryView(user.boundary),
    ...(user.tags.length ? { Tags: sortedTags(user.tags) } : {}),
  };
}

/** The root user, who has neither name nor path; the SDK knows no user without them. */
export function rootUserView({ arn, userId }: RootPrincipal, { createdAt }: AccountRecord): User {
  return { UserId: userId, Arn: arn, CreateDate: createdAt } as User;
}

export function groupView({ path, name, id, arn, createdAt }: GroupRecord): Group {
  return { Path: path, GroupName: name, GroupId: id, Arn: arn, CreateDate: createdAt };
}

export function accessKeyView(
  userName: string,
  { accessKeyId, status, createdAt }: AccessKeyRecord,
): AccessKeyMetadata {
  return { UserName: userName, AccessKeyId: accessKeyId, Status: status, CreateDate: createdAt };
}

export function loginProfileView(userName: string, { createdAt, resetRequired }: LoginProfileRecord): LoginProfile {
  return { UserName: userName, CreateDate: createdAt, PasswordResetRequired: resetRequired };
}
