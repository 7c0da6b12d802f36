import { spawn, type ChildProcess } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { systemClock } from "../../src/base/clock.ts";
import { SCOPE, startRegistryEngine, type RegistryEngine } from "./registry-engine.ts";
import { indexOf, INDEX, MANIFEST, makeImage, manifestOf, sha256, type TestImage } from "./registry-image.ts";

const SETTINGS = { tagMutability: "MUTABLE" as const, mutabilityExclusions: [], resourceTags: {} };
const WAIT = { timeout: 20_000 };
const WEB = { scope: SCOPE, name: "team/web" };

let folder: string;
let engine: RegistryEngine;
let now: number | undefined;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "neargate-registry-"));
  now = undefined;
  engine = await startRegistryEngine(folder, false, { ...systemClock, now: () => now ?? Date.now() });
  await engine.registry.repositories.create(WEB, SETTINGS);
});
afterEach(async () => {
  await engine.stop();
  rmSync(folder, { recursive: true });
});

interface Answer {
  status: number;
  headers: Headers;
  body: Buffer;
  errorCode: string | undefined;
}

async function call(
  method: string,
  path: string,
  body?: Uint8Array,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const base = path.startsWith("/") ? "" : "/v2/team/web/";
  const reply = await fetch(`${engine.url}${base}${path}`, { method, body: body && new Uint8Array(body), headers });
  const bytes = Buffer.from(await reply.arrayBuffer());
  const isError = reply.status >= 400 && bytes.length > 0;
  const { errors } = (isError ? JSON.parse(bytes.toString()) : { errors: [] }) as { errors: { code: string }[] };
  return { status: reply.status, headers: reply.headers, body: bytes, errorCode: errors[0]?.code };
}

const pushBlob = (blob: Buffer) => call("POST", `blobs/uploads/?digest=${sha256(blob)}`, blob);
const pushManifest = (manifest: Buffer, reference: string, type = MANIFEST) =>
  call("PUT", `manifests/${reference}`, manifest, { "content-type": type });

async function push(image: TestImage, tag: string): Promise<void> {
  for (const blob of [image.layer, image.config]) expect((await pushBlob(blob)).status).toBe(201);
  expect((await pushManifest(image.manifest, tag)).status).toBe(201);
}

const blobFiles = () => readdirSync(join(folder, "registry", "blobs", "sha256"));
const uploadFiles = () => readdirSync(join(folder, "registry", "uploads"));

test("a blob arrives in chunks, and each is checked for its place", async () => {
  const blob = randomBytes(1000);
  const begun = await call("POST", "blobs/uploads/");
  expect(begun.status).toBe(202);
  const location = begun.headers.get("location")!;
  expect(location).toMatch(/^\/v2\/team\/web\/blobs\/uploads\/[0-9a-f-]{36}$/);
  const chunk = (from: number, to: number) =>
    call("PATCH", location, blob.subarray(from, to), { "content-range": `${from}-${to - 1}` });
  expect((await chunk(0, 400)).headers.get("range")).toBe("0-399");
  const misplaced = await chunk(500, 1000);
  expect([misplaced.status, misplaced.errorCode, misplaced.headers.get("range")]).toEqual([
    416,
    "BLOB_UPLOAD_INVALID",
    "0-399",
  ]);
  expect((await call("GET", location)).headers.get("range")).toBe("0-399");
  expect((await chunk(400, 1000)).status).toBe(202);
  const done = await call("PUT", `${location}?digest=${sha256(blob)}`);
  expect([done.status, done.headers.get("location")]).toEqual([201, `/v2/team/web/blobs/${sha256(blob)}`]);
  expect((await call("GET", `blobs/${sha256(blob)}`)).body.equals(blob)).toBe(true);
  expect((await call("GET", location)).errorCode).toBe("BLOB_UPLOAD_UNKNOWN");
});

test("parts of a blob are read by range", async () => {
  const blob = randomBytes(1000);
  await pushBlob(blob);
  const read = (range: string) => call("GET", `blobs/${sha256(blob)}`, undefined, { range });
  for (const [range, from, to] of [
    ["bytes=0-0", 0, 1],
    ["bytes=990-", 990, 1000],
    ["bytes=-10", 990, 1000],
    ["bytes=500-5000", 500, 1000],
  ] as const) {
    const part = await read(range);
    expect([part.status, part.headers.get("content-range")]).toEqual([206, `bytes ${from}-${to - 1}/1000`]);
    expect(part.body.equals(blob.subarray(from, to))).toBe(true);
  }
  expect((await read("bytes=1000-")).status).toBe(416);
  const head = await call("HEAD", `blobs/${sha256(blob)}`);
  expect([head.status, head.headers.get("content-length")]).toEqual([200, "1000"]);
});

test("a blob that is not what its digest says is refused and leaves nothing", async () => {
  const blob = randomBytes(1000);
  const refused = await call("POST", `blobs/uploads/?digest=${sha256(randomBytes(1))}`, blob);
  expect([refused.status, refused.errorCode]).toEqual([400, "DIGEST_INVALID"]);
  expect((await call("HEAD", `blobs/${sha256(blob)}`)).status).toBe(404);
  expect([blobFiles(), uploadFiles()]).toEqual([[], []]);
});

test("an upload goes on where a broken connection left it", async () => {
  const blob = randomBytes(300_000);
  const location = (await call("POST", "blobs/uploads/")).headers.get("location")!;
  const broken = request(`${engine.url}${location}`, { method: "PATCH", headers: { "content-length": blob.length } });
  broken.on("error", () => {});
  broken.write(blob.subarray(0, 100_000));
  await expect.poll(async () => (await call("GET", location)).headers.get("range"), WAIT).toBe("0-99999");
  broken.destroy();
  expect((await call("PUT", `${location}?digest=${sha256(blob)}`, blob.subarray(100_000))).status).toBe(201);
  expect((await call("GET", `blobs/${sha256(blob)}`)).body.equals(blob)).toBe(true);
});

test("a cancelled upload is gone", async () => {
  const location = (await call("POST", "blobs/uploads/")).headers.get("location")!;
  await call("PATCH", location, randomBytes(10));
  expect((await call("DELETE", location)).status).toBe(204);
  expect((await call("PATCH", location, randomBytes(10))).errorCode).toBe("BLOB_UPLOAD_UNKNOWN");
  expect(uploadFiles()).toEqual([]);
});

test("a repository shows only its own blobs, and takes over another's", async () => {
  const blob = randomBytes(100);
  await pushBlob(blob);
  const other = { scope: SCOPE, name: "other" };
  await engine.registry.repositories.create(other, SETTINGS);
  expect((await call("HEAD", `/v2/other/blobs/${sha256(blob)}`)).status).toBe(404);
  const mounted = await call("POST", `/v2/other/blobs/uploads/?mount=${sha256(blob)}&from=team/web`);
  expect([mounted.status, mounted.headers.get("location")]).toEqual([201, `/v2/other/blobs/${sha256(blob)}`]);
  expect((await call("GET", `/v2/other/blobs/${sha256(blob)}`)).body.equals(blob)).toBe(true);
  const absent = await call("POST", `/v2/other/blobs/uploads/?mount=${sha256(randomBytes(1))}&from=team/web`);
  expect(absent.status).toBe(202);
});

test("a manifest is stored byte for byte and refused while something of it is missing", async () => {
  const image = await makeImage("one");
  await pushBlob(image.layer);
  const early = await pushManifest(image.manifest, "v1");
  expect([early.status, early.errorCode]).toEqual([400, "MANIFEST_BLOB_UNKNOWN"]);
  await pushBlob(image.config);
  const index = indexOf([image.manifest]);
  expect((await pushManifest(index, "all", INDEX)).errorCode).toBe("MANIFEST_BLOB_UNKNOWN");
  const digest = sha256(image.manifest);
  const put = await pushManifest(image.manifest, "v1");
  expect([put.status, put.headers.get("docker-content-digest")]).toEqual([201, digest]);
  expect((await pushManifest(index, "all", INDEX)).status).toBe(201);
  for (const reference of ["v1", digest]) {
    const got = await call("GET", `manifests/${reference}`);
    expect([got.headers.get("content-type"), got.headers.get("docker-content-digest")]).toEqual([MANIFEST, digest]);
    expect(got.body.equals(image.manifest)).toBe(true);
  }
  const head = await call("HEAD", "manifests/v1");
  expect([head.status, head.headers.get("content-length")]).toEqual([200, String(image.manifest.length)]);
  expect((await call("DELETE", `manifests/${digest}`)).errorCode).toBe("UNSUPPORTED"); // the index has it
});

test("what is no manifest is refused", async () => {
  expect((await pushManifest(Buffer.from("{"), "v1")).errorCode).toBe("MANIFEST_INVALID");
  const huge = await pushManifest(Buffer.alloc(4 * 1024 * 1024 + 1, " "), "v1");
  expect([huge.status, huge.errorCode]).toEqual([413, "MANIFEST_INVALID"]);
  const image = await makeImage("one");
  await push(image, "v1");
  expect((await pushManifest(image.manifest, sha256(randomBytes(1)))).errorCode).toBe("MANIFEST_INVALID");
  expect((await pushManifest(image.manifest, "sha256:12")).errorCode).toBe("DIGEST_INVALID");
});

test("what is not there has the protocol's error", async () => {
  for (const [method, path, status, code] of [
    ["GET", "/v2/nothing/manifests/v1", 404, "NAME_UNKNOWN"],
    ["POST", "/v2/nothing/blobs/uploads/", 404, "NAME_UNKNOWN"],
    ["GET", "/v2/nothing/tags/list", 404, "NAME_UNKNOWN"],
    ["GET", "/v2/Bad/manifests/v1", 400, "NAME_INVALID"],
    ["GET", "manifests/v1", 404, "MANIFEST_UNKNOWN"],
    ["GET", `blobs/${sha256(randomBytes(1))}`, 404, "BLOB_UNKNOWN"],
    ["GET", "blobs/sha256:12", 400, "DIGEST_INVALID"],
    ["DELETE", `blobs/${sha256(randomBytes(1))}`, 405, "UNSUPPORTED"],
    ["GET", "/v2/team/web/else", 404, "UNSUPPORTED"],
  ] as const) {
    const answer = await call(method, path);
    expect([path, answer.status, answer.errorCode]).toEqual([path, status, code]);
  }
  const { body } = await call("GET", "/v2/nothing/manifests/v1");
  expect(body.toString()).toContain(
    "The repository with name 'nothing' does not exist in the registry with id '000000000000'",
  );
});

test("tags come in pages", async () => {
  const image = await makeImage("one");
  for (const tag of ["a", "b", "c", "d", "e"]) await push(image, tag);
  const pages: string[][] = [];
  for (let path: string | undefined = "tags/list?n=2"; path;) {
    const page: Answer = await call("GET", path);
    pages.push((JSON.parse(page.body.toString()) as { tags: string[] }).tags);
    path = /^<(.+)>; rel="next"$/.exec(page.headers.get("link") ?? "")?.[1];
  }
  expect(pages).toEqual([["a", "b"], ["c", "d"], ["e"]]);
  expect((await call("GET", "tags/list?n=x")).errorCode).toBe("PAGINATION_NUMBER_INVALID");
});

test("referrers are found by their subject and type", async () => {
  const image = await makeImage("one");
  await push(image, "v1");
  const subject = { mediaType: MANIFEST, digest: sha256(image.manifest), size: image.manifest.length };
  const artifact = manifestOf(image.config, [], { subject, artifactType: "application/x.sbom" });
  const put = await pushManifest(artifact, sha256(artifact));
  expect(put.headers.get("oci-subject")).toBe(subject.digest);
  const referrers = async (filter: string) => {
    const { headers, body } = await call("GET", `referrers/${subject.digest}${filter}`);
    expect(headers.get("content-type")).toBe(INDEX);
    return (JSON.parse(body.toString()) as { manifests: { digest: string }[] }).manifests.map(({ digest }) => digest);
  };
  expect(await referrers("")).toEqual([sha256(artifact)]);
  expect(await referrers("?artifactType=application/x.sbom")).toEqual([sha256(artifact)]);
  expect(await referrers("?artifactType=application/else")).toEqual([]);
});

test("deleting an image frees the layers that no other image has", async () => {
  const [one, two] = [await makeImage("one"), await makeImage("two")];
  const shared = manifestOf(two.config, [one.layer, two.layer]);
  await push(one, "one");
  await push({ ...two, manifest: shared }, "two");
  expect(blobFiles()).toHaveLength(4);
  expect((await call("DELETE", `manifests/${sha256(shared)}`)).status).toBe(202);
  expect(blobFiles().sort()).toEqual([one.layer, one.config].map((blob) => sha256(blob).slice(7)).sort());
  expect((await call("DELETE", "manifests/one")).status).toBe(202); // only the tag
  expect(blobFiles()).toHaveLength(2);
  await engine.registry.deleteRepository(WEB, true);
  expect(blobFiles()).toEqual([]);
});

test("a push that was told of a layer finds it, whatever is deleted meanwhile", async () => {
  const [one, two] = [await makeImage("one"), await makeImage("two")];
  const other = manifestOf(two.config, [one.layer]);
  await push(one, "one");
  expect((await call("HEAD", `blobs/${sha256(one.layer)}`)).status).toBe(200);
  await pushBlob(two.config);
  await engine.registry.deleteImages(WEB, [{ tag: "one" }]);
  expect(blobFiles()).toHaveLength(2);
  expect((await pushManifest(other, "two")).status).toBe(201);
  await engine.registry.deleteImages(WEB, [{ tag: "two" }]);
  expect(blobFiles()).toEqual([]);
});

test("pushes and deletions side by side never lose a layer", async () => {
  const base = await makeImage("base");
  const cycle = async (worker: number) => {
    for (let i = 0; i < 15; i++) {
      const config = Buffer.from(JSON.stringify({ worker, i }));
      for (const blob of [base.layer, config])
        if ((await call("HEAD", `blobs/${sha256(blob)}`)).status !== 200) await pushBlob(blob);
      const manifest = manifestOf(config, [base.layer]);
      expect((await pushManifest(manifest, `w${worker}-${i}`)).status).toBe(201);
      expect((await call("GET", `blobs/${sha256(base.layer)}`)).body.equals(base.layer)).toBe(true);
      expect((await call("DELETE", `manifests/${sha256(manifest)}`)).status).toBe(202);
    }
  };
  await Promise.all([1, 2, 3, 4].map(cycle));
  now = Date.now() + 7 * 60 * 60 * 1000; // pushes that were told twice of a layer are forgotten
  await engine.registry.sweep();
  expect([blobFiles(), uploadFiles()]).toEqual([[], []]);
});

test("layers without an image go after six hours, uploads after a day", async () => {
  await pushBlob(randomBytes(100));
  const location = (await call("POST", "blobs/uploads/")).headers.get("location")!;
  await call("PATCH", location, randomBytes(10));
  await engine.registry.sweep();
  expect([blobFiles().length, uploadFiles().length]).toEqual([1, 1]);
  now = Date.now() + 25 * 60 * 60 * 1000;
  await engine.registry.sweep();
  expect([blobFiles(), uploadFiles()]).toEqual([[], []]);
});

test("images are read without HTTP", async () => {
  const image = await makeImage("one");
  await push(image, "v1");
  const digest = sha256(image.manifest);
  for (const reference of ["v1", digest])
    expect(await engine.registry.resolve(SCOPE, WEB.name, reference)).toEqual({
      digest,
      mediaType: MANIFEST,
      bytes: image.manifest,
    });
  expect((await engine.registry.blob(sha256(image.layer)))?.size).toBe(image.layer.length);
  expect(await engine.registry.resolve({ ...SCOPE, region: "eu-west-1" }, WEB.name, "v1")).toBeUndefined();
  expect(await engine.registry.blob("sha256:../../token.key")).toBeUndefined();
});

test("kill -9 in the middle of an upload leaves nothing reachable, and what was acknowledged is there", async () => {
  const data = mkdtempSync(join(tmpdir(), "neargate-registry-kill-"));
  const start = async (): Promise<{ child: ChildProcess; base: string }> => {
    const child = spawn(process.execPath, [join(import.meta.dirname, "registry-engine.ts"), data], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const [port] = (await once(child.stdout!, "data")) as [Buffer];
    return { child, base: `http://127.0.0.1:${port.toString().trim()}` };
  };
  const create = { repositoryName: "web" };
  const target = "AmazonEC2ContainerRegistry_V20150921.CreateRepository";
  const headers = { "x-amz-target": target, "content-type": "application/x-amz-json-1.1" };
  let { child, base } = await start();
  try {
    expect((await fetch(base, { method: "POST", headers, body: JSON.stringify(create) })).status).toBe(200);
    const whole = new Uint8Array(randomBytes(5000));
    await fetch(`${base}/v2/web/blobs/uploads/?digest=${sha256(whole)}`, { method: "POST", body: whole });
    const begun = await fetch(`${base}/v2/web/blobs/uploads/`, { method: "POST" });
    const location = begun.headers.get("location")!;
    await fetch(`${base}${location}`, { method: "PATCH", body: whole.slice(0, 2000) });
    expect(readdirSync(join(data, "registry", "uploads"))).toHaveLength(1);
    child.kill("SIGKILL");
    await once(child, "exit");
    ({ child, base } = await start());
    expect((await fetch(`${base}${location}`)).status).toBe(404);
    expect(readdirSync(join(data, "registry", "uploads"))).toEqual([]);
    const kept = await fetch(`${base}/v2/web/blobs/${sha256(whole)}`);
    expect(sha256(new Uint8Array(await kept.arrayBuffer()))).toBe(sha256(whole));
    expect(readdirSync(join(data, "registry", "blobs", "sha256"))).toHaveLength(1);
  } finally {
    child.kill("SIGKILL");
    rmSync(data, { recursive: true });
  }
});
