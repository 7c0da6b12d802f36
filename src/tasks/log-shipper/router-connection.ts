import { closeSync, constants, fstatSync, openSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { join } from "node:path";
import { readAck } from "./msgpack.ts";

/** What the kernel has and Node.js does not name: a file as such, without opening it. */
const O_PATH = 0o10000000;
const SOCKET = "fluent.sock";
/** A router that takes or acknowledges nothing for so long is given up; the next attempt dials anew. */
const TIMEOUT_MS = 10_000;
/** How long the first acknowledgement may take before the router is one that gives none. */
const FIRST_ACK_MS = 3_000;

/** A connection to the socket of a FireLens router, made when it is needed. One message at a time. */
export class RouterConnection {
  private readonly folder: string;
  private socket: Socket | undefined;
  private acknowledges: boolean;
  private acknowledged = false;
  /** Called with each chunk that the router acknowledges while a message is on its way. */
  private onAck: (chunk: string) => void = () => {};

  /** @param acknowledges whether to ask for acknowledgements */
  constructor(folder: string, acknowledges: boolean) {
    this.folder = folder;
    this.acknowledges = acknowledges;
  }

  /** Whether messages should carry a chunk, which the router acknowledges. */
  get asksForAcks(): boolean {
    return this.acknowledges;
  }

  /**
   * Sends a message. Resolves when the router has acknowledged it, or, with a router that does not, when the kernel has.
   * @param chunk what the message asks to be acknowledged, if anything
   * @throws Error when it cannot be known to have arrived
   */
  async send(message: Buffer, chunk: string | undefined): Promise<void> {
    const socket = await this.open();
    const wanted = chunk !== undefined && this.acknowledges;
    await new Promise<void>((resolve, reject) => {
      const fail = (cause: Error) => {
        clearTimeout(timer);
        this.close();
        reject(cause);
      };
      const done = () => {
        clearTimeout(timer);
        socket.off("close", onClose).off("error", fail);
        resolve();
      };
      let written = false;
      const late = () => {
        if (!wanted || this.acknowledged || !written) return fail(new Error("the router does not answer in time"));
        this.acknowledges = false;
        done();
      };
      const timer = setTimeout(late, wanted && !this.acknowledged ? FIRST_ACK_MS : TIMEOUT_MS);
      const onClose = () => fail(new Error("the router closed the connection"));
      this.onAck = (acknowledged) => {
        if (wanted && acknowledged === chunk) done();
      };
      socket.on("close", onClose).on("error", fail);
      socket.write(message, (cause) => {
        if (cause) return; // `error` says so, too
        written = true;
        if (!wanted) done();
      });
    });
  }

  close(): void {
    this.socket?.destroy();
    this.socket = undefined;
  }

  private async open(): Promise<Socket> {
    if (this.socket && !this.socket.destroyed && this.socket.writable) return this.socket;
    this.close();
    // The folder is the container's: a link there may lead to a socket of the host, so it is not followed.
    const fd = openSync(join(this.folder, SOCKET), O_PATH | constants.O_NOFOLLOW);
    try {
      if (!fstatSync(fd).isSocket()) throw new Error(`the router's ${SOCKET} is not a socket`);
      const socket = connect(`/proc/self/fd/${fd}`);
      await new Promise<void>((resolve, reject) => {
        socket.once("connect", resolve).once("error", reject);
      });
      socket.on("error", () => {}); // between two messages; the next one finds it closed
      this.readAcks(socket);
      this.socket = socket;
      return socket;
    } finally {
      closeSync(fd);
    }
  }

  /** One that comes late, too, is of a router that acknowledges. */
  private readAcks(socket: Socket): void {
    let received: Buffer = Buffer.alloc(0);
    socket.on("data", (bytes: Buffer) => {
      received = Buffer.concat([received, bytes]);
      try {
        for (let ack = readAck(received); ack; ack = readAck(received)) {
          received = received.subarray(ack.length);
          this.acknowledges = this.acknowledged = true;
          this.onAck(ack.chunk);
        }
      } catch (cause) {
        socket.destroy(cause as Error);
      }
    });
  }
}
