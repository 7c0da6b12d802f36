import { compileCondition, type Condition } from "./condition.ts";
import { GrammarError, membersOf, readStatement, stringOf, type StatementElements } from "./elements.ts";
import { Glob, globParts } from "../../base/glob.ts";
import { parseJsonTree, type JsonNode } from "./json-tree.ts";
import { compilePattern, variablesIn } from "./pattern.ts";
import type { Policy, PolicyType } from "./policy.ts";
import { PolicyError } from "./policy-error.ts";
import { readPrincipals } from "./principal-reader.ts";
import { completeArn } from "./resource-format.ts";
import { checkSids, checkStatements, policyWords, type PolicyWords } from "./rules.ts";
import { Statement, type Position } from "./statement.ts";

const VERSIONS: readonly string[] = ["2008-10-17", "2012-10-17"];

/**
 * Checks and compiles a policy document.
 * @throws PolicyError
 */
export function compilePolicy(text: string, type: PolicyType): Policy {
  const words = policyWords[type];
  try {
    return compileDocument(text, type, parseTree(text, words), words);
  } catch (cause) {
    if (!(cause instanceof GrammarError)) throw cause;
    throw new PolicyError(
      cause.unknownElement === undefined ? words.syntax : words.unknownElement(cause.unknownElement),
    );
  }
}

function parseTree(text: string, words: PolicyWords): JsonNode {
  try {
    return parseJsonTree(text);
  } catch {
    throw new PolicyError(words.json);
  }
}

function compileDocument(text: string, type: PolicyType, tree: JsonNode, words: PolicyWords): Policy {
  if (tree.kind !== "object") throw new PolicyError(words.json);
  const members = membersOf(tree);
  for (const name of members.keys()) if (!["Version", "Id", "Statement"].includes(name)) throw new GrammarError(name);
  const version = members.has("Version") ? stringOf(members.get("Version")!) : VERSIONS[0]!;
  if (!isVersion(version)) throw new PolicyError(words.version);
  const id = members.has("Id") ? stringOf(members.get("Id")!) : undefined;
  const nodes = statementNodes(members.get("Statement"), words);
  const elements = nodes.map(readStatement);
  for (const { effect } of elements) {
    if (effect === undefined) throw new PolicyError(words.noEffect);
    if (effect !== "Allow" && effect !== "Deny") throw new PolicyError(words.effect(effect));
  }
  const variables = version === "2012-10-17";
  const conditions = elements.map((statement) => compileConditions(statement, variables, words));
  checkStatements[type](elements);
  checkSids(elements, words);
  const places = placesOf(text, members.get("Statement")!, nodes);
  const statements = elements.map((statement, index) =>
    compileStatement(statement, conditions[index]!, { type, variables, ...places[index]! }),
  );
  return { type, text, version, id, statements };
}

function isVersion(version: string): version is Policy["version"] {
  return VERSIONS.includes(version);
}

function statementNodes(node: JsonNode | undefined, words: PolicyWords): readonly JsonNode[] {
  const nodes = node?.kind === "array" ? node.items : node ? [node] : [];
  if (!nodes.length) throw new PolicyError(words.noStatement);
  return nodes;
}

function compileConditions({ conditions }: StatementElements, variables: boolean, words: PolicyWords): Condition[] {
  return conditions.map(({ operator, key, values }) => {
    const condition = compileCondition(operator, key, values, variables);
    if (!condition) throw new PolicyError(words.conditionValue);
    return condition;
  });
}

function compileStatement(
  elements: StatementElements,
  conditions: readonly Condition[],
  { type, variables, start, end }: { type: PolicyType; variables: boolean; start: Position; end: Position },
): Statement {
  const { sid, effect, actions, notActions, resources, notResources, principal, notPrincipal } = elements;
  const resourceTexts = resources ?? notResources;
  const principals = principal ?? notPrincipal;
  return new Statement({
    sid,
    effect: effect === "Deny" ? "Deny" : "Allow",
    actions: (actions ?? notActions ?? []).map((action) => new Glob(globParts(action.toLowerCase()))),
    notActions: notActions !== undefined,
    resources: resourceTexts?.map((text) => compilePattern(completeArn(text), { variables, wildcards: true })),
    notResources: notResources !== undefined,
    principals: principals && readPrincipals(principals, { anybodyAsText: type === "resource" }),
    notPrincipals: notPrincipal !== undefined,
    conditions,
    resourceKeys: variables ? (resourceTexts ?? []).flatMap(variablesIn) : [],
    start,
    end,
  });
}

/**
 * Where statements begin and end, as the policy simulator counts it: a lone one behind its brace, the first of a list
 * behind the list's bracket, every other where the one before ends.
 */
function placesOf(text: string, list: JsonNode, nodes: readonly JsonNode[]): { start: Position; end: Position }[] {
  const position = positionsIn(text);
  let from = position(list.start + 1);
  return nodes.map((node) => {
    const place = { start: from, end: position(node.end) };
    from = place.end;
    return place;
  });
}

/** Tells the places of offsets that only grow. */
function positionsIn(text: string): (offset: number) => Position {
  let line = 1;
  let lineStart = 0;
  return (offset) => {
    for (let end = text.indexOf("\n", lineStart); end >= 0 && end < offset; end = text.indexOf("\n", lineStart)) {
      line += 1;
      lineStart = end + 1;
    }
    return { line, column: offset - lineStart + 1 };
  };
}
