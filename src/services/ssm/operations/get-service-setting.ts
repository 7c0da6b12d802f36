import type { GetServiceSettingRequest, GetServiceSettingResult } from "@aws-sdk/client-ssm";
import { scopeKey } from "../../../base/scope.ts";
import type { RequestContext } from "../../../wire/context.ts";
import { settingId, settingView } from "../settings.ts";
import type { Ssm } from "../ssm.ts";

/** https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetServiceSetting.html */
export function getServiceSetting({ records }: Ssm) {
  return async (
    { SettingId }: GetServiceSettingRequest,
    { scope }: RequestContext,
  ): Promise<GetServiceSettingResult> => {
    const id = settingId(SettingId!);
    return { ServiceSetting: settingView(scope, id, await records.settings.get(scopeKey(scope), id)) };
  };
}
