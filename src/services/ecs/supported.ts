import { notSupportedYet } from "./errors.ts";

/** Whether a value says anything: absent, `false`, empty texts and lists, and objects without content do not. */
function saysSomething(value: unknown): boolean {
  if (value === undefined || value === null || value === false || value === "") return false;
  if (Array.isArray(value)) return value.length > 0;
  if (typeof value === "object" && !(value instanceof Date)) return Object.values(value).some(saysSomething);
  return true;
}

/**
 * Refuses every member that is set and not in the list: what we do not act on is never taken silently. A member that is
 * new in the API is refused until somebody builds it. What Terraform and CDK send for a feature that is off passes:
 * `enableExecuteCommand: false`, `volumes: []`, `alarms: { alarmNames: [], enable: false }`.
 * @param at where the members are, for the message
 * @throws AwsError InvalidParameterException
 */
export function refuseUnsupported<T extends object>(input: T, supported: readonly (keyof T & string)[], at = ""): void {
  for (const [name, value] of Object.entries(input))
    if (!(supported as readonly string[]).includes(name) && saysSomething(value))
      throw notSupportedYet(at ? `${at}.${name}` : name);
}
