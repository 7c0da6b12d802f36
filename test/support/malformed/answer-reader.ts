export interface FuzzAnswer {
  status: number;
  contentType: string;
  /** Where REST services name the error. */
  errorType: string | undefined;
  body: Buffer;
}

/** Takes the answers to several requests out of the bytes of a connection. */
export class AnswerReader {
  readonly answers: FuzzAnswer[] = [];
  /** Whether an answer said that it is the connection's last. */
  closed = false;
  private readonly methods: readonly string[];
  private bytes: Buffer = Buffer.alloc(0);

  /** @param methods of the requests: those of `HEAD` are answered without a body */
  constructor(methods: readonly string[]) {
    this.methods = methods;
  }

  get done(): boolean {
    return this.answers.length === this.methods.length;
  }

  read(bytes: Buffer): void {
    this.bytes = this.bytes.length ? Buffer.concat([this.bytes, bytes]) : bytes;
    while (!this.done && this.next()) continue;
  }

  private next(): boolean {
    const end = this.bytes.indexOf("\r\n\r\n");
    if (end < 0) return false;
    const head = this.bytes.toString("latin1", 0, end);
    const status = Number(head.slice(9, 12));
    const start = end + 4;
    if (status < 200) {
      this.bytes = this.bytes.subarray(start);
      return true;
    }
    const bodiless = this.methods[this.answers.length] === "HEAD" || status === 204 || status === 304;
    const body = bodiless
      ? { content: Buffer.alloc(0), end: start }
      : /^transfer-encoding: chunked/im.test(head)
        ? this.chunked(start)
        : this.counted(start, Number(headerOf(head, "content-length") ?? 0));
    if (!body) return false;
    if (/^connection: close/im.test(head)) this.closed = true;
    this.answers.push({
      status,
      contentType: headerOf(head, "content-type") ?? "",
      errorType: headerOf(head, "x-amzn-errortype"),
      body: body.content,
    });
    this.bytes = this.bytes.subarray(body.end);
    return true;
  }

  private counted(start: number, length: number): { content: Buffer; end: number } | undefined {
    const end = start + length;
    return this.bytes.length < end ? undefined : { content: this.bytes.subarray(start, end), end };
  }

  private chunked(start: number): { content: Buffer; end: number } | undefined {
    const pieces: Buffer[] = [];
    for (let at = start; ;) {
      const line = this.bytes.indexOf("\r\n", at);
      if (line < 0) return undefined;
      const length = Number.parseInt(this.bytes.toString("latin1", at, line), 16);
      const end = line + 2 + length + 2;
      if (this.bytes.length < end) return undefined;
      if (length === 0) return { content: Buffer.concat(pieces), end };
      pieces.push(this.bytes.subarray(line + 2, end - 2));
      at = end;
    }
  }
}

function headerOf(head: string, name: string): string | undefined {
  return new RegExp(`^${name}: (.*)$`, "im").exec(head)?.[1];
}
