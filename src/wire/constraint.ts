import type { Bound } from "./bounds.ts";

/** One way in which a value breaks its model. */
export type Breach =
  | { rule: "required" }
  | { rule: "pattern"; pattern: string }
  | { rule: "max" | "min"; limit: number; of: "length" | "value" }
  | { rule: "enum"; values: readonly string[] };

/** The bounds of one place, ready to be checked. */
export class Constraint {
  readonly min: number | undefined;
  readonly max: number | undefined;
  readonly pattern: string | undefined;
  readonly values: readonly string[] | undefined;
  /** `Integer`, `Long`, `Float` or `Double`. */
  readonly number: string | undefined;
  /** AWS matches the whole value. */
  private readonly regex: RegExp | undefined;
  private readonly allowed: ReadonlySet<string> | undefined;

  /** @param enums objects of enum values by name: the SDK module */
  constructor(bound: Bound, enums: Readonly<Record<string, unknown>>) {
    this.min = bound.min;
    this.max = bound.max;
    this.pattern = bound.pattern;
    this.number = bound.number;
    this.regex = bound.pattern === undefined ? undefined : compile(`^(?:${bound.pattern})$`);
    this.values = bound.enum === undefined ? undefined : enumValues(enums[bound.enum]);
    this.allowed = this.values && new Set(this.values);
  }

  /** Whether a number in this place has no fraction. */
  get integral(): boolean {
    return this.number === "Integer" || this.number === "Long";
  }

  /** The rules that the value breaks, in the order in which AWS lists them. */
  breaches(value: unknown): Breach[] {
    if (this.allowed) {
      if (typeof value === "string" && !this.allowed.has(value)) return [{ rule: "enum", values: this.values! }];
      return [];
    }
    const found: Breach[] = [];
    const size = sizeOf(value);
    const tooLarge = this.max !== undefined && size !== undefined && size > this.max;
    // Not matched when too long: some of AWS's patterns take quadratic time.
    if (this.regex && !tooLarge && typeof value === "string" && !this.regex.test(value))
      found.push({ rule: "pattern", pattern: this.pattern! });
    const of = typeof value === "number" ? "value" : "length";
    if (tooLarge) found.push({ rule: "max", limit: this.max!, of });
    if (this.min !== undefined && size !== undefined && size < this.min)
      found.push({ rule: "min", limit: this.min, of });
    return found;
  }

  /** Every rule of this place, whether broken or not: AWS lists all of them for the items of a list. */
  rules(): Breach[] {
    if (this.values) return [{ rule: "enum", values: this.values }];
    const of = this.number === undefined ? "length" : "value";
    const rules: Breach[] = [];
    if (this.max !== undefined) rules.push({ rule: "max", limit: this.max, of });
    if (this.min !== undefined) rules.push({ rule: "min", limit: this.min, of });
    if (this.pattern !== undefined) rules.push({ rule: "pattern", pattern: this.pattern });
    return rules;
  }
}

function enumValues(exported: unknown): readonly string[] | undefined {
  return exported && typeof exported === "object" ? Object.values(exported as Record<string, string>) : undefined;
}

/** Lengths of strings are counted in characters, not UTF-16 units; of blobs in bytes. */
function sizeOf(value: unknown): number | undefined {
  if (typeof value === "number") return value;
  if (typeof value === "string") return codePoints(value);
  if (Array.isArray(value)) return value.length;
  if (value instanceof Uint8Array) return value.byteLength;
  if (value && typeof value === "object" && !(value instanceof Date)) return Object.keys(value).length;
  return undefined;
}

function codePoints(text: string): number {
  let count = text.length;
  for (let i = 0; i < text.length - 1; i++) {
    if ((text.charCodeAt(i) & 0xfc00) === 0xd800 && (text.charCodeAt(i + 1) & 0xfc00) === 0xdc00) {
      count--;
      i++;
    }
  }
  return count;
}

function compile(pattern: string): RegExp {
  try {
    return new RegExp(pattern, "u");
  } catch {
    // A quantified lookahead, as in `(?!x)+`, is one of Java and, without the flag, of JavaScript.
    return new RegExp(pattern);
  }
}
