import type { IncomingMessage, ServerResponse } from "node:http";
import { messageOf } from "../base/errors.ts";
import type { Logger } from "../base/log.ts";
import type { EngineStatus } from "../engine.ts";
import { sendJson } from "./json-response.ts";

/** The paths of the front door that are not AWS's. */
export const ADMIN_PREFIX = "/_neargate/";

export interface AdminPathsOptions {
  status: () => Promise<EngineStatus>;
  reset: () => Promise<void>;
  /** As text for Prometheus. */
  metrics: () => Promise<string>;
  ephemeral: boolean;
  log: Logger;
}

/** Serves `GET /_neargate/health`, `GET /_neargate/metrics` and `POST /_neargate/reset`, mounted at {@link ADMIN_PREFIX}. */
export function adminPaths(
  options: AdminPathsOptions,
): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  return async (request, response) => {
    const path = request.url!.split("?", 1)[0]!;
    request.resume();
    try {
      await answer(options, path.slice(ADMIN_PREFIX.length), request, response);
    } catch (err) {
      options.log.error({ err, path }, "an admin request failed");
      if (response.headersSent) response.destroy();
      else sendJson(response, 500, { error: messageOf(err) });
    }
  };
}

async function answer(
  options: AdminPathsOptions,
  name: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const method = { health: ["GET", "HEAD"], metrics: ["GET"], reset: ["POST"] }[name];
  if (!method) return sendJson(response, 404, { error: `there is no ${ADMIN_PREFIX}${name}` });
  if (!method.includes(request.method ?? "")) {
    response.setHeader("allow", method.join(", "));
    return sendJson(response, 405, { error: `${ADMIN_PREFIX}${name} answers ${method.join(", ")}` });
  }
  if (name === "health") return sendJson(response, 200, health(await options.status()));

  if (name === "metrics") {
    response.writeHead(200, { "content-type": "text/plain; version=0.0.4; charset=utf-8" });
    return void response.end(await options.metrics());
  }
  if (!options.ephemeral)
    return sendJson(response, 403, { error: "only an engine started with --ephemeral can be reset" });
  // No page in a browser on this machine may empty the engine.
  if (request.headers.origin !== undefined)
    return sendJson(response, 403, { error: "a reset is not taken from a web page" });
  await options.reset();
  sendJson(response, 200, { status: "ok" });
}

function health(status: EngineStatus) {
  const { version, uptimeSeconds, account, region, compute, ephemeral, tasks, unwrittenEvents, services } = status;
  return {
    status: "ok",
    version,
    uptimeSeconds,
    account,
    region,
    compute,
    ephemeral,
    tasks,
    unwrittenEvents,
    services,
  };
}
