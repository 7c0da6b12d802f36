import { Readable } from "node:stream";
import { HttpResponse } from "@smithy/core/protocols";
import type { WireRequest, WireResponse } from "../../src/wire/protocol.ts";

/** The client's request as far as it is read here. */
interface ClientRequest {
  method: string;
  path: string;
  query?: Record<string, string | string[] | null>;
  headers: Record<string, string>;
  body?: string | Uint8Array;
}

/** A request handler for SDK clients that answers in this process instead of sending anything. */
export function loopback(answer: (request: WireRequest) => WireResponse | Promise<WireResponse>) {
  return {
    handle: async (request: ClientRequest) => {
      const { status, headers, body } = await answer(wireRequest(request));
      const bytes = body as string | Uint8Array;
      return { response: new HttpResponse({ statusCode: status, headers, body: Readable.from([Buffer.from(bytes)]) }) };
    },
  };
}

function wireRequest({ method, path, query = {}, headers, body = "" }: ClientRequest): WireRequest {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) for (const item of [value].flat()) search.append(name, item ?? "");
  const rawBody = typeof body === "string" ? Buffer.from(body) : Buffer.concat([body]);
  const lower = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]));
  const isForm = lower["content-type"]?.includes("urlencoded");
  return {
    method,
    path,
    rawQuery: search.toString(),
    query: search,
    headers: lower,
    rawBody,
    body: rawBody,
    form: isForm ? new URLSearchParams(rawBody.toString()) : undefined,
  };
}
