import type { PutAccountSettingRequest, PutAccountSettingResponse } from "@aws-sdk/client-ecs";
import type { RequestContext } from "../../../wire/context.ts";
import { putSetting, requestedOwner } from "../account-settings.ts";
import type { Ecs } from "../ecs.ts";

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_PutAccountSetting.html */
export function putAccountSetting(ecs: Ecs) {
  return async (
    { name, value, principalArn }: PutAccountSettingRequest,
    { scope, principal }: RequestContext,
  ): Promise<PutAccountSettingResponse> => {
    const owner = requestedOwner(principalArn, principal, scope);
    return { setting: await putSetting(ecs, scope, { name: name!, value: value!, principalArn: owner }) };
  };
}
