import type { RotationRulesType } from "@aws-sdk/client-secrets-manager";
import { nextCron, parseCron } from "./cron.ts";
import { invalidParameter } from "./errors.ts";

const HOUR_MS = 60 * 60 * 1000;
const DAY_MS = 24 * HOUR_MS;
const MIN_RATE_HOURS = 4;
const MAX_RATE_DAYS = 999;

/** Gives the beginning of the first window in which a secret is rotated that comes after a time. */
type Schedule = (after: Date) => Date | undefined;

/**
 * When a secret is next rotated: at the beginning of a window of its schedule.
 * https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotate-secrets_schedule.html
 * @param after the last rotation, or when the schedule was set
 * @throws AwsError InvalidParameterException
 */
export function nextRotation(rules: RotationRulesType, after: Date): Date | undefined {
  return scheduleOf(rules)?.(after);
}

/** @throws AwsError InvalidParameterException */
export function checkRules(rules: RotationRulesType): void {
  scheduleOf(rules);
}

function scheduleOf({ AutomaticallyAfterDays, ScheduleExpression, Duration }: RotationRulesType): Schedule | undefined {
  if (AutomaticallyAfterDays !== undefined && ScheduleExpression !== undefined)
    throw invalidParameter("You can't specify both AutomaticallyAfterDays and ScheduleExpression.");
  const hours = Duration === undefined ? undefined : Number(/^(\d{1,2})h$/.exec(Duration)?.[1]);
  if (hours !== undefined && !(hours >= 1 && hours <= 24))
    throw invalidParameter("The Duration must be a number of hours from 1h to 24h.");
  if (AutomaticallyAfterDays !== undefined) return everyDays(AutomaticallyAfterDays);
  if (ScheduleExpression === undefined) return undefined;
  const schedule = rate(ScheduleExpression) ?? cron(ScheduleExpression);
  if (!schedule) throw invalidParameter(`The ScheduleExpression ${ScheduleExpression} is not valid.`);
  return schedule;
}

function rate(expression: string): Schedule | undefined {
  const [, amount, unit] = /^rate\((\d+) (hours?|days?)\)$/.exec(expression) ?? [];
  const count = Number(amount);
  if (unit === undefined || count < 1 || count > MAX_RATE_DAYS) return undefined;
  if (unit.startsWith("day")) return everyDays(count);
  if (count < MIN_RATE_HOURS) return undefined;
  return (after) => new Date(Math.floor((after.getTime() + count * HOUR_MS) / HOUR_MS) * HOUR_MS);
}

function cron(expression: string): Schedule | undefined {
  const [, text] = /^cron\((.+)\)$/.exec(expression) ?? [];
  const times = text === undefined ? undefined : parseCron(text);
  return times && ((after) => nextCron(times, after));
}

/** Windows of days begin at midnight. */
function everyDays(days: number): Schedule {
  return (after) => new Date(Math.floor((after.getTime() + days * DAY_MS) / DAY_MS) * DAY_MS);
}
