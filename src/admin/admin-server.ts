import { chmodSync, mkdirSync, rmSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { dirname } from "node:path";
import { text } from "node:stream/consumers";
import { z } from "zod";
import { messageOf } from "../base/errors.ts";
import type { Logger } from "../base/log.ts";
import type { Engine, EngineStatus, PullProgress, RootKey, StopOptions } from "../engine.ts";
import type { PullLine, StopLine } from "./admin-client.ts";
import { sendEvents } from "./event-lines.ts";
import { sendJson } from "./json-response.ts";

export interface AdminServerOptions {
  socketPath: string;
  log: Logger;
  status: () => Promise<EngineStatus>;
  credentials: () => RootKey;
  rotateRootKey: Engine["rotateRootKey"];
  pull: Engine["pull"];
  retire: Engine["retire"];
  interrupt: Engine["interrupt"];
  events: Engine["events"];
  /** Stops the engine. The process ends when the answer has been sent. */
  stop: (options: StopOptions) => Promise<void>;
  exit: () => void;
}

const TIME = z.iso.datetime().transform((time) => new Date(time));
const RetireBody = z.object({ taskArn: z.string().optional(), at: TIME.optional() });
const InterruptBody = z.object({
  tasks: z.array(z.string()).optional(),
  service: z.string().optional(),
  count: z.int().positive().optional(),
  at: TIME,
});

/** For the CLI, on a socket that only the engine's user can open: the process itself, and the root key. */
export class AdminServer {
  private readonly options: AdminServerOptions;
  private readonly server: Server;

  constructor(options: AdminServerOptions) {
    this.options = options;
    this.server = createServer((request, response) => {
      void this.answer(request, response).catch((err: unknown) => {
        options.log.error({ err, url: request.url }, "an admin request failed");
        if (response.headersSent) response.destroy();
        else sendJson(response, 500, { error: messageOf(err) });
      });
    });
  }

  /** Listens; a socket file that a dead engine left is replaced. Call it with the data folder locked. */
  async start(): Promise<void> {
    const { socketPath } = this.options;
    mkdirSync(dirname(socketPath), { recursive: true });
    rmSync(socketPath, { force: true });
    await new Promise<void>((resolve, reject) => {
      this.server.once("error", reject);
      this.server.listen(socketPath, () => {
        // The folder above is open to others; between listen and chmod nothing is served yet.
        chmodSync(socketPath, 0o600);
        resolve();
      });
    });
  }

  stop(): void {
    this.server.close();
    rmSync(this.options.socketPath, { force: true });
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { status, credentials, rotateRootKey, events } = this.options;
    const [path] = request.url!.split("?", 1);
    switch (`${request.method} ${path}`) {
      case "GET /status":
        return sendJson(response, 200, await status());
      case "GET /credentials":
        return sendJson(response, 200, credentials());
      case "GET /events":
        return await sendEvents(request.url!, response, events);
      case "POST /credentials/rotate":
        return sendJson(response, 200, rotateRootKey());
      case "POST /pull":
        return await this.pullImage(request, response);
      case "POST /retire":
        return await this.retireTasks(request, response);
      case "POST /interrupt":
        return await this.interruptTasks(request, response);
      case "POST /stop":
        return await this.stopEngine(request, response);
      default:
        return sendJson(response, 404, { error: `there is no ${request.method} ${request.url}` });
    }
  }

  /** Streams how far the image is, one JSON document a line. Whoever hangs up wants it no more. */
  private async pullImage(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { reference } = JSON.parse((await text(request)) || "{}") as { reference?: unknown };
    if (typeof reference !== "string" || !reference)
      return sendJson(response, 400, { error: "reference must name an image" });
    const gone = new AbortController();
    response.once("close", () => gone.abort(new Error("the client has gone")));
    const say = (line: PullLine) => response.write(`${JSON.stringify(line)}\n`);
    response.writeHead(200, { "content-type": "application/x-ndjson" });
    try {
      const onProgress = throttled((progress: PullProgress) => say({ progress }));
      say({ digest: await this.options.pull({ reference, signal: gone.signal, onProgress }) });
    } catch (cause) {
      say({ error: messageOf(cause) });
    }
    response.end();
  }

  private async retireTasks(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const options = RetireBody.safeParse(JSON.parse((await text(request)) || "{}"));
    if (!options.success) return sendJson(response, 400, { error: z.prettifyError(options.error) });
    sendJson(response, 200, await this.options.retire(options.data));
  }

  private async interruptTasks(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const options = InterruptBody.safeParse(JSON.parse((await text(request)) || "{}"));
    if (!options.success) return sendJson(response, 400, { error: z.prettifyError(options.error) });
    try {
      sendJson(response, 200, await this.options.interrupt(options.data));
    } catch (cause) {
      sendJson(response, 400, { error: messageOf(cause) });
    }
  }

  /** Streams what is being done, one JSON document a line; the connection ends with the process. */
  private async stopEngine(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { tasks } = JSON.parse((await text(request)) || "{}") as { tasks?: unknown };
    if (tasks !== "keep" && tasks !== "stop")
      return sendJson(response, 400, { error: 'tasks must be "keep" or "stop"' });
    const say = (line: StopLine) =>
      new Promise<void>((resolve) => response.write(`${JSON.stringify(line)}\n`, () => resolve()));
    response.writeHead(200, { "content-type": "application/x-ndjson" });
    try {
      await this.options.stop({ tasks, onProgress: (progress) => void say({ progress }) });
      await say({ done: true });
    } catch (cause) {
      await say({ error: messageOf(cause) });
    }
    this.options.exit();
  }
}

/** Layers report with every chunk, which nobody reads. */
const PROGRESS_EVERY_MS = 100;

/** Passes on what comes later than a moment after the last, and each change of a layer's status. */
function throttled(say: (progress: PullProgress) => void): (progress: PullProgress) => void {
  let last = 0;
  let lastStates = "";
  return (progress) => {
    const states = progress.layers.map(({ status }) => status).join();
    const now = performance.now();
    if (now - last < PROGRESS_EVERY_MS && states === lastStates) return;
    [last, lastStates] = [now, states];
    say(progress);
  };
}
