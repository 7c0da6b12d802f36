import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { Clock } from "../../base/clock.ts";
import type { Component } from "../../base/lifecycle.ts";
import type { Logger } from "../../base/log.ts";
import type { NetworkBackend, TaskPeer } from "../../network/backend.ts";
import type { TaskStore } from "../task-store.ts";
import { RateLimit } from "./rate-limit.ts";
import type { AgentAnswer, AgentRoute } from "./route.ts";

export interface AgentEndpointParts {
  tasks: Pick<TaskStore, "atAddress">;
  network: Pick<NetworkBackend, "listenForTasks">;
  routes: readonly AgentRoute[];
  clock: Clock;
  log: Logger;
}

const PORT = 80;
/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-metadata-endpoint-v4-fargate.html */
const REQUESTS_PER_SECOND = 40;
const BURST = 60;
const TIMEOUT_MS = 5000;
/** A connection on which nothing is said ends: longer than any answer takes. */
const IDLE_MS = 10_000;
const MAX_BODY_BYTES = 64 * 1024;

const NOT_FOUND: AgentAnswer = { status: 404, text: "404 page not found\n" };
/** What is left of the body is not read. */
const TOO_LARGE: AgentAnswer = { status: 413, text: "request body too large\n", headers: { connection: "close" } };
const TOO_MANY: AgentAnswer = { status: 429, text: "You have reached maximum request limit." };

/**
 * What the container agent serves to tasks at 169.254.170.2, port 80. Who asks is told by the address the request comes
 * from, which a task cannot choose: a task gets to know nothing of another, whichever id it names.
 */
export class AgentEndpoint implements Component {
  readonly name = "agent-endpoint";
  private readonly parts: AgentEndpointParts;
  private readonly limit: RateLimit;
  private readonly peers = new WeakMap<Socket, TaskPeer>();
  private readonly server: Server;

  constructor(parts: AgentEndpointParts) {
    this.parts = parts;
    this.limit = new RateLimit({ perSecond: REQUESTS_PER_SECOND, burst: BURST, clock: parts.clock });
    const timeouts = { requestTimeout: TIMEOUT_MS, keepAliveTimeout: TIMEOUT_MS, connectionsCheckingInterval: 1000 };
    this.server = createServer(timeouts, (request, response) => {
      this.serve(request, response).catch((err: unknown) => {
        if (request.errored) return void response.destroy(); // the client is gone, before its request was whole
        parts.log.error({ err, path: request.url }, "the agent endpoint could not answer");
        if (!response.headersSent) send(response, { status: 500, body: "internal error" });
        else response.destroy();
      });
    });
    this.server.timeout = IDLE_MS;
    // Answers a client that has closed its half already, as Go's servers do; Node's types do not have it.
    Object.assign(this.server, { httpAllowHalfOpen: true });
  }

  async start(): Promise<void> {
    // It listens nowhere itself, but only from then on ends requests that come too slowly.
    this.server.emit("listening");
    await this.parts.network.listenForTasks(PORT, (socket, peer) => {
      this.peers.set(socket, peer);
      this.server.emit("connection", socket);
    });
  }

  /** The network closes the sockets that connections come from. */
  stop(): void {
    this.server.close();
    this.server.closeAllConnections();
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const peer = this.peers.get(request.socket)!;
    if (!this.limit.take(`${peer.vpcId}/${peer.address}`)) return send(response, TOO_MANY);
    const [path = "/", search = ""] = (request.url ?? "/").split("?", 2);
    const clean = cleanPath(path);
    if (clean !== path)
      return send(response, {
        status: 301,
        text: "",
        headers: { location: search ? `${clean}?${search}` : clean },
      });
    const { route, params } = this.match(path);
    if (!route) return send(response, NOT_FOUND);
    const method = request.method ?? "GET";
    if (route.methods && !route.methods.includes(method)) return send(response, { status: 405, text: "" });
    const body = await bodyOf(request);
    if (!body) return send(response, TOO_LARGE);
    const caller = await this.parts.tasks.atAddress(peer.vpcId, peer.address);
    send(response, await route.handle({ method, params, body, caller }));
  }

  private match(path: string): { route?: AgentRoute; params: readonly string[] } {
    for (const route of this.parts.routes) {
      const match = route.pattern.exec(path);
      if (match && match[0] === path) return { route, params: match.slice(1).map((part) => decode(part ?? "")) };
    }
    return { params: [] };
  }
}

/** A path without double slashes, `.` and `..`; a final slash stays. */
export function cleanPath(path: string): string {
  const parts: string[] = [];
  for (const part of path.split("/"))
    if (part === "..") parts.pop();
    else if (part !== "" && part !== ".") parts.push(part);
  const clean = `/${parts.join("/")}`;
  return path.endsWith("/") && clean !== "/" ? `${clean}/` : clean;
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** The whole body; `undefined` when it is too long. */
async function bodyOf(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  // The connection stays for the answer.
  const body: AsyncIterable<Buffer> = request.iterator({ destroyOnReturn: false });
  for await (const chunk of body) {
    length += chunk.length;
    if (length > MAX_BODY_BYTES) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function send(response: ServerResponse, answer: AgentAnswer): void {
  const [type, text] =
    "text" in answer
      ? ["text/plain; charset=utf-8", answer.text]
      : ["application/json", JSON.stringify(answer.body) ?? "null"];
  const headers = "headers" in answer ? answer.headers : {};
  response.writeHead(answer.status, { "content-type": type, "content-length": Buffer.byteLength(text), ...headers });
  response.end(text);
}
