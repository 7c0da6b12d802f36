import { once } from "node:events";
import type { ServerResponse } from "node:http";
import { z } from "zod";
import type { Engine, EventStreamOptions } from "../engine.ts";
import { sendJson } from "./json-response.ts";

const Query = z.object({
  detailType: z.array(z.string()),
  since: z.iso.datetime().optional(),
  follow: z.enum(["true", "false"]),
});

/** The path that asks for events; see {@link sendEvents}. */
export function eventsUrl({ detailTypes = [], since, follow }: EventStreamOptions): string {
  const query = new URLSearchParams({ follow: String(follow), ...(since ? { since: since.toISOString() } : {}) });
  for (const detailType of detailTypes) query.append("detailType", detailType);
  return `/events?${query}`;
}

/** Streams events, one JSON document a line, at the pace of whoever reads. */
export async function sendEvents(url: string, response: ServerResponse, events: Engine["events"]): Promise<void> {
  const query = new URL(url, "http://engine").searchParams;
  const asked = Query.safeParse({ ...Object.fromEntries(query), detailType: query.getAll("detailType") });
  if (!asked.success) return sendJson(response, 400, { error: z.prettifyError(asked.error) });
  const { detailType, since, follow } = asked.data;
  const gone = new AbortController();
  response.once("close", () => gone.abort());
  response.writeHead(200, { "content-type": "application/x-ndjson" });
  // One who follows is to know that it has begun before the first event.
  response.flushHeaders();
  const options: EventStreamOptions = {
    ...(detailType.length ? { detailTypes: detailType } : {}),
    ...(since === undefined ? {} : { since: new Date(since) }),
    follow: follow === "true",
  };
  for await (const event of events(options, gone.signal))
    if (!response.write(`${JSON.stringify(event)}\n`))
      await once(response, "drain", { signal: gone.signal }).catch(() => {});
  response.end();
}
