import type { Server, Socket } from "node:net";
import { inNamespace } from "./namespace.ts";

/** The servers of this process that listen inside interfaces' namespaces. */
export class Listeners {
  private readonly servers = new Map<Server, { path: string; connections: Set<Socket> }>();

  /**
   * Makes a server listen on every address of a namespace, of both families; IPv4 clients have addresses such as
   * `::ffff:10.0.0.5` where there is IPv6. Does nothing for a server that listens already.
   * @param path of the namespace
   * @throws Error when the port is taken
   */
  async listen(path: string, port: number, server: Server): Promise<void> {
    if (this.servers.has(server)) return;
    const connections = new Set<Socket>();
    this.servers.set(server, { path, connections });
    server.on("connection", (socket) => {
      connections.add(socket);
      socket.once("close", () => connections.delete(socket));
    });
    server.once("close", () => this.servers.delete(server));
    const listening = new Promise<void>((resolve, reject) => {
      server.once("listening", resolve);
      server.once("error", reject);
    });
    // Without a host's name the socket is made before the call returns, and so inside.
    inNamespace(path, () => server.listen({ port, exclusive: true }));
    await listening.catch((cause: unknown) => {
      this.servers.delete(server);
      throw cause;
    });
  }

  /** Ends the servers of one namespace, or all, with their connections: a namespace lives as long as its sockets. */
  close(path?: string): void {
    for (const [server, each] of this.servers) {
      if (path !== undefined && each.path !== path) continue;
      server.close();
      for (const socket of each.connections) socket.destroy();
    }
  }
}
