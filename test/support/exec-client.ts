import { createHash, randomUUID } from "node:crypto";
import { once } from "node:events";
import { WebSocket } from "ws";

/** What ExecuteCommand answers. */
export interface SessionAccess {
  sessionId?: string | undefined;
  streamUrl?: string | undefined;
  tokenValue?: string | undefined;
}

const OUTPUT = 1;
const SIZE = 3;
const HANDSHAKE_REQUEST = 5;
const HANDSHAKE_RESPONSE = 6;
const HANDSHAKE_COMPLETE = 7;
const FLAG = 10;
const TERMINATE_SESSION = 2;

interface Frame {
  type: string;
  sequence: number;
  id: Buffer;
  payloadType: number;
  payload: Buffer;
}

/**
 * A client of a data channel that does what AWS's session-manager-plugin does: it opens the channel with the token, answers
 * the handshake, acknowledges what it has in the order of the stream, and says nothing to what it had before.
 */
export class ExecClient {
  readonly access: SessionAccess;
  /** What the terminal has shown. */
  readonly pieces: Buffer[] = [];
  /** What the session ended with; rejects when the connection ends without a word and is not resumed. */
  readonly closed: Promise<string>;
  /** Resolves when the handshake is complete. */
  readonly ready: Promise<void>;
  handshake: unknown;
  private readonly ending = Promise.withResolvers<string>();
  private readonly shaken = Promise.withResolvers<void>();
  private socket: WebSocket;
  private sequence = 0;
  private expected = 0;
  private watchers: (() => void)[] = [];

  private constructor(access: SessionAccess, socket: WebSocket) {
    this.access = access;
    this.socket = socket;
    this.closed = this.ending.promise;
    this.ready = this.shaken.promise;
    this.closed.catch(() => {});
    this.ready.catch(() => {});
  }

  /** @throws an Error with the HTTP status or the WebSocket's code when the channel is refused */
  static async open(access: SessionAccess, size?: { cols: number; rows: number }): Promise<ExecClient> {
    const socket = await connect(access);
    const client = new ExecClient(access, socket);
    client.listen(socket);
    const refused = once(socket, "close").then(([code]) => {
      throw new Error(`closed with ${code}`);
    });
    await Promise.race([client.ready, client.closed, refused]);
    if (size) client.resize(size);
    return client;
  }

  /** Carries on with a new token over a new connection. */
  async resume(tokenValue: string): Promise<void> {
    this.socket = await connect({ ...this.access, tokenValue });
    this.listen(this.socket);
  }

  get text(): string {
    return Buffer.concat(this.pieces).toString();
  }

  type(text: string): void {
    this.send("input_stream_data", OUTPUT, Buffer.from(text));
  }

  resize(size: { cols: number; rows: number }): void {
    this.send("input_stream_data", SIZE, Buffer.from(JSON.stringify(size)));
  }

  terminate(): void {
    const flag = Buffer.alloc(4);
    flag.writeUInt32BE(TERMINATE_SESSION);
    this.send("input_stream_data", FLAG, flag);
  }

  /** `pause_publication` or `start_publication`. */
  publication(type: "pause_publication" | "start_publication"): void {
    this.socket.send(frame(type, 0, 0, Buffer.alloc(0)));
  }

  /** Cuts the connection, as a client that dies. */
  drop(): void {
    this.socket.removeAllListeners();
    this.socket.terminate();
  }

  /** Waits until the terminal has shown something. */
  async shows(what: string | RegExp, timeoutMs = 60_000): Promise<void> {
    const found = () => (typeof what === "string" ? this.text.includes(what) : what.test(this.text));
    const late = new Error(`the terminal does not show ${what}, but ${JSON.stringify(this.text.slice(-2000))}`);
    const timer = Promise.withResolvers<never>();
    const timeout = setTimeout(() => timer.reject(late), timeoutMs);
    try {
      while (!found()) await Promise.race([new Promise<void>((resolve) => this.watchers.push(resolve)), timer.promise]);
    } finally {
      clearTimeout(timeout);
    }
  }

  private listen(socket: WebSocket): void {
    socket.on("message", (data) => this.received(decode(data as Buffer)));
    socket.once("close", (code) => this.ending.reject(new Error(`closed with ${code}`)));
  }

  private received(message: Frame): void {
    if (message.type === "channel_closed")
      this.ending.resolve((JSON.parse(message.payload.toString()) as { Output: string }).Output);
    if (message.type !== "output_stream_data") return;
    if (message.sequence !== this.expected) return;
    this.expected++;
    this.acknowledge(message);
    if (message.payloadType === HANDSHAKE_REQUEST) this.answer(message.payload);
    if (message.payloadType === HANDSHAKE_COMPLETE) this.shaken.resolve();
    if (message.payloadType === OUTPUT) this.pieces.push(message.payload);
    for (const wake of this.watchers.splice(0)) wake();
  }

  private answer(payload: Buffer): void {
    this.handshake = JSON.parse(payload.toString());
    const action = { ActionType: "SessionType", ActionStatus: 1, ActionResult: null, Error: "" };
    const response = { ClientVersion: "1.2.707.0", ProcessedClientActions: [action], Errors: null };
    this.send("input_stream_data", HANDSHAKE_RESPONSE, Buffer.from(JSON.stringify(response)));
  }

  private acknowledge({ type, id, sequence }: Frame): void {
    const content = {
      AcknowledgedMessageType: type,
      AcknowledgedMessageId: id.toString("hex"),
      AcknowledgedMessageSequenceNumber: sequence,
      IsSequentialMessage: true,
    };
    this.socket.send(frame("acknowledge", 0, 0, Buffer.from(JSON.stringify(content))));
  }

  private send(type: string, payloadType: number, payload: Buffer): void {
    this.socket.send(frame(type, this.sequence++, payloadType, payload));
  }
}

async function connect({ streamUrl, tokenValue }: SessionAccess): Promise<WebSocket> {
  const socket = new WebSocket(streamUrl!);
  await once(socket, "open");
  socket.send(
    JSON.stringify({
      MessageSchemaVersion: "1.0",
      RequestId: randomUUID(),
      TokenValue: tokenValue,
      ClientId: randomUUID(),
      ClientVersion: "1.2.707.0",
    }),
  );
  return socket;
}

function frame(type: string, sequence: number, payloadType: number, payload: Buffer): Buffer {
  const head = Buffer.alloc(120);
  head.writeUInt32BE(116, 0);
  head.write(type.padEnd(32, " "), 4);
  head.writeUInt32BE(1, 36);
  head.writeBigUInt64BE(BigInt(Date.now()), 40);
  head.writeBigInt64BE(BigInt(sequence), 48);
  const id = Buffer.from(randomUUID().replaceAll("-", ""), "hex");
  Buffer.concat([id.subarray(8), id.subarray(0, 8)]).copy(head, 64);
  createHash("sha256").update(payload).digest().copy(head, 80);
  head.writeUInt32BE(payloadType, 112);
  head.writeUInt32BE(payload.length, 116);
  return Buffer.concat([head, payload]);
}

function decode(bytes: Buffer): Frame {
  const payload = bytes.subarray(120);
  if (!createHash("sha256").update(payload).digest().equals(bytes.subarray(80, 112)))
    throw new Error("the digest of a payload is wrong");
  return {
    type: bytes.toString("utf8", 4, 36).trim(),
    sequence: Number(bytes.readBigInt64BE(48)),
    id: Buffer.concat([bytes.subarray(72, 80), bytes.subarray(64, 72)]),
    payloadType: bytes.readUInt32BE(112),
    payload,
  };
}
