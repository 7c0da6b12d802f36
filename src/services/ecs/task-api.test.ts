import { get, type ServerResponse } from "node:http";
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

beforeEach(async () => {
  served = [];
  answering = false;
  address = "10.0.0.1";
  let handler: TaskConnectionHandler | undefined;
  api = new TaskApi(
    {
      listenForTasks: async (_port, wanted) => {
        handler = wanted;
      },
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
    handler!(socket, { vpcId: "vpc-1", address });
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
