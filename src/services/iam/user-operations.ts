import type { Handlers } from "../../wire/handlers.ts";
import type { Iam } from "./iam.ts";
import { addUserToGroup } from "./operations/add-user-to-group.ts";
import { attachGroupPolicy } from "./operations/attach-group-policy.ts";
import { attachUserPolicy } from "./operations/attach-user-policy.ts";
import { changePassword } from "./operations/change-password.ts";
import { createAccessKey } from "./operations/create-access-key.ts";
import { createAccountAlias } from "./operations/create-account-alias.ts";
import { createGroup } from "./operations/create-group.ts";
import { createLoginProfile } from "./operations/create-login-profile.ts";
import { createUser } from "./operations/create-user.ts";
import { deleteAccessKey } from "./operations/delete-access-key.ts";
import { deleteAccountAlias } from "./operations/delete-account-alias.ts";
import { deleteAccountPasswordPolicy } from "./operations/delete-account-password-policy.ts";
import { deleteGroupPolicy } from "./operations/delete-group-policy.ts";
import { deleteGroup } from "./operations/delete-group.ts";
import { deleteLoginProfile } from "./operations/delete-login-profile.ts";
import { deleteUserPermissionsBoundary } from "./operations/delete-user-permissions-boundary.ts";
import { deleteUserPolicy } from "./operations/delete-user-policy.ts";
import { deleteUser } from "./operations/delete-user.ts";
import { detachGroupPolicy } from "./operations/detach-group-policy.ts";
import { detachUserPolicy } from "./operations/detach-user-policy.ts";
import { generateCredentialReport } from "./operations/generate-credential-report.ts";
import { generateServiceLastAccessedDetails } from "./operations/generate-service-last-accessed-details.ts";
import { getAccessKeyLastUsed } from "./operations/get-access-key-last-used.ts";
import { getAccountAuthorizationDetails } from "./operations/get-account-authorization-details.ts";
import { getAccountPasswordPolicy } from "./operations/get-account-password-policy.ts";
import { getAccountSummary } from "./operations/get-account-summary.ts";
import { getCredentialReport } from "./operations/get-credential-report.ts";
import { getGroupPolicy } from "./operations/get-group-policy.ts";
import { getGroup } from "./operations/get-group.ts";
import { getLoginProfile } from "./operations/get-login-profile.ts";
import { getUserPolicy } from "./operations/get-user-policy.ts";
import { getServiceLastAccessedDetails } from "./operations/get-service-last-accessed-details.ts";
import { getUser } from "./operations/get-user.ts";
import { listAccessKeys } from "./operations/list-access-keys.ts";
import { listAccountAliases } from "./operations/list-account-aliases.ts";
import { listAttachedGroupPolicies } from "./operations/list-attached-group-policies.ts";
import { listAttachedUserPolicies } from "./operations/list-attached-user-policies.ts";
import { listGroupPolicies } from "./operations/list-group-policies.ts";
import { listGroupsForUser } from "./operations/list-groups-for-user.ts";
import { listGroups } from "./operations/list-groups.ts";
import { listMfaDevices } from "./operations/list-mfa-devices.ts";
import { listServerCertificates } from "./operations/list-server-certificates.ts";
import { listServiceSpecificCredentials } from "./operations/list-service-specific-credentials.ts";
import { listSigningCertificates } from "./operations/list-signing-certificates.ts";
import { listSshPublicKeys } from "./operations/list-ssh-public-keys.ts";
import { listUserPolicies } from "./operations/list-user-policies.ts";
import { listUserTags } from "./operations/list-user-tags.ts";
import { listUsers } from "./operations/list-users.ts";
import { listVirtualMfaDevices } from "./operations/list-virtual-mfa-devices.ts";
import { putGroupPolicy } from "./operations/put-group-policy.ts";
import { putUserPermissionsBoundary } from "./operations/put-user-permissions-boundary.ts";
import { putUserPolicy } from "./operations/put-user-policy.ts";
import { removeUserFromGroup } from "./operations/remove-user-from-group.ts";
import { tagUser } from "./operations/tag-user.ts";
import { untagUser } from "./operations/untag-user.ts";
import { updateAccessKey } from "./operations/update-access-key.ts";
import { updateAccountPasswordPolicy } from "./operations/update-account-password-policy.ts";
import { updateGroup } from "./operations/update-group.ts";
import { updateLoginProfile } from "./operations/update-login-profile.ts";
import { updateUser } from "./operations/update-user.ts";

/** The operations on users, groups and the account. */
export function userOperations(iam: Iam) {
  return {
    AddUserToGroup: addUserToGroup(iam),
    AttachGroupPolicy: attachGroupPolicy(iam),
    AttachUserPolicy: attachUserPolicy(iam),
    ChangePassword: changePassword(iam),
    CreateAccessKey: createAccessKey(iam),
    CreateAccountAlias: createAccountAlias(iam),
    CreateGroup: createGroup(iam),
    CreateLoginProfile: createLoginProfile(iam),
    CreateUser: createUser(iam),
    DeleteAccessKey: deleteAccessKey(iam),
    DeleteAccountAlias: deleteAccountAlias(iam),
    DeleteAccountPasswordPolicy: deleteAccountPasswordPolicy(iam),
    DeleteGroup: deleteGroup(iam),
    DeleteGroupPolicy: deleteGroupPolicy(iam),
    DeleteLoginProfile: deleteLoginProfile(iam),
    DeleteUser: deleteUser(iam),
    DeleteUserPermissionsBoundary: deleteUserPermissionsBoundary(iam),
    DeleteUserPolicy: deleteUserPolicy(iam),
    DetachGroupPolicy: detachGroupPolicy(iam),
    DetachUserPolicy: detachUserPolicy(iam),
    GenerateCredentialReport: generateCredentialReport(iam),
    GenerateServiceLastAccessedDetails: generateServiceLastAccessedDetails(iam),
    GetAccessKeyLastUsed: getAccessKeyLastUsed(iam),
    GetAccountAuthorizationDetails: getAccountAuthorizationDetails(iam),
    GetAccountPasswordPolicy: getAccountPasswordPolicy(iam),
    GetAccountSummary: getAccountSummary(iam),
    GetCredentialReport: getCredentialReport(iam),
    GetGroup: getGroup(iam),
    GetGroupPolicy: getGroupPolicy(iam),
    GetLoginProfile: getLoginProfile(iam),
    GetServiceLastAccessedDetails: getServiceLastAccessedDetails(iam),
    GetUser: getUser(iam),
    GetUserPolicy: getUserPolicy(iam),
    ListAccessKeys: listAccessKeys(iam),
    ListAccountAliases: listAccountAliases(iam),
    ListAttachedGroupPolicies: listAttachedGroupPolicies(iam),
    ListAttachedUserPolicies: listAttachedUserPolicies(iam),
    ListGroupPolicies: listGroupPolicies(iam),
    ListGroups: listGroups(iam),
    ListGroupsForUser: listGroupsForUser(iam),
    ListMFADevices: listMfaDevices(iam),
    ListSSHPublicKeys: listSshPublicKeys(iam),
    ListServerCertificates: listServerCertificates(),
    ListServiceSpecificCredentials: listServiceSpecificCredentials(iam),
    ListSigningCertificates: listSigningCertificates(iam),
    ListUserPolicies: listUserPolicies(iam),
    ListUserTags: listUserTags(iam),
    ListUsers: listUsers(iam),
    ListVirtualMFADevices: listVirtualMfaDevices(),
    PutGroupPolicy: putGroupPolicy(iam),
    PutUserPermissionsBoundary: putUserPermissionsBoundary(iam),
    PutUserPolicy: putUserPolicy(iam),
    RemoveUserFromGroup: removeUserFromGroup(iam),
    TagUser: tagUser(iam),
    UntagUser: untagUser(iam),
    UpdateAccessKey: updateAccessKey(iam),
    UpdateAccountPasswordPolicy: updateAccountPasswordPolicy(iam),
    UpdateGroup: updateGroup(iam),
    UpdateLoginProfile: updateLoginProfile(iam),
    UpdateUser: updateUser(iam),
  } satisfies Handlers<typeof import("@aws-sdk/client-iam")>;
}
