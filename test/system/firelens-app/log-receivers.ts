import { createServer as createHttpServer, type IncomingHttpHeaders } from "node:http";
import { createServer, type Server, type Socket } from "node:net";
import type { AddressInfo } from "node:net";
import { gunzipSync } from "node:zlib";

/** One event that a router got. */
export interface RouterEvent {
  tag: string;
  /** Milliseconds since 1970. */
  time: number;
  record: Record<string, string>;
}

type Value = string | number | Value[] | { [name: string]: Value };

/** Decodes one MessagePack value, as far as the forward protocol goes; `undefined` when it is not complete. */
function decode(bytes: Buffer, start: number): { value: Value; end: number } | undefined {
  let at = start;
  const need = (length: number) => {
    if (at + length > bytes.length) throw new RangeError("incomplete");
    at += length;
    return at - length;
  };
  const read = (): Value => {
    const head = bytes[need(1)]!;
    const text = (length: number) => bytes.toString("utf8", need(length), at);
    const list = (length: number) => Array.from({ length }, read);
    const map = (length: number) => Object.fromEntries(Array.from({ length }, () => [String(read()), read()]));
    if (head < 0x80) return head;
    if (head < 0x90) return map(head & 15);
    if (head < 0xa0) return list(head & 15);
    if (head < 0xc0) return text(head & 31);
    if (head === 0xd9) return text(bytes.readUInt8(need(1)));
    if (head === 0xda) return text(bytes.readUInt16BE(need(2)));
    if (head === 0xdb) return text(bytes.readUInt32BE(need(4)));
    if (head === 0xdc) return list(bytes.readUInt16BE(need(2)));
    if (head === 0xdd) return list(bytes.readUInt32BE(need(4)));
    if (head === 0xce) return bytes.readUInt32BE(need(4));
    if (head === 0xd7) {
      need(1);
      return bytes.readUInt32BE(need(4)) * 1000 + bytes.readUInt32BE(need(4)) / 1e6;
    }
    throw new Error(`unknown MessagePack 0x${head.toString(16)}`);
  };
  try {
    return { value: read(), end: at };
  } catch (cause) {
    if (cause instanceof RangeError) return undefined;
    throw cause;
  }
}

type Entry = [time: number, record: Record<string, string>];

/** One event, or several: https://github.com/fluent/fluentd/wiki/Forward-Protocol-Specification-v1 */
type ForwardMessage =
  | [tag: string, time: number, record: Record<string, string>, option?: { chunk?: string }]
  | [tag: string, entries: Entry[], option?: { chunk?: string }];

/** A log router: takes events at a socket by the forward protocol, and acknowledges them. */
export class TestRouter {
  readonly events: RouterEvent[] = [];
  /** How many acknowledgements it was asked for. */
  asked = 0;
  /** Acknowledgements wait for that. */
  held: Promise<void> | undefined;
  private readonly acknowledges: boolean;
  private readonly onEvent: (event: RouterEvent) => void;
  private server: Server | undefined;
  private readonly sockets = new Set<Socket>();

  constructor(acknowledges = true, onEvent: (event: RouterEvent) => void = () => {}) {
    this.acknowledges = acknowledges;
    this.onEvent = onEvent;
  }

  get logs(): string[] {
    return this.events.map(({ record }) => record["log"]!);
  }

  /** @param at a path or a port of 127.0.0.1 */
  async listen(at: string | number): Promise<void> {
    this.server = createServer((socket) => {
      this.sockets.add(socket);
      socket.on("error", () => {});
      let received: Buffer = Buffer.alloc(0);
      socket.on("data", (bytes) => {
        received = Buffer.concat([received, bytes]);
        for (let message = decode(received, 0); message; message = decode(received, 0)) {
          received = received.subarray(message.end);
          this.take(message.value as ForwardMessage, socket);
        }
      });
    });
    await new Promise<void>((resolve) =>
      typeof at === "string" ? this.server!.listen(at, resolve) : this.server!.listen(at, "127.0.0.1", resolve),
    );
  }

  async close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise((resolve) => (this.server ? this.server.close(resolve) : resolve(undefined)));
  }

  private take(message: ForwardMessage, socket: Socket) {
    const [tag, second] = message;
    const entries = typeof second === "number" ? [[second, message[2]] as Entry] : second;
    const option = (typeof second === "number" ? message[3] : message[2]) as { chunk?: string } | undefined;
    for (const [time, record] of entries) {
      this.events.push({ tag, time, record });
      this.onEvent({ tag, time, record });
    }
    if (option?.chunk === undefined) return;
    this.asked++;
    if (!this.acknowledges) return;
    const chunk = Buffer.from(option.chunk);
    const ack = Buffer.concat([
      Buffer.from([0x81, 0xa3]),
      Buffer.from("ack"),
      Buffer.from([0xd9, chunk.length]),
      chunk,
    ]);
    if (this.held) void this.held.then(() => socket.write(ack));
    else socket.write(ack);
  }
}

/** One event that a collector got. */
export interface CollectedEvent {
  event: unknown;
  time: string;
  host: string;
  source?: string;
}

/** A Splunk HTTP Event Collector. */
export class TestCollector {
  readonly requests: { method: string; path: string; headers: IncomingHttpHeaders; body: string }[] = [];
  /** The answer to the next requests. */
  status = 200;
  url = "";
  private readonly server = createHttpServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const bytes = Buffer.concat(chunks);
      const body = (request.headers["content-encoding"] === "gzip" ? gunzipSync(bytes) : bytes).toString();
      this.requests.push({ method: request.method!, path: request.url!, headers: request.headers, body });
      response.writeHead(this.status).end('{"text":"answer","code":0}');
    });
  });

  async listen(): Promise<void> {
    await new Promise<void>((resolve) => this.server.listen(0, "127.0.0.1", resolve));
    this.url = `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** What was posted with success, in order. */
  get events(): CollectedEvent[] {
    return this.requests
      .filter(({ method }) => method === "POST")
      .flatMap(({ body }) => JSON.parse(`[${body.replaceAll("}{", "},{")}]`) as CollectedEvent[]);
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}
