import type { Clock } from "../../../base/clock.ts";
import type { Logger } from "../../../base/log.ts";
import type { TerminalProgram, TerminalSize } from "../../../compute/backend.ts";

/** What is typed faster than the program reads is not taken beyond this. */
const MAX_TYPED_AHEAD_BYTES = 256 * 1024;
/** How long what is typed after a change of size may wait for it. */
const RESIZE_MS = 2000;

export interface TerminalInputParts {
  sessionId: string;
  clock: Clock;
  log: Logger;
}

/**
 * What a client types and how large its terminal is. Both reach the program in the order in which they came, as on AWS:
 * what is run right after a change of size sees the new size. Until the program begins, they wait.
 */
export class TerminalInput {
  private readonly parts: TerminalInputParts;
  private readonly waiting: (Buffer | TerminalSize)[] = [];
  private program: TerminalProgram | undefined;
  private isPassing = false;

  constructor(parts: TerminalInputParts) {
    this.parts = parts;
  }

  begin(program: TerminalProgram): void {
    this.program = program;
    void this.pass();
  }

  /** As a terminal whose program does not read, it takes no more when too much waits. */
  type(bytes: Buffer): void {
    const ahead = this.waiting.reduce((sum, each) => sum + (Buffer.isBuffer(each) ? each.length : 0), 0);
    if (ahead + (this.program?.input.writableLength ?? 0) + bytes.length > MAX_TYPED_AHEAD_BYTES) return;
    this.waiting.push(bytes);
    void this.pass();
  }

  resize(size: TerminalSize): void {
    const last = this.waiting.at(-1);
    if (last && !Buffer.isBuffer(last)) this.waiting.pop(); // nobody could have seen that one
    this.waiting.push(size);
    void this.pass();
  }

  private async pass(): Promise<void> {
    const { program } = this;
    if (!program || this.isPassing) return;
    this.isPassing = true;
    for (let next = this.waiting.shift(); next; next = this.waiting.shift())
      if (!Buffer.isBuffer(next)) await this.change(program, next);
      else if (program.input.writable) program.input.write(next); // it may have ended meanwhile
    this.isPassing = false;
  }

  private async change(program: TerminalProgram, size: TerminalSize): Promise<void> {
    const { clock, log, sessionId } = this.parts;
    const done = new AbortController();
    const change = program
      .resize(size)
      .catch((err: unknown) => log.debug({ err, session: sessionId }, "the terminal of a session was not resized"))
      .finally(() => done.abort());
    await Promise.race([change, clock.sleep(RESIZE_MS, done.signal).catch(() => {})]);
  }
}
