import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { Component } from "../../base/lifecycle.ts";
import type { NetworkBackend } from "../../network/backend.ts";
import { TASK_API_PORT } from "../../tasks/aws-environment.ts";
import type { RequestListener } from "../../wire/front-door.ts";
import { createHttpServer, type UpgradeListener } from "../../wire/http-server.ts";
import type { RequestOrigin } from "../../wire/request-origin.ts";

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

  constructor(network: Pick<NetworkBackend, "listenForTasks">, listener: RequestListener, upgrade?: UpgradeListener) {
    this.network = network;
    this.listener = listener;
    this.server = createHttpServer((request, response) => this.serve(request, response), upgrade);
  }

  async start(): Promise<void> {
    // It listens nowhere itself, but only from then on cuts off heads that do not come to an end.
    this.server.emit("listening");
    await this.network.listenForTasks(TASK_API_PORT, (socket, { vpcId, address }) => {
      this.originOf.set(socket, { vpcId, privateIp: address });
      this.server.emit("connection", socket);
    });
  }

  /** The network closes the sockets that connections come from. */
  async stop(): Promise<void> {
    this.server.close();
    this.server.closeAllConnections();
  }

  private serve(request: IncomingMessage, response: ServerResponse): void {
    // Sent before the answer to another: AWS's clients do not, and any number would fit into one connection.
    if (!response.socket) return void request.socket.destroy();
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
