/** A number of the type double: it is written with a point, `2.0`. */
export class Double {
  readonly value: number;

  constructor(value: number) {
    this.value = value;
  }
}

/** A text that is JSON already. */
export class RawJson {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

export type JsonValue =
  | string
  | number
  | boolean
  | null
  | Date
  | Double
  | RawJson
  | readonly JsonValue[]
  | { readonly [name: string]: JsonValue | undefined };

/** JSON as CloudWatch writes it into reasons and histories: doubles have a point, times a zone of four digits. */
export function jsonText(value: JsonValue): string {
  if (value instanceof Double) return doubleText(value.value);
  if (value instanceof RawJson) return value.text;
  if (value instanceof Date) return JSON.stringify(timeText(value));
  if (Array.isArray(value)) return `[${(value as readonly JsonValue[]).map(jsonText).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const members = Object.entries(value as { readonly [name: string]: JsonValue | undefined });
  const written = members.flatMap(([name, member]) =>
    member === undefined ? [] : [`${JSON.stringify(name)}:${jsonText(member)}`],
  );
  return `{${written.join(",")}}`;
}

/** As Java prints a double: `2.0`, `1.5E10`. */
export function doubleText(value: number): string {
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-3 || size >= 1e7)) {
    const [mantissa = "", exponent = ""] = value.toExponential().split("e");
    return `${mantissa.includes(".") ? mantissa : `${mantissa}.0`}E${Number(exponent)}`;
  }
  return Number.isInteger(value) ? `${value}.0` : String(value);
}

/** `2025-05-15T15:31:44.984+0000` */
export function timeText(date: Date): string {
  return date.toISOString().replace("Z", "+0000");
}

/** `15/05/25 15:29:00`, of UTC: as in the reasons of states. */
export function shortTimeText(date: Date): string {
  const [, century, year, month, day, time] = /^(\d\d)(\d\d)-(\d\d)-(\d\d)T([\d:]{8})/.exec(date.toISOString()) ?? [];
  return century === undefined ? "" : `${day}/${month}/${year} ${time}`;
}

const DAYS = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
const MONTHS = [
  "January",
  "February",
  "March",
  "April",
  "May",
  "June",
  "July",
  "August",
  "September",
  "October",
  "November",
  "December",
];

/** `Friday 22 July, 2022 15:57:45 UTC` */
export function longTimeText(date: Date): string {
  const day = String(date.getUTCDate()).padStart(2, "0");
  const time = date.toISOString().slice(11, 19);
  return `${DAYS[date.getUTCDay()]} ${day} ${MONTHS[date.getUTCMonth()]}, ${date.getUTCFullYear()} ${time} UTC`;
}
