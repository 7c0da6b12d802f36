import type { IncomingMessage } from "node:http";
import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import { AwsError, errnoOf } from "../base/errors.ts";
import type { WireRequest } from "./protocol.ts";

const gunzipAsync = promisify(gunzip);

/** The client went away while it sent its request: there is nobody to answer. */
export class ClientGoneError extends Error {
  constructor() {
    super("the client went away");
    this.name = "ClientGoneError";
  }
}

/** What a request's head tells: enough to answer a request in its protocol whose body cannot be read. */
export function readHead(message: IncomingMessage): WireRequest {
  const url = message.url ?? "/";
  const mark = url.indexOf("?");
  const rawQuery = mark < 0 ? "" : url.slice(mark + 1);
  const headers: Record<string, string> = {};
  for (const [name, values] of Object.entries(message.headersDistinct)) if (values) headers[name] = values.join(",");
  return {
    method: message.method ?? "GET",
    path: pathOf(mark < 0 ? url : url.slice(0, mark)),
    rawQuery,
    query: new URLSearchParams(rawQuery),
    headers,
    rawBody: EMPTY,
    body: EMPTY,
    form: undefined,
  };
}

const EMPTY = Buffer.alloc(0);
const BODY_TIMEOUT_MS = 60_000;
const DISCARD_BYTES = 16 * 1024 * 1024;
const DISCARD_MS = 5000;
/** Each chunk is a turn of the event loop, which others want as well. */
const GUNZIP_CHUNK_BYTES = 256 * 1024;

/** Proxies send the whole URL. */
function pathOf(target: string): string {
  if (target.startsWith("/")) return target;
  return target.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/]*/i, "") || "/";
}

/**
 * Reads the body, at most `limit` bytes as sent and without its content coding.
 * @param decodes false where `Content-Encoding` tells of something that is stored, and not how the body was sent
 * @throws AwsError when it is too large or its coding unknown or broken; ClientGoneError
 */
export async function readBody(
  message: IncomingMessage,
  head: WireRequest,
  limit: number,
  decodes = true,
): Promise<WireRequest> {
  if (Number(head.headers["content-length"] ?? 0) > limit) throw tooLarge(limit);
  const rawBody = await collect(message, limit);
  const body = decodes ? await decodeContent(rawBody, head.headers["content-encoding"], limit) : rawBody;
  const form = isForm(head.headers["content-type"]) ? new URLSearchParams(body.toString("utf8")) : undefined;
  return { ...head, rawBody, body, form };
}

/**
 * Reads what is left of a body that was refused, so that its sender sees the answer and not a broken connection.
 * @returns whether it came to its end: a sender of too much, or one who is too slow, is cut off
 */
export async function discardBody(message: IncomingMessage): Promise<boolean> {
  if (message.complete || message.destroyed) return message.complete;
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const timeout = setTimeout(() => resolve(false), DISCARD_MS);
  let size = 0;
  message.on("data", (chunk: Buffer) => {
    size += chunk.length;
    if (size > DISCARD_BYTES) resolve(false);
  });
  message.once("end", () => resolve(true));
  message.once("error", () => resolve(false));
  message.once("close", () => resolve(message.complete));
  message.resume();
  return await promise.finally(() => clearTimeout(timeout));
}

function collect(message: IncomingMessage, limit: number): Promise<Buffer> {
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
  const timeout = setTimeout(() => {
    message.pause();
    reject(new AwsError("RequestTimeout", "The request's body did not arrive in time.", 408));
  }, BODY_TIMEOUT_MS);
  const chunks: Buffer[] = [];
  let size = 0;
  message.on("data", (chunk: Buffer) => {
    size += chunk.length;
    if (size <= limit) chunks.push(chunk);
    else {
      message.pause();
      reject(tooLarge(limit));
    }
  });
  message.on("end", () => resolve(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)));
  message.on("error", () => reject(new ClientGoneError()));
  message.on("close", () => message.complete || reject(new ClientGoneError()));
  return promise.finally(() => clearTimeout(timeout));
}

async function decodeContent(body: Buffer, coding: string | undefined, limit: number): Promise<Buffer> {
  if (coding === undefined || coding === "" || coding === "identity") return body;
  if (coding !== "gzip")
    throw new AwsError("UnsupportedMediaType", `The content encoding '${coding}' is not supported.`, 415);
  try {
    return await gunzipAsync(body, { maxOutputLength: limit, chunkSize: GUNZIP_CHUNK_BYTES });
  } catch (cause) {
    if (errnoOf(cause) === "ERR_BUFFER_TOO_LARGE") throw tooLarge(limit);
    throw new AwsError("SerializationException", "The request body is not valid gzip", 400);
  }
}

function isForm(contentType: string | undefined): boolean {
  return contentType?.toLowerCase().startsWith("application/x-www-form-urlencoded") ?? false;
}

function tooLarge(limit: number): AwsError {
  return new AwsError("RequestEntityTooLargeException", `The request is larger than ${limit} bytes.`, 413);
}
