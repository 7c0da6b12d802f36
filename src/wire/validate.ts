import type { Breach } from "./constraint.ts";
import type { Member, Shape, StructureShape } from "./shape.ts";

/** A value that breaks its model. */
export interface Violation {
  /** Member names from the input on: `["tags", 1, "key"]`; list items count from 1. */
  path: readonly (string | number)[];
  value: unknown;
  breach: Breach;
  /** Set when `value` is a list or map and its items break their rules: all rules of the items. */
  itemRules?: readonly Breach[];
  /** Set for a secret: its value is not to be shown. */
  sensitive?: true;
}

/** Enough for any caller to see what is wrong; a list of a million bad items is not spelled out. */
const MAX_VIOLATIONS = 50;

/** Checks required members and bounds. The types have been checked when the input was read. */
export function validate(shape: Shape, input: unknown): Violation[] {
  const found: Violation[] = [];
  if (shape.kind === "structure") checkStructure(shape, input as Record<string, unknown>, [], found);
  return found;
}

function checkStructure(
  shape: StructureShape,
  value: Record<string, unknown>,
  path: Violation["path"],
  found: Violation[],
): void {
  for (const member of shape.members) {
    const memberValue = value[member.name];
    if (memberValue === undefined || memberValue === null) {
      if (member.required) found.push({ path: [...path, member.name], value: null, breach: { rule: "required" } });
    } else if (member.constraint || isContainer(member.shape)) {
      checkMember(member, memberValue, [...path, member.name], found);
    }
    if (found.length >= MAX_VIOLATIONS) return;
  }
}

function isContainer(shape: Shape): boolean {
  return shape.kind === "structure" || shape.kind === "list" || shape.kind === "map";
}

function checkMember(member: Member, value: unknown, path: Violation["path"], found: Violation[]): void {
  for (const breach of member.constraint?.breaches(value) ?? [])
    found.push({ path, value, breach, ...secrecy(member) });
  const { shape } = member;
  if (shape.kind === "structure") checkStructure(shape, value as Record<string, unknown>, path, found);
  else if (shape.kind === "list") checkItems(shape.item, value as unknown[], value, path, shape.sparse, found);
  else if (shape.kind === "map") {
    const entries = value as Record<string, unknown>;
    if (shape.key.constraint) checkItems(shape.key, Object.keys(entries), value, path, false, found);
    checkItems(shape.value, Object.values(entries), value, path, shape.sparse, found, Object.keys(entries));
  }
}

/** Scalars are reported once for the whole list, as AWS does; structures by their own members. */
function checkItems(
  item: Member,
  items: readonly unknown[],
  whole: unknown,
  path: Violation["path"],
  sparse: boolean,
  found: Violation[],
  keys?: readonly string[],
): void {
  const container = isContainer(item.shape);
  if (!container && !item.constraint && sparse) return;
  for (const [index, value] of items.entries()) {
    if (found.length >= MAX_VIOLATIONS) return;
    if (value === null || value === undefined) {
      if (sparse) continue;
      found.push({ path, value: whole, breach: { rule: "required" }, itemRules: [{ rule: "required" }] });
      return;
    }
    if (container) {
      checkMember(item, value, [...path, keys?.[index] ?? index + 1, "member"], found);
      continue;
    }
    const [breach] = item.constraint?.breaches(value) ?? [];
    if (!breach) continue;
    found.push({ path, value: whole, breach, itemRules: item.constraint!.rules(), ...secrecy(item) });
    return;
  }
}

function secrecy({ traits }: Member): Pick<Violation, "sensitive"> {
  return traits.sensitive ? { sensitive: true } : {};
}
