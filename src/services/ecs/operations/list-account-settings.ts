import type { ListAccountSettingsRequest, ListAccountSettingsResponse, Setting } from "@aws-sdk/client-ecs";
import type { RequestContext } from "../../../wire/context.ts";
import { effectiveSetting, madeSetting, requestedOwner, SETTING_NAMES, settingView } from "../account-settings.ts";
import type { Ecs } from "../ecs.ts";
import { invalidParameter } from "../errors.ts";
import { page } from "../paging.ts";

const PAGE = 10;

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ListAccountSettings.html; what was set, or all that holds. */
export function listAccountSettings(ecs: Ecs) {
  return async (
    input: ListAccountSettingsRequest,
    { scope, principal }: RequestContext,
  ): Promise<ListAccountSettingsResponse> => {
    const { name: only, value, effectiveSettings } = input;
    if (value !== undefined && !only) throw invalidParameter("You must specify a setting name to filter by value.");
    if ((input.maxResults ?? PAGE) > PAGE) throw invalidParameter(`Max results can not be greater than ${PAGE}`);
    const owner = requestedOwner(input.principalArn, principal, scope);
    const found: Setting[] = [];
    for (const name of only ? [only] : SETTING_NAMES) {
      const made = await madeSetting(ecs, scope, owner, name);
      if (effectiveSettings) found.push(await effectiveSetting(ecs, scope, owner, name));
      else if (made) found.push(settingView(made));
    }
    const wanted = found.filter((setting) => value === undefined || setting.value === value);
    const { items, nextToken } = page(wanted, (setting) => setting.name!, input, {
      list: "ListAccountSettings",
      size: PAGE,
    });
    return { settings: items, nextToken };
  };
}
