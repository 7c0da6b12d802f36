import { parseOperatorName, type OperatorName } from "./condition.ts";
import type { JsonNode, JsonObject } from "./json-tree.ts";

/** The elements of a statement as they are written, before anything is made of them. */
export interface StatementElements {
  sid: string | undefined;
  /** As written: `allow` is told from `Allow`. */
  effect: string | undefined;
  actions: string[] | undefined;
  notActions: string[] | undefined;
  resources: string[] | undefined;
  notResources: string[] | undefined;
  principal: JsonNode | undefined;
  notPrincipal: JsonNode | undefined;
  conditions: ConditionElement[];
}

/** One key of a condition operator. */
export interface ConditionElement {
  operator: OperatorName;
  key: string;
  values: string[];
}

/** The document breaks the grammar; what AWS says of it depends on the kind of policy. */
export class GrammarError extends Error {
  /** An element that statements do not have. */
  readonly unknownElement: string | undefined;

  constructor(unknownElement?: string) {
    super("the policy breaks the grammar");
    this.unknownElement = unknownElement;
  }
}

const ELEMENTS: ReadonlySet<string> = new Set([
  "Sid",
  "Effect",
  "Principal",
  "NotPrincipal",
  "Action",
  "NotAction",
  "Resource",
  "NotResource",
  "Condition",
]);

/**
 * Takes a statement apart, https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
 * @throws GrammarError
 */
export function readStatement(node: JsonNode): StatementElements {
  const members = membersOf(node);
  for (const name of members.keys()) if (!ELEMENTS.has(name)) throw new GrammarError(name);
  for (const name of ["Action", "Resource", "Principal"])
    if (members.has(name) && members.has(`Not${name}`)) throw new GrammarError();
  const list = (name: string) => optional(members.get(name), stringsOf);
  return {
    sid: optional(members.get("Sid"), stringOf),
    effect: optional(members.get("Effect"), stringOf),
    actions: list("Action"),
    notActions: list("NotAction"),
    resources: list("Resource"),
    notResources: list("NotResource"),
    principal: members.get("Principal"),
    notPrincipal: members.get("NotPrincipal"),
    conditions: optional(members.get("Condition"), readConditions) ?? [],
  };
}

function readConditions(node: JsonNode): ConditionElement[] {
  return [...membersOf(node)].flatMap(([name, keys]) => {
    const members = [...membersOf(keys)];
    const operator = parseOperatorName(name);
    if (!operator) throw new GrammarError();
    return members.map(([key, values]) => ({ operator, key, values: scalarsOf(values) }));
  });
}

/** @throws GrammarError for what is no object, or has a name twice */
export function membersOf(node: JsonNode): JsonObject["members"] {
  if (node.kind !== "object" || node.repeats) throw new GrammarError();
  return node.members;
}

export function stringOf(node: JsonNode): string {
  if (node.kind !== "scalar" || typeof node.value !== "string") throw new GrammarError();
  return node.value;
}

/** A string, or a list of them. */
export function stringsOf(node: JsonNode): string[] {
  return node.kind === "array" ? node.items.map(stringOf) : [stringOf(node)];
}

/** Values of conditions may be numbers and booleans, too. */
function scalarsOf(node: JsonNode): string[] {
  const nodes = node.kind === "array" ? node.items : [node];
  return nodes.map((item) => {
    if (item.kind !== "scalar" || item.value === null) throw new GrammarError();
    return String(item.value);
  });
}

function optional<T>(node: JsonNode | undefined, read: (node: JsonNode) => T): T | undefined {
  return node && read(node);
}
