import type { ResetServiceSettingRequest, ResetServiceSettingResult } from "@aws-sdk/client-ssm";
import { scopeKey } from "../../../base/scope.ts";
import type { RequestContext } from "../../../wire/context.ts";
import { settingId, settingView } from "../settings.ts";
import type { Ssm } from "../ssm.ts";

/** https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_ResetServiceSetting.html */
export function resetServiceSetting({ records }: Ssm) {
  return async (
    { SettingId }: ResetServiceSettingRequest,
    { scope }: RequestContext,
  ): Promise<ResetServiceSettingResult> => {
    const id = settingId(SettingId!);
    await records.settings.delete(scopeKey(scope), id);
    return { ServiceSetting: settingView(scope, id, undefined) };
  };
}
