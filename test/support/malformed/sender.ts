import { connect, type Socket } from "node:net";
import { AnswerReader, type FuzzAnswer } from "./answer-reader.ts";
import type { FuzzRequest } from "./requests.ts";

/**
 * Sends requests over one connection, several at once without waiting for answers, as HTTP/1.1 allows. A connection that the
 * server closes is replaced.
 */
export class Sender {
  private readonly port: number;
  private readonly timeoutMs: number;
  private socket: Socket | undefined;

  /** @param timeoutMs after which requests count as unanswered */
  constructor(port: number, timeoutMs = 30_000) {
    this.port = port;
    this.timeoutMs = timeoutMs;
  }

  /** The answers, in the order of the requests. @throws Error when there is none to one of them */
  async send(requests: readonly FuzzRequest[]): Promise<FuzzAnswer[]> {
    const answers: FuzzAnswer[] = [];
    while (answers.length < requests.length) {
      const left = requests.slice(answers.length);
      const got = await this.exchange(left);
      if (!got.length) throw new Error(`no answer to ${left[0]!.what}: ${left[0]!.method} ${left[0]!.path}`);
      answers.push(...got);
    }
    return answers;
  }

  close(): void {
    this.socket?.destroy();
    this.socket = undefined;
  }

  /** Answers until all are there or the connection is closed. */
  private async exchange(requests: readonly FuzzRequest[]): Promise<FuzzAnswer[]> {
    const socket = (this.socket ??= connect(this.port, "127.0.0.1")
      .setNoDelay()
      .on("error", () => {}));
    const reader = new AnswerReader(requests.map(({ method }) => method));
    const { promise, resolve } = Promise.withResolvers<void>();
    const read = (bytes: Buffer) => {
      reader.read(bytes);
      if (reader.done) resolve();
    };
    const timer = setTimeout(resolve, this.timeoutMs);
    socket.once("close", resolve).on("data", read);
    for (const request of requests) socket.write(bytesOf(request));
    await promise;
    clearTimeout(timer);
    socket.off("close", resolve).off("data", read);
    if (!reader.done || reader.closed) this.close();
    return reader.answers;
  }
}

function bytesOf({ method, path, headers, body }: FuzzRequest): Buffer {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value.replaceAll(/[^\t -~]/g, "?")}\r\n`);
  const head = `${method} ${path.replaceAll(/[^!-~]/g, "_")} HTTP/1.1\r\nhost: 127.0.0.1\r\n${lines.join("")}content-length: ${body.length}\r\n\r\n`;
  return Buffer.concat([Buffer.from(head, "latin1"), body]);
}
