import type { ListInstanceProfilesForRoleRequest, ListInstanceProfilesForRoleResponse } from "@aws-sdk/client-iam";
import type { RequestContext } from "../../../wire/context.ts";
import type { Iam } from "../iam.ts";
import { instanceProfilePage } from "../instance-profiles.ts";
import { existingRole } from "../roles.ts";
import { iamKey, nameKey } from "../store.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListInstanceProfilesForRole.html */
export function listInstanceProfilesForRole(iam: Iam) {
  return async (
    input: ListInstanceProfilesForRoleRequest,
    { scope }: RequestContext,
  ): Promise<ListInstanceProfilesForRoleResponse> => {
    const { name } = await existingRole(iam, scope, input.RoleName!);
    const having = await iam.records.instanceProfiles.list(iamKey(scope), { where: { role: nameKey(name) } });
    return await instanceProfilePage(iam, scope, having, input);
  };
}
