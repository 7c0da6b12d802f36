import { scalarToText } from "./scalar-text.ts";
import type { ListShape, MapShape, Member, Shape, StructureShape } from "./shape.ts";

const ESCAPES: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\r": "&#13;" };
// oxlint-disable-next-line no-control-regex -- exactly the characters that XML 1.0 cannot carry
const FORBIDDEN = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g;

/** Text for the inside of an element or attribute. What XML cannot carry becomes U+FFFD. */
export function escapeXml(text: string): string {
  return text.replace(/[&<>"\r]/g, (character) => ESCAPES[character]!).replace(FORBIDDEN, "\ufffd");
}

export function xmlElement(name: string, text: string): string {
  return `<${name}>${escapeXml(text)}</${name}>`;
}

/**
 * The elements of a structure's members, without one around them.
 * @param only leaves out the members for which it is false: those that go into HTTP headers
 */
export function xmlMembers(
  shape: Shape,
  value: Record<string, unknown>,
  only: (member: Member) => boolean = isElement,
): string {
  if (shape.kind !== "structure") return "";
  let xml = "";
  for (const member of shape.members) {
    const item = value[member.name];
    if (item !== undefined && item !== null && only(member))
      xml += writeMember(member, member.ownTraits.xmlName ?? member.name, item);
  }
  return xml;
}

function isElement(member: Member): boolean {
  return !member.traits.xmlAttribute;
}

/** One value as an element, or as many as a flattened list or map has entries. */
export function writeMember(member: Member, name: string, value: unknown): string {
  const { shape } = member;
  switch (shape.kind) {
    case "structure":
      return writeStructure(shape, member, name, value as Record<string, unknown>);
    case "list":
      return writeList(shape, member, name, value as unknown[]);
    case "map":
      return writeMap(shape, member, name, value as Record<string, unknown>);
    default:
      return `<${name}${namespaceOf(member)}>${escapeXml(scalarToText(member, value, "date-time"))}</${name}>`;
  }
}

function writeStructure(shape: StructureShape, member: Member, name: string, value: Record<string, unknown>): string {
  let attributes = namespaceOf(member);
  for (const attribute of shape.members) {
    const item = value[attribute.name];
    if (attribute.traits.xmlAttribute && item != null)
      attributes += ` ${attribute.traits.xmlName ?? attribute.name}="${escapeXml(scalarToText(attribute, item, "date-time"))}"`;
  }
  return `<${name}${attributes}>${xmlMembers(shape, value)}</${name}>`;
}

function writeList(shape: ListShape, member: Member, name: string, items: readonly unknown[]): string {
  const flat = Boolean(member.traits.xmlFlattened);
  const itemName = flat ? name : (shape.item.traits.xmlName ?? "member");
  let xml = "";
  for (const item of items) if (item != null) xml += writeMember(shape.item, itemName, item);
  return flat ? xml : `<${name}${namespaceOf(member)}>${xml}</${name}>`;
}

function writeMap(shape: MapShape, member: Member, name: string, map: Record<string, unknown>): string {
  const flat = Boolean(member.traits.xmlFlattened);
  const entryName = flat ? name : "entry";
  let xml = "";
  for (const [key, item] of Object.entries(map)) {
    if (item == null) continue;
    const entry =
      xmlElement(shape.key.traits.xmlName ?? "key", key) +
      writeMember(shape.value, shape.value.traits.xmlName ?? "value", item);
    xml += `<${entryName}>${entry}</${entryName}>`;
  }
  return flat ? xml : `<${name}${namespaceOf(member)}>${xml}</${name}>`;
}

function namespaceOf(member: Member): string {
  const namespace = member.traits.xmlNamespace;
  if (!namespace) return "";
  // The SDK's schemas have it as prefix and URI.
  const [prefix, uri] = namespace;
  return ` xmlns${prefix ? `:${prefix}` : ""}="${escapeXml(uri ?? "")}"`;
}
