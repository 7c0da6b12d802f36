import { endOfFirstValue, GoSyntaxError } from "./go-syntax.ts";

/** The types that members of the agent's requests have, in the words of its errors. */
export type GoType = "string" | "uint16" | "uint64" | "int" | "[]string";

/** What a member of such a type comes out as. */
type Value<T extends GoType> = T extends "string" ? string : T extends "[]string" ? string[] : number;
export type Decoded<S extends Record<string, GoType>> = { [K in keyof S]?: Value<S[K]> };

const LARGEST = { uint16: 2 ** 16 - 1, uint64: Number.MAX_SAFE_INTEGER, int: Number.MAX_SAFE_INTEGER };

/** A body that is not what a request asks for, in the words of the agent's JSON library. */
export class DecodeError extends Error {}

/**
 * Reads a JSON object as the agent's library does: names in any case, unknown members and `null` left out, and nothing
 * that stands behind it.
 * @param name of the request's type, for errors
 * @throws DecodeError
 */
export function decodeRequest<S extends Record<string, GoType>>(body: Buffer, name: string, members: S): Decoded<S> {
  const text = body.toString().trim();
  if (!text) throw new DecodeError("required request body is missing");
  const value = parse(text);
  if (value === null) return {};
  if (typeof value !== "object" || Array.isArray(value))
    throw new DecodeError(`json: cannot unmarshal ${kindOf(value)} into Go value of type types.${name}`);
  const decoded: Record<string, unknown> = {};
  for (const [key, given] of Object.entries(value)) {
    const member = Object.keys(members).find((one) => one.toLowerCase() === key.toLowerCase());
    if (member === undefined || given === null) continue;
    decoded[member] = read(given, members[member]!, `${name}.${member}`);
  }
  return decoded as Decoded<S>;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text.slice(0, endOfFirstValue(text)));
  } catch (cause) {
    throw cause instanceof GoSyntaxError ? new DecodeError(cause.message) : cause;
  }
}

function read(value: unknown, type: GoType, field: string): unknown {
  if (type === "[]string") {
    if (!Array.isArray(value)) throw mismatch(value, type, field);
    return value.map((each) => (each === null ? "" : read(each, "string", field)));
  }
  if (type === "string") {
    if (typeof value !== "string") throw mismatch(value, type, field);
    return value;
  }
  if (typeof value !== "number") throw mismatch(value, type, field);
  const least = type === "int" ? -LARGEST.int : 0;
  if (!Number.isInteger(value) || value < least || value > LARGEST[type]) throw mismatch(value, type, field);
  return value;
}

function mismatch(value: unknown, type: GoType, field: string): DecodeError {
  const kind =
    typeof value === "number" && type !== "string" && type !== "[]string" ? `number ${value}` : kindOf(value);
  return new DecodeError(`json: cannot unmarshal ${kind} into Go struct field ${field} of type ${type}`);
}

function kindOf(value: unknown): string {
  if (Array.isArray(value)) return "array";
  return typeof value === "boolean" ? "bool" : typeof value;
}
