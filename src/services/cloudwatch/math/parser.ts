import { MathError } from "./value.ts";

/** An expression of metric math, as a tree. */
export type Expression =
  | { kind: "number"; number: number }
  | { kind: "text"; text: string }
  | { kind: "id"; id: string }
  | { kind: "list"; items: Expression[] }
  | { kind: "call"; name: string; args: Expression[] }
  | { kind: "negative"; of: Expression }
  | { kind: "binary"; operator: Operator; left: Expression; right: Expression };

export type Operator = "+" | "-" | "*" | "/" | "^" | "==" | "!=" | "<=" | ">=" | "<" | ">" | "&&" | "||";

/** From what binds least. */
const LEVELS: readonly (readonly Operator[])[] = [
  ["||"],
  ["&&"],
  ["==", "!=", "<=", ">=", "<", ">"],
  ["+", "-"],
  ["*", "/"],
];

/** Other spellings. */
const WORDS: Readonly<Record<string, Operator>> = { AND: "&&", OR: "||" };

const TOKEN =
  /\s*(?:(\d+\.?\d*(?:[eE][+-]?\d+)?|\.\d+)|([A-Za-z_][A-Za-z0-9_]*)|"([^"]*)"|'([^']*)'|(==|!=|<=|>=|&&|\|\||[-+*/^<>()[\],]))/y;
/** Of an expression of 2,048 characters; the stack is not endless. */
const MOST_NESTED = 200;

interface Token {
  kind: "number" | "word" | "text" | "sign";
  text: string;
}

/**
 * Reads an expression, https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
 * @throws MathError for what is no expression
 */
export function parseExpression(text: string): Expression {
  const parser = new Parser(tokensOf(text));
  const expression = parser.binary(0);
  parser.end();
  return expression;
}

/** The ids that an expression names. */
export function idsIn(expression: Expression): string[] {
  switch (expression.kind) {
    case "id":
      return [expression.id];
    case "list":
      return expression.items.flatMap(idsIn);
    case "call":
      return expression.args.flatMap(idsIn);
    case "negative":
      return idsIn(expression.of);
    case "binary":
      return [...idsIn(expression.left), ...idsIn(expression.right)];
    default:
      return [];
  }
}

function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  const trimmed = text.trimEnd();
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < trimmed.length) {
    const at = TOKEN.lastIndex;
    const match = TOKEN.exec(trimmed);
    if (!match) throw new MathError(`Syntax error at position ${at + 1}`);
    const [, number, word, double, single, sign] = match;
    if (number !== undefined) tokens.push({ kind: "number", text: number });
    else if (word !== undefined && Object.hasOwn(WORDS, word)) tokens.push({ kind: "sign", text: WORDS[word]! });
    else if (word !== undefined) tokens.push({ kind: "word", text: word });
    else if (sign !== undefined) tokens.push({ kind: "sign", text: sign });
    else tokens.push({ kind: "text", text: double ?? single ?? "" });
  }
  return tokens;
}

class Parser {
  private readonly tokens: readonly Token[];
  private place = 0;
  private depth = 0;

  constructor(tokens: readonly Token[]) {
    this.tokens = tokens;
  }

  end(): void {
    if (this.place < this.tokens.length) throw this.unexpected();
  }

  binary(level: number): Expression {
    const operators = LEVELS[level];
    if (!operators) return this.unary();
    let left = this.binary(level + 1);
    for (let operator = this.operator(operators); operator; operator = this.operator(operators))
      left = { kind: "binary", operator, left, right: this.binary(level + 1) };
    return left;
  }

  private unary(): Expression {
    if (++this.depth > MOST_NESTED) throw new MathError("The expression is nested too deeply");
    const result: Expression = this.take("-") ? { kind: "negative", of: this.unary() } : this.power();
    this.depth--;
    return result;
  }

  private power(): Expression {
    const base = this.primary();
    return this.take("^") ? { kind: "binary", operator: "^", left: base, right: this.unary() } : base;
  }

  private primary(): Expression {
    const token = this.tokens[this.place];
    if (token?.kind === "number") return this.next({ kind: "number", number: Number(token.text) });
    if (token?.kind === "text") return this.next({ kind: "text", text: token.text });
    if (token?.kind === "word") {
      this.place++;
      return this.take("(")
        ? { kind: "call", name: token.text, args: this.items(")") }
        : { kind: "id", id: token.text };
    }
    if (this.take("[")) return { kind: "list", items: this.items("]") };
    if (!this.take("(")) throw this.unexpected();
    const inner = this.binary(0);
    if (!this.take(")")) throw this.unexpected();
    return inner;
  }

  private items(end: ")" | "]"): Expression[] {
    const items: Expression[] = [];
    if (this.take(end)) return items;
    do items.push(this.binary(0));
    while (this.take(","));
    if (!this.take(end)) throw this.unexpected();
    return items;
  }

  private operator(operators: readonly Operator[]): Operator | undefined {
    return operators.find((operator) => this.take(operator));
  }

  private take(sign: string): boolean {
    const token = this.tokens[this.place];
    if (token?.kind !== "sign" || token.text !== sign) return false;
    this.place++;
    return true;
  }

  private next(expression: Expression): Expression {
    this.place++;
    return expression;
  }

  private unexpected(): MathError {
    const token = this.tokens[this.place];
    return new MathError(token ? `Syntax error at '${token.text}'` : "Syntax error at the end of the expression");
  }
}
