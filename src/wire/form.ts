import { AwsError } from "../base/errors.ts";
import { setKey } from "./records.ts";
import { scalarFromText } from "./scalar-text.ts";
import type { ListShape, MapShape, Member, Shape, StructureShape } from "./shape.ts";

/** `A.member.1.B=x` as a tree: A → member → 1 → B. */
interface FormNode {
  text?: string;
  children?: Map<string, FormNode>;
}

/** How the two query protocols name and nest what they send. */
export interface FormDialect {
  memberName(member: Member): string;
  /** Whether a list's items lie directly below it. */
  flat(list: Member): boolean;
  badScalar(path: string, text: string): AwsError;
  /** The error for a parameter that the operation does not have; they are ignored without it. */
  unknown?(path: string): AwsError;
}

/** What every request may say beside the operation's parameters: what is asked for, and the signature. */
const COMMON_PARAMETERS =
  /^(Action|Version|AWSAccessKeyId|Signature|SignatureMethod|SignatureVersion|Timestamp|Expires|SecurityToken|X-Amz-.*)$/i;

/** Far beyond what any operation has: a body of dots must not become gigabytes of nodes. */
const MAX_PAIRS = 20_000;
const MAX_PARTS = 40;

/**
 * Reads an operation's input from its form.
 * @throws AwsError `MalformedQueryString` when the form is beyond all measure, the dialect's error for bad scalars
 */
export function readForm(dialect: FormDialect, shape: Shape, form: URLSearchParams): unknown {
  if (shape.kind !== "structure") return {};
  return readStructure(dialect, shape, parse(form), "");
}

function parse(form: URLSearchParams): FormNode {
  const root: FormNode = {};
  let pairs = 0;
  for (const [key, text] of form) {
    const parts = key.split(".", MAX_PARTS + 1);
    if (++pairs > MAX_PAIRS || parts.length > MAX_PARTS)
      throw new AwsError("MalformedQueryString", "The query string contains too many parameters.", 400);
    let node = root;
    for (const part of parts) {
      const children = (node.children ??= new Map());
      let child = children.get(part);
      if (!child) children.set(part, (child = {}));
      node = child;
    }
    node.text = text;
  }
  return root;
}

function readValue(dialect: FormDialect, member: Member, node: FormNode, path: string): unknown {
  const { shape } = member;
  switch (shape.kind) {
    case "structure":
      return readStructure(dialect, shape, node, path);
    case "list":
      return readList(dialect, shape, member, node, path);
    case "map":
      return readMap(dialect, shape, member, node, path);
    default:
      return node.text === undefined ? undefined : readScalar(dialect, member, node.text, path);
  }
}

function readScalar(dialect: FormDialect, member: Member, text: string, path: string): unknown {
  const value = scalarFromText(member, text, "date-time");
  if (value === undefined) throw dialect.badScalar(path, text);
  return value;
}

function readStructure(dialect: FormDialect, shape: StructureShape, node: FormNode, path: string): object {
  const structure: Record<string, unknown> = {};
  if (dialect.unknown) refuseUnknown(dialect, shape, node, path);
  for (const member of shape.members) {
    const name = dialect.memberName(member);
    const child = node.children?.get(name);
    if (!child) continue;
    const value = readValue(dialect, member, child, path ? `${path}.${name}` : name);
    if (value !== undefined) structure[member.name] = value;
  }
  return structure;
}

function refuseUnknown(dialect: FormDialect, shape: StructureShape, node: FormNode, path: string): void {
  const names = new Set(shape.members.map((member) => dialect.memberName(member)));
  for (const name of node.children?.keys() ?? []) {
    const isCommon = path === "" && COMMON_PARAMETERS.test(name);
    if (!names.has(name) && !isCommon) throw dialect.unknown!(path ? `${path}.${name}` : name);
  }
}

function readList(dialect: FormDialect, shape: ListShape, list: Member, node: FormNode, path: string): unknown[] {
  const itemName = shape.item.traits.xmlName ?? "member";
  const holder = dialect.flat(list) ? node : (node.children?.get(itemName) ?? node.children?.get("member") ?? node);
  return numbered(holder).map(([index, item]) => readValue(dialect, shape.item, item, `${path}.${index}`) ?? null);
}

function readMap(dialect: FormDialect, shape: MapShape, map: Member, node: FormNode, path: string): object {
  const keyName = shape.key.traits.xmlName ?? "key";
  const valueName = shape.value.traits.xmlName ?? "value";
  const entries: Record<string, unknown> = {};
  for (const [index, entry] of numbered(dialect.flat(map) ? node : (node.children?.get("entry") ?? node))) {
    const key = entry.children?.get(keyName)?.text;
    const value = entry.children?.get(valueName);
    if (key !== undefined)
      setKey(entries, key, (value && readValue(dialect, shape.value, value, `${path}.${index}`)) ?? null);
  }
  return entries;
}

/** The children `1`, `2`, … in their order; gaps are allowed, as in AWS. */
function numbered(node: FormNode): [string, FormNode][] {
  return [...(node.children ?? [])]
    .filter(([name]) => /^\d{1,9}$/.test(name))
    .sort(([first], [second]) => Number(first) - Number(second));
}
