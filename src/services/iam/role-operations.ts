import type { Handlers } from "../../wire/handlers.ts";
import type { Iam } from "./iam.ts";
import { addRoleToInstanceProfile } from "./operations/add-role-to-instance-profile.ts";
import { attachRolePolicy } from "./operations/attach-role-policy.ts";
import { createInstanceProfile } from "./operations/create-instance-profile.ts";
import { createRole } from "./operations/create-role.ts";
import { createServiceLinkedRole } from "./operations/create-service-linked-role.ts";
import { deleteInstanceProfile } from "./operations/delete-instance-profile.ts";
import { deleteRole } from "./operations/delete-role.ts";
import { deleteRolePermissionsBoundary } from "./operations/delete-role-permissions-boundary.ts";
import { deleteRolePolicy } from "./operations/delete-role-policy.ts";
import { deleteServiceLinkedRole } from "./operations/delete-service-linked-role.ts";
import { detachRolePolicy } from "./operations/detach-role-policy.ts";
import { getInstanceProfile } from "./operations/get-instance-profile.ts";
import { getRole } from "./operations/get-role.ts";
import { getRolePolicy } from "./operations/get-role-policy.ts";
import { getServiceLinkedRoleDeletionStatus } from "./operations/get-service-linked-role-deletion-status.ts";
import { listAttachedRolePolicies } from "./operations/list-attached-role-policies.ts";
import { listInstanceProfileTags } from "./operations/list-instance-profile-tags.ts";
import { listInstanceProfiles } from "./operations/list-instance-profiles.ts";
import { listInstanceProfilesForRole } from "./operations/list-instance-profiles-for-role.ts";
import { listRolePolicies } from "./operations/list-role-policies.ts";
import { listRoleTags } from "./operations/list-role-tags.ts";
import { listRoles } from "./operations/list-roles.ts";
import { putRolePermissionsBoundary } from "./operations/put-role-permissions-boundary.ts";
import { putRolePolicy } from "./operations/put-role-policy.ts";
import { removeRoleFromInstanceProfile } from "./operations/remove-role-from-instance-profile.ts";
import { tagInstanceProfile } from "./operations/tag-instance-profile.ts";
import { tagRole } from "./operations/tag-role.ts";
import { untagInstanceProfile } from "./operations/untag-instance-profile.ts";
import { untagRole } from "./operations/untag-role.ts";
import { updateAssumeRolePolicy } from "./operations/update-assume-role-policy.ts";
import { updateRole } from "./operations/update-role.ts";
import { updateRoleDescription } from "./operations/update-role-description.ts";

/** The operations on roles, service-linked roles and instance profiles. */
export function roleOperations(iam: Iam) {
  return {
    AddRoleToInstanceProfile: addRoleToInstanceProfile(iam),
    AttachRolePolicy: attachRolePolicy(iam),
    CreateInstanceProfile: createInstanceProfile(iam),
    CreateRole: createRole(iam),
    CreateServiceLinkedRole: createServiceLinkedRole(iam),
    DeleteInstanceProfile: deleteInstanceProfile(iam),
    DeleteRole: deleteRole(iam),
    DeleteRolePermissionsBoundary: deleteRolePermissionsBoundary(iam),
    DeleteRolePolicy: deleteRolePolicy(iam),
    DeleteServiceLinkedRole: deleteServiceLinkedRole(iam),
    DetachRolePolicy: detachRolePolicy(iam),
    GetInstanceProfile: getInstanceProfile(iam),
    GetRole: getRole(iam),
    GetRolePolicy: getRolePolicy(iam),
    GetServiceLinkedRoleDeletionStatus: getServiceLinkedRoleDeletionStatus(iam),
    ListAttachedRolePolicies: listAttachedRolePolicies(iam),
    ListInstanceProfileTags: listInstanceProfileTags(iam),
    ListInstanceProfiles: listInstanceProfiles(iam),
    ListInstanceProfilesForRole: listInstanceProfilesForRole(iam),
    ListRolePolicies: listRolePolicies(iam),
    ListRoleTags: listRoleTags(iam),
    ListRoles: listRoles(iam),
    PutRolePermissionsBoundary: putRolePermissionsBoundary(iam),
    PutRolePolicy: putRolePolicy(iam),
    RemoveRoleFromInstanceProfile: removeRoleFromInstanceProfile(iam),
    TagInstanceProfile: tagInstanceProfile(iam),
    TagRole: tagRole(iam),
    UntagInstanceProfile: untagInstanceProfile(iam),
    UntagRole: untagRole(iam),
    UpdateAssumeRolePolicy: updateAssumeRolePolicy(iam),
    UpdateRole: updateRole(iam),
    UpdateRoleDescription: updateRoleDescription(iam),
  } satisfies Handlers<typeof import("@aws-sdk/client-iam")>;
}
