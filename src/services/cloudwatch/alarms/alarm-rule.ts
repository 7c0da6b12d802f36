import type { AlarmState } from "../../../control/alarm-states.ts";

/** The rule of a composite alarm, as a tree. */
export type AlarmRule =
  | { kind: "constant"; value: boolean }
  /** The alarm by its name or ARN. */
  | { kind: "state"; state: AlarmState; alarm: string }
  | { kind: "not"; of: AlarmRule }
  | { kind: "and" | "or"; left: AlarmRule; right: AlarmRule };

/** A text that is no rule; the message says why. */
export class AlarmRuleError extends Error {
  override name = "AlarmRuleError";
}

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutCompositeAlarm.html */
const MOST_ALARMS = 100;
const MOST_NESTED = 200;
const STATES: ReadonlySet<string> = new Set(["ALARM", "OK", "INSUFFICIENT_DATA"]);

/** A parenthesis, a quoted name, or a word; names without quotes have no spaces and no parentheses. */
const TOKEN = /\s*(?:([()])|"((?:[^"\\]|\\.)*)"|([^\s()"]+))/y;

interface Token {
  kind: "sign" | "quoted" | "word";
  text: string;
}

/** @throws AlarmRuleError */
export function parseAlarmRule(text: string): AlarmRule {
  const parser = new RuleParser(tokensOf(text));
  const rule = parser.or();
  parser.end();
  if (alarmsIn(rule).length > MOST_ALARMS)
    throw new AlarmRuleError(`AlarmRule must not have more than ${MOST_ALARMS} alarms`);
  return rule;
}

/** The names or ARNs of the alarms of a rule, each once. */
export function alarmsIn(rule: AlarmRule): string[] {
  switch (rule.kind) {
    case "constant":
      return [];
    case "state":
      return [rule.alarm];
    case "not":
      return alarmsIn(rule.of);
    default:
      return [...new Set([...alarmsIn(rule.left), ...alarmsIn(rule.right)])];
  }
}

/** Whether a rule holds. An alarm that is not there is in no state. */
export function holds(rule: AlarmRule, stateOf: (alarm: string) => AlarmState | undefined): boolean {
  switch (rule.kind) {
    case "constant":
      return rule.value;
    case "state":
      return stateOf(rule.alarm) === rule.state;
    case "not":
      return !holds(rule.of, stateOf);
    case "and":
      return holds(rule.left, stateOf) && holds(rule.right, stateOf);
    case "or":
      return holds(rule.left, stateOf) || holds(rule.right, stateOf);
  }
}

function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  const trimmed = text.trimEnd();
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < trimmed.length) {
    const at = TOKEN.lastIndex;
    const [, sign, quoted, word] = TOKEN.exec(trimmed) ?? [];
    if (sign !== undefined) tokens.push({ kind: "sign", text: sign });
    else if (quoted !== undefined) tokens.push({ kind: "quoted", text: quoted.replaceAll(/\\(.)/g, "$1") });
    else if (word !== undefined) tokens.push({ kind: "word", text: word });
    else throw new AlarmRuleError(`AlarmRule has a syntax error at position ${at + 1}`);
  }
  return tokens;
}

class RuleParser {
  private readonly tokens: readonly Token[];
  private place = 0;
  private depth = 0;

  constructor(tokens: readonly Token[]) {
    this.tokens = tokens;
  }

  end(): void {
    if (this.place < this.tokens.length) throw this.unexpected();
  }

  or(): AlarmRule {
    let left = this.and();
    while (this.takeWord("OR")) left = { kind: "or", left, right: this.and() };
    return left;
  }

  private and(): AlarmRule {
    let left = this.not();
    while (this.takeWord("AND")) left = { kind: "and", left, right: this.not() };
    return left;
  }

  private not(): AlarmRule {
    if (++this.depth > MOST_NESTED) throw new AlarmRuleError("AlarmRule is nested too deeply");
    const rule: AlarmRule = this.takeWord("NOT") ? { kind: "not", of: this.not() } : this.primary();
    this.depth--;
    return rule;
  }

  private primary(): AlarmRule {
    if (this.takeSign("(")) {
      const inner = this.or();
      if (!this.takeSign(")")) throw this.unexpected();
      return inner;
    }
    if (this.takeWord("TRUE")) return { kind: "constant", value: true };
    if (this.takeWord("FALSE")) return { kind: "constant", value: false };
    const state = this.tokens[this.place];
    if (state?.kind !== "word" || !STATES.has(state.text.toUpperCase())) throw this.unexpected();
    this.place++;
    if (!this.takeSign("(")) throw this.unexpected();
    const alarm = this.tokens[this.place];
    if (!alarm || alarm.kind === "sign") throw this.unexpected();
    this.place++;
    if (!this.takeSign(")")) throw this.unexpected();
    return { kind: "state", state: state.text.toUpperCase() as AlarmState, alarm: alarm.text };
  }

  private takeWord(word: string): boolean {
    const token = this.tokens[this.place];
    return this.take(token?.kind === "word" && token.text.toUpperCase() === word);
  }

  private takeSign(sign: string): boolean {
    const token = this.tokens[this.place];
    return this.take(token?.kind === "sign" && token.text === sign);
  }

  private take(matches: boolean): boolean {
    if (matches) this.place++;
    return matches;
  }

  private unexpected(): AlarmRuleError {
    const token = this.tokens[this.place];
    return new AlarmRuleError(`AlarmRule has a syntax error ${token ? `at '${token.text}'` : "at its end"}`);
  }
}
