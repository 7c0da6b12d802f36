import { createServer as createHttpServer } from "node:http";
import { createServer, type AddressInfo, type Server } from "node:net";
import { afterEach, expect, test } from "vitest";
import { probe } from "./probe.ts";
import type { HealthCheckSettings } from "./store.ts";

const signal = new AbortController().signal;

let server: Server | undefined;
afterEach(() => server?.close());

async function listen(made: Server): Promise<{ address: string; port: number }> {
  server = made;
  await new Promise<void>((resolve) => made.listen(0, "127.0.0.1", resolve));
  return { address: "127.0.0.1", port: (made.address() as AddressInfo).port };
}

const check = (type: HealthCheckSettings["type"], resourcePath?: string) => ({
  type,
  resourcePath,
  failureThreshold: 1,
});

test.each([
  [200, true],
  [301, true],
  [404, false],
  [500, false],
])("an HTTP check that is answered with %i: %s", async (status, passes) => {
  const seen: string[] = [];
  const endpoint = await listen(
    createHttpServer((request, response) => {
      seen.push(`${request.headers.host} ${request.url}`);
      response.writeHead(status).end("x");
    }),
  );
  const hostName = "web.shop.example";
  expect(await probe(check("HTTP", "/health"), { ...endpoint, hostName }, signal)).toBe(passes);
  expect(seen).toEqual(["web.shop.example /health"]);
});

test("a TCP check passes when something listens", async () => {
  const endpoint = await listen(createServer((socket) => socket.destroy()));
  expect(await probe(check("TCP"), endpoint, signal)).toBe(true);
  expect(await probe(check("HTTPS", "/"), endpoint, signal)).toBe(false);
  server!.close();
  expect(await probe(check("TCP"), endpoint, signal)).toBe(false);
});

test("a check that is given up has not passed", async () => {
  const endpoint = await listen(createServer(() => {}));
  const giveUp = new AbortController();
  const probing = probe(check("HTTP", "/"), endpoint, giveUp.signal);
  setTimeout(() => giveUp.abort(), 20);
  expect(await probing).toBe(false);
});
