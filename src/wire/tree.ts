import { NumericValue } from "@smithy/core/serde";
import { setKey, ownValue } from "./records.ts";
import type { ListShape, MapShape, Member, Shape, StructureShape } from "./shape.ts";
import { serializationFailure } from "./wire-failure.ts";

/** How a self-describing format (JSON, CBOR) spells what it has no type for, and the names it gives to members. */
export interface TreeDialect {
  readDate(value: unknown, member: Member): Date | undefined;
  writeDate(date: Date, member: Member): unknown;
  readBytes(value: unknown): Uint8Array | undefined;
  writeBytes(bytes: Uint8Array): unknown;
  writeDecimal(value: NumericValue): unknown;
  writeBigInteger(value: bigint): unknown;
  memberName(member: Member): string;
}

/** Shapes that contain themselves could otherwise be nested until the stack ends. */
const MAX_DEPTH = 100;

/**
 * Turns a parsed document into an input, checking every type.
 * @throws AwsError `SerializationException` with Coral's texts
 */
export function readTree(dialect: TreeDialect, shape: Shape, document: unknown): unknown {
  if (shape.kind === "unit" || document === undefined || document === null) return {};
  return readValue(dialect, { ...ROOT, shape }, document, 0);
}

const ROOT = { name: "", traits: {}, ownTraits: {}, required: false, constraint: undefined };

function readValue(dialect: TreeDialect, member: Member, value: unknown, depth: number): unknown {
  if (depth > MAX_DEPTH) throw serializationFailure("The document is nested too deeply");
  const { shape } = member;
  switch (shape.kind) {
    case "string":
      return typeof value === "string" ? value : mismatch(value, "a String");
    case "boolean":
      return typeof value === "boolean" ? value : mismatch(value, "a Boolean");
    case "number":
      return readNumber(value, member);
    case "timestamp":
      return dialect.readDate(value, member) ?? mismatch(value, "a Timestamp");
    case "blob":
      return dialect.readBytes(value) ?? mismatch(value, "a Blob");
    case "bigInteger":
      return readBigInteger(value);
    case "bigDecimal":
      return readBigDecimal(value);
    case "document":
      return readDocument(value, depth);
    case "list":
      return readList(dialect, shape, value, depth);
    case "map":
      return readMap(dialect, shape, value, depth);
    case "structure":
      return readStructure(dialect, shape, value, depth);
    case "unit":
      return {};
  }
}

/** AWS cuts the fraction off where its model has an integer. */
function readNumber(value: unknown, member: Member): number {
  const { constraint } = member;
  if (typeof value === "number") return constraint?.integral ? Math.trunc(value) : value;
  if (typeof value === "bigint") return Number(value);
  if (value instanceof NumericValue) return Number(value.string);
  if (!constraint?.integral && (value === "NaN" || value === "Infinity" || value === "-Infinity")) return Number(value);
  const type = constraint?.number ?? "Number";
  return mismatch(value, type === "Integer" ? "an Integer" : `a ${type}`);
}

function readBigInteger(value: unknown): bigint {
  if (typeof value === "bigint") return value;
  return Number.isInteger(value) ? BigInt(value as number) : mismatch(value, "a BigInteger");
}

function readBigDecimal(value: unknown): NumericValue {
  if (value instanceof NumericValue) return value;
  return typeof value === "number" ? new NumericValue(String(value), "bigDecimal") : mismatch(value, "a BigDecimal");
}

function readDocument(value: unknown, depth: number): unknown {
  if (depth > MAX_DEPTH) throw serializationFailure("The document is nested too deeply");
  if (Array.isArray(value)) return value.map((item) => readDocument(item, depth + 1));
  if (!isRecord(value)) return value;
  const document: Record<string, unknown> = {};
  for (const [key, item] of Object.entries(value)) setKey(document, key, readDocument(item, depth + 1));
  return document;
}

function readList(dialect: TreeDialect, shape: ListShape, value: unknown, depth: number): unknown[] {
  if (!Array.isArray(value)) {
    if (isRecord(value)) throw serializationFailure("Start of structure or map found where not expected.");
    throw serializationFailure("Expected list or null");
  }
  return value.map((item: unknown) => (item === null ? null : readValue(dialect, shape.item, item, depth + 1)));
}

function readMap(dialect: TreeDialect, shape: MapShape, value: unknown, depth: number): object {
  const entries: Record<string, unknown> = {};
  for (const [key, item] of Object.entries(expectRecord(value)))
    setKey(entries, key, item === null ? null : readValue(dialect, shape.value, item, depth + 1));
  return entries;
}

function readStructure(dialect: TreeDialect, shape: StructureShape, value: unknown, depth: number): object {
  const source = expectRecord(value);
  const structure: Record<string, unknown> = {};
  for (const member of shape.members) {
    const item = ownValue(source, dialect.memberName(member));
    if (item !== undefined && item !== null) structure[member.name] = readValue(dialect, member, item, depth + 1);
  }
  if (shape.union && Object.keys(structure).length > 1)
    throw serializationFailure(`Union ${shape.name} must have exactly one member set`);
  return structure;
}

function isRecord(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array);
}

function expectRecord(value: unknown): object {
  if (Array.isArray(value)) throw serializationFailure("Start of list found where not expected");
  if (!isRecord(value)) throw serializationFailure("Expected null");
  return value;
}

function mismatch(value: unknown, wanted: string): never {
  if (Array.isArray(value)) throw serializationFailure("Start of list found where not expected");
  if (isRecord(value)) throw serializationFailure("Start of structure or map found where not expected.");
  const found = typeof value === "boolean" ? String(value) : typeof value;
  throw serializationFailure(`${found.toUpperCase()}_VALUE can not be converted to ${wanted}`);
}

/** Turns an output into a document of the format's own types. What the model does not know is left out. */
export function writeTree(dialect: TreeDialect, shape: Shape, output: unknown): unknown {
  return writeValue(dialect, { ...ROOT, shape }, output ?? {});
}

function writeValue(dialect: TreeDialect, member: Member, value: unknown): unknown {
  const { shape } = member;
  switch (shape.kind) {
    case "structure":
      return writeStructure(dialect, shape, value as Record<string, unknown>);
    case "list":
      return (value as unknown[]).map((item) => (item == null ? null : writeValue(dialect, shape.item, item)));
    case "map":
      return writeMap(dialect, shape, value as Record<string, unknown>);
    case "timestamp":
      return dialect.writeDate(value as Date, member);
    case "blob":
      return dialect.writeBytes(value as Uint8Array);
    case "bigDecimal":
      return dialect.writeDecimal(value as NumericValue);
    case "bigInteger":
      return dialect.writeBigInteger(value as bigint);
    case "number":
      return Number.isFinite(value) ? value : String(value);
    default:
      return value;
  }
}

function writeStructure(dialect: TreeDialect, shape: StructureShape, value: Record<string, unknown>): object {
  const document: Record<string, unknown> = {};
  for (const member of shape.members) {
    const item = value[member.name];
    if (item !== undefined && item !== null) document[dialect.memberName(member)] = writeValue(dialect, member, item);
  }
  return document;
}

function writeMap(dialect: TreeDialect, shape: MapShape, value: Record<string, unknown>): object {
  const document: Record<string, unknown> = {};
  for (const [key, item] of Object.entries(value))
    if (item != null) setKey(document, key, writeValue(dialect, shape.value, item));
    else if (shape.sparse) setKey(document, key, null);
  return document;
}
