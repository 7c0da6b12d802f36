import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { systemClock } from "../base/clock.ts";
import { errnoOf } from "../base/errors.ts";
import { createHttpServer, type UpgradeListener } from "../wire/http-server.ts";

export type Listener = (request: IncomingMessage, response: ServerResponse) => void;

/** The port cannot be had. */
export class PortInUseError extends Error {
  override name = "PortInUseError";

  constructor(port: number, address: string) {
    super(
      `port ${port} of ${address} is in use: choose another with --port, or end what listens there ` +
        `(ss -ltnp "sport = :${port}" shows it)`,
    );
  }
}

/** How long requests in progress may go on when the engine stops. */
const CLOSE_GRACE_MS = 3000;

/**
 * The one port, on 127.0.0.1 and, where there is IPv6, ::1. It is taken before the engine starts, so that a port in use
 * is found first; requests that come before {@link open} wait for it.
 */
export class FrontDoorServer {
  private readonly servers: Server[] = [];
  private listener: Listener | undefined;
  private upgradeListener: UpgradeListener | undefined;
  /** Connections that speak another protocol: the servers do not know of them any more. */
  private readonly upgraded = new Set<Duplex>();
  private waiting: (() => void)[] = [];

  /**
   * Takes the port; 0 takes a free one. Returns which.
   * @throws PortInUseError
   */
  async listen(wanted: number): Promise<number> {
    const port = await this.listenAt("127.0.0.1", wanted);
    try {
      await this.listenAt("::1", port);
    } catch (cause) {
      if (!["EADDRNOTAVAIL", "EAFNOSUPPORT"].includes(errnoOf(cause) ?? "")) {
        await this.close();
        throw cause;
      }
    }
    return port;
  }

  /** Answers all requests, those that waited first. */
  open(listener: Listener, upgradeListener: UpgradeListener): void {
    this.listener = listener;
    this.upgradeListener = upgradeListener;
    for (const answer of this.waiting.splice(0)) answer();
  }

  async close(): Promise<void> {
    const closed = this.servers.map((server) => new Promise<void>((resolve) => server.close(() => resolve())));
    const hurry = new AbortController();
    const grace = systemClock.sleep(CLOSE_GRACE_MS, hurry.signal).then(
      () => this.cutOff(),
      () => {},
    );
    await Promise.all(closed);
    hurry.abort();
    await grace;
  }

  private cutOff(): void {
    for (const server of this.servers) server.closeAllConnections();
    for (const socket of this.upgraded) socket.destroy();
  }

  /** Before the engine answers there is nothing to take over. */
  private upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    if (!this.upgradeListener) return void socket.destroy();
    this.upgraded.add(socket);
    socket.once("close", () => this.upgraded.delete(socket));
    this.upgradeListener(request, socket, head);
  }

  private listenAt(address: string, port: number): Promise<number> {
    const server = createHttpServer(
      (request, response) => {
        if (this.listener) this.listener(request, response);
        else this.waiting.push(() => this.listener!(request, response));
      },
      (request, socket, head) => this.upgrade(request, socket, head),
    );
    return new Promise((resolve, reject) => {
      server.once("error", (cause) =>
        reject(errnoOf(cause) === "EADDRINUSE" ? new PortInUseError(port, address) : cause),
      );
      server.listen({ host: address, port }, () => {
        this.servers.push(server);
        resolve((server.address() as AddressInfo).port);
      });
    });
  }
}
