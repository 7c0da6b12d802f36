import { afterEach, expect, test } from "vitest";
import { OpenAuthenticator } from "../identity/open-authenticator.ts";
import { defineService } from "./service.ts";
import { startTestServer, type TestServer } from "./test-server.ts";

let server: TestServer;
afterEach(() => server.close());

const openDoor = () => new OpenAuthenticator({ account: "000000000000", region: "eu-west-1" });

/** STS, counting how often it is loaded; the first `failures` attempts fail. */
function countedSts(failures = 0) {
  const counted = { loads: 0 };
  const service = defineService<typeof import("@aws-sdk/client-sts")>(
    {
      name: "sts",
      signingName: "sts",
      protocols: ["awsQuery"],
      version: "2011-06-15",
      validationErrorCode: "ValidationError",
      sdk: async () => {
        counted.loads++;
        if (counted.loads <= failures) throw new Error("not there yet");
        return await import("@aws-sdk/client-sts");
      },
      bounds: async () => ({}),
    },
    { GetCallerIdentity: async () => ({ Account: "000000000000" }) },
  );
  return { service, counted };
}

const call = () => fetch(`${server.endpoint}/?Action=GetCallerIdentity&Version=2011-06-15`);

test("a service is loaded by its first request, once, and not by strangers", async () => {
  const { service, counted } = countedSts();
  server = await startTestServer([service]);
  expect((await call()).status).toBe(403);
  expect(counted.loads).toBe(0);
  await server.close();
  server = await startTestServer([service], { authenticator: openDoor() });
  const replies = await Promise.all(Array.from({ length: 10 }, call));
  expect(replies.map((reply) => reply.status)).toEqual(Array.from({ length: 10 }, () => 200));
  expect(counted.loads).toBe(1);
});

test("a service that could not be loaded is tried again", async () => {
  const { service } = countedSts(1);
  server = await startTestServer([service], { authenticator: openDoor() });
  expect((await call()).status).toBe(500);
  expect((await call()).status).toBe(200);
});

const streamed = (body: () => AsyncIterable<Uint8Array>, closed: () => void) =>
  defineService<object>(
    {
      name: "streams",
      signingName: "streams",
      protocols: ["restJson1"],
      version: "1",
      validationErrorCode: "ValidationException",
      sdk: async () => ({
        Get$: [
          9,
          "com.example",
          "Get",
          { http: ["GET", "/stream", 200] },
          "unit",
          () => [3, "com.example", "Out", 0, ["Body"], [[42, 16]]],
        ],
      }),
      bounds: async () => ({}),
    },
    {
      Get: async (_input: unknown, { signal }: { signal: AbortSignal }) => {
        signal.addEventListener("abort", closed);
        return { Body: body() };
      },
    } as object,
  );

const streamRequest = (signal?: AbortSignal) =>
  fetch(`${server.endpoint}/stream`, {
    signal,
    headers: { authorization: "AWS4-HMAC-SHA256 Credential=x/20200101/eu-west-1/streams/aws4_request" },
  });

test("a body may be a stream, which ends when its client goes away", async () => {
  const events: string[] = [];
  const endless = Promise.withResolvers<void>();
  const service = streamed(
    async function* () {
      try {
        for (let i = 0; ; i++) {
          yield Buffer.from(`${i}\n`);
          await new Promise((resolve) => setTimeout(resolve, 5));
        }
      } finally {
        events.push("ended");
        endless.resolve();
      }
    },
    () => events.push("aborted"),
  );
  server = await startTestServer([service], { authenticator: openDoor() });
  const client = new AbortController();
  const reply = await streamRequest(client.signal);
  const reader = reply.body!.getReader();
  expect(Buffer.from((await reader.read()).value!).toString()).toMatch(/^0\n/);
  client.abort();
  await endless.promise;
  await expect.poll(() => events.toSorted(), { timeout: 10_000 }).toEqual(["aborted", "ended"]);
});

test("a response that cannot be sent harms nobody else", async () => {
  const { service } = countedSts();
  server = await startTestServer(
    [
      service,
      defineService<object>(
        {
          name: "headers",
          signingName: "streams",
          protocols: ["restJson1"],
          version: "1",
          validationErrorCode: "ValidationException",
          sdk: async () => ({
            Get$: [
              9,
              "com.example",
              "Get",
              { http: ["GET", "/stream", 200] },
              "unit",
              () => [3, "com.example", "Out", 0, ["A"], [[0, { httpHeader: "a" }]]],
            ],
          }),
          bounds: async () => ({}),
        },
        { Get: async () => ({ A: "two\nlines" }) } as object,
      ),
    ],
    { authenticator: openDoor() },
  );
  await expect(streamRequest()).rejects.toThrow();
  expect((await call()).status).toBe(200);
});
