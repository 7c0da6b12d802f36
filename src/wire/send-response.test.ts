import { createServer, get, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, test } from "vitest";
import { createLogger } from "../base/log.ts";
import { sendResponse } from "./send-response.ts";

test("the header of entity tags is spelled as AWS does: clients look for these letters", async () => {
  const response = { status: 200, headers: { etag: '"1"', "x-amz-id-2": "2" }, body: "" };
  const server = createServer((_, reply) => void sendResponse(reply, response, createLogger("silent")));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const { rawHeaders } = await new Promise<IncomingMessage>((resolve) =>
    get({ port, host: "127.0.0.1", agent: false }, (answer) => resolve(answer.resume())),
  );
  server.close();
  const names = rawHeaders.filter((_, i) => i % 2 === 0);
  expect(names.filter((name) => /^(etag|x-amz-.*)$/i.test(name)).toSorted()).toEqual(["ETag", "x-amz-id-2"]);
});
