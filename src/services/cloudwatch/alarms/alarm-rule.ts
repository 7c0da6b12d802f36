import type { AlarmState } from "../../../control/alarm-states.ts";
import { TokenReader, type Grammar } from "../token-reader.ts";

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
const STATES: readonly AlarmState[] = ["ALARM", "OK", "INSUFFICIENT_DATA"];

type Kind = "sign" | "quoted" | "word";

/** A parenthesis, a quoted name, or a word; names without quotes have no spaces and no parentheses. */
const GRAMMAR: Grammar<Kind> = {
  pattern: /\s*(?:(?<sign>[()])|"(?<quoted>(?:[^"\\]|\\.)*)"|(?<word>[^\s()"]+))/y,
  meaning: ({ kind, text }) => (kind === "quoted" ? { kind, text: text.replaceAll(/\\(.)/g, "$1") } : undefined),
  syntaxError: (where) => new AlarmRuleError(`AlarmRule has a syntax error ${where}`),
  end: "at its end",
  tooDeep: () => new AlarmRuleError("AlarmRule is nested too deeply"),
};

/** @throws AlarmRuleError */
export function parseAlarmRule(text: string): AlarmRule {
  const reader = new TokenReader(text, GRAMMAR);
  const rule = readOr(reader);
  reader.end();
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

type Reader = TokenReader<Kind>;

function readOr(reader: Reader): AlarmRule {
  let left = readAnd(reader);
  while (takeWord(reader, "OR")) left = { kind: "or", left, right: readAnd(reader) };
  return left;
}

function readAnd(reader: Reader): AlarmRule {
  let left = readNot(reader);
  while (takeWord(reader, "AND")) left = { kind: "and", left, right: readNot(reader) };
  return left;
}

function readNot(reader: Reader): AlarmRule {
  return reader.nested(() => (takeWord(reader, "NOT") ? { kind: "not", of: readNot(reader) } : readPrimary(reader)));
}

function readPrimary(reader: Reader): AlarmRule {
  if (reader.take("sign", "(")) {
    const inner = readOr(reader);
    reader.need("sign", ")");
    return inner;
  }
  if (takeWord(reader, "TRUE")) return { kind: "constant", value: true };
  if (takeWord(reader, "FALSE")) return { kind: "constant", value: false };
  const state = STATES.find((name) => takeWord(reader, name));
  if (!state) throw reader.unexpected();
  reader.need("sign", "(");
  const alarm = reader.take("quoted") ?? reader.need("word");
  reader.need("sign", ")");
  return { kind: "state", state, alarm: alarm.text };
}

/** Words may be written in either case. */
function takeWord(reader: Reader, word: string): boolean {
  return reader.take("word", (text) => text.toUpperCase() === word) !== undefined;
}
