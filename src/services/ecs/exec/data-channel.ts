import type { Clock } from "../../../base/clock.ts";
import { decodeMessage, encodeMessage, MessageFlags, PayloadType, type Message, type MessageType } from "./message.ts";

/** How much may be under way before what sends has to wait, bytes. */
const WINDOW_BYTES = 256 * 1024;
/** How many messages that came too early are kept. */
const MAX_EARLY = 1000;

/** What is not acknowledged is sent again after a time that follows the round trips, as session-manager-plugin reckons it. */
const RESEND_CHECK_MS = 100;
const FIRST_ROUND_TRIP_MS = 100;
const FIRST_TIMEOUT_MS = 200;
const MAX_TIMEOUT_MS = 1000;
const CLOCK_GRANULARITY_MS = 10;
const ROUND_TRIP_WEIGHT = 1 / 8;
const VARIATION_WEIGHT = 1 / 4;
/**
 * What one connection has carried so often has arrived: clients say nothing to what they had before the connection before
 * it was lost.
 */
const MAX_RESENT = 25;

/** What carries the messages for a while, such as a WebSocket. */
export interface ChannelConnection {
  send(bytes: Buffer): void;
  /** Bytes that wait to be sent. */
  readonly bufferedAmount: number;
}

interface Outgoing {
  bytes: Buffer;
  /** By the monotonic clock; 0 when it never was. */
  sentAt: number;
  resent: number;
}

export interface DataChannelOptions {
  clock: Clock;
  /** Hears the messages of the client's stream, each once and in their order. */
  onInput: (message: Message) => void;
}

/**
 * The server's end of a data channel: two streams of numbered messages, each acknowledged, and sent again until it is;
 * both outlive the connections that carry them.
 */
export class DataChannel {
  private readonly options: DataChannelOptions;
  private connection: ChannelConnection | undefined;
  private nextOutgoing = 0;
  private expected = 0;
  private readonly unacknowledged = new Map<number, Outgoing>();
  private readonly early = new Map<number, Message>();
  private unacknowledgedBytes = 0;
  private paused = false;
  private closed = false;
  private roundTripMs = FIRST_ROUND_TRIP_MS;
  private variationMs = 0;
  private timeoutMs = FIRST_TIMEOUT_MS;
  private resending = false;
  private readonly waiting: { ready: () => boolean; resolve: () => void }[] = [];

  constructor(options: DataChannelOptions) {
    this.options = options;
  }

  /** Carries on over a connection, from what its predecessor's client may not have got. */
  attach(connection: ChannelConnection): void {
    this.connection = connection;
    this.paused = false;
    this.sendControl("start_publication", {});
    for (const outgoing of this.unacknowledged.values()) {
      outgoing.resent = 0;
      this.transmit(outgoing);
    }
    this.wake();
  }

  /** The connection is lost. */
  detach(connection: ChannelConnection): void {
    if (this.connection === connection) this.connection = undefined;
  }

  /** Sends a message of the output stream, now or when there is a connection. */
  send(payloadType: number, payload: Buffer): void {
    if (this.closed) return;
    const sequenceNumber = this.nextOutgoing++;
    const flags = sequenceNumber === 0 ? MessageFlags.First : 0;
    const now = this.options.clock.now();
    const bytes = encodeMessage({ type: "output_stream_data", sequenceNumber, flags, payloadType, payload }, now);
    const outgoing: Outgoing = { bytes, sentAt: 0, resent: 0 };
    this.unacknowledged.set(sequenceNumber, outgoing);
    this.unacknowledgedBytes += bytes.length;
    this.transmit(outgoing);
    void this.resend();
  }

  /** Resolves when more may be sent without too much being under way, or when the channel is closed. */
  async writable(): Promise<void> {
    await this.when(() => !this.paused && this.unacknowledgedBytes < WINDOW_BYTES);
  }

  /** Resolves when everything was acknowledged, or when the channel is closed. */
  async flushed(): Promise<void> {
    await this.when(() => this.unacknowledged.size === 0);
  }

  /** @throws MessageError */
  received(bytes: Buffer): void {
    const message = decodeMessage(bytes);
    switch (message.type) {
      case "input_stream_data":
        return this.receivedInput(message);
      case "acknowledge":
        this.unpause();
        return this.acknowledged(message);
      case "pause_publication":
        this.paused = true;
        return;
      case "start_publication":
        return this.unpause();
      default: // of a newer protocol
    }
  }

  /** Tells the client that there is nothing more to come, and why; then the channel is of no more use. */
  close(sessionId: string, output: string): void {
    if (this.closed) return;
    this.closed = true;
    this.sendControl("channel_closed", {
      MessageType: "channel_closed",
      CreatedDate: new Date(this.options.clock.now()).toISOString(),
      SessionId: sessionId,
      SchemaVersion: 1,
      Output: output,
    });
    this.unacknowledged.clear();
    this.wake();
  }

  private receivedInput(message: Message): void {
    const { sequenceNumber } = message;
    if (sequenceNumber > this.expected && this.early.size >= MAX_EARLY) return; // unacknowledged, it comes again
    this.acknowledge(message);
    if (sequenceNumber < this.expected) return; // it was here before
    this.early.set(sequenceNumber, message);
    for (let next = this.early.get(this.expected); next; next = this.early.get(this.expected)) {
      this.early.delete(this.expected++);
      this.options.onInput(next);
    }
  }

  private acknowledge({ type, id, sequenceNumber }: Message): void {
    this.sendControl("acknowledge", {
      AcknowledgedMessageType: type,
      AcknowledgedMessageId: id,
      AcknowledgedMessageSequenceNumber: sequenceNumber,
      IsSequentialMessage: true,
    });
  }

  private acknowledged({ payload }: Message): void {
    const sequenceNumber = acknowledgedNumber(payload);
    const outgoing = this.unacknowledged.get(sequenceNumber);
    if (!outgoing) return;
    if (outgoing.resent === 0) this.measured(this.options.clock.monotonic() - outgoing.sentAt);
    this.arrived(sequenceNumber, outgoing);
  }

  private arrived(sequenceNumber: number, { bytes }: Outgoing): void {
    this.unacknowledged.delete(sequenceNumber);
    this.unacknowledgedBytes -= bytes.length;
    this.wake();
  }

  private measured(roundTripMs: number): void {
    const difference = Math.abs(this.roundTripMs - roundTripMs);
    this.variationMs += VARIATION_WEIGHT * (difference - this.variationMs);
    this.roundTripMs += ROUND_TRIP_WEIGHT * (roundTripMs - this.roundTripMs);
    this.timeoutMs = Math.min(MAX_TIMEOUT_MS, this.roundTripMs + Math.max(CLOCK_GRANULARITY_MS, 4 * this.variationMs));
  }

  /** Of what is not acknowledged, the first is sent again: clients take messages in their order. */
  private async resend(): Promise<void> {
    if (this.resending) return;
    this.resending = true;
    const { clock } = this.options;
    while (this.unacknowledged.size && !this.closed) {
      await clock.sleep(RESEND_CHECK_MS);
      const [first] = this.unacknowledged;
      // What still waits in front of it need not wait any longer for that.
      if (!first || !this.connection || this.paused || this.connection.bufferedAmount > 0) continue;
      const [sequenceNumber, outgoing] = first;
      if (clock.monotonic() - outgoing.sentAt < this.timeoutMs) continue;
      if (outgoing.resent++ < MAX_RESENT) this.transmit(outgoing);
      else this.arrived(sequenceNumber, outgoing);
    }
    this.resending = false;
  }

  /** What was not sent meanwhile goes now. */
  private unpause(): void {
    if (!this.paused) return;
    this.paused = false;
    for (const outgoing of this.unacknowledged.values()) if (outgoing.sentAt === 0) this.transmit(outgoing);
    this.wake();
  }

  private transmit(outgoing: Outgoing): void {
    if (!this.connection || this.paused) return;
    outgoing.sentAt = this.options.clock.monotonic();
    this.connection.send(outgoing.bytes);
  }

  private sendControl(type: MessageType, content: object): void {
    const payload = Buffer.from(JSON.stringify(content));
    const payloadType = type === "start_publication" ? PayloadType.StartPublication : 0;
    const flags = MessageFlags.First | MessageFlags.Last;
    const message = { type, sequenceNumber: 0, flags, payloadType, payload };
    this.connection?.send(encodeMessage(message, this.options.clock.now()));
  }

  private async when(ready: () => boolean): Promise<void> {
    if (this.closed || ready()) return;
    await new Promise<void>((resolve) => this.waiting.push({ ready, resolve }));
  }

  private wake(): void {
    const ready = this.waiting.filter((one) => this.closed || one.ready());
    for (const one of ready) {
      this.waiting.splice(this.waiting.indexOf(one), 1);
      one.resolve();
    }
  }
}

function acknowledgedNumber(payload: Buffer): number {
  try {
    const content = JSON.parse(payload.toString()) as { AcknowledgedMessageSequenceNumber?: unknown };
    return Number(content.AcknowledgedMessageSequenceNumber);
  } catch {
    return Number.NaN; // acknowledges nothing
  }
}
