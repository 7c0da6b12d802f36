import { parseXML } from "@aws-sdk/xml-builder";
import { setKey, ownValue } from "./records.ts";
import { scalarFromText } from "./scalar-text.ts";
import type { ListShape, MapShape, Member, StructureShape } from "./shape.ts";
import { serializationFailure } from "./wire-failure.ts";

/** A parsed element: its text, or its children and attributes by name; repeated children are an array. */
type XmlValue = string | Record<string, unknown>;

/**
 * Reads a structure from an XML document, whatever the name of its root element.
 * @throws AwsError `MalformedXML` or `SerializationException`
 */
export function readXml(shape: StructureShape, body: Buffer): Record<string, unknown> {
  let root: unknown;
  try {
    [root] = Object.values(parseXML(body.toString("utf8")) as object);
  } catch {
    throw serializationFailure("The request body is not valid XML");
  }
  return readStructure(shape, root as XmlValue);
}

function readValue(member: Member, value: unknown): unknown {
  const { shape } = member;
  switch (shape.kind) {
    case "structure":
      return readStructure(shape, first(value));
    case "list":
      return readList(shape, member, value);
    case "map":
      return readMap(shape, member, value);
    default:
      return readScalar(member, first(value));
  }
}

function readScalar(member: Member, value: XmlValue): unknown {
  const text = typeof value === "string" ? value : String(ownValue(value, "#text") ?? "");
  const scalar = scalarFromText(member, text, "date-time");
  if (scalar === undefined) throw serializationFailure(`The value '${text}' of ${member.name} is not of its type`);
  return scalar;
}

function readStructure(shape: StructureShape, value: XmlValue): Record<string, unknown> {
  const structure: Record<string, unknown> = {};
  if (typeof value === "string") return structure;
  for (const member of shape.members) {
    const child = ownValue(value, member.ownTraits.xmlName ?? member.name);
    if (child !== undefined && child !== null) structure[member.name] = readValue(member, child);
  }
  return structure;
}

function readList(shape: ListShape, list: Member, value: unknown): unknown[] {
  const flat = Boolean(list.traits.xmlFlattened);
  const items = flat ? value : childOf(first(value), shape.item.traits.xmlName ?? "member");
  return all(items).map((item) => readValue(shape.item, item));
}

function readMap(shape: MapShape, map: Member, value: unknown): object {
  const entries = map.traits.xmlFlattened ? value : childOf(first(value), "entry");
  const result: Record<string, unknown> = {};
  for (const entry of all(entries)) {
    const key = childOf(entry as XmlValue, shape.key.traits.xmlName ?? "key");
    const item = childOf(entry as XmlValue, shape.value.traits.xmlName ?? "value");
    if (key !== undefined && item !== undefined)
      setKey(result, String(readScalar(shape.key, first(key))), readValue(shape.value, item));
  }
  return result;
}

function childOf(value: XmlValue, name: string): unknown {
  return typeof value === "string" ? undefined : ownValue(value, name);
}

function all(value: unknown): unknown[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? value : [value];
}

function first(value: unknown): XmlValue {
  return (all(value)[0] ?? "") as XmlValue;
}
