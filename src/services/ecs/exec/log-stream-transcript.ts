import type { SessionLogs } from "./log-settings.ts";
import type { Transcript, TranscriptParts } from "./transcript.ts";

type LogsSdk = typeof import("@aws-sdk/client-cloudwatch-logs");

/** Lines are sent together after this time at the latest. */
const SEND_EVERY_MS = 1000;
/** Less than what PutLogEvents takes at once, with 26 bytes for each event. */
const MAX_BATCH_BYTES = 512 * 1024;
/** Longer ones are cut, at a quarter of what an event can have in bytes. */
const MAX_LINE_CHARACTERS = 50_000;

/** Each line is an event of a log stream that is named after the session. */
export class LogStreamTranscript implements Transcript {
  private readonly target: NonNullable<SessionLogs["cloudWatch"]>;
  private readonly parts: TranscriptParts;
  private readonly timer = new AbortController();
  private line = "";
  private events: { timestamp: number; message: string }[] = [];
  private bytes = 0;
  private opened: Promise<void> | undefined;
  private sending: Promise<void> = Promise.resolve();
  private failure: unknown;
  private isDue = false;

  constructor(target: NonNullable<SessionLogs["cloudWatch"]>, parts: TranscriptParts) {
    this.target = target;
    this.parts = parts;
  }

  async write(bytes: Buffer): Promise<void> {
    if (this.failure) throw this.failure as Error;
    const lines = (this.line + bytes.toString()).split("\n");
    this.line = lines.pop()!;
    for (const line of lines) this.add(line);
    if (this.line.length > MAX_LINE_CHARACTERS) this.add(this.takeLine());
    if (this.bytes > MAX_BATCH_BYTES) await this.send();
    else void this.sendLater();
  }

  async end(): Promise<void> {
    this.timer.abort();
    if (this.line) this.add(this.takeLine());
    await this.send();
    if (this.failure) throw this.failure as Error;
  }

  private takeLine(): string {
    const { line } = this;
    this.line = "";
    return line;
  }

  private add(line: string): void {
    const message = line.replace(/\r+$/, "");
    if (!message) return; // an event has at least one character
    this.events.push({ timestamp: this.parts.clock.now(), message });
    this.bytes += Buffer.byteLength(message) + 26;
  }

  private async sendLater(): Promise<void> {
    if (this.isDue) return;
    this.isDue = true;
    await this.parts.clock.sleep(SEND_EVERY_MS, this.timer.signal).catch(() => {}); // the end sends what is left
    this.isDue = false;
    if (!this.timer.signal.aborted) await this.send();
  }

  /** One batch after the other; what fails is told to the next who writes. */
  private async send(): Promise<void> {
    const before = this.sending;
    this.sending = this.sendAfter(before);
    await this.sending;
  }

  private async sendAfter(before: Promise<void>): Promise<void> {
    await before;
    const logEvents = this.events;
    if (!logEvents.length || this.failure) return;
    this.events = [];
    this.bytes = 0;
    try {
      await (this.opened ??= this.open());
      await this.call("PutLogEvents", { ...this.names(), logEvents });
    } catch (cause) {
      this.failure = cause;
    }
  }

  private async open(): Promise<void> {
    await this.call("CreateLogStream", this.names());
  }

  private names(): { logGroupName: string; logStreamName: string } {
    return { logGroupName: this.target.group, logStreamName: this.parts.sessionId };
  }

  private async call(operation: "CreateLogStream" | "PutLogEvents", input: object): Promise<void> {
    const { api, task } = this.parts;
    await api.call<LogsSdk, typeof operation>(task, this.target.scope, "logs", operation, input as never);
  }
}
