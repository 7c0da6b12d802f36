/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html, as they are before anybody asks for more. */
export const USER_QUOTAS = {
  UsersPerAccount: 5000,
  GroupsPerAccount: 300,
  GroupsPerUser: 10,
  AccessKeysPerUser: 2,
  PoliciesPerUser: 10,
  PoliciesPerGroup: 10,
  /** Characters of all inline policies together, without white space. */
  UserPolicySize: 2048,
  GroupPolicySize: 5120,
} as const;
