import { TokenReader, type Grammar } from "../token-reader.ts";
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

type Kind = "number" | "word" | "text" | "single" | "sign";

/** Other spellings. */
const WORDS: Readonly<Record<string, Operator>> = { AND: "&&", OR: "||" };

const GRAMMAR: Grammar<Kind> = {
  pattern:
    /\s*(?:(?<number>\d+\.?\d*(?:[eE][+-]?\d+)?|\.\d+)|(?<word>[A-Za-z_][A-Za-z0-9_]*)|"(?<text>[^"]*)"|'(?<single>[^']*)'|(?<sign>==|!=|<=|>=|&&|\|\||[-+*/^<>()[\],]))/y,
  meaning({ kind, text }) {
    if (kind === "single") return { kind: "text", text };
    return kind === "word" && Object.hasOwn(WORDS, text) ? { kind: "sign", text: WORDS[text]! } : undefined;
  },
  syntaxError: (where) => new MathError(`Syntax error ${where}`),
  end: "at the end of the expression",
  tooDeep: () => new MathError("The expression is nested too deeply"),
};

/**
 * Reads an expression, https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
 * @throws MathError for what is no expression
 */
export function parseExpression(text: string): Expression {
  const reader = new TokenReader(text, GRAMMAR);
  const expression = readBinary(reader, 0);
  reader.end();
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

type Reader = TokenReader<Kind>;

/** @param level of {@link LEVELS}; behind the last are operators before a value */
function readBinary(reader: Reader, level: number): Expression {
  const operators = LEVELS[level];
  if (!operators) return readUnary(reader);
  const next = () => operators.find((operator) => reader.take("sign", operator));
  let left = readBinary(reader, level + 1);
  for (let operator = next(); operator; operator = next())
    left = { kind: "binary", operator, left, right: readBinary(reader, level + 1) };
  return left;
}

function readUnary(reader: Reader): Expression {
  return reader.nested(() =>
    reader.take("sign", "-") ? { kind: "negative", of: readUnary(reader) } : readPower(reader),
  );
}

function readPower(reader: Reader): Expression {
  const base = readPrimary(reader);
  return reader.take("sign", "^") ? { kind: "binary", operator: "^", left: base, right: readUnary(reader) } : base;
}

function readPrimary(reader: Reader): Expression {
  const number = reader.take("number");
  if (number) return { kind: "number", number: Number(number.text) };
  const text = reader.take("text");
  if (text) return { kind: "text", text: text.text };
  const word = reader.take("word");
  if (word)
    return reader.take("sign", "(")
      ? { kind: "call", name: word.text, args: readItems(reader, ")") }
      : { kind: "id", id: word.text };
  if (reader.take("sign", "[")) return { kind: "list", items: readItems(reader, "]") };
  reader.need("sign", "(");
  const inner = readBinary(reader, 0);
  reader.need("sign", ")");
  return inner;
}

function readItems(reader: Reader, end: ")" | "]"): Expression[] {
  const items: Expression[] = [];
  if (reader.take("sign", end)) return items;
  do items.push(readBinary(reader, 0));
  while (reader.take("sign", ","));
  reader.need("sign", end);
  return items;
}
