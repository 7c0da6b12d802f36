import type { ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { errnoOf } from "../base/errors.ts";
import type { Logger } from "../base/log.ts";
import type { WireResponse } from "./protocol.ts";

/** Sends a response; a stream as fast as the client takes it, until it goes away. */
export async function sendResponse(reply: ServerResponse, response: WireResponse, log: Logger): Promise<void> {
  const { status, body } = response;
  const headers = asSpelled(response.headers);
  if (typeof body === "string" || body instanceof Uint8Array) {
    // An answer to HEAD tells the length of what GET would send.
    reply.writeHead(status, { "content-length": Buffer.byteLength(body), ...headers });
    reply.end(body);
    return;
  }
  reply.writeHead(status, headers);
  try {
    await pipeline(Readable.from(body, { objectMode: false }), reply);
  } catch (err) {
    if (errnoOf(err) !== "ERR_STREAM_PREMATURE_CLOSE") log.error({ err }, "a streamed response broke off");
  }
}

/** HTTP does not care for the case, but Fluent Bit, which uploads parts to S3, looks for these very letters. */
function asSpelled(headers: Record<string, string>): Record<string, string> {
  const { etag, ...others } = headers;
  return etag === undefined ? headers : { ...others, ETag: etag };
}
