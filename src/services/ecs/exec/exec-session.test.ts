import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { PassThrough } from "node:stream";
import pino from "pino";
import { afterEach, beforeEach, expect, test } from "vitest";
import { WebSocket } from "ws";
import { systemClock } from "../../../base/clock.ts";
import { randomIds } from "../../../base/ids.ts";
import type { TerminalProgram } from "../../../compute/backend.ts";
import type { ContainerRecord, TaskRecord } from "../../../tasks/task-record.ts";
import { ExecSessions } from "./exec-sessions.ts";
import { decodeMessage, encodeMessage, PayloadType, type Message } from "./message.ts";

/** Longer than whatever else a session waits for. */
const IDLE_MS = 600_000;

let sessions: ExecSessions;
let server: Server;
let started: { args: string[]; program: TerminalProgram; sizes: object[] }[];
/** How much later it is than the system's clock says. */
let ahead: number;
/** Ends the session's wait for the time when it would be idle. */
let wake: () => void;

beforeEach(async () => {
  [started, ahead] = [[], 0];
  sessions = new ExecSessions({
    compute: { execTerminal: async (_id, args) => begin(args) },
    idleMs: IDLE_MS,
    clock: {
      ...systemClock,
      monotonic: () => systemClock.monotonic() + ahead,
      sleep: (ms, signal) => {
        const slept = systemClock.sleep(ms, signal);
        return ms > IDLE_MS / 4 ? Promise.race([slept, new Promise<void>((resolve) => (wake = resolve))]) : slept;
      },
    },
    ids: randomIds,
    log: pino({ level: "silent" }),
  });
  server = createServer().on("upgrade", (request, socket, head) => sessions.upgrade(request, socket, head));
  await once(server.listen(0, "127.0.0.1"), "listening");
});
afterEach(async () => {
  await sessions.stop();
  server.close();
});

/** A program that prints what is typed, and runs until it is killed. */
function begin(args: string[]): TerminalProgram {
  const terminal = new PassThrough();
  const { promise: ended, resolve } = Promise.withResolvers<number>();
  const sizes: object[] = [];
  const program: TerminalProgram = {
    output: terminal,
    input: terminal,
    ended,
    resize: async (size) => void sizes.push(size),
    kill: async () => {
      terminal.end();
      resolve(137);
    },
  };
  started.push({ args, program, sizes });
  return program;
}

/** A client that opens a session's channel, and what it is sent. */
async function client() {
  const { streamUrl, tokenValue } = sessions.create({
    task: { scope: { account: "1", region: "r" }, taskId: "t" } as TaskRecord,
    container: { id: "c", name: "app" } as ContainerRecord,
    command: ["top"],
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    logs: {},
  });
  const socket = new WebSocket(streamUrl);
  const heard: Message[] = [];
  socket.on("message", (bytes) => heard.push(decodeMessage(bytes as Buffer)));
  await once(socket, "open");
  socket.send(JSON.stringify({ TokenValue: tokenValue }));
  let sequenceNumber = 0;
  const say = (payloadType: number, content: object | string) => {
    const payload = Buffer.from(typeof content === "string" ? content : JSON.stringify(content));
    socket.send(
      encodeMessage({ type: "input_stream_data", sequenceNumber: sequenceNumber++, flags: 0, payloadType, payload }, 0),
    );
  };
  const closing = () => heard.find(({ type }) => type === "channel_closed");
  const end = async () => {
    await expect.poll(closing, { timeout: 10_000 }).toBeDefined();
    return (JSON.parse(closing()!.payload.toString()) as { Output: string }).Output;
  };
  const printed = () => heard.filter(({ payloadType }) => payloadType === PayloadType.Output).length;
  return { printed, say, end, closing };
}

test("nobody types or reads: the session ends and says so", async () => {
  const { say, end, closing, printed } = await client();
  say(PayloadType.HandshakeResponse, { ProcessedClientActions: [{ ActionType: "SessionType", ActionStatus: 1 }] });
  await expect.poll(() => started, { timeout: 10_000 }).toMatchObject([{ args: ["top"] }]);
  ahead = IDLE_MS / 2;
  say(PayloadType.Output, "x");
  await expect.poll(printed, { timeout: 10_000 }).toBeGreaterThan(0);
  ahead = IDLE_MS + 1000;
  const looked = wake;
  looked();
  await expect.poll(() => wake, { timeout: 10_000 }).not.toBe(looked); // not idle: it waits for the rest
  expect(closing()).toBeUndefined();
  ahead = 2 * IDLE_MS;
  wake();
  expect(await end()).toBe("Your session timed out due to inactivity.");
});

test("a client that knows no handshake is a terminal by what it sends", async () => {
  const { say, printed } = await client();
  say(PayloadType.Size, { cols: 80, rows: 24 });
  say(PayloadType.Output, "typed");
  await expect.poll(printed, { timeout: 10_000 }).toBeGreaterThan(0);
  expect(started[0]!.sizes).toContainEqual({ cols: 80, rows: 24 });
});

test("a client that cannot be a terminal ends the session", async () => {
  const { say, end } = await client();
  const action = { ActionType: "SessionType", ActionStatus: 2, Error: "no" };
  say(PayloadType.HandshakeResponse, { ProcessedClientActions: [action] });
  expect(await end()).toContain("SessionType failed on client with status 2 error: no");
  expect(started).toEqual([]);
});
