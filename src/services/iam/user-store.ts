import type { Store } from "../../store/store.ts";
import type {
  AccessReportRecord,
  AccessKeyRecord,
  AccountRecord,
  CredentialReportRecord,
  GroupRecord,
  LoginProfileRecord,
  MembershipRecord,
  UserRecord,
} from "./user-records.ts";

/** The collections of users, groups and the account. */
export function userCollections(store: Store) {
  return {
    /** By name. */
    users: store.collection({
      name: "iam_user",
      columns: { userId: "text", boundary: "text" },
      values: ({ id, boundary }: UserRecord) => ({ userId: id, boundary: boundary ?? null }),
    }),
    /** By name. */
    groups: store.collection({
      name: "iam_group",
      columns: { groupId: "text" },
      values: ({ id }: GroupRecord) => ({ groupId: id }),
    }),
    /** By the ids of group and user. */
    memberships: store.collection({
      name: "iam_membership",
      columns: { userId: "text", groupId: "text" },
      values: ({ userId, groupId }: MembershipRecord) => ({ userId, groupId }),
    }),
    /** By access key id; a request that is signed with one does not say whose it is. */
    accessKeys: store.collection({
      name: "iam_access_key",
      columns: { userId: "text", accessKeyId: "text" },
      indexes: [["scope", "userId"], ["accessKeyId"]],
      values: ({ userId, accessKeyId }: AccessKeyRecord) => ({ userId, accessKeyId }),
    }),
    /** By user id. */
    loginProfiles: store.collection<LoginProfileRecord, never>({
      name: "iam_login_profile",
      columns: {},
      values: () => ({}),
    }),
    /** One an account. */
    accounts: store.collection({
      name: "iam_account",
      columns: { alias: "text" },
      indexes: [["alias"]],
      values: ({ alias }: AccountRecord) => ({ alias: alias ?? null }),
    }),
    /** One an account. */
    credentialReports: store.collection<CredentialReportRecord, never>({
      name: "iam_credential_report",
      columns: {},
      values: () => ({}),
    }),
    accessReports: store.collection({
      name: "iam_access_report",
      columns: { generatedAt: "integer" },
      indexes: [["generatedAt"]],
      values: ({ generatedAt }: AccessReportRecord) => ({ generatedAt: generatedAt.getTime() }),
    }),
  };
}
