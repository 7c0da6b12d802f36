import type { UpdateServiceSettingRequest, UpdateServiceSettingResult } from "@aws-sdk/client-ssm";
import { scopeKey } from "../../../base/scope.ts";
import type { RequestContext } from "../../../wire/context.ts";
import { checkSetting, settingId } from "../settings.ts";
import type { Ssm } from "../ssm.ts";

/** https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_UpdateServiceSetting.html */
export function updateServiceSetting({ records, clock }: Ssm) {
  return async (
    { SettingId, SettingValue }: UpdateServiceSettingRequest,
    { scope, principal }: RequestContext,
  ): Promise<UpdateServiceSettingResult> => {
    const id = settingId(SettingId!);
    const value = SettingValue!;
    checkSetting(id, value);
    const modifiedAt = new Date(clock.now());
    await records.settings.put(scopeKey(scope), id, { value, modifiedAt, modifiedBy: principal.arn });
    return {};
  };
}
