/** A JSON value with its place in the text: the offset of its first character, and that behind its last. */
export type JsonNode = JsonObject | JsonArray | JsonScalar;

interface Span {
  start: number;
  end: number;
}

export interface JsonObject extends Span {
  kind: "object";
  members: ReadonlyMap<string, JsonNode>;
  /** Whether a name stands in it twice. */
  repeats: boolean;
}

export interface JsonArray extends Span {
  kind: "array";
  items: readonly JsonNode[];
}

export interface JsonScalar extends Span {
  kind: "scalar";
  value: string | number | boolean | null;
}

/** Policies are four levels deep at most; whatever nests deeper is none, and need not be followed. */
const MAX_DEPTH = 32;

const STRING = /"[^"\\]*(?:\\.[^"\\]*)*"/y;

/**
 * Parses JSON and remembers where everything stands, and which names stand twice: `JSON.parse` tells neither.
 * @throws SyntaxError also for what is nested too deeply
 */
export function parseJsonTree(text: string): JsonNode {
  JSON.parse(text);
  return new TreeReader(text).value(0);
}

/** Reads text that is known to be JSON. */
class TreeReader {
  private readonly text: string;
  private at = 0;

  constructor(text: string) {
    this.text = text;
  }

  value(depth: number): JsonNode {
    if (depth > MAX_DEPTH) throw new SyntaxError("nested too deeply");
    this.skip(/[ \t\r\n]*/y);
    const start = this.at;
    const first = this.text[start];
    if (first === "{") return this.object(start, depth);
    if (first === "[") return this.array(start, depth);
    const token = this.skip(first === '"' ? STRING : /[-+.\w]+/y);
    return { kind: "scalar", value: JSON.parse(token) as JsonScalar["value"], start, end: this.at };
  }

  private object(start: number, depth: number): JsonObject {
    const members = new Map<string, JsonNode>();
    let repeats = false;
    this.at += 1;
    while (!this.skip(/[ \t\r\n,]*(?:\}|(?="))/y).endsWith("}")) {
      const name = JSON.parse(this.skip(STRING)) as string;
      this.skip(/[ \t\r\n]*:/y);
      repeats ||= members.has(name);
      members.set(name, this.value(depth + 1));
    }
    return { kind: "object", members, repeats, start, end: this.at };
  }

  private array(start: number, depth: number): JsonArray {
    const items: JsonNode[] = [];
    this.at += 1;
    while (!this.skip(/[ \t\r\n,]*\]?/y).endsWith("]")) items.push(this.value(depth + 1));
    return { kind: "array", items, start, end: this.at };
  }

  private skip(pattern: RegExp): string {
    pattern.lastIndex = this.at;
    const token = pattern.exec(this.text)?.[0] ?? "";
    this.at += token.length;
    return token;
  }
}
