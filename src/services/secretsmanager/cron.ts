const DAY_MS = 24 * 60 * 60 * 1000;
/** A day that comes at all comes within so many, the 29th of February too. */
const HORIZON_DAYS = 8 * 366;
const MONTHS = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
const WEEKDAYS = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

/** The times of a schedule, in UTC and whole hours. */
export interface Cron {
  hours: ReadonlySet<number>;
  matchesDay(day: Date): boolean;
}

/**
 * Reads what stands in `cron(Minutes Hours Day-of-month Month Day-of-week Year)`.
 * https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotate-secrets_schedule.html
 * @returns nothing for what Secrets Manager does not take: minutes other than 0, certain years, both days or none
 */
export function parseCron(text: string): Cron | undefined {
  const fields = text.trim().split(/\s+/);
  const [minutes, hourField, dayField, monthField, weekdayField, year] = fields;
  if (fields.length !== 6 || minutes !== "0" || year !== "*") return undefined;
  const hours = numbers(hourField!, 0, 23);
  const months = numbers(monthField!, 1, 12, MONTHS);
  if ((dayField === "?") === (weekdayField === "?")) return undefined;
  const matches = dayField === "?" ? weekdayMatcher(weekdayField!) : dayMatcher(dayField!);
  if (!hours || !months || !matches) return undefined;
  return { hours, matchesDay: (day) => months.has(day.getUTCMonth() + 1) && matches(day) };
}

/** The first time of a schedule that is later; nothing for a schedule that has none. */
export function nextCron({ hours, matchesDay }: Cron, after: Date): Date | undefined {
  const first = Math.floor(after.getTime() / DAY_MS) * DAY_MS;
  for (let n = 0; n < HORIZON_DAYS; n++) {
    const day = new Date(first + n * DAY_MS);
    if (!matchesDay(day)) continue;
    for (const hour of [...hours].toSorted((a, b) => a - b)) {
      const time = new Date(day.getTime() + (hour * DAY_MS) / 24);
      if (time > after) return time;
    }
  }
  return undefined;
}

type DayMatcher = (day: Date) => boolean;

function dayMatcher(field: string): DayMatcher | undefined {
  if (field === "L") return (day) => day.getUTCDate() === lengthOfMonth(day);
  const days = numbers(field, 1, 31);
  return days && ((day) => days.has(day.getUTCDate()));
}

/** `2#1` is the month's first Monday, `2L` its last; Sunday is 1. */
function weekdayMatcher(field: string): DayMatcher | undefined {
  const [, name, mark, nth] = /^([A-Z]{3}|[1-7])(L|#([1-5]))$/i.exec(field) ?? [];
  if (name === undefined) {
    const days = numbers(field === "L" ? "7" : field, 1, 7, WEEKDAYS);
    return days && ((day) => days.has(day.getUTCDay() + 1));
  }
  const weekday = numbers(name, 1, 7, WEEKDAYS);
  if (!weekday) return undefined;
  return (day) => {
    const date = day.getUTCDate();
    const inPlace = mark!.toUpperCase() === "L" ? date + 7 > lengthOfMonth(day) : Math.ceil(date / 7) === Number(nth);
    return weekday.has(day.getUTCDay() + 1) && inPlace;
  };
}

function lengthOfMonth(day: Date): number {
  return new Date(Date.UTC(day.getUTCFullYear(), day.getUTCMonth() + 1, 0)).getUTCDate();
}

/** The numbers that lists, ranges and steps name: `1-5,10`, `0/8`, `/8`, `*`. */
function numbers(field: string, min: number, max: number, names: readonly string[] = []): Set<number> | undefined {
  const found = new Set<number>();
  for (const part of field.split(",")) {
    const [, from, to, step] = /^(\*|\w+|(?=\/))(?:-(\w+))?(?:\/(\d+))?$/.exec(part) ?? [];
    if (from === undefined) return undefined;
    const start = from === "*" || from === "" ? min : valueOf(from, min, names);
    const last = from === "*" || step !== undefined ? max : start;
    const end = to === undefined ? last : valueOf(to, min, names);
    const by = step === undefined ? 1 : Number(step);
    if (!(start >= min && end <= max && start <= end && by >= 1)) return undefined;
    for (let n = start; n <= end; n += by) found.add(n);
  }
  return found;
}

/** Not a number for what is neither one nor a name. */
function valueOf(text: string, min: number, names: readonly string[]): number {
  const index = names.indexOf(text.toUpperCase());
  return index < 0 ? (/^\d+$/.test(text) ? Number(text) : Number.NaN) : index + min;
}
