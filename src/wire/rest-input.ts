import { setKey } from "./records.ts";
import { scalarFromText } from "./scalar-text.ts";
import type { Member, Shape, StructureShape } from "./shape.ts";
import type { RoutedRequest } from "./wire.ts";
import { serializationFailure } from "./wire-failure.ts";

/** Reads the document of a REST body. */
export interface BodyReader {
  /** The members that no binding puts elsewhere. */
  readDocument(shape: StructureShape, body: Buffer): Record<string, unknown>;
  /** The one member that is the whole body. */
  readPayload(member: Member, body: Buffer): unknown;
}

/** Where HTTP bindings put a member that is not in the document. */
export function isBound({ traits }: Member): boolean {
  return Boolean(
    traits.httpLabel ||
    traits.httpQuery !== undefined ||
    traits.httpQueryParams ||
    traits.httpHeader !== undefined ||
    traits.httpPrefixHeaders !== undefined ||
    traits.httpPayload ||
    traits.httpResponseCode,
  );
}

/**
 * Gathers a REST input from path, query, headers and body, https://smithy.io/2.0/spec/http-bindings.html
 * @throws AwsError `SerializationException`
 */
export function readRestInput(reader: BodyReader, shape: Shape, request: RoutedRequest): unknown {
  if (shape.kind !== "structure") return {};
  const unbound = shape.members.some((member) => !isBound(member));
  const input = unbound && request.body.byteLength ? reader.readDocument(shape, request.body) : {};
  for (const member of shape.members) {
    const value = isBound(member) ? readBound(reader, shape, member, request) : undefined;
    if (value !== undefined) input[member.name] = value;
  }
  return input;
}

function readBound(reader: BodyReader, shape: StructureShape, member: Member, request: RoutedRequest): unknown {
  const { traits } = member;
  if (traits.httpLabel) {
    const label = request.labels?.[member.name];
    return label === undefined ? undefined : readText(member, decodeLabel(label), "date-time");
  }
  if (traits.httpQuery !== undefined) return readQuery(member, request.query.getAll(traits.httpQuery));
  if (traits.httpQueryParams) return readQueryParams(shape, member, request.query);
  if (traits.httpHeader !== undefined) return readHeader(member, request.headers[traits.httpHeader.toLowerCase()]);
  if (traits.httpPrefixHeaders !== undefined) return readPrefixHeaders(traits.httpPrefixHeaders, request.headers);
  if (traits.httpPayload) return request.payload ?? readPayload(reader, member, request.body);
  return undefined;
}

function decodeLabel(label: string): string {
  try {
    return decodeURIComponent(label);
  } catch {
    throw serializationFailure("The request's path is not correctly percent-encoded");
  }
}

function readText(member: Member, text: string, format: "date-time" | "http-date"): unknown {
  const value = scalarFromText(member, text, format);
  if (value === undefined) throw serializationFailure(`The value '${text}' of ${member.name} is not of its type`);
  return value;
}

function readQuery(member: Member, values: readonly string[]): unknown {
  if (!values.length) return undefined;
  const { shape } = member;
  if (shape.kind === "list") return values.map((value) => readText(shape.item, value, "date-time"));
  return readText(member, values[0]!, "date-time");
}

/** Every query parameter that has no member of its own. */
function readQueryParams(shape: StructureShape, member: Member, query: URLSearchParams): unknown {
  const bound = new Set(shape.members.map(({ traits }) => traits.httpQuery));
  const lists = member.shape.kind === "map" && member.shape.value.shape.kind === "list";
  const params: Record<string, unknown> = {};
  for (const key of new Set(query.keys()))
    if (!bound.has(key)) setKey(params, key, lists ? query.getAll(key) : query.get(key));
  return Object.keys(params).length ? params : undefined;
}

function readHeader(member: Member, text: string | undefined): unknown {
  if (text === undefined) return undefined;
  const { shape } = member;
  if (shape.kind !== "list") return readText(member, text, "http-date");
  return splitHeader(text).map((item) => readText(shape.item, item, "http-date"));
}

/** Items of a list header, with the quotes of those that hold commas taken off. */
function splitHeader(text: string): string[] {
  const items = text.match(/"(?:[^"\\]|\\.)*"|[^,\s][^,]*/g) ?? [];
  return items.map((item) => (item.startsWith('"') ? item.slice(1, -1).replace(/\\(.)/g, "$1") : item.trim()));
}

function readPrefixHeaders(prefix: string, headers: RoutedRequest["headers"]): unknown {
  const lower = prefix.toLowerCase();
  const found: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(headers))
    if (name.startsWith(lower)) setKey(found, name.slice(lower.length), value);
  return Object.keys(found).length ? found : undefined;
}

function readPayload(reader: BodyReader, member: Member, body: Buffer): unknown {
  if (member.shape.kind === "blob") return new Uint8Array(body);
  if (member.shape.kind === "string") return body.byteLength ? body.toString("utf8") : undefined;
  return body.byteLength ? reader.readPayload(member, body) : undefined;
}
