import { Glob, globParts, type GlobPart } from "../../base/glob.ts";
import type { KeyValues } from "./key-values.ts";

/** A text in a policy, with its variables and wildcards understood. */
export interface Pattern {
  /** A pattern with a variable that has no value matches nothing. */
  matches(value: string, keys: KeyValues): boolean;
}

interface PatternOptions {
  /** Whether `${…}` are variables: since version 2012-10-17. */
  variables: boolean;
  /** Whether `*` and `?` are wildcards. */
  wildcards: boolean;
  ignoreCase?: boolean;
}

/** `${aws:username, 'nobody'}`: its key in lower case, and what stands in when it has no value. */
interface Variable {
  variable: string;
  fallback: string | undefined;
}

type Part = GlobPart | Variable;

const VARIABLE = /\$\{([^{}]*)\}/;
/** `${*}`, `${?}` and `${$}` are the characters themselves. */
const ESCAPES: ReadonlySet<string> = new Set(["*", "?", "$"]);

/** Understands a text of a policy, https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html */
export function compilePattern(text: string, options: PatternOptions): Pattern {
  const ignoreCase = options.ignoreCase ?? false;
  const parts = partsOf(ignoreCase ? text.toLowerCase() : text, options);
  if (parts.some(isVariable)) return new VariablePattern(parts, ignoreCase);
  const glob = new Glob(parts as GlobPart[]);
  return { matches: ignoreCase ? (value) => glob.matches(value.toLowerCase()) : (value) => glob.matches(value) };
}

/** The keys of the variables in a text, as they are written there. */
export function variablesIn(text: string): string[] {
  const insides = text.split(VARIABLE).filter((_, index) => index % 2 === 1);
  return insides.filter((inside) => !ESCAPES.has(inside)).map((inside) => inside.split(",")[0]!.trim());
}

function partsOf(text: string, { variables, wildcards }: PatternOptions): Part[] {
  const literal = (part: string): Part[] => (wildcards ? globParts(part) : part ? [{ text: part }] : []);
  if (!variables) return literal(text);
  return text.split(VARIABLE).flatMap((piece, index): Part[] => {
    if (index % 2 === 0) return literal(piece);
    return [ESCAPES.has(piece) ? { text: piece } : parseVariable(piece)];
  });
}

function parseVariable(inside: string): Variable {
  const comma = inside.indexOf(",");
  const key = comma < 0 ? inside : inside.slice(0, comma);
  const fallback = comma < 0 ? undefined : /^\s*'([^']*)'\s*$/.exec(inside.slice(comma + 1))?.[1];
  return { variable: key.trim().toLowerCase(), fallback };
}

function isVariable(part: Part): part is Variable {
  return "variable" in part;
}

class VariablePattern implements Pattern {
  private readonly parts: readonly Part[];
  private readonly ignoreCase: boolean;

  constructor(parts: readonly Part[], ignoreCase: boolean) {
    this.parts = parts;
    this.ignoreCase = ignoreCase;
  }

  matches(value: string, keys: KeyValues): boolean {
    const parts: GlobPart[] = [];
    for (const part of this.parts) {
      if (!isVariable(part)) {
        parts.push(part);
        continue;
      }
      const text = valueOf(part, keys);
      if (text === undefined) return false;
      parts.push({ text: this.ignoreCase ? text.toLowerCase() : text });
    }
    return new Glob(parts).matches(this.ignoreCase ? value.toLowerCase() : value);
  }
}

/** A key with several values says nothing where one is wanted. */
function valueOf({ variable, fallback }: Variable, keys: KeyValues): string | undefined {
  const values = keys.get(variable);
  return values?.length === 1 ? values[0] : fallback;
}
