import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { createSecureContext, TLSSocket } from "node:tls";
import type { Component } from "../../base/lifecycle.ts";
import { selfSignedCertificate } from "../../base/self-signed-certificate.ts";
import { TASK_ENDPOINT_ADDRESS, type NetworkBackend, type TaskPeer } from "../../network/backend.ts";
import { TASK_API_PORT } from "../../tasks/aws-environment.ts";
import type { RequestListener } from "../../wire/front-door.ts";
import { createHttpServer, type UpgradeListener } from "../../wire/http-server.ts";
import type { RequestOrigin } from "../../wire/request-origin.ts";

/** For clients that speak nothing but TLS, such as what Fluent Bit sends to CloudWatch Logs with. */
const TLS_PORT = 443;
const HANDSHAKE_MS = 20_000;

/** Of one task at a time, others wait: a body is in memory before it is known who sent it. */
const MAX_REQUESTS = 32;

/** The requests of one task. */
interface Client {
  inProgress: number;
  /** Begin those that wait, in their order. */
  waiting: Set<() => void>;
}

/** The AWS APIs as tasks reach them, at 169.254.170.2 in every VPC. */
export class TaskApi implements Component {
  readonly name = "task-api";
  private readonly network: Pick<NetworkBackend, "listenForTasks">;
  private readonly listener: RequestListener;
  private readonly server: Server;
  /** Those with requests, by VPC and address. */
  private readonly clients = new Map<string, Client>();
  private readonly originOf = new WeakMap<Socket, RequestOrigin>();
  /** The latest of each connection. */
  private readonly responses = new WeakMap<Socket, ServerResponse>();

  constructor(network: Pick<NetworkBackend, "listenForTasks">, listener: RequestListener, upgrade?: UpgradeListener) {
    this.network = network;
    this.listener = listener;
    this.server = createHttpServer((request, response) => this.serve(request, response), upgrade);
  }

  async start(): Promise<void> {
    // It listens nowhere itself, but only from then on cuts off heads that do not come to an end.
    this.server.emit("listening");
    await this.network.listenForTasks(TASK_API_PORT, (socket, peer) => this.take(socket, peer));
    const secureContext = createSecureContext(selfSignedCertificate(TASK_ENDPOINT_ADDRESS));
    await this.network.listenForTasks(TLS_PORT, (socket, peer) => {
      const secured = new TLSSocket(socket, { isServer: true, secureContext });
      const timer = setTimeout(() => socket.destroy(), HANDSHAKE_MS);
      socket.on("error", () => socket.destroy()).once("close", () => clearTimeout(timer));
      secured.once("secure", () => {
        clearTimeout(timer);
        this.take(secured, peer);
      });
    });
  }

  /** The network closes the sockets that connections come from. */
  async stop(): Promise<void> {
    this.server.close();
    this.server.closeAllConnections();
  }

  private take(socket: Socket, { vpcId, address }: TaskPeer): void {
    this.originOf.set(socket, { vpcId, privateIp: address });
    this.server.emit("connection", socket);
  }

  private serve(request: IncomingMessage, response: ServerResponse): void {
    // Sent before the answer to another: AWS's clients do not, and any number would fit into one connection. An answer
    // that is given may be at the client before it is known to have gone out.
    const before = this.responses.get(request.socket);
    this.responses.set(request.socket, response);
    if (before && !before.writableEnded) return void request.socket.destroy();
    const origin = this.originOf.get(request.socket)!;
    const key = `${origin.vpcId}/${origin.privateIp}`;
    const client = this.clients.get(key) ?? { inProgress: 0, waiting: new Set() };
    this.clients.set(key, client);
    const begin = () => {
      client.waiting.delete(begin);
      client.inProgress++;
      this.listener(request, response, origin);
    };
    response.once("close", () => {
      if (client.waiting.delete(begin)) return; // it did not wait for its turn
      client.inProgress--;
      const [next] = client.waiting;
      next?.();
      if (!client.inProgress) this.clients.delete(key);
    });
    if (client.inProgress < MAX_REQUESTS) begin();
    else client.waiting.add(begin);
  }
}
