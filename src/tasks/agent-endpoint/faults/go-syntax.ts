/** What a text has that JSON does not, in the words of Go's library. */
export class GoSyntaxError extends Error {}

/** https://pkg.go.dev/encoding/json: deeper values are refused. */
const MAX_DEPTH = 10_000;
const LITERALS: Readonly<Record<string, string>> = { t: "true", f: "false", n: "null" };

/**
 * Where the first JSON value of a text ends: what stands behind it is not looked at, as by Go's decoder.
 * https://pkg.go.dev/encoding/json#Decoder.Decode
 * @throws GoSyntaxError when no value is there, or not all of it
 */
export function endOfFirstValue(text: string): number {
  const source = new Source(text);
  const open: ("{" | "[")[] = [];
  for (;;) {
    while (!beginsWhole(source, open));
    for (;;) {
      const inside = open.at(-1);
      if (inside === undefined) return source.at;
      const next = source.token();
      if (next === ",") {
        if (inside === "{") readKey(source);
        break;
      }
      if (next !== (inside === "{" ? "}" : "]"))
        throw invalid(next, inside === "{" ? "after object key:value pair" : "after array element");
      open.pop();
    }
  }
}

/** Reads a value, or the beginning of one that has others inside. @returns whether it is read as a whole */
function beginsWhole(source: Source, open: ("{" | "[")[]): boolean {
  const first = source.token();
  if (first !== "{" && first !== "[") {
    readScalar(source, first);
    return true;
  }
  if (open.length === MAX_DEPTH) throw new GoSyntaxError("exceeded max depth");
  if (source.take(first === "{" ? /[ \t\r\n]*\}/y : /[ \t\r\n]*\]/y)) return true;
  open.push(first);
  if (first === "{") readKey(source);
  return false;
}

function invalid(character: string, context: string): GoSyntaxError {
  return new GoSyntaxError(`invalid character ${quoted(character)} ${context}`);
}

function quoted(character: string): string {
  if (character === "'") return `'\\''`;
  return character === '"' ? `'"'` : `'${JSON.stringify(character).slice(1, -1)}'`;
}

function readKey(source: Source): void {
  const first = source.token();
  if (first !== '"') throw invalid(first, "looking for beginning of object key string");
  readString(source);
  const next = source.token();
  if (next !== ":") throw invalid(next, "after object key");
}

function readScalar(source: Source, first: string): void {
  const literal = LITERALS[first];
  if (first === '"') readString(source);
  else if (/[-\d]/.test(first)) readNumber(source, first);
  else if (literal === undefined) throw invalid(first, "looking for beginning of value");
  else
    for (const expected of literal.slice(1)) source.next([expected], `in literal ${literal} (expecting '${expected}')`);
}

/** The rest of a string. */
function readString(source: Source): void {
  for (;;) {
    // oxlint-disable-next-line no-control-regex -- they may not be in a string
    source.take(/[^"\\\u0000-\u001f]+/y);
    if (source.next(['"', "\\"], "in string literal") === '"') return;
    if (source.next([...'bfnrt\\/"u'], "in string escape code") === "u")
      for (let digits = 0; digits < 4; digits++)
        source.next([..."0123456789abcdefABCDEF"], "in \\u hexadecimal character escape");
  }
}

function readNumber(source: Source, first: string): void {
  const digits = [..."0123456789"];
  const start = first === "-" ? source.next(digits, "in numeric literal") : first;
  if (start !== "0") source.take(/\d*/y);
  if (source.take(/\./y)) {
    source.next(digits, "after decimal point in numeric literal");
    source.take(/\d*/y);
  }
  if (source.take(/[eE][+-]?/y)) {
    source.next(digits, "in exponent of numeric literal");
    source.take(/\d*/y);
  }
}

class Source {
  at = 0;
  private readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  /** What a sticky expression matches here, or nothing. */
  take(expression: RegExp): string {
    expression.lastIndex = this.at;
    const found = expression.exec(this.text)?.[0] ?? "";
    this.at += found.length;
    return found;
  }

  /** The next character that is no space. */
  token(): string {
    this.take(/[ \t\r\n]*/y);
    return this.character();
  }

  /** The next character, which must be one of these. */
  next(allowed: readonly string[], context: string): string {
    const next = this.character();
    if (!allowed.includes(next)) throw invalid(next, context);
    return next;
  }

  private character(): string {
    const next = this.text[this.at++];
    if (next === undefined) throw new GoSyntaxError("unexpected EOF");
    return next;
  }
}
