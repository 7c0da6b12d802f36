import { createHash, createHmac } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  ListBucketsCommand,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Clock } from "../../base/clock.ts";
import { systemClock } from "../../base/clock.ts";
import { randomIds } from "../../base/ids.ts";
import { silentLogger } from "../../base/log.ts";
import { OpenAuthenticator } from "../../identity/open-authenticator.ts";
import { sqliteDialect } from "../../store/sqlite.ts";
import { Store } from "../../store/store.ts";
import { startTestServer, TEST_KEY, type TestServer } from "../../wire/test-server.ts";
import { S3 } from "./s3.ts";
import { s3Service } from "./service.ts";

let folder: string;
let store: Store;
let s3: S3;
let server: TestServer;
let open: TestServer;
let ahead = 0;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "neargate-s3-"));
  store = new Store(sqliteDialect(join(folder, "state.db")), silentLogger);
  s3 = new S3({ store, folder: join(folder, "s3"), clock: systemClock, ids: randomIds, log: silentLogger });
  await store.open();
  await s3.start();
  const clock: Clock = { ...systemClock, now: () => Date.now() + ahead };
  server = await startTestServer([s3Service(s3)], { clock });
  const authenticator = new OpenAuthenticator({ account: "000000000000", region: "eu-west-1" });
  open = await startTestServer([s3Service(s3)], { authenticator });
  await new S3Client(server.client).send(new CreateBucketCommand({ Bucket: "bucket" }));
});
afterAll(async () => {
  await server.close();
  await open.close();
  await store.close();
  rmSync(folder, { recursive: true });
});

const client = (more = {}) => new S3Client({ ...server.client, ...more });
const codeOf = (call: Promise<unknown>) =>
  call.then(
    () => undefined,
    (cause: Error) => cause.name,
  );

function objectFiles(): string[] {
  const entries = readdirSync(join(folder, "s3", "objects"), { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

test("buckets are those of all accounts and of one Region", async () => {
  const other = new S3Client({ ...open.client, credentials: { accessKeyId: "111111111111", secretAccessKey: "x" } });
  expect(await codeOf(other.send(new CreateBucketCommand({ Bucket: "bucket" })))).toBe("BucketAlreadyExists");
  expect(await codeOf(other.send(new GetObjectCommand({ Bucket: "bucket", Key: "k" })))).toBe("AccessDenied");
  expect((await other.send(new ListBucketsCommand({}))).Buckets ?? []).toEqual([]);
  const elsewhere = client({ region: "eu-north-1" });
  const failure = await elsewhere.send(new GetObjectCommand({ Bucket: "bucket", Key: "k" })).catch((cause) => cause);
  expect(failure).toMatchObject({ name: "AuthorizationHeaderMalformed", Region: "eu-west-1" });
});

test("bytes are encrypted on the disk, and readable from any place", async () => {
  const text = "0123456789abcdef".repeat(40_000);
  await client().send(new PutObjectCommand({ Bucket: "bucket", Key: "text", Body: text }));
  for (const file of objectFiles()) expect(readFileSync(file).includes("0123456789abcdef")).toBe(false);
  for (const start of [0, 1, 15, 16, 17, 262_143, 262_144, 262_145, 639_999]) {
    const Range = `bytes=${start}-${start + 40}`;
    const found = await client().send(new GetObjectCommand({ Bucket: "bucket", Key: "text", Range }));
    expect(await found.Body!.transformToString(), Range).toBe(text.slice(start, start + 41));
  }
});

test("an object that is deleted while it is read stays until it has been read", async () => {
  const before = objectFiles().length;
  const body = Buffer.alloc(8 * 1024 * 1024, "x");
  await client().send(new PutObjectCommand({ Bucket: "bucket", Key: "read", Body: body }));
  const reading = await client().send(new GetObjectCommand({ Bucket: "bucket", Key: "read" }));
  await client().send(new DeleteObjectCommand({ Bucket: "bucket", Key: "read" }));
  expect((await reading.Body!.transformToByteArray()).length).toBe(body.length);
  await expect.poll(() => objectFiles().length, { timeout: 10_000 }).toBe(before);
});

/** The URL of a GET, signed here: what is not signed of a header is not looked at. */
function presigned(key: string, seconds: number): string {
  const stamp = new Date().toISOString().replace(/[-:]|\.\d{3}/g, "");
  const scope = `${stamp.slice(0, 8)}/eu-west-1/s3/aws4_request`;
  const query = [
    "X-Amz-Algorithm=AWS4-HMAC-SHA256",
    `X-Amz-Credential=${encodeURIComponent(`${TEST_KEY.accessKeyId}/${scope}`)}`,
    `X-Amz-Date=${stamp}`,
    `X-Amz-Expires=${seconds}`,
    "X-Amz-SignedHeaders=host",
  ].join("&");
  const request = ["GET", `/bucket/${key}`, query, `host:127.0.0.1:${server.port}\n`, "host", "UNSIGNED-PAYLOAD"];
  const hash = createHash("sha256").update(request.join("\n")).digest("hex");
  const signing = scope
    .split("/")
    .reduce<Buffer>(
      (secret, part) => createHmac("sha256", secret).update(part).digest(),
      Buffer.from(`AWS4${TEST_KEY.secretAccessKey}`),
    );
  const text = `AWS4-HMAC-SHA256\n${stamp}\n${scope}\n${hash}`;
  const signature = createHmac("sha256", signing).update(text).digest("hex");
  return `${server.endpoint}/bucket/${key}?${query}&X-Amz-Signature=${signature}`;
}

test("presigned URLs end", async () => {
  await client().send(new PutObjectCommand({ Bucket: "bucket", Key: "url", Body: "by URL" }));
  const url = presigned("url", 60);
  expect(await (await fetch(url)).text()).toBe("by URL");
  ahead = 61_000;
  const late = await fetch(url);
  ahead = 0;
  expect(late.status).toBe(403);
  expect(await late.text()).toContain("<Code>AccessDenied</Code><Message>Request has expired</Message>");
});

test.each([
  ["bucket.localhost", {}, 403, "AccessDenied"],
  ["s3.localhost", { authorization: "AWS AKIA:signature" }, 400, "InvalidRequest"],
  [
    "s3.localhost",
    {
      authorization:
        "AWS4-HMAC-SHA256 Credential=AKIA/20260101/eu-west-1/s3/aws4_request, SignedHeaders=host, Signature=0",
    },
    400,
    "Missing required header for this request: x-amz-content-sha256",
  ],
])("what is not signed as S3 wants it: %s %j", async (host, headers, status, text) => {
  const { request } = await import("node:http");
  const answer = await new Promise<{ status: number | undefined; body: string }>((resolve, reject) => {
    const sent = request(`${server.endpoint}/key`, { headers: { host, ...headers } }, (response) => {
      let body = "";
      response.setEncoding("utf8").on("data", (piece: string) => (body += piece));
      response.on("end", () => resolve({ status: response.statusCode, body }));
    });
    sent.on("error", reject);
    sent.end();
  });
  expect(answer.status).toBe(status);
  expect(answer.body).toContain(text);
});
