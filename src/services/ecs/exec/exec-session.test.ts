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

let sessions: ExecSessions;
let server: Server;
let started: { args: string[]; program: TerminalProgram; sizes: object[] }[];

beforeEach(async () => {
  started = [];
  sessions = new ExecSessions({
    compute: { execTerminal: async (_id, args) => begin(args) },
    idleMs: 250,
    clock: systemClock,
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
    await expect.poll(closing).toBeDefined();
    return (JSON.parse(closing()!.payload.toString()) as { Output: string }).Output;
  };
  return { heard, say, end };
}

test("nobody types or reads: the session ends and says so", async () => {
  const { say, end } = await client();
  say(PayloadType.HandshakeResponse, { ProcessedClientActions: [{ ActionType: "SessionType", ActionStatus: 1 }] });
  for (let times = 0; times < 3; times++) {
    await new Promise((resolve) => setTimeout(resolve, 150));
    say(PayloadType.Output, "x");
  }
  expect(started).toMatchObject([{ args: ["top"] }]);
  expect(await end()).toBe("Your session timed out due to inactivity.");
});

test("a client that knows no handshake is a terminal by what it sends", async () => {
  const { say, heard } = await client();
  say(PayloadType.Size, { cols: 80, rows: 24 });
  say(PayloadType.Output, "typed");
  await expect.poll(() => heard.filter(({ payloadType }) => payloadType === PayloadType.Output).join()).not.toBe("");
  expect(started[0]!.sizes).toContainEqual({ cols: 80, rows: 24 });
});

test("a client that cannot be a terminal ends the session", async () => {
  const { say, end } = await client();
  const action = { ActionType: "SessionType", ActionStatus: 2, Error: "no" };
  say(PayloadType.HandshakeResponse, { ProcessedClientActions: [action] });
  expect(await end()).toContain("SessionType failed on client with status 2 error: no");
  expect(started).toEqual([]);
});
