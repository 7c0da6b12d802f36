import { statSync } from "node:fs";
import { createServer, type Socket } from "node:net";
import type { TaskConnectionHandler, TaskPeer } from "../backend.ts";
import type { Listeners } from "./listen.ts";

/** One VPC's router, whose namespace the sockets are in. */
interface Place {
  vpcId: string;
  /** The path of the router's namespace. */
  path: string;
}

/** Connections of one address at a time, to all ports: no task can use up the engine's descriptors. */
const MAX_CONNECTIONS = 256;

/**
 * The ports of the tasks' endpoint: for each a socket in every VPC's router. The VPC's rules let packets through to them
 * from interfaces alone, and to that one address, so a client's address tells who it is.
 */
export class TaskListeners {
  private readonly listeners: Listeners;
  private readonly handlers = new Map<number, TaskConnectionHandler>();
  /** By the path of a namespace: which one it was, and the ports that are served in it. */
  private readonly served = new Map<string, { inode: number; ports: Set<number> }>();
  /** By VPC and address. */
  private readonly connections = new Map<string, Set<Socket>>();

  constructor(listeners: Listeners) {
    this.listeners = listeners;
  }

  /** The ports that are served. */
  get ports(): readonly number[] {
    return [...this.handlers.keys()];
  }

  /** Tells who serves a port. Sockets are made by {@link ensure}. */
  handle(port: number, handler: TaskConnectionHandler): void {
    this.handlers.set(port, handler);
  }

  /** Makes every port listen in a router that exists; anew when its namespace is another than before. */
  async ensure({ vpcId, path }: Place): Promise<void> {
    const inode = statSync(path).ino;
    if (this.served.get(path)?.inode !== inode) this.close(path);
    const served = this.served.get(path) ?? { inode, ports: new Set() };
    this.served.set(path, served);
    const missing = this.ports.filter((port) => !served.ports.has(port));
    await Promise.all(missing.map((port) => this.listen({ vpcId, path }, port, served.ports)));
  }

  /** Ends the sockets in one router's namespace, or all, with their connections. */
  close(path?: string): void {
    for (const each of path === undefined ? [...this.served.keys()] : [path]) {
      this.listeners.close(each);
      this.served.delete(each);
    }
  }

  /**
   * Ends the connections of an address whose interface is gone, which will say nothing more: nobody waits for them, and
   * the next to have the address neither sees their packets nor has them counted against it.
   */
  endFrom({ vpcId, address }: TaskPeer): void {
    for (const socket of this.connections.get(`${vpcId}/${address}`) ?? []) socket.resetAndDestroy();
  }

  private async listen({ vpcId, path }: Place, port: number, ports: Set<number>): Promise<void> {
    const server = createServer({ allowHalfOpen: true }, (socket) => {
      const address = socket.remoteAddress?.replace("::ffff:", "");
      if (address === undefined || !this.admit(`${vpcId}/${address}`, socket)) socket.destroy(); // gone, or one too many
      else this.handlers.get(port)!(socket, { vpcId, address });
    });
    ports.add(port);
    try {
      await this.listeners.listen(path, port, server);
    } catch (cause) {
      ports.delete(port);
      throw cause;
    }
  }

  /** Whether the client may have one more connection; if so, it counts until it ends. */
  private admit(client: string, socket: Socket): boolean {
    const sockets = this.connections.get(client) ?? new Set();
    if (sockets.size >= MAX_CONNECTIONS) return false;
    this.connections.set(client, sockets.add(socket));
    socket.once("close", () => {
      sockets.delete(socket);
      if (!sockets.size) this.connections.delete(client);
    });
    return true;
  }
}
