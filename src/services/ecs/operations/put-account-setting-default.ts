import type { PutAccountSettingDefaultRequest, PutAccountSettingDefaultResponse } from "@aws-sdk/client-ecs";
import type { RequestContext } from "../../../wire/context.ts";
import { putSetting, rootArn } from "../account-settings.ts";
import type { Ecs } from "../ecs.ts";

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_PutAccountSettingDefault.html */
export function putAccountSettingDefault(ecs: Ecs) {
  return async (
    { name, value }: PutAccountSettingDefaultRequest,
    { scope }: RequestContext,
  ): Promise<PutAccountSettingDefaultResponse> => ({
    setting: await putSetting(ecs, scope, { name: name!, value: value!, principalArn: rootArn(scope) }),
  });
}
