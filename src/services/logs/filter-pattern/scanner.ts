import { invalidFilterPattern } from "../errors.ts";
import { compileRegex, type Matcher } from "./regex.ts";

const MAX_REGEXES = 2;

/** Reads a filter pattern from left to right. */
export class Scanner {
  private readonly text: string;
  private at = 0;
  private regexes = 0;

  constructor(text: string) {
    this.text = text;
  }

  get rest(): string {
    return this.text.slice(this.at);
  }

  get done(): boolean {
    return this.at >= this.text.length;
  }

  peek(): string {
    return this.text[this.at] ?? "";
  }

  skipSpaces(): this {
    while (/\s/.test(this.peek())) this.at++;
    return this;
  }

  /** Steps over `token` when it stands here. */
  take(token: string): boolean {
    if (!this.text.startsWith(token, this.at)) return false;
    this.at += token.length;
    return true;
  }

  /** @throws AwsError `InvalidParameterException` unless `token` stands here */
  expect(token: string): void {
    if (!this.take(token)) throw this.unexpected(token);
  }

  /** Steps over what `pattern`, which must be sticky, matches here. */
  match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text)?.[0];
    if (found !== undefined) this.at += found.length;
    return found;
  }

  /** A text in double quotes, in which a backslash stands before a quote or backslash that is meant as such. */
  quoted(): string {
    this.expect('"');
    let text = "";
    while (!this.take('"')) {
      if (this.done) throw invalidFilterPattern("a double quote is not closed");
      if (this.peek() === "\\" && /["\\]/.test(this.text[this.at + 1] ?? "")) this.at++;
      text += this.text[this.at++];
    }
    return text;
  }

  /** A regular expression between percent signs. */
  regex(): Matcher {
    this.expect("%");
    const end = this.text.indexOf("%", this.at);
    if (end === -1) throw invalidFilterPattern("a regular expression must end with %");
    if (++this.regexes > MAX_REGEXES)
      throw invalidFilterPattern(`a pattern can have no more than ${MAX_REGEXES} regular expressions`);
    const source = this.text.slice(this.at, end);
    this.at = end + 1;
    return compileRegex(source);
  }

  unexpected(wanted: string): Error {
    const found = this.done ? "the end" : `'${this.rest.slice(0, 20)}'`;
    return invalidFilterPattern(`expected ${wanted}, found ${found}`);
  }
}
