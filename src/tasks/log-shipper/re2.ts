import { escapedCharacter, parseClass, shorthandClass, singleCharacter } from "./re2-characters.ts";

/** RE2's own limit. */
const MAX_REPEAT = 1000;
/** Counted repetitions are written out; RE2 has a limit on the result, too. */
const MAX_LENGTH = 50_000;

interface Flags {
  ignoreCase: boolean;
  multiline: boolean;
  dotAll: boolean;
}

/**
 * Rewrites a regular expression of RE2 (https://github.com/google/re2/wiki/Syntax) for V8's linear engine, which has no
 * flag for letter case and no large counted repetitions: letters become classes, repetitions are written out. Groups
 * capture nothing, since only the match matters. `\p{…}`, `\C` and the flag `U` are not known.
 * @throws SyntaxError with the words of Go's package regexp
 */
export function toLinearSource(pattern: string): string {
  return new Translator(pattern).translate();
}

class Translator {
  private readonly text: string;
  private at = 0;

  constructor(text: string) {
    this.text = text;
  }

  translate(): string {
    const source = this.alternatives({ ignoreCase: false, multiline: false, dotAll: false });
    if (this.at < this.text.length) throw new SyntaxError(`unexpected ): \`${this.text}\``);
    return source || "(?:)";
  }

  private alternatives(outer: Flags): string {
    const flags = { ...outer }; // `(?i)` holds to the end of its group
    let source = "";
    while (this.at < this.text.length && this.text[this.at] !== ")") {
      if (this.take("|")) source += "|";
      else source += this.repeated(this.atom(flags));
      if (source.length > MAX_LENGTH) throw new SyntaxError("expression too large");
    }
    return source;
  }

  private atom(flags: Flags): string {
    const from = this.at;
    const character = String.fromCodePoint(this.text.codePointAt(this.at)!);
    this.at += character.length;
    switch (character) {
      case "(":
        return this.group(flags, from);
      case "[": {
        const { source, end } = parseClass(this.text, from, flags.ignoreCase);
        this.at = end;
        return source;
      }
      case ".":
        return flags.dotAll ? "[^]" : "[^\\n]";
      case "^":
        return flags.multiline ? "(?:^|(?:\\n))" : "^";
      case "$":
        return flags.multiline ? "(?:$|(?:\\n))" : "$";
      case "\\":
        return this.escape(flags, from);
      case "*":
      case "+":
      case "?":
        throw new SyntaxError(`missing argument to repetition operator: \`${character}\``);
      default:
        return singleCharacter(character, flags.ignoreCase);
    }
  }

  private group(flags: Flags, from: number): string {
    let inner = flags;
    const named = /\(\?P?<\w+>/y;
    named.lastIndex = from;
    const options = /\(\?([imsU]*)(?:-([imsU]+))?([:)])/y;
    options.lastIndex = from;
    const name = named.exec(this.text);
    const option = name ? null : options.exec(this.text);
    if (name) this.at = named.lastIndex;
    else if (option) {
      this.at = options.lastIndex;
      if (`${option[1]}${option[2] ?? ""}`.includes("U"))
        throw new SyntaxError(`invalid or unsupported Perl syntax: \`${option[0]}\``);
      if (option[3] === ")") {
        Object.assign(flags, withOptions(flags, option[1]!, option[2] ?? ""));
        return "";
      }
      inner = withOptions(flags, option[1]!, option[2] ?? "");
    } else if (this.text[this.at] === "?")
      throw new SyntaxError(`invalid or unsupported Perl syntax: \`${this.text.slice(from, from + 3)}\``);
    const source = this.alternatives(inner);
    if (!this.take(")")) throw new SyntaxError(`missing closing ): \`${this.text}\``);
    return `(?:${source})`;
  }

  private escape(flags: Flags, from: number): string {
    const letter = this.text[this.at] ?? "";
    if (letter === "Q") return this.quoted(flags);
    this.at++;
    if (letter === "b" || letter === "B") return `\\${letter}`;
    if (letter === "A") return "^";
    if (letter === "z") return "$";
    const shorthand = shorthandClass(letter);
    if (shorthand) return `[${shorthand}]`;
    const { character, end } = escapedCharacter(this.text, from);
    this.at = end;
    return singleCharacter(character, flags.ignoreCase);
  }

  private quoted(flags: Flags): string {
    const end = this.text.indexOf("\\E", this.at);
    const literal = this.text.slice(this.at + 1, end === -1 ? undefined : end);
    this.at = end === -1 ? this.text.length : end + 2;
    return `(?:${[...literal].map((character) => singleCharacter(character, flags.ignoreCase)).join("")})`;
  }

  private repeated(atom: string): string {
    const operator = /[*+?]\??|\{(\d+)(,(\d*))?\}\??/y;
    operator.lastIndex = this.at;
    const found = operator.exec(this.text);
    if (!found) return atom;
    this.at = operator.lastIndex;
    const again = /[*+?]|\{\d+(,\d*)?\}/y;
    again.lastIndex = this.at;
    if (again.test(this.text)) throw new SyntaxError(`invalid nested repetition operator: \`${found[0]}\``);
    const [operation, least, range, most] = found;
    if (least === undefined) return atom && atom + operation;
    const from = Number(least);
    const to = range === undefined ? from : most ? Number(most) : undefined;
    if (from > MAX_REPEAT || (to ?? 0) > MAX_REPEAT || (to !== undefined && to < from))
      throw new SyntaxError(`invalid repeat count: \`${operation}\``);
    if (atom.length * Math.max(from, to ?? 0) > MAX_LENGTH) throw new SyntaxError("expression too large");
    return atom.repeat(from) + (to === undefined ? `${atom}*` : `(?:${atom})?`.repeat(to - from));
  }

  private take(character: string): boolean {
    if (this.text[this.at] !== character) return false;
    this.at++;
    return true;
  }
}

function withOptions(flags: Flags, on: string, off: string): Flags {
  const set = (letter: string, before: boolean) => (on.includes(letter) || before) && !off.includes(letter);
  return {
    ignoreCase: set("i", flags.ignoreCase),
    multiline: set("m", flags.multiline),
    dotAll: set("s", flags.dotAll),
  };
}
