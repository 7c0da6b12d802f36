import { randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import {
  CompleteMultipartUploadCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListPartsCommand,
  PutObjectCommand,
  UploadPartCommand,
  UploadPartCopyCommand,
  type S3Client,
} from "@aws-sdk/client-s3";
import { afterAll, beforeAll, expect, test } from "vitest";
import { attempt } from "../support/command.ts";
import { TestEngine, until } from "../support/engine.ts";
import { s3Client } from "../support/s3.ts";

const MIB = 1024 * 1024;

let engine: TestEngine;
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "neargate-s3-"));
  engine = await TestEngine.start(["--compute", "simulated"]);
});
afterAll(async () => {
  await engine?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const codeOf = (call: Promise<unknown>) =>
  call.then(
    () => undefined,
    (cause: Error) => cause.name,
  );

function createBucket(client: S3Client, Bucket: string) {
  return client.send(new CreateBucketCommand({ Bucket }));
}

test("boto3 walks through all of it", async () => {
  const script = join(import.meta.dirname, "s3_walk.py");
  expect(await attempt("/usr/bin/python3", [script, engine.endpoint], { env: engine.env })).toEqual({
    code: 0,
    stdout: "",
    stderr: "",
  });
});

test("the AWS CLI: mb, sync, ls, cp, presign, rb", async () => {
  const source = join(folder, "source");
  mkdirSync(join(source, "sub"), { recursive: true });
  const big = randomBytes(9 * MIB);
  writeFileSync(join(source, "big.bin"), big);
  writeFileSync(join(source, "sub", "small & näh.txt"), "small");
  const bucket = "s3://cli-bucket";
  await engine.aws("s3", "mb", bucket);
  await engine.aws("s3", "sync", source, bucket, "--quiet");
  const small = `${bucket}/sub/small & näh.txt`;
  const [all, top, copied, url] = await Promise.all([
    engine.aws("s3", "ls", bucket, "--recursive"),
    engine.aws("s3", "ls", `${bucket}/`),
    engine.aws("s3", "cp", small, "-"),
    engine.aws("s3", "presign", small),
    engine.aws("s3", "sync", bucket, join(folder, "back"), "--quiet"),
  ]);
  expect(all).toMatch(/9437184 big\.bin\n.* 5 sub\/small & näh\.txt\n/s);
  expect(top).toMatch(/PRE sub\//);
  expect(copied).toBe("small");
  expect(await (await fetch(url.trim())).text()).toBe("small");
  expect(readFileSync(join(folder, "back", "big.bin")).equals(big)).toBe(true);
  await engine.aws("s3", "rb", bucket, "--force");
});

test.each(["path", "virtual-hosted"] as const)("the SDK for JavaScript with %s addresses", async (style) => {
  const s3 = s3Client(engine, style);
  const Bucket = `js.${style}`.replace(".", "-");
  await createBucket(s3, Bucket);
  const Key = "a folder/ü+%&.txt";
  await s3.send(new PutObjectCommand({ Bucket, Key, Body: "hello", ContentType: "text/plain", Metadata: { a: "b" } }));
  const stream = Readable.from([Buffer.alloc(70_000, "x"), Buffer.alloc(70_000, "y")]);
  await s3.send(new PutObjectCommand({ Bucket, Key: "stream", Body: stream, ContentLength: 140_000 }));
  const found = await s3.send(new GetObjectCommand({ Bucket, Key }));
  expect(found).toMatchObject({ ContentType: "text/plain", Metadata: { a: "b" }, ServerSideEncryption: "AES256" });
  expect(await found.Body!.transformToString()).toBe("hello");
  for (const ChecksumAlgorithm of ["CRC32", "CRC32C", "CRC64NVME", "SHA1", "SHA256"] as const) {
    const put = await s3.send(new PutObjectCommand({ Bucket, Key: "sum", Body: "abc", ChecksumAlgorithm }));
    const head = await s3.send(new HeadObjectCommand({ Bucket, Key: "sum", ChecksumMode: "ENABLED" }));
    expect(head[`Checksum${ChecksumAlgorithm}`]).toBe(put[`Checksum${ChecksumAlgorithm}`]);
    expect(head[`Checksum${ChecksumAlgorithm}`]).toBeDefined();
  }
  expect(await codeOf(s3.send(new PutObjectCommand({ Bucket, Key, Body: "x", ChecksumSHA256: "AAAA" })))).toBe(
    "BadDigest",
  );
  expect(await codeOf(s3.send(new PutObjectCommand({ Bucket, Key, Body: "x", IfNoneMatch: "*" })))).toBe(
    "PreconditionFailed",
  );
  expect(await codeOf(s3.send(new GetObjectCommand({ Bucket, Key: "none" })))).toBe("NoSuchKey");
  expect(await codeOf(s3.send(new GetObjectCommand({ Bucket: "no-such-bucket", Key })))).toBe("NoSuchBucket");
});

test("parts: sizes, order, copies, checksums of the whole", async () => {
  const s3 = s3Client(engine);
  const Bucket = "parts";
  await createBucket(s3, Bucket);
  const start = async (Key: string) => {
    const upload = { Bucket, Key, ChecksumAlgorithm: "CRC32", ChecksumType: "FULL_OBJECT" } as const;
    const { UploadId } = await s3.send(new CreateMultipartUploadCommand(upload));
    return { Bucket, Key, UploadId };
  };
  const whole = await start("whole");
  const data = randomBytes(5 * MIB + 10);
  const bodies = [data.subarray(0, 5 * MIB), data.subarray(5 * MIB)];
  const Parts: { PartNumber: number; ETag: string | undefined }[] = [];
  for (const [index, Body] of bodies.entries()) {
    const part = { PartNumber: index * 3 + 1, Body, ChecksumAlgorithm: "CRC32" } as const;
    const { ETag } = await s3.send(new UploadPartCommand({ ...whole, ...part }));
    Parts.push({ PartNumber: part.PartNumber, ETag });
  }
  const complete = (parts: typeof Parts, upload = whole) =>
    s3.send(new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts: parts } }));
  expect(await codeOf(complete(Parts.toReversed()))).toBe("InvalidPartOrder");
  expect(await codeOf(complete([{ PartNumber: 2, ETag: '"x"' }]))).toBe("InvalidPart");
  expect((await s3.send(new ListPartsCommand(whole))).Parts?.map((part) => part.Size)).toEqual([5 * MIB, 10]);
  const { ETag, ChecksumCRC32 } = await complete(Parts);
  expect(ETag).toMatch(/^"[0-9a-f]{32}-2"$/);
  const single = await s3.send(new PutObjectCommand({ Bucket, Key: "single", Body: data, ChecksumAlgorithm: "CRC32" }));
  expect(ChecksumCRC32).toBe(single.ChecksumCRC32);
  const back = await s3.send(new GetObjectCommand({ Bucket, Key: "whole" }));
  expect(Buffer.from(await back.Body!.transformToByteArray()).equals(data)).toBe(true);
  const part = await s3.send(new GetObjectCommand({ Bucket, Key: "whole", PartNumber: 2 }));
  expect([part.PartsCount, (await part.Body!.transformToByteArray()).length]).toEqual([2, 10]);

  const small = await start("small");
  const copied = [1, 2].map(async (PartNumber) => {
    const source = { CopySource: `${Bucket}/whole`, CopySourceRange: "bytes=0-9" };
    const { CopyPartResult } = await s3.send(new UploadPartCopyCommand({ ...small, ...source, PartNumber }));
    return { PartNumber, ETag: CopyPartResult!.ETag };
  });
  expect(await codeOf(complete(await Promise.all(copied), small))).toBe("EntityTooSmall");
});

test("an upload that breaks off, or whose engine is killed, leaves nothing", async () => {
  const s3 = s3Client(engine);
  const Bucket = "broken";
  await createBucket(s3, Bucket);
  await s3.send(new PutObjectCommand({ Bucket, Key: "key", Body: "before" }));
  const files = () => {
    const objects = join(engine.dataFolder, "s3", "objects");
    return readdirSync(objects, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).length;
  };
  const before = files();
  const url = new URL(await presignedPut(Bucket, "key"));
  const upload = () => {
    const sent = request(url, { method: "PUT", headers: { "content-length": 10 * MIB } });
    sent.on("error", () => {});
    sent.write(Buffer.alloc(MIB));
    return sent;
  };
  const gone = upload();
  await until(() => files() > before, 10_000, "the upload's file");
  gone.destroy();
  await until(() => files() === before, 10_000, "its end");
  upload();
  await until(() => files() > before, 10_000, "the upload's file");
  await engine.kill();
  await engine.up();
  expect(files()).toBe(before);
  const kept = await s3.send(new GetObjectCommand({ Bucket, Key: "key" }));
  expect(await kept.Body!.transformToString()).toBe("before");
});

/** A URL that boto3 signs, as the AWS CLI signs none for PUT. */
async function presignedPut(bucket: string, key: string): Promise<string> {
  const script = `import boto3, sys
from botocore.config import Config
s3 = boto3.client("s3", endpoint_url=sys.argv[1], config=Config(signature_version="s3v4"))
print(s3.generate_presigned_url("put_object", {"Bucket": sys.argv[2], "Key": sys.argv[3]}))`;
  const { stdout } = await attempt("/usr/bin/python3", ["-c", script, engine.endpoint, bucket, key], {
    env: engine.env,
  });
  return stdout.trim();
}
