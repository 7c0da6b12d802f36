import type { AuthorizedResource } from "../../identity/authorization.ts";
import type { AuthorizationContext, AuthorizationRules } from "../../wire/authorization.ts";
import { check, conditions, passRole, removedTags, requestTags } from "../../wire/checks.ts";
import { iamArn } from "./arns.ts";
import type { Iam } from "./iam.ts";
import { type IamRequest, type More, taggedResource } from "./authorized-resources.ts";
import { linkedRoleArn } from "./service-linked-roles.ts";
import { iamKey, nameKey } from "./store.ts";

/** The rules of roles, service-linked roles and instance profiles. */
export function roleRules(iam: Iam): AuthorizationRules<typeof import("@aws-sdk/client-iam")> {
  const roleOf = async ({ scope }: AuthorizationContext, name: string) => {
    const role = await iam.records.roles.get(iamKey(scope), nameKey(name));
    const resource = taggedResource(
      role?.arn ?? iamArn(scope.account, "role", "/", name),
      role?.tags ?? [],
      `role ${name}`,
    );
    return { resource, boundary: role?.boundary };
  };
  const profileOf = async ({ scope }: AuthorizationContext, name: string): Promise<AuthorizedResource> => {
    const profile = await iam.records.instanceProfiles.get(iamKey(scope), nameKey(name));
    return taggedResource(
      profile?.arn ?? iamArn(scope.account, "instance-profile", "/", name),
      profile?.tags ?? [],
      `instance profile ${name}`,
    );
  };
  const onRole =
    (action: string, more: (input: IamRequest) => More = () => ({})) =>
    async (input: IamRequest, context: AuthorizationContext) => [
      check(`iam:${action}`, (await roleOf(context, input.RoleName ?? "")).resource, more(input)),
    ];
  /** Also by the boundary that the role has. */
  const onBoundRole = (action: string) => async (input: IamRequest, context: AuthorizationContext) => {
    const { resource, boundary } = await roleOf(context, input.RoleName ?? "");
    const values = conditions({ "iam:PermissionsBoundary": boundary, "iam:PolicyARN": input.PolicyArn });
    return [check(`iam:${action}`, resource, { conditions: values })];
  };
  const onProfile =
    (action: string, more: (input: IamRequest) => More = () => ({})) =>
    async (input: IamRequest, context: AuthorizationContext) => [
      check(`iam:${action}`, await profileOf(context, input.InstanceProfileName ?? ""), more(input)),
    ];
  const added = ({ Tags }: IamRequest) => requestTags(Tags);
  const removed = ({ TagKeys }: IamRequest) => removedTags(TagKeys);
  const below =
    (action: string, kind: "role" | "instance-profile") =>
    ({ PathPrefix = "/" }: { PathPrefix?: string | undefined }, { scope }: AuthorizationContext) => [
      check(`iam:${action}`, { arn: iamArn(scope.account, kind, PathPrefix, "") }),
    ];

  return {
    AddRoleToInstanceProfile: async ({ InstanceProfileName, RoleName }, context) => [
      check("iam:AddRoleToInstanceProfile", await profileOf(context, InstanceProfileName ?? "")),
      ...passRole([(await roleOf(context, RoleName ?? "")).resource.arn], "ec2.amazonaws.com", context.scope.account),
    ],
    AttachRolePolicy: onBoundRole("AttachRolePolicy"),
    CreateInstanceProfile: ({ InstanceProfileName, Path = "/", Tags }, { scope }) => {
      const arn = iamArn(scope.account, "instance-profile", Path, InstanceProfileName ?? "");
      const tagging = Tags?.length ? [check("iam:TagInstanceProfile", { arn }, requestTags(Tags))] : [];
      return [check("iam:CreateInstanceProfile", { arn }, requestTags(Tags)), ...tagging];
    },
    CreateRole: ({ RoleName, Path = "/", PermissionsBoundary, Tags }, { scope }) => {
      const arn = iamArn(scope.account, "role", Path, RoleName ?? "");
      const values = conditions({ "iam:PermissionsBoundary": PermissionsBoundary });
      const tagging = Tags?.length ? [check("iam:TagRole", { arn }, requestTags(Tags))] : [];
      return [check("iam:CreateRole", { arn }, { conditions: values, ...requestTags(Tags) }), ...tagging];
    },
    CreateServiceLinkedRole: ({ AWSServiceName: service = "" }, { scope }) => [
      check(
        "iam:CreateServiceLinkedRole",
        { arn: linkedRoleArn(scope, service) },
        { conditions: { "iam:AWSServiceName": service } },
      ),
    ],
    DeleteInstanceProfile: onProfile("DeleteInstanceProfile"),
    DeleteRole: onBoundRole("DeleteRole"),
    DeleteRolePermissionsBoundary: onBoundRole("DeleteRolePermissionsBoundary"),
    DeleteRolePolicy: onBoundRole("DeleteRolePolicy"),
    DeleteServiceLinkedRole: onRole("DeleteServiceLinkedRole"),
    DetachRolePolicy: onBoundRole("DetachRolePolicy"),
    GetInstanceProfile: onProfile("GetInstanceProfile"),
    GetRole: onRole("GetRole"),
    GetRolePolicy: onRole("GetRolePolicy"),
    GetServiceLinkedRoleDeletionStatus: ({ DeletionTaskId = "" }, { scope }) => {
      // task/aws-service-role/SERVICE/NAME/UUID
      const role = DeletionTaskId.split("/").slice(1, -1).join("/");
      return [check("iam:GetServiceLinkedRoleDeletionStatus", { arn: iamArn(scope.account, "role", "/", role) })];
    },
    ListAttachedRolePolicies: onRole("ListAttachedRolePolicies"),
    ListInstanceProfileTags: onProfile("ListInstanceProfileTags"),
    ListInstanceProfiles: below("ListInstanceProfiles", "instance-profile"),
    ListInstanceProfilesForRole: onRole("ListInstanceProfilesForRole"),
    ListRolePolicies: onRole("ListRolePolicies"),
    ListRoleTags: onRole("ListRoleTags"),
    ListRoles: below("ListRoles", "role"),
    PutRolePermissionsBoundary: onRole("PutRolePermissionsBoundary", ({ PermissionsBoundary }) => ({
      conditions: conditions({ "iam:PermissionsBoundary": PermissionsBoundary }),
    })),
    PutRolePolicy: onBoundRole("PutRolePolicy"),
    RemoveRoleFromInstanceProfile: onProfile("RemoveRoleFromInstanceProfile"),
    TagInstanceProfile: onProfile("TagInstanceProfile", added),
    TagRole: onRole("TagRole", added),
    UntagInstanceProfile: onProfile("UntagInstanceProfile", removed),
    UntagRole: onRole("UntagRole", removed),
    UpdateAssumeRolePolicy: onBoundRole("UpdateAssumeRolePolicy"),
    UpdateRole: onBoundRole("UpdateRole"),
    UpdateRoleDescription: onBoundRole("UpdateRoleDescription"),
  };
}
