/** A piece of a text: which of the pattern's named groups it is, and what stands there. */
export interface Token<Kind extends string> {
  kind: Kind;
  text: string;
}

/** What reads one text. */
export interface Grammar<Kind extends string> {
  /** Sticky; one of its named groups, which are the kinds of tokens, takes part in each match. */
  pattern: RegExp;
  /** A token as it is written to what it means; `undefined` leaves it. */
  meaning?(token: Token<Kind>): Token<Kind> | undefined;
  /** What says that the text is none of the language. @param where such as `at 'x'` */
  syntaxError(where: string): Error;
  /** Where a text ends, for {@link syntaxError}: `at its end`. */
  end: string;
  tooDeep(): Error;
}

/** Deeper nesting is refused: the stack is not endless. */
const MOST_NESTED = 200;

/** Goes through the tokens of a text, for a parser that descends. */
export class TokenReader<Kind extends string> {
  private readonly grammar: Grammar<Kind>;
  private readonly tokens: readonly Token<Kind>[];
  private place = 0;
  private depth = 0;

  /** @throws the error of the grammar where no token stands */
  constructor(text: string, grammar: Grammar<Kind>) {
    this.grammar = grammar;
    this.tokens = tokensOf(text.trimEnd(), grammar);
  }

  /**
   * Consumes the next token if it is of the given kind; otherwise nothing is consumed.
   * @param fits the text that the token must have, or a test that its text must pass; any text will do without it
   * @returns the consumed token, or `undefined` if the next token does not match or the text has ended
   */
  take(kind: Kind, fits: string | ((text: string) => boolean) = () => true): Token<Kind> | undefined {
    const token = this.tokens[this.place];
    if (token?.kind !== kind) return undefined;
    if (typeof fits === "string" ? token.text !== fits : !fits(token.text)) return undefined;
    this.place++;
    return token;
  }

  /** As {@link take}. @throws the error of the grammar when there is another token, or none */
  need(kind: Kind, fits?: string): Token<Kind> {
    const token = this.take(kind, fits);
    if (!token) throw this.unexpected();
    return token;
  }

  /** Reads what may have its like inside. */
  nested<T>(read: () => T): T {
    if (++this.depth > MOST_NESTED) throw this.grammar.tooDeep();
    const result = read();
    this.depth--;
    return result;
  }

  /** @throws the error of the grammar unless all is read */
  end(): void {
    if (this.place < this.tokens.length) throw this.unexpected();
  }

  /** That the next token, or that there is none, does not fit. */
  unexpected(): Error {
    const token = this.tokens[this.place];
    return this.grammar.syntaxError(token ? `at '${token.text}'` : this.grammar.end);
  }
}

function tokensOf<Kind extends string>(text: string, { pattern, meaning, syntaxError }: Grammar<Kind>): Token<Kind>[] {
  const tokens: Token<Kind>[] = [];
  pattern.lastIndex = 0;
  while (pattern.lastIndex < text.length) {
    const at = pattern.lastIndex;
    const groups = Object.entries(pattern.exec(text)?.groups ?? {});
    const [kind, written] = groups.find(([, found]) => found !== undefined) ?? [];
    if (kind === undefined || written === undefined) throw syntaxError(`at position ${at + 1}`);
    const token = { kind: kind as Kind, text: written };
    tokens.push(meaning?.(token) ?? token);
  }
  return tokens;
}
