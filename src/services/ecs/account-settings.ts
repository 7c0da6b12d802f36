import type { Setting, SettingName } from "@aws-sdk/client-ecs";
import { scopeKey, type Scope } from "../../base/scope.ts";
import type { Principal } from "../../identity/principal.ts";
import type { Ecs } from "./ecs.ts";
import { invalidParameter, notSupportedYet } from "./errors.ts";
import type { AccountSettingRecord } from "./store.ts";

/*
 * Account settings, https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-account-settings.html. Those of the
 * root user are the defaults of the account's users and roles.
 */

interface SettingRules {
  /** What ECS takes; none when ECS manages the setting itself. */
  values: readonly string[];
  /** What AWS has by default. */
  initial: string;
  /** Those that change nothing that is built. */
  unbuilt?: readonly string[];
}

const SWITCH = ["enabled", "disabled"];
const LONG_ARNS: SettingRules = { values: SWITCH, initial: "enabled" };

const SETTINGS: Record<SettingName, SettingRules> = {
  // Of interest to container instances alone, which there are none of.
  awsvpcTrunking: { values: SWITCH, initial: "disabled" },
  containerInsights: {
    values: ["enabled", "disabled", "enhanced"],
    initial: "disabled",
    unbuilt: ["enabled", "enhanced"],
  },
  containerInstanceLongArnFormat: LONG_ARNS,
  defaultLogDriverMode: { values: ["blocking", "non-blocking"], initial: "non-blocking" },
  fargateEventWindows: { values: SWITCH, initial: "disabled", unbuilt: ["enabled"] },
  fargateFIPSMode: { values: SWITCH, initial: "disabled", unbuilt: ["enabled"] },
  fargateTaskRetirementWaitPeriod: { values: ["0", "7", "14"], initial: "7" },
  guardDutyActivate: { values: [], initial: "off" },
  serviceLongArnFormat: LONG_ARNS,
  tagResourceAuthorization: { values: ["on", "off"], initial: "on" },
  taskLongArnFormat: LONG_ARNS,
};

/** Every setting, in the order in which they are listed. */
export const SETTING_NAMES = Object.keys(SETTINGS).sort() as SettingName[];

/** Whose settings are the account's defaults. */
export function rootArn({ account }: Scope): string {
  return `arn:aws:iam::${account}:root`;
}

/** Whose settings a caller has: a session those of its role. */
export function settingsOwner(principal: Principal, scope: Scope): string {
  if (principal.type === "User") return principal.arn;
  return principal.type === "AssumedRole" ? principal.roleArn : rootArn(scope);
}

/**
 * Whose settings a request is about: the caller's own unless it names others, which only the root user may.
 * @throws AwsError InvalidParameterException
 */
export function requestedOwner(named: string | undefined, principal: Principal, scope: Scope): string {
  const own = settingsOwner(principal, scope);
  if (!named || named === own) return own;
  if (!new RegExp(`^arn:aws:iam::${scope.account}:(root|(user|role)/.+)$`).test(named))
    throw invalidParameter("Invalid principal ARN.");
  if (own !== rootArn(scope))
    throw invalidParameter("You must be the root user, or the principal, to use the principalArn parameter.");
  return named;
}

/** What a request would set. @throws AwsError InvalidParameterException */
export function checkSetting(name: SettingName, value: string): void {
  const { values, unbuilt = [], initial } = SETTINGS[name];
  if (name === "guardDutyActivate")
    throw invalidParameter("The guardDutyActivate account setting is managed by Amazon GuardDuty and is read-only.");
  if (!values.includes(value)) throw invalidParameter("Invalid setting 'value'");
  if (initial === "enabled" && value !== initial) throw invalidParameter("You can no longer disable Long Arn settings");
  if (unbuilt.includes(value)) throw notSupportedYet(`${name} ${value}`);
}

/** Makes a setting, once it was checked. @throws AwsError InvalidParameterException */
export async function putSetting(
  ecs: Pick<Ecs, "store">,
  scope: Scope,
  { name, value, principalArn }: { name: SettingName; value: string; principalArn: string },
): Promise<Setting> {
  checkSetting(name, value);
  if (name === "fargateTaskRetirementWaitPeriod" && principalArn !== rootArn(scope))
    throw invalidParameter("You must use the root user when you set the fargateTaskRetirementWaitPeriod.");
  const record = { name, value, principalArn };
  await ecs.store.accountSettings.put(scopeKey(scope), `${principalArn}/${name}`, record);
  return settingView(record);
}

/** A setting as it holds for a user or role: its own, the account's, or AWS's. */
export async function effectiveSetting(
  ecs: Pick<Ecs, "store">,
  scope: Scope,
  principalArn: string,
  name: SettingName,
): Promise<Setting> {
  const made =
    (await madeSetting(ecs, scope, principalArn, name)) ?? (await madeSetting(ecs, scope, rootArn(scope), name));
  return settingView(made ?? { name, value: SETTINGS[name].initial, principalArn: rootArn(scope) });
}

/** A setting that somebody has made, when they have. */
export async function madeSetting(
  ecs: Pick<Ecs, "store">,
  scope: Scope,
  principalArn: string,
  name: SettingName,
): Promise<AccountSettingRecord | undefined> {
  return await ecs.store.accountSettings.get(scopeKey(scope), `${principalArn}/${name}`);
}

/** The setting as the API shows it. https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Setting.html */
export function settingView({ name, value, principalArn }: AccountSettingRecord): Setting {
  const type = name === "guardDutyActivate" ? "aws_managed" : "user";
  return { name: name as SettingName, value, principalArn, type };
}

/** What delivers log messages when a container's log configuration does not say how. */
export async function defaultLogMode(
  ecs: Pick<Ecs, "store">,
  scope: Scope,
  principalArn: string,
): Promise<"blocking" | undefined> {
  const { value } = await effectiveSetting(ecs, scope, principalArn, "defaultLogDriverMode");
  return value === "blocking" ? value : undefined;
}

/** Whether who tags what they create must be allowed to tag. */
export async function authorizesTags(ecs: Pick<Ecs, "store">, scope: Scope, principal: Principal): Promise<boolean> {
  const owner = settingsOwner(principal, scope);
  return (await effectiveSetting(ecs, scope, owner, "tagResourceAuthorization")).value !== "off";
}

const DAY_MS = 24 * 60 * 60 * 1000;

/** When a task that is told today that it retires does so. */
export async function retirementTime(ecs: Pick<Ecs, "store" | "clock">, scope: Scope): Promise<Date> {
  const { value } = await effectiveSetting(ecs, scope, rootArn(scope), "fargateTaskRetirementWaitPeriod");
  return new Date(ecs.clock.now() + Number(value) * DAY_MS);
}
