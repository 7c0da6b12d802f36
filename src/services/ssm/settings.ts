import type { ParameterTier, ServiceSetting } from "@aws-sdk/client-ssm";
import { parseArn, formatArn } from "../../base/arn.ts";
import { type Scope, scopeKey } from "../../base/scope.ts";
import { settingNotFound, validation } from "./errors.ts";
import type { SettingRecord } from "./records.ts";
import type { Ssm } from "./ssm.ts";

const DEFAULT_TIER = "/ssm/parameter-store/default-parameter-tier";
const HIGH_THROUGHPUT = "/ssm/parameter-store/high-throughput-enabled";

/** The settings that Parameter Store has, with their values; the first is what applies unless it is changed. */
const SETTINGS: Readonly<Record<string, readonly string[]>> = {
  [DEFAULT_TIER]: ["Standard", "Advanced", "Intelligent-Tiering"],
  // There is no limit that it would raise.
  [HIGH_THROUGHPUT]: ["false", "true"],
};

/** The id of a setting, of which an ARN may be given. @throws AwsError ServiceSettingNotFound for one that is not built */
export function settingId(text: string): string {
  const id = parseArn(text)?.resource.replace(/^servicesetting/, "") ?? text;
  if (!Object.hasOwn(SETTINGS, id)) throw settingNotFound(text);
  return id;
}

/** @throws AwsError ValidationException */
export function checkSetting(id: string, value: string): void {
  const values = SETTINGS[id]!;
  if (!values.includes(value)) throw validation(`The value of ${id} must be one of [${values.join(", ")}].`);
}

/** `arn:aws:ssm:REGION:ACCOUNT:servicesetting/ssm/parameter-store/…` */
export function settingArn(scope: Scope, id: string): string {
  return formatArn("ssm", scope, `servicesetting${id}`);
}

export function settingView(scope: Scope, id: string, changed: SettingRecord | undefined): ServiceSetting {
  return {
    SettingId: id,
    SettingValue: changed?.value ?? SETTINGS[id]![0]!,
    LastModifiedDate: changed?.modifiedAt ?? new Date(0),
    LastModifiedUser: changed?.modifiedBy ?? "System",
    ARN: settingArn(scope, id),
    Status: changed ? "Customized" : "Default",
  };
}

/** What a parameter's tier is that no request names. */
export async function defaultTier({ records }: Ssm, scope: Scope): Promise<ParameterTier> {
  return ((await records.settings.get(scopeKey(scope), DEFAULT_TIER))?.value ?? "Standard") as ParameterTier;
}
