import type { DeleteAccountSettingRequest, DeleteAccountSettingResponse } from "@aws-sdk/client-ecs";
import { scopeKey } from "../../../base/scope.ts";
import type { RequestContext } from "../../../wire/context.ts";
import { effectiveSetting, requestedOwner } from "../account-settings.ts";
import type { Ecs } from "../ecs.ts";

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeleteAccountSetting.html; answers what holds from then on. */
export function deleteAccountSetting(ecs: Ecs) {
  return async (
    { name, principalArn }: DeleteAccountSettingRequest,
    { scope, principal }: RequestContext,
  ): Promise<DeleteAccountSettingResponse> => {
    const owner = requestedOwner(principalArn, principal, scope);
    return await ecs.transaction(async () => {
      await ecs.store.accountSettings.delete(scopeKey(scope), `${owner}/${name!}`);
      const { value, type } = await effectiveSetting(ecs, scope, owner, name!);
      return { setting: { name, value, principalArn: owner, type } };
    });
  };
}
