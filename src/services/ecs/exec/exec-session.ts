import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { setMaxListeners } from "node:events";
import type { WebSocket } from "ws";
import type { Clock } from "../../../base/clock.ts";
import { messageOf } from "../../../base/errors.ts";
import type { Logger } from "../../../base/log.ts";
import type { ComputeBackend, TerminalProgram } from "../../../compute/backend.ts";
import { DataChannel } from "./data-channel.ts";
import { handshakeComplete, handshakeFailure, handshakeRequest, terminalSize, tokenOf } from "./handshake.ts";
import { Flag, MessageError, PayloadType, type Message } from "./message.ts";
import { startFailure } from "./start-failure.ts";
import { TerminalInput } from "./terminal-input.ts";
import type { Transcript } from "./transcript.ts";
import { Utf8Pieces } from "./utf8-pieces.ts";

/** How long a token can be used. */
const TOKEN_VALID_MS = 60_000;
/** How long a client may take for its part of the handshake, and to send its token. */
const HANDSHAKE_MS = 15_000;
/** How long a client whose connection is lost may take to come back. */
const RESUME_MS = 5000;
/** How long a client that has gone silent without closing its connection is waited for. */
const PING_EVERY_MS = 30_000;
/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-exec.html */
export const IDLE_MS = 20 * 60 * 1000;
/** How long the last output may take to arrive, after which nobody is waited for. */
const FLUSH_MS = 2000;
/** What a message carries of a program's output. */
const PIECE_BYTES = 4096;

const BAD_TOKEN = 1008;
const ENDED = 1000;

const ENVIRONMENT = { TERM: "xterm-256color" };

export interface ExecSessionParts {
  sessionId: string;
  containerId: string;
  /** The program and its arguments. */
  command: string[];
  /** Opened when the client has come; rejects with a TranscriptError when the session must not begin. */
  transcripts: () => Promise<Transcript[]>;
  compute: Pick<ComputeBackend, "execTerminal">;
  idleMs: number;
  clock: Clock;
  log: Logger;
}

/**
 * A program in a container and the client that sits before its terminal. It begins when the client comes with its token,
 * and ends with the program, on the client's word, when nobody has typed or read anything for a long time, or when the
 * client is lost.
 */
export class ExecSession {
  readonly sessionId: string;
  readonly containerId: string;
  /** Resolves when nothing is left of it. */
  readonly ended: Promise<void>;
  private readonly parts: ExecSessionParts;
  private readonly channel: DataChannel;
  private readonly input: TerminalInput;
  private readonly over = new AbortController();
  private readonly finished = Promise.withResolvers<void>();
  private token: { hash: Buffer; until: number } | undefined;
  private socket: WebSocket | undefined;
  private program: TerminalProgram | undefined;
  private running: Promise<void> | undefined;
  private activeAt: number;
  private begunAt = 0;

  constructor(parts: ExecSessionParts) {
    this.parts = parts;
    this.sessionId = parts.sessionId;
    this.containerId = parts.containerId;
    this.ended = this.finished.promise;
    this.activeAt = parts.clock.monotonic();
    this.channel = new DataChannel({ clock: parts.clock, onInput: (message) => this.received(message) });
    this.input = new TerminalInput(parts);
    setMaxListeners(0, this.over.signal);
    void this.endWhenIdle();
  }

  /** Whether it has come to its end, though its program may still be going. */
  get isOver(): boolean {
    return this.over.signal.aborted;
  }

  /** A token for one connection; the one before it, if unused, is of no more use. */
  newToken(): string {
    const value = randomBytes(48).toString("base64url");
    this.token = { hash: hashOf(value), until: this.parts.clock.monotonic() + TOKEN_VALID_MS };
    if (!this.begunAt) void this.after(TOKEN_VALID_MS, () => void (this.begunAt || this.end("")));
    return value;
  }

  /** A client has connected; its first message must have the token. */
  connected(socket: WebSocket): void {
    const impatience = new AbortController();
    void this.after(HANDSHAKE_MS, () => socket.close(BAD_TOKEN), impatience.signal);
    socket.on("error", () => socket.terminate());
    socket.once("message", (data) => {
      impatience.abort();
      if (this.over.signal.aborted || !this.takeToken(tokenOf(data as Buffer))) return socket.close(BAD_TOKEN);
      this.attach(socket);
    });
  }

  /** Ends it, once; `output` is what the client is told. */
  async end(output: string): Promise<void> {
    if (!this.over.signal.aborted) {
      this.over.abort();
      this.channel.close(this.sessionId, output);
      this.socket?.close(ENDED);
      await this.program?.kill();
      await this.running;
      this.finished.resolve();
    }
    await this.ended;
  }

  private takeToken(value: string | undefined): boolean {
    const { token } = this;
    if (!token || value === undefined || this.parts.clock.monotonic() > token.until) return false;
    if (!timingSafeEqual(hashOf(value), token.hash)) return false;
    this.token = undefined;
    return true;
  }

  private attach(socket: WebSocket): void {
    const isFirst = !this.begunAt;
    const before = this.socket;
    this.socket = socket;
    before?.terminate();
    let answers = true;
    const pulse = setInterval(() => {
      if (!answers) return socket.terminate();
      answers = false;
      socket.ping();
    }, PING_EVERY_MS);
    socket.on("pong", () => (answers = true));
    const connection = {
      send: (bytes: Buffer) => {
        if (socket.readyState === socket.OPEN) socket.send(bytes);
      },
      get bufferedAmount() {
        return socket.bufferedAmount;
      },
    };
    socket.on("message", (data) => this.readFrom(socket, data as Buffer));
    socket.once("close", () => {
      clearInterval(pulse);
      this.channel.detach(connection);
      if (this.socket !== socket) return; // its client has a new one
      this.socket = undefined;
      void this.after(RESUME_MS, () => void (this.socket ?? this.end("")));
    });
    this.channel.attach(connection);
    if (!isFirst) return;
    this.begunAt = this.parts.clock.monotonic();
    this.channel.send(PayloadType.HandshakeRequest, handshakeRequest());
    void this.after(HANDSHAKE_MS, () => {
      if (!this.running)
        void this.end(
          "Handshake timed out. Please ensure that you have the latest version of the session manager plugin.",
        );
    });
  }

  private readFrom(socket: WebSocket, bytes: Buffer): void {
    try {
      this.channel.received(bytes);
    } catch (cause) {
      if (!(cause instanceof MessageError)) throw cause;
      this.parts.log.info(
        { session: this.sessionId, reason: cause.message },
        "a client of a session sent what is no message",
      );
      socket.close(BAD_TOKEN);
    }
  }

  /** The next message of the client's stream. A client that begins without a handshake does not know of it. */
  private received({ payloadType, payload }: Message): void {
    switch (payloadType) {
      case PayloadType.HandshakeResponse: {
        const failure = handshakeFailure(payload);
        if (failure !== undefined) return void this.end(failure);
        this.channel.send(
          PayloadType.HandshakeComplete,
          handshakeComplete(this.parts.clock.monotonic() - this.begunAt),
        );
        return this.begin();
      }
      case PayloadType.Output:
        this.activeAt = this.parts.clock.monotonic();
        this.input.type(payload);
        return this.begin();
      case PayloadType.Size: {
        const size = terminalSize(payload);
        if (size) this.input.resize(size);
        return this.begin();
      }
      case PayloadType.Flag:
        if (payload.length === 4 && payload.readUInt32BE() === Flag.TerminateSession) void this.end("");
        return;
      default: // nothing that a terminal knows
    }
  }

  private begin(): void {
    this.running ??= this.run().catch((err: unknown) => {
      this.parts.log.error({ err, session: this.sessionId }, "a session failed");
      void this.end("");
    });
  }

  /** From the program's start to its end. */
  private async run(): Promise<void> {
    const transcripts = await this.openTranscripts();
    const program = transcripts && (await this.start());
    if (!program) return;
    this.program = program;
    if (this.over.signal.aborted) await program.kill();
    this.input.begin(program);
    await this.passOn(program, transcripts);
    const exitCode = await program.ended;
    this.parts.log.debug({ session: this.sessionId, exitCode }, "the program of a session has ended");
    await Promise.all([
      Promise.race([this.channel.flushed(), this.parts.clock.sleep(FLUSH_MS, this.over.signal).catch(() => {})]),
      ...transcripts.map((transcript) => transcript.end()),
    ]);
    void this.end("");
  }

  private async openTranscripts(): Promise<Transcript[] | undefined> {
    try {
      return await this.parts.transcripts();
    } catch (cause) {
      void this.end(messageOf(cause));
      return undefined;
    }
  }

  private async start(): Promise<TerminalProgram | undefined> {
    const { compute, containerId, command } = this.parts;
    try {
      return await compute.execTerminal(containerId, command, ENVIRONMENT);
    } catch (cause) {
      void this.end(startFailure(command[0]!, messageOf(cause)));
      return undefined;
    }
  }

  private async passOn({ output }: TerminalProgram, transcripts: readonly Transcript[]): Promise<void> {
    const pieces = new Utf8Pieces(PIECE_BYTES);
    const pass = async (piece: Buffer) => {
      this.channel.send(PayloadType.Output, piece);
      await Promise.all(transcripts.map((transcript) => transcript.write(piece)));
    };
    try {
      for await (const chunk of output as AsyncIterable<Buffer>) {
        this.activeAt = this.parts.clock.monotonic();
        for (const piece of pieces.cut(chunk)) {
          await pass(piece);
          await this.channel.writable();
        }
      }
    } catch (cause) {
      if (!this.over.signal.aborted) throw cause;
    }
    const rest = pieces.end();
    if (rest.length) await pass(rest);
  }

  private async endWhenIdle(): Promise<void> {
    const { clock, idleMs } = this.parts;
    for (let left = idleMs; left > 0; left = this.activeAt + idleMs - clock.monotonic()) {
      await clock.sleep(left, this.over.signal).catch(() => {});
      if (this.over.signal.aborted) return;
    }
    await this.end("Your session timed out due to inactivity.");
  }

  /** Does something later, unless the session has ended. */
  private async after(ms: number, work: () => void, signal?: AbortSignal): Promise<void> {
    const signals = signal ? AbortSignal.any([this.over.signal, signal]) : this.over.signal;
    await this.parts.clock.sleep(ms, signals).then(work, () => {});
  }
}

function hashOf(token: string): Buffer {
  return createHash("sha256").update(token).digest();
}
