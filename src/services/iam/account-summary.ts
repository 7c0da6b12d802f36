import type { Scope } from "../../base/scope.ts";
import type { Iam } from "./iam.ts";
import { iamKey } from "./store.ts";
import { USER_QUOTAS } from "./user-quotas.ts";

/** What an account has, and how much of it: https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountSummary.html */
export async function accountSummary(iam: Iam, scope: Pick<Scope, "account">): Promise<Record<string, number>> {
  const { users, groups, roles, policies, instanceProfiles, oidcProviders } = iam.records;
  const key = iamKey(scope);
  const own = await policies.list(key);
  return {
    Users: await users.count(key),
    UsersQuota: USER_QUOTAS.UsersPerAccount,
    Groups: await groups.count(key),
    GroupsQuota: USER_QUOTAS.GroupsPerAccount,
    GroupsPerUserQuota: USER_QUOTAS.GroupsPerUser,
    AccessKeysPerUserQuota: USER_QUOTAS.AccessKeysPerUser,
    Roles: await roles.count(key),
    RolesQuota: 1000,
    InstanceProfiles: await instanceProfiles.count(key),
    InstanceProfilesQuota: 1000,
    Policies: own.length,
    PoliciesQuota: 1500,
    PolicyVersionsInUse: own.reduce((sum, { versions }) => sum + versions.length, 0),
    PolicyVersionsInUseQuota: 10_000,
    VersionsPerPolicyQuota: 5,
    PolicySizeQuota: 6144,
    AssumeRolePolicySizeQuota: 2048,
    UserPolicySizeQuota: USER_QUOTAS.UserPolicySize,
    GroupPolicySizeQuota: USER_QUOTAS.GroupPolicySize,
    RolePolicySizeQuota: 10_240,
    AttachedPoliciesPerUserQuota: USER_QUOTAS.PoliciesPerUser,
    AttachedPoliciesPerGroupQuota: USER_QUOTAS.PoliciesPerGroup,
    AttachedPoliciesPerRoleQuota: 10,
    Providers: await oidcProviders.count(key),
    AccountAccessKeysPresent: 1,
    AccountPasswordPresent: 0,
    AccountMFAEnabled: 0,
    AccountSigningCertificatesPresent: 0,
    SigningCertificatesPerUserQuota: 2,
    ServerCertificates: 0,
    ServerCertificatesQuota: 20,
    MFADevices: 0,
    MFADevicesInUse: 0,
    GlobalEndpointTokenVersion: 1,
  };
}
