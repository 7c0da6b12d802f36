import { combine } from "./arithmetic.ts";
import { FUNCTIONS, KEYWORDS, type MathContext } from "./functions.ts";
import { PointBudget } from "./budget.ts";
import { parseExpression, type Expression } from "./parser.ts";
import { MathError, numberValue, type Series, type Value } from "./value.ts";

/** A query whose expression is read. */
export interface MathQuery {
  id: string;
  expression: Expression;
  label: string | undefined;
}

/**
 * Reads an expression and checks what needs no data: its syntax, its functions and the ids that it names.
 * @throws MathError
 */
export function checkedExpression(text: string, ids: ReadonlySet<string>): Expression {
  if (/^\s*SELECT\s/i.test(text)) throw new MathError("Metrics Insights queries are not supported by Neargate yet");
  const expression = parseExpression(text);
  check(expression, ids);
  return expression;
}

function check(expression: Expression, ids: ReadonlySet<string>): void {
  switch (expression.kind) {
    case "id":
      if (!ids.has(expression.id) && !KEYWORDS.has(expression.id))
        throw new MathError(`Id '${expression.id}' does not exist`);
      return;
    case "call": {
      const [least, most] = (Object.hasOwn(FUNCTIONS, expression.name) && FUNCTIONS[expression.name]) || [];
      if (least === undefined || most === undefined)
        throw new MathError(`The function ${expression.name} is not supported by Neargate yet`);
      if (expression.args.length < least || expression.args.length > most)
        throw new MathError(`Wrong number of arguments for the function ${expression.name}`);
      for (const arg of expression.args) check(arg, ids);
      return;
    }
    case "list":
      for (const item of expression.items) check(item, ids);
      return;
    case "negative":
      return check(expression.of, ids);
    case "binary":
      check(expression.left, ids);
      check(expression.right, ids);
  }
}

/** Expressions within one another, over all queries; the stack is not endless. */
const MOST_DEEP = 1500;

/** Computes the queries of a request, each at most once. */
export class Evaluator {
  private readonly context: MathContext;
  private readonly queries: ReadonlyMap<string, MathQuery>;
  private readonly values = new Map<string, Value>();
  private readonly under = new Set<string>();
  private depth = 0;

  constructor(context: Omit<MathContext, "budget">, queries: ReadonlyMap<string, MathQuery>) {
    this.context = { ...context, budget: new PointBudget() };
    this.queries = queries;
  }

  /**
   * The value of a query.
   * @throws MathError, also for queries that need each other
   */
  valueOf(id: string): Value {
    const metric = this.context.metrics.get(id);
    if (metric) return { kind: "series", series: metric };
    const known = this.values.get(id);
    if (known) return known;
    const query = this.queries.get(id);
    if (!query || this.under.has(id)) throw new MathError(`Circular reference to '${id}'`);
    this.under.add(id);
    const value = labelled(this.evaluate(query.expression), query);
    this.under.delete(id);
    this.values.set(id, value);
    return value;
  }

  /**
   * The series of a query: what a request can be answered with.
   * @throws MathError when it has another value
   */
  seriesOf(id: string): readonly Series[] {
    const value = this.valueOf(id);
    if (value.kind === "series") return [value.series];
    if (value.kind === "list") return value.list;
    throw new MathError("The final result of an expression must be a time series or an array of time series");
  }

  private evaluate(expression: Expression): Value {
    if (++this.depth > MOST_DEEP) throw new MathError("The expressions of the request are nested too deeply");
    const value = this.compute(expression);
    this.depth--;
    // What has a name was counted when it was computed.
    if (expression.kind === "id") return value;
    if (value.kind === "series") this.context.budget.takeSeries([value.series]);
    if (value.kind === "list") this.context.budget.takeSeries(value.list);
    return value;
  }

  private compute(expression: Expression): Value {
    switch (expression.kind) {
      case "number":
        return numberValue(expression.number);
      case "text":
        return expression;
      case "id":
        if (this.context.metrics.has(expression.id) || this.queries.has(expression.id))
          return this.valueOf(expression.id);
        return { kind: "text", text: expression.id };
      case "list":
        return { kind: "list", list: expression.items.flatMap((item) => this.series(item)) };
      case "negative":
        return combine("*", numberValue(-1), this.evaluate(expression.of));
      case "binary":
        return combine(expression.operator, this.evaluate(expression.left), this.evaluate(expression.right));
      case "call": {
        const [, , run] = FUNCTIONS[expression.name]!;
        return run(
          expression.args.map((arg) => this.evaluate(arg)),
          this.context,
        );
      }
    }
  }

  private series(expression: Expression): readonly Series[] {
    const value = this.evaluate(expression);
    if (value.kind === "series") return [value.series];
    if (value.kind === "list") return value.list;
    throw new MathError("An array must have time series");
  }
}

/** A series is called as its expression; those of a list by both names. */
function labelled(value: Value, { id, label = id }: MathQuery): Value {
  if (value.kind === "series") return { kind: "series", series: { ...value.series, label } };
  if (value.kind !== "list") return value;
  return { kind: "list", list: value.list.map((series) => ({ ...series, label: `${label} ${series.label}` })) };
}
