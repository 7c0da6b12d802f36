import { connect, createServer, type AddressInfo, type Socket } from "node:net";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { systemClock } from "../../base/clock.ts";
import { silentLogger } from "../../base/log.ts";
import type { TaskConnectionHandler } from "../../network/backend.ts";
import { AgentEndpoint, cleanPath } from "./agent-endpoint.ts";
import { RateLimit } from "./rate-limit.ts";

/** Connects to an endpoint that answers `ok` at `/ok`, and at `/part/…` what stands behind. */
async function connected(): Promise<Connected> {
  let handler: TaskConnectionHandler | undefined;
  const endpoint = new AgentEndpoint({
    tasks: { atAddress: async () => undefined },
    network: { listenForTasks: async (_port, wanted) => void (handler = wanted) },
    routes: [
      { pattern: /\/ok/, handle: () => ({ status: 200, body: "ok" }) },
      { pattern: /\/part(?:\/([^/]*))?/, handle: ({ params }) => ({ status: 200, body: params }) },
    ],
    clock: systemClock,
    log: silentLogger,
  });
  await endpoint.start();
  const end = Promise.withResolvers<void>();
  const network = createServer({ allowHalfOpen: true }, (socket) => {
    socket.once("close", () => end.resolve());
    handler!(socket, { vpcId: "vpc-1", address: "10.0.0.1" });
  });
  await new Promise<void>((resolve) => network.listen(0, "127.0.0.1", resolve));
  const socket = connect((network.address() as AddressInfo).port, "127.0.0.1");
  const answers = received(socket);
  onTestFinished(async () => {
    socket.destroy();
    endpoint.stop();
    await new Promise((resolve) => network.close(resolve));
  });
  return { endpoint, socket, answers, ended: end.promise };
}

/** All that comes, also when the connection is reset in the end. */
async function received(socket: Socket): Promise<string> {
  const pieces: Buffer[] = [];
  socket.on("data", (piece: Buffer) => pieces.push(piece)).on("error", () => {});
  await new Promise((resolve) => socket.once("close", resolve));
  return Buffer.concat(pieces).toString();
}

interface Connected {
  endpoint: AgentEndpoint;
  socket: Socket;
  answers: Promise<string>;
  /** When the endpoint's side is closed. */
  ended: Promise<void>;
}

describe("a connection", () => {
  test("ends when a request does not come to its end", { timeout: 20_000 }, async () => {
    const { socket, answers } = await connected();
    socket.write("GET /ok HTTP/1.1\r\nHost: a\r\nX-Slow: ");
    const drip = setInterval(() => socket.write("x"), 500);
    onTestFinished(() => clearInterval(drip));
    expect(await answers).toMatch(/^HTTP\/1.1 408 /);
  });

  test("ends with the endpoint", async () => {
    const { endpoint, socket, answers } = await connected();
    socket.write("GET /ok HTTP/1.1\r\nHost: a\r\n\r\n");
    await expect.poll(() => socket.bytesRead, { timeout: 10_000 }).toBeGreaterThan(0);
    endpoint.stop();
    expect(await answers).toMatch(/"ok"$/);
  });

  test("may be given up by the task without a word in the engine's log", async () => {
    const said = vi.spyOn(silentLogger, "error");
    onTestFinished(() => said.mockRestore());
    const { socket, answers, ended } = await connected();
    socket.write("POST /ok HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\nExpect: 100-continue\r\n\r\n");
    await expect.poll(() => socket.bytesRead, { timeout: 10_000 }).toBeGreaterThan(0);
    socket.resetAndDestroy();
    await Promise.all([ended, answers]);
    await new Promise(setImmediate);
    expect(said).not.toHaveBeenCalled();
  });

  test("may name a path whose last part is not there", async () => {
    const { socket, answers } = await connected();
    const request = (path: string, more = "") => `GET ${path} HTTP/1.1\r\nHost: a\r\n${more}\r\n`;
    socket.write(request("/part/a%2Fb") + request("/part/") + request("/part", "Connection: close\r\n"));
    expect([...(await answers).matchAll(/^\[.*\]/gm)].map(([body]) => body)).toEqual(['["a/b"]', '[""]', '[""]']);
  });

  test("has the answer to a body that is too long", async () => {
    const { socket, answers } = await connected();
    socket.write(`POST /ok HTTP/1.1\r\nHost: a\r\nContent-Length: 70000\r\n\r\n${"x".repeat(66_000)}`);
    expect(await answers).toMatch(/^HTTP\/1.1 413 /);
  });
});

describe("a path", () => {
  test.each([
    ["/v4/a", "/v4/a"],
    ["/v4/a/", "/v4/a/"],
    ["//v4//a", "/v4/a"],
    ["/v4/../a/./b", "/a/b"],
    ["/../..", "/"],
    ["/", "/"],
    ["", "/"],
  ])("%s is %s when it is clean", (path, clean) => expect(cleanPath(path)).toBe(clean));
});

describe("a rate limit", () => {
  test("allows a burst, then so many a second, for each key", () => {
    let time = 0;
    const limit = new RateLimit({ perSecond: 40, burst: 60, clock: { monotonic: () => time } });
    const allowed = (count: number) => Array.from({ length: count }, () => limit.take("a")).filter(Boolean).length;
    expect(allowed(100)).toBe(60);
    expect(limit.take("b")).toBe(true);
    time += 500;
    expect(allowed(100)).toBe(20);
    time += 60_000;
    expect(allowed(100)).toBe(60);
  });

  test("forgets who is at rest, and nobody else", () => {
    let time = 0;
    const limit = new RateLimit({ perSecond: 1, burst: 1, clock: { monotonic: () => time } });
    for (let key = 0; key < 1000; key++) {
      time += 10;
      expect(limit.take(String(key))).toBe(true);
      expect(limit.take(String(key))).toBe(false);
    }
    expect(limit.take("999")).toBe(false);
    expect(limit.take("0")).toBe(true);
  });
});
