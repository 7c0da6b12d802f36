import type { Member, Shape } from "../../../src/wire/shape.ts";
import type { Random } from "./random.ts";

/** A document as it is sent, which need not be one: keys may come twice, and numbers may be none. */
export type Tree =
  | string
  | number
  | boolean
  | null
  | { raw: string }
  | { list: readonly Tree[] }
  | { object: readonly (readonly [string, Tree])[] };

/** Keys that objects of JavaScript have of their own. */
const INHERITED = [
  "__proto__",
  "constructor",
  "prototype",
  "toString",
  "hasOwnProperty",
  "valueOf",
  "__defineGetter__",
];

const TEXTS = [
  "",
  " ",
  "a",
  "default",
  "0",
  "-1",
  "true",
  "null",
  "*",
  "arn:aws:ecs:us-east-1:000000000000:cluster/default",
  "arn:aws:iam::000000000000:role/x",
  "arn:aws:s3:::x/../y",
  "arn:::::",
  "vpc-0123456789abcdef0",
  "10.0.0.0/33",
  "::/0",
  "../../../etc/passwd",
  "%00%ff%zz",
  "a\0b",
  "\u{1F986}\u0301\u202E",
  "\uD800",
  "\uDC00\uD800",
  "\u{10FFFF}",
  "${aws:username}",
  "<a>&b;]]>",
  '"\\\r\n\t',
  "2026-01-01T00:00:00Z",
  "{",
  '{"Statement":[]}',
  ...INHERITED,
  "x".repeat(300),
  "y".repeat(5000),
];

const NUMBERS = [
  "0",
  "-0",
  "-1",
  "1",
  "0.5",
  "255",
  "65536",
  "2147483648",
  "9007199254740993",
  "1e308",
  "-1e400",
  "1e-400",
];
const NO_NUMBERS = ["NaN", "Infinity", "-Infinity", "0x10", "01", "1e", "+1", "--1", "1_000"];

/** Makes inputs that are almost what an operation takes. */
export class Trees {
  private readonly random: Random;

  constructor(random: Random) {
    this.random = random;
  }

  /** An input of a shape, or of any other. */
  input(shape: Shape): Tree {
    return this.random.chance(0.03) ? this.junk(3) : this.value(shape, 5);
  }

  text(): string {
    return this.random.of(TEXTS);
  }

  key(): string {
    return this.random.chance(0.5) ? this.random.of(INHERITED) : this.text();
  }

  private member({ shape }: Member, depth: number): Tree {
    return this.random.chance(0.15) ? this.junk(2) : this.value(shape, depth);
  }

  private value(shape: Shape, depth: number): Tree {
    const { random } = this;
    switch (shape.kind) {
      case "structure": {
        const wanted = shape.members.filter(({ required }) => random.chance(depth ? (required ? 0.8 : 0.25) : 0));
        const object = wanted.map((member) => [member.name, this.member(member, depth - 1)] as const);
        if (random.chance(0.1)) object.push([this.key(), this.junk(2)]);
        if (random.chance(0.05) && object.length) object.push([object[0]![0], this.junk(1)]);
        return { object };
      }
      case "list":
        return { list: Array.from({ length: this.count() }, () => this.member(shape.item, depth - 1)) };
      case "map":
        return {
          object: Array.from({ length: this.count() }, () => [this.key(), this.member(shape.value, depth - 1)]),
        };
      case "boolean":
        return random.chance(0.5);
      case "number":
      case "bigInteger":
      case "bigDecimal":
        return { raw: random.of(random.chance(0.05) ? NO_NUMBERS : NUMBERS) };
      case "timestamp":
        return random.chance(0.5) ? { raw: random.of(NUMBERS) } : this.text();
      case "unit":
        return { object: [] };
      default:
        return this.text();
    }
  }

  /** Anything. */
  private junk(depth: number): Tree {
    const { random } = this;
    switch (random.below(depth > 0 ? 7 : 5)) {
      case 0:
        return null;
      case 1:
        return random.chance(0.5);
      case 2:
        return { raw: random.of(NUMBERS) };
      case 3:
      case 4:
        return this.text();
      case 5:
        return { list: Array.from({ length: random.below(4) }, () => this.junk(depth - 1)) };
      default:
        return { object: Array.from({ length: random.below(4) }, () => [this.key(), this.junk(depth - 1)]) };
    }
  }

  private count(): number {
    return this.random.chance(0.02) ? 300 : this.random.below(4);
  }
}
