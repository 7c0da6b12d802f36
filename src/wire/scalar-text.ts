import { NumericValue } from "@smithy/core/serde";
import type { Member, TimestampFormat } from "./shape.ts";

const DATE_TIME = /^\d{4}-\d\d-\d\d(?:[Tt ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:[Zz]|[+-]\d\d:?\d\d)?)?$/;
const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;

/** Reads a scalar from the text of a form, header, path or XML element; `undefined` when the text is not one. */
export function scalarFromText(member: Member, text: string, defaultFormat: TimestampFormat): unknown {
  const { shape } = member;
  switch (shape.kind) {
    case "string":
      return text;
    case "number":
      return numberFromText(text, member.constraint?.integral ?? false);
    case "boolean":
      return booleanFromText(text);
    case "timestamp":
      return dateFromText(text, shape.format ?? defaultFormat);
    case "blob":
      return base64ToBytes(text);
    case "bigInteger":
      return /^[+-]?\d+$/.test(text) ? BigInt(text) : undefined;
    case "bigDecimal":
      return NUMBER.test(text) ? new NumericValue(text, "bigDecimal") : undefined;
    default:
      return undefined;
  }
}

/** Writes a scalar as text. Blobs become base64. */
export function scalarToText(member: Member, value: unknown, defaultFormat: TimestampFormat): string {
  const { shape } = member;
  if (shape.kind === "timestamp") return dateToText(value as Date, shape.format ?? defaultFormat);
  if (shape.kind === "blob") return bytesToBase64(value as Uint8Array);
  if (value instanceof NumericValue) return value.string;
  return String(value);
}

function numberFromText(text: string, integral: boolean): number | undefined {
  if (text === "NaN" || text === "Infinity" || text === "-Infinity") return integral ? undefined : Number(text);
  if (!NUMBER.test(text)) return undefined;
  const number = Number(text);
  return integral && !Number.isInteger(number) ? undefined : number;
}

function booleanFromText(text: string): boolean | undefined {
  const lower = text.toLowerCase();
  return lower === "true" ? true : lower === "false" ? false : undefined;
}

/** A moment in any of the three formats, the expected one first. */
export function dateFromText(text: string, expected: TimestampFormat): Date | undefined {
  if (NUMBER.test(text) && expected === "epoch-seconds") return validDate(Number(text) * 1000);
  if (DATE_TIME.test(text)) return validDate(Date.parse(hasZone(text) ? text : `${text}Z`));
  if (/^[A-Z][a-z]{2,8},/.test(text)) return validDate(Date.parse(text));
  return NUMBER.test(text) ? validDate(Number(text) * 1000) : undefined;
}

function hasZone(text: string): boolean {
  return !text.includes(":") || /(?:[Zz]|[+-]\d\d:?\d\d)$/.test(text);
}

function validDate(ms: number): Date | undefined {
  const date = new Date(Math.round(ms));
  return Number.isNaN(date.getTime()) ? undefined : date;
}

export function dateToText(date: Date, format: TimestampFormat): string {
  if (format === "epoch-seconds") return String(date.getTime() / 1000);
  if (format === "http-date") return date.toUTCString();
  return date.toISOString().replace(".000Z", "Z");
}

export function base64ToBytes(text: string): Uint8Array | undefined {
  return BASE64.test(text) ? new Uint8Array(Buffer.from(text, "base64")) : undefined;
}

export function bytesToBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64");
}
