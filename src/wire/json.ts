import type { NumericValue } from "@smithy/core/serde";
import type { Member, Shape } from "./shape.ts";
import { base64ToBytes, bytesToBase64, dateFromText, dateToText } from "./scalar-text.ts";
import { readTree, writeTree, type TreeDialect } from "./tree.ts";
import { serializationFailure } from "./wire-failure.ts";

/** JSON as AWS writes it: moments are seconds since 1970, blobs base64. */
export class JsonCodec implements TreeDialect {
  private readonly useJsonName: boolean;

  /** @param useJsonName whether the `jsonName` trait renames members: REST does so, RPC does not */
  constructor(useJsonName: boolean) {
    this.useJsonName = useJsonName;
  }

  /** @throws AwsError `SerializationException` when the body is not JSON, or not of that shape */
  read(shape: Shape, body: Buffer): unknown {
    if (body.byteLength === 0) return {};
    let document: unknown;
    try {
      document = JSON.parse(body.toString("utf8"));
    } catch {
      throw serializationFailure("The request body is not valid JSON");
    }
    return readTree(this, shape, document);
  }

  write(shape: Shape, output: unknown): string {
    return JSON.stringify(writeTree(this, shape, output));
  }

  readDate(value: unknown, member: Member): Date | undefined {
    const format = formatOf(member);
    if (typeof value === "number") return dateFromText(String(value), "epoch-seconds");
    return typeof value === "string" ? dateFromText(value, format) : undefined;
  }

  writeDate(date: Date, member: Member): number | string {
    const format = formatOf(member);
    return format === "epoch-seconds" ? date.getTime() / 1000 : dateToText(date, format);
  }

  readBytes(value: unknown): Uint8Array | undefined {
    return typeof value === "string" ? base64ToBytes(value) : undefined;
  }

  writeBytes(bytes: Uint8Array): string {
    return bytesToBase64(bytes);
  }

  writeDecimal(value: NumericValue): number {
    return Number(value.string);
  }

  writeBigInteger(value: bigint): number {
    return Number(value);
  }

  memberName(member: Member): string {
    return this.useJsonName ? (member.traits.jsonName ?? member.name) : member.name;
  }
}

function formatOf(member: Member) {
  return (member.shape.kind === "timestamp" && member.shape.format) || "epoch-seconds";
}
