import { get, type ServerResponse } from "node:http";
import { get as getByTls } from "node:https";
import { connect, createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { TaskConnectionHandler } from "../../network/backend.ts";
import { TaskApi } from "./task-api.ts";

let api: TaskApi;
let network: Server;
let port: number;
let connections: number;
/** The connections that have not ended. */
let open: Set<Socket>;
/** The requests that have come through; they are answered at once when `answering`. */
let served: ServerResponse[];
let answering: boolean;
let address: string;
/** The port that the task has dialled. */
let dialled: number;

beforeEach(async () => {
  served = [];
  answering = false;
  address = "10.0.0.1";
  dialled = 4566;
  const handlers = new Map<number, TaskConnectionHandler>();
  api = new TaskApi(
    {
      listenForTasks: async (wanted, handler) => void handlers.set(wanted, handler),
    },
    (_request, response) => {
      served.push(response);
      if (answering) response.end();
    },
  );
  await api.start();
  connections = 0;
  open = new Set();
  network = createServer({ allowHalfOpen: true }, (socket) => {
    connections++;
    open.add(socket);
    socket.once("close", () => open.delete(socket));
    handlers.get(dialled)!(socket, { vpcId: "vpc-1", address });
  });
  await new Promise<void>((resolve) => network.listen(0, "127.0.0.1", resolve));
  port = (network.address() as AddressInfo).port;
});
afterEach(async () => {
  await api.stop();
  await new Promise((resolve) => network.close(resolve));
});

/** Asks on a connection of its own; answers the status, or `undefined` when the connection was closed. */
function ask(): Promise<number | undefined> {
  return new Promise((resolve) => {
    get({ port, host: "127.0.0.1", agent: false }, (answer) => resolve(answer.resume().statusCode)).once("error", () =>
      resolve(undefined),
    );
  });
}

async function haveCome(count: number): Promise<void> {
  await expect.poll(() => served.length, { timeout: 20_000 }).toBe(count);
}

test("a task's requests beyond 32 wait for the others; another task's do not", { timeout: 30_000 }, async () => {
  const answers = Array.from({ length: 40 }, ask);
  await expect.poll(() => connections, { timeout: 20_000 }).toBe(40);
  await haveCome(32);
  address = "10.0.0.2";
  answers.push(ask());
  await haveCome(33);
  answering = true;
  for (const response of served.slice()) response.end();
  expect(await Promise.all(answers)).toEqual(Array(41).fill(200));
  expect(served).toHaveLength(41);
});

test("a request that does not wait for its turn begins no other", { timeout: 30_000 }, async () => {
  const first = Array.from({ length: 32 }, ask);
  await haveCome(32);
  const patient = ask();
  await expect.poll(() => connections, { timeout: 20_000 }).toBe(33);
  const hasty = get({ port, host: "127.0.0.1", agent: false }).on("error", () => {});
  await expect.poll(() => connections, { timeout: 20_000 }).toBe(34);
  hasty.destroy();
  await expect.poll(() => open.size, { timeout: 20_000 }).toBe(33);
  expect(served).toHaveLength(32);
  answering = true;
  for (const response of served.slice()) response.end();
  expect(await Promise.all([...first, patient])).toEqual(Array(33).fill(200));
  expect(served).toHaveLength(33);
});

test("a connection has one request at a time", async () => {
  const socket = connect(port, "127.0.0.1").on("error", () => {});
  const closed = new Promise((resolve) => socket.once("close", resolve));
  socket.resume().write("GET / HTTP/1.1\r\nHost: a\r\n\r\n".repeat(100));
  await closed;
  expect(served).toHaveLength(1);
});

test("a request may come as soon as the one before is answered", async () => {
  answering = true;
  const socket = connect(port, "127.0.0.1").on("error", () => {});
  socket.resume().write("GET / HTTP/1.1\r\nHost: a\r\n\r\n".repeat(3));
  await haveCome(3);
  socket.destroy();
});

test("port 443 speaks TLS, and ends what does not", async () => {
  dialled = 443;
  answering = true;
  const answer = await new Promise<number | undefined>((resolve, reject) => {
    getByTls({ port, host: "127.0.0.1", agent: false, rejectUnauthorized: false }, (response) =>
      resolve(response.resume().statusCode),
    ).once("error", reject);
  });
  expect(answer).toBe(200);
  expect(served[0]!.req.socket).toMatchObject({ encrypted: true });
  expect(await ask()).toBeUndefined();
  await expect.poll(() => open.size, { timeout: 20_000 }).toBe(0);
  expect(served).toHaveLength(1);
});
