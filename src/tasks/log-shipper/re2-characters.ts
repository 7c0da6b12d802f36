/** ASCII alone, as in RE2: `\s` of JavaScript has many more. */
const SHORTHANDS: Record<string, string> = {
  d: "0-9",
  D: "\\0-\\/:-\\uffff",
  w: "0-9A-Za-z_",
  W: "\\0-\\/:-@[-\\^`{-\\uffff",
  s: "\\t\\n\\f\\r ",
  S: "\\0-\\x08\\x0b\\x0e-\\x1f!-\\uffff",
};

const POSIX: Record<string, string> = {
  alnum: "0-9A-Za-z",
  alpha: "A-Za-z",
  ascii: "\\0-\\x7f",
  blank: "\\t ",
  cntrl: "\\0-\\x1f\\x7f",
  digit: "0-9",
  graph: "!-~",
  lower: "a-z",
  print: " -~",
  punct: "!-\\/:-@[-`{-~",
  space: "\\t\\n\\v\\f\\r ",
  upper: "A-Z",
  word: "0-9A-Za-z_",
  xdigit: "0-9A-Fa-f",
};

/** What `\d` and the like stand for within a class; `undefined` for letters that are none of them. */
export function shorthandClass(letter: string): string | undefined {
  return SHORTHANDS[letter];
}

/** A character as an expression; in both cases when that is wanted. */
export function singleCharacter(character: string, ignoreCase: boolean): string {
  const other = ignoreCase ? otherCase(character) : undefined;
  if (other !== undefined) return `[${quote(character)}${quote(other)}]`;
  return character.length > 1 ? `(?:${quote(character)})` : quote(character);
}

/**
 * Rewrites a class.
 * @param from where its `[` is
 * @returns where it ends
 * @throws SyntaxError with the words of Go's package regexp
 */
export function parseClass(text: string, from: number, ignoreCase: boolean): { source: string; end: number } {
  let at = from + 1;
  const negated = text[at] === "^";
  if (negated) at++;
  let source = "";
  for (let first = true; first || text[at] !== "]"; first = false) {
    if (at >= text.length) throw new SyntaxError(`missing closing ]: \`${text.slice(from)}\``);
    const posix = /\[:(\^?)(\w+):\]/y;
    posix.lastIndex = at;
    const named = posix.exec(text);
    if (named) {
      const known = POSIX[named[2]!];
      if (known === undefined || named[1]) throw new SyntaxError(`invalid character class range: \`${named[0]}\``);
      source += ignoreCase && (named[2] === "lower" || named[2] === "upper") ? "A-Za-z" : known;
      at = posix.lastIndex;
      continue;
    }
    const shorthand = text[at] === "\\" ? shorthandClass(text[at + 1] ?? "") : undefined;
    if (shorthand) {
      source += shorthand;
      at += 2;
      continue;
    }
    const low = classCharacter(text, at);
    at = low.end;
    let high = low;
    if (text[at] === "-" && text[at + 1] !== undefined && text[at + 1] !== "]") {
      high = classCharacter(text, at + 1);
      if (high.code < low.code)
        throw new SyntaxError(`invalid character class range: \`${text.slice(low.end - 1, high.end)}\``);
      at = high.end;
    }
    source += range(low.code, high.code) + (ignoreCase ? otherCaseRanges(low.code, high.code) : "");
  }
  return { source: `[${negated ? "^" : ""}${source}]`, end: at + 1 };
}

function classCharacter(text: string, at: number): { code: number; end: number } {
  const { character, end } = text[at] === "\\" ? escapedCharacter(text, at) : { character: text[at]!, end: at + 1 };
  return { code: character.charCodeAt(0), end };
}

function range(low: number, high: number): string {
  return low === high ? unit(low) : `${unit(low)}-${unit(high)}`;
}

function otherCaseRanges(low: number, high: number): string {
  const shifted = (first: number, last: number, by: number) => {
    const [from, to] = [Math.max(low, first), Math.min(high, last)];
    return from <= to ? range(from + by, to + by) : "";
  };
  return shifted(0x41, 0x5a, 32) + shifted(0x61, 0x7a, -32);
}

function otherCase(character: string): string | undefined {
  const [lower, upper] = [character.toLowerCase(), character.toUpperCase()];
  const other = lower === character ? upper : lower;
  return other !== character && other.length === character.length ? other : undefined;
}

function quote(character: string): string {
  return Array.from({ length: character.length }, (_, i) => unit(character.charCodeAt(i))).join("");
}

function unit(code: number): string {
  return /\w/.test(String.fromCharCode(code)) && code < 128
    ? String.fromCharCode(code)
    : `\\u${code.toString(16).padStart(4, "0")}`;
}

const CONTROLS: Record<string, string> = { a: "\x07", f: "\f", t: "\t", n: "\n", r: "\r", v: "\v" };

/**
 * The one character that an escape stands for.
 * @param at where its backslash is
 */
export function escapedCharacter(text: string, at: number): { character: string; end: number } {
  const rest = text.slice(at + 1, at + 12);
  const code = /^x(?:([\dA-Fa-f]{2})|\{([\dA-Fa-f]{1,6})\})/.exec(rest);
  if (code) return { character: String.fromCodePoint(parseInt(code[1] ?? code[2]!, 16)), end: at + 1 + code[0].length };
  const octal = /^(?:0[0-7]{0,2}|[1-7][0-7]{1,2})/.exec(rest);
  if (octal) return { character: String.fromCharCode(parseInt(octal[0], 8)), end: at + 1 + octal[0].length };
  const letter = rest[0];
  if (letter === undefined) throw new SyntaxError("trailing backslash at end of expression: ``");
  if (letter in CONTROLS) return { character: CONTROLS[letter]!, end: at + 2 };
  if (/[A-Za-z0-9]/.test(letter)) throw new SyntaxError(`invalid escape sequence: \`\\${letter}\``);
  const character = String.fromCodePoint(rest.codePointAt(0)!);
  return { character, end: at + 1 + character.length };
}
