import { formatArn } from "../../base/arn.ts";
import type { AuthorizedResource } from "../../identity/authorization.ts";
import type { AuthorizationContext, AuthorizationRules } from "../../wire/authorization.ts";
import { check, conditions, removedTags, requestTags } from "../../wire/checks.ts";
import { accountOf } from "./account.ts";
import { iamArn } from "./arns.ts";
import { type IamRequest, type More, taggedResource } from "./authorized-resources.ts";
import type { Iam } from "./iam.ts";
import { iamKey, nameKey } from "./store.ts";
import { userById } from "./users.ts";

type IamSdk = typeof import("@aws-sdk/client-iam");

/**
 * What must be allowed for the operations on users, groups and the account,
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsidentityandaccessmanagementiam.html
 */
export function userRules(iam: Iam): AuthorizationRules<IamSdk> {
  const onUser =
    (action: string, more: (input: IamRequest) => More = () => ({})) =>
    async (input: IamRequest, context: AuthorizationContext) => [
      check(`iam:${action}`, (await callersOrNamed(iam, context, input.UserName)).resource, more(input)),
    ];
  /** Also by the boundary that the user has. */
  const onBoundUser = (action: string) => async (input: IamRequest, context: AuthorizationContext) => {
    const { resource, boundary } = await callersOrNamed(iam, context, input.UserName);
    const values = conditions({ "iam:PermissionsBoundary": boundary, "iam:PolicyARN": input.PolicyArn });
    return [check(`iam:${action}`, resource, { conditions: values })];
  };
  const onGroup =
    (action: string) =>
    async (input: IamRequest, { scope }: AuthorizationContext) => [
      check(`iam:${action}`, await groupResource(iam, scope.account, input.GroupName ?? ""), {
        conditions: conditions({ "iam:PolicyARN": input.PolicyArn }),
      }),
    ];
  /** What the account's password policy lets all users do, unless a policy denies it. */
  const forPasswords = async (action: string, resource: AuthorizedResource, context: AuthorizationContext) => {
    const policy = await passwordsAreTheirs(iam, context, action);
    return [check(`iam:${action}`, { ...resource, policy: () => policy })];
  };

  return {
    AddUserToGroup: onGroup("AddUserToGroup"),
    AttachGroupPolicy: onGroup("AttachGroupPolicy"),
    AttachUserPolicy: onBoundUser("AttachUserPolicy"),
    ChangePassword: async (_, context) =>
      forPasswords("ChangePassword", (await callersOrNamed(iam, context, undefined)).resource, context),
    CreateAccessKey: onUser("CreateAccessKey"),
    CreateGroup: ({ GroupName = "", Path = "/" }, { scope }) => [
      check("iam:CreateGroup", { arn: iamArn(scope.account, "group", Path, GroupName) }),
    ],
    CreateLoginProfile: onUser("CreateLoginProfile"),
    CreateUser: ({ UserName = "", Path = "/", PermissionsBoundary, Tags }, { scope }) => {
      const arn = iamArn(scope.account, "user", Path, UserName);
      const values = conditions({ "iam:PermissionsBoundary": PermissionsBoundary });
      const tagging = Tags?.length ? [check("iam:TagUser", { arn }, requestTags(Tags))] : [];
      return [check("iam:CreateUser", { arn }, { conditions: values, ...requestTags(Tags) }), ...tagging];
    },
    DeleteAccessKey: onUser("DeleteAccessKey"),
    DeleteGroup: onGroup("DeleteGroup"),
    DeleteGroupPolicy: onGroup("DeleteGroupPolicy"),
    DeleteLoginProfile: onUser("DeleteLoginProfile"),
    DeleteUser: onUser("DeleteUser"),
    DeleteUserPermissionsBoundary: onBoundUser("DeleteUserPermissionsBoundary"),
    DeleteUserPolicy: onBoundUser("DeleteUserPolicy"),
    DetachGroupPolicy: onGroup("DetachGroupPolicy"),
    DetachUserPolicy: onBoundUser("DetachUserPolicy"),
    GenerateServiceLastAccessedDetails: ({ Arn = "" }) => [
      check("iam:GenerateServiceLastAccessedDetails", { arn: Arn }),
    ],
    GetAccessKeyLastUsed: async ({ AccessKeyId = "" }, { scope }) => {
      const key = await iam.records.accessKeys.get(iamKey(scope), AccessKeyId);
      const user = key && (await userById(iam, scope, key.userId));
      // Whose it is, and whether it is anybody's, is not for everyone.
      const shownAs = `access key ${AccessKeyId}`;
      return [check("iam:GetAccessKeyLastUsed", { arn: user?.arn ?? "*", shownAs })];
    },
    GetAccountPasswordPolicy: (_, context) => forPasswords("GetAccountPasswordPolicy", { arn: "*" }, context),
    GetGroup: onGroup("GetGroup"),
    GetGroupPolicy: onGroup("GetGroupPolicy"),
    GetLoginProfile: onUser("GetLoginProfile"),
    GetUser: onUser("GetUser"),
    GetUserPolicy: onUser("GetUserPolicy"),
    ListAccessKeys: onUser("ListAccessKeys"),
    ListAttachedGroupPolicies: onGroup("ListAttachedGroupPolicies"),
    ListAttachedUserPolicies: onUser("ListAttachedUserPolicies"),
    ListGroupPolicies: onGroup("ListGroupPolicies"),
    ListGroups: ({ PathPrefix = "/" }, { scope }) => [
      check("iam:ListGroups", { arn: iamArn(scope.account, "group", PathPrefix, "") }),
    ],
    ListGroupsForUser: onUser("ListGroupsForUser"),
    ListMFADevices: onUser("ListMFADevices"),
    ListSSHPublicKeys: onUser("ListSSHPublicKeys"),
    ListServiceSpecificCredentials: onUser("ListServiceSpecificCredentials"),
    ListSigningCertificates: onUser("ListSigningCertificates"),
    ListUserPolicies: onUser("ListUserPolicies"),
    ListUserTags: onUser("ListUserTags"),
    ListUsers: ({ PathPrefix = "/" }, { scope }) => [
      check("iam:ListUsers", { arn: iamArn(scope.account, "user", PathPrefix, "") }),
    ],
    ListVirtualMFADevices: (_, { scope }) => [
      check("iam:ListVirtualMFADevices", { arn: formatArn("iam", { account: scope.account, region: "" }, "mfa/") }),
    ],
    PutGroupPolicy: onGroup("PutGroupPolicy"),
    PutUserPermissionsBoundary: onUser("PutUserPermissionsBoundary", ({ PermissionsBoundary }) => ({
      conditions: conditions({ "iam:PermissionsBoundary": PermissionsBoundary }),
    })),
    PutUserPolicy: onBoundUser("PutUserPolicy"),
    RemoveUserFromGroup: onGroup("RemoveUserFromGroup"),
    TagUser: onUser("TagUser", ({ Tags }) => requestTags(Tags)),
    UntagUser: onUser("UntagUser", ({ TagKeys }) => removedTags(TagKeys)),
    UpdateAccessKey: onUser("UpdateAccessKey"),
    UpdateGroup: async ({ GroupName = "", NewGroupName, NewPath }, { scope }) => {
      const now = await groupResource(iam, scope.account, GroupName);
      const arn = iamArn(scope.account, "group", NewPath ?? pathOf(now.arn), NewGroupName ?? GroupName);
      return [check("iam:UpdateGroup", arn === now.arn ? now : [now, { arn }])];
    },
    UpdateLoginProfile: onUser("UpdateLoginProfile"),
    UpdateUser: async ({ UserName = "", NewUserName, NewPath }, context) => {
      const { resource: now } = await callersOrNamed(iam, context, UserName);
      const arn = iamArn(context.scope.account, "user", NewPath ?? pathOf(now.arn), NewUserName ?? UserName);
      return [check("iam:UpdateUser", arn === now.arn ? now : [now, { ...now, arn, shownAs: arn }])];
    },
  };
}

/** A user as what an action is done to: the named one, or the caller; `*` where that is none. */
async function callersOrNamed(
  iam: Iam,
  { scope, principal }: AuthorizationContext,
  userName: string | undefined,
): Promise<{ resource: AuthorizedResource; boundary?: string | undefined }> {
  const name = userName ?? (principal.type === "User" ? principal.userName : undefined);
  if (name === undefined) return { resource: { arn: "*" } };
  const user = await iam.records.users.get(iamKey(scope), nameKey(name));
  const arn = user?.arn ?? iamArn(scope.account, "user", "/", name);
  const shownAs = userName === undefined ? arn : `user ${userName}`;
  return { resource: taggedResource(arn, user?.tags ?? [], shownAs), boundary: user?.boundary };
}

async function groupResource(iam: Iam, account: string, name: string): Promise<AuthorizedResource> {
  const group = await iam.records.groups.get(iamKey({ account }), nameKey(name));
  return { arn: group?.arn ?? iamArn(account, "group", "/", name), shownAs: `group ${name}` };
}

/** What stands between `:user` and the name. */
function pathOf(arn: string): string {
  return arn.slice(arn.indexOf("/"), arn.lastIndexOf("/") + 1);
}

/** As a policy on the resource, so that a policy of the user's may still deny it. */
async function passwordsAreTheirs(
  iam: Iam,
  { scope, principal }: AuthorizationContext,
  action: string,
): Promise<string | undefined> {
  const { passwordPolicy } = await accountOf(iam, scope);
  if (principal.type !== "User" || !passwordPolicy?.AllowUsersToChangePassword) return undefined;
  return JSON.stringify({
    Version: "2012-10-17",
    Statement: { Effect: "Allow", Principal: { AWS: principal.arn }, Action: `iam:${action}`, Resource: "*" },
  });
}
