import { invalidFilterPattern } from "../errors.ts";

/** Whether a text contains what is looked for. */
export type Matcher = (text: string) => boolean;

/**
 * One step of an alternative: a set of characters, by code, that may be left out or repeated. Codes from 256 on share
 * the last place.
 */
interface Step {
  accepts: Uint8Array;
  optional: boolean;
  repeated: boolean;
}

interface Alternative {
  steps: Step[];
  fromStart: boolean;
  toEnd: boolean;
}

const OTHER = 256;
const MAX_STEPS = 2000;
const LITERAL = /[A-Za-z0-9:_#=@/;,-]/;
const ESCAPABLE = /[[\]^$?{}|\\*+./-]/;

/**
 * Compiles the regular expressions of filter patterns: no groups, no look-around, no back references. Matching takes time
 * in proportion to the text, whatever the expression, which JavaScript's own engine does not promise.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/regex-expressions.html
 */
export function compileRegex(source: string): Matcher {
  const alternatives = new RegexParser(source).parse();
  return (text) => alternatives.some((alternative) => matchesAnywhere(alternative, text));
}

/** Walks all places of the expression at once: `now` holds those that the text read so far can have reached. */
function matchesAnywhere({ steps, fromStart, toEnd }: Alternative, text: string): boolean {
  const end = steps.length;
  let now = new Uint8Array(end + 1);
  let next = new Uint8Array(end + 1);
  const reach = (places: Uint8Array, place: number) => {
    places[place] = 1;
    while (place < end && steps[place]!.optional) places[++place] = 1;
  };
  for (let at = 0; ; at++) {
    if (at === 0 || !fromStart) reach(now, 0);
    if (now[end] && (!toEnd || at === text.length)) return true;
    if (at === text.length) return false;
    const code = Math.min(text.charCodeAt(at), OTHER);
    next.fill(0);
    for (let place = 0; place < end; place++) {
      if (!now[place] || !steps[place]!.accepts[code]) continue;
      if (steps[place]!.repeated) reach(next, place);
      reach(next, place + 1);
    }
    [now, next] = [next, now];
  }
}

class RegexParser {
  private readonly source: string;
  private at = 0;
  private total = 0;

  constructor(source: string) {
    this.source = source;
    if (source === "") throw invalidFilterPattern("a regular expression is empty");
  }

  parse(): Alternative[] {
    const alternatives = [this.alternative()];
    while (this.source[this.at] === "|") {
      this.at++;
      alternatives.push(this.alternative());
    }
    if (this.at < this.source.length) throw this.refused(this.source[this.at]!);
    return alternatives;
  }

  private alternative(): Alternative {
    const fromStart = this.take("^");
    const steps: Step[] = [];
    while (this.at < this.source.length && !"|$".includes(this.source[this.at]!)) {
      const accepts = this.characters();
      for (const step of this.quantified(accepts)) steps.push(step);
    }
    this.total += steps.length;
    if (this.total > MAX_STEPS) throw invalidFilterPattern("a regular expression is too large");
    return { steps, fromStart, toEnd: this.take("$") };
  }

  private quantified(accepts: Uint8Array): Step[] {
    const once = { accepts, optional: false, repeated: false };
    const maybe = { accepts, optional: true, repeated: false };
    const any = { accepts, optional: true, repeated: true };
    if (this.take("?")) return [maybe];
    if (this.take("*")) return [any];
    if (this.take("+")) return [once, any];
    if (this.source[this.at] !== "{") return [once];
    const [whole, min, comma, max] = /^\{(\d{1,4})(,?)(\d{0,4})\}/.exec(this.source.slice(this.at)) ?? [];
    if (whole === undefined || (!comma && max)) throw this.refused("{");
    this.at += whole.length;
    const required = Array.from({ length: Number(min) }, () => once);
    if (!comma) return required;
    if (!max) return [...required, any];
    if (Number(max) < Number(min)) throw this.refused(whole);
    return [...required, ...Array.from({ length: Number(max) - Number(min) }, () => maybe)];
  }

  private characters(): Uint8Array {
    const character = this.source[this.at++]!;
    if (character === ".") return setOf(() => true);
    if (character === "[") return this.characterClass();
    if (character === "\\") return this.escape();
    if (!LITERAL.test(character)) throw this.refused(character);
    return setOf((code) => code === character.charCodeAt(0));
  }

  private characterClass(): Uint8Array {
    const negated = this.take("^");
    const union = setOf(() => false);
    while (!this.take("]")) {
      if (this.at >= this.source.length) throw invalidFilterPattern("a character class is not closed");
      const low = this.classMember();
      const isRange = this.source[this.at] === "-" && this.source[this.at + 1] !== "]" && typeof low === "number";
      if (isRange) {
        this.at++;
        const high = this.classMember();
        if (typeof high !== "number" || high < low) throw this.refused("-");
        for (let code = low; code <= high; code++) union[code] = 1;
      } else if (typeof low === "number") union[low] = 1;
      else for (let code = 0; code <= OTHER; code++) union[code]! |= low[code]!;
    }
    return negated ? setOf((code) => !union[code]) : union;
  }

  /** One character's code, or the set that an escape such as `\d` stands for. */
  private classMember(): number | Uint8Array {
    const character = this.source[this.at++];
    if (character === undefined) throw invalidFilterPattern("a character class is not closed");
    if (character !== "\\") return this.singleByte(character);
    const set = this.escape();
    const codes = [...set.keys()].filter((code) => set[code]);
    return codes.length === 1 ? codes[0]! : set;
  }

  private escape(): Uint8Array {
    const character = this.source[this.at++] ?? "";
    if (character === "d") return setOf(isDigit);
    if (character === "D") return setOf((code) => !isDigit(code));
    if (character === "s") return setOf(isSpace);
    if (character === "S") return setOf((code) => !isSpace(code));
    if (character === "w") return setOf(isWord);
    if (character === "W") return setOf((code) => !isWord(code));
    if (character === "x") {
      const digits = /^[0-9A-Fa-f]{2}/.exec(this.source.slice(this.at))?.[0];
      if (!digits) throw this.refused("\\x");
      this.at += 2;
      return setOf((code) => code === Number.parseInt(digits, 16));
    }
    if (!ESCAPABLE.test(character)) throw this.refused(`\\${character}`);
    return setOf((code) => code === character.charCodeAt(0));
  }

  private singleByte(character: string): number {
    if (character.charCodeAt(0) >= OTHER) throw this.refused(character);
    return character.charCodeAt(0);
  }

  private take(character: string): boolean {
    if (this.source[this.at] !== character) return false;
    this.at++;
    return true;
  }

  private refused(what: string): Error {
    return invalidFilterPattern(`Invalid character(s) in regular expression: '${what}' in '${this.source}'`);
  }
}

function setOf(accepts: (code: number) => boolean): Uint8Array {
  return Uint8Array.from({ length: OTHER + 1 }, (_, code) => (accepts(code) ? 1 : 0));
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

function isSpace(code: number): boolean {
  return code === 32 || (code >= 9 && code <= 13);
}

function isWord(code: number): boolean {
  return code < 128 && /\w/.test(String.fromCharCode(code));
}
