import { createServer, type IncomingMessage, type Server } from "node:http";
import type { Duplex } from "node:stream";
import type { RequestListener } from "./front-door.ts";

/** Takes over a connection that asked for another protocol. */
export type UpgradeListener = (request: IncomingMessage, socket: Duplex, head: Buffer) => void;

/**
 * An HTTP server for the front door, not yet listening. Slow heads and idle clients are cut off; requests that are not
 * HTTP are answered and their connection closed.
 * @param upgrade without it, requests to speak another protocol are answered as any others
 */
export function createHttpServer(listener: RequestListener, upgrade?: UpgradeListener): Server {
  const server = createServer(
    {
      keepAliveTimeout: 75_000, // longer than the SDKs keep an idle connection: they, not we, end it
      headersTimeout: 20_000,
      requestTimeout: 0, // an image layer may take long to arrive; bodies of AWS calls have their own limit
      maxHeaderSize: 64 * 1024,
    },
    listener,
  );
  server.maxConnections = 10_000;
  server.on("checkContinue", listener); // the front door lets the body come when it wants it
  server.on("clientError", refuse);
  if (upgrade)
    server.on("upgrade", (request, socket, head) => {
      socket.on("error", () => socket.destroy());
      upgrade(request, socket, head);
    });
  return server;
}

function refuse(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (!socket.writable || error.code === "ECONNRESET") return void socket.destroy();
  const status =
    error.code === "HPE_HEADER_OVERFLOW"
      ? "431 Request Header Fields Too Large"
      : error.code === "ERR_HTTP_REQUEST_TIMEOUT"
        ? "408 Request Timeout"
        : "400 Bad Request";
  socket.end(`HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
}
