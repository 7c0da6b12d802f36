import { describe, expect, test } from "vitest";
import { chainIds, digestOf, matchesPlatform, parseConfig, parseManifest, selectPlatform } from "./manifest.ts";
import { parseBearerChallenge } from "./registry-auth.ts";
import { networkError } from "./registry-error.ts";
import { SharedWork } from "./shared-work.ts";

const MANIFEST = "application/vnd.oci.image.manifest.v1+json";
const INDEX = "application/vnd.oci.image.index.v1+json";
const bytes = (document: unknown) => Buffer.from(JSON.stringify(document));
const digest = digestOf(Buffer.from("x"));
const descriptor = { mediaType: "m", digest, size: 1 };

describe("manifests", () => {
  test("a manifest and an index", () => {
    expect(parseManifest(bytes({ mediaType: MANIFEST, config: descriptor, layers: [descriptor] }), MANIFEST)).toEqual({
      kind: "manifest",
      config: descriptor,
      layers: [descriptor],
    });
    const platform = { os: "linux", architecture: "arm64", variant: "v8" };
    const index = parseManifest(bytes({ manifests: [descriptor, { ...descriptor, platform }] }), INDEX);
    expect(index).toMatchObject({ kind: "index", manifests: [{ platform: undefined }, { platform }] });
  });

  test.each([
    [{ config: descriptor, layers: [], manifests: [] }, MANIFEST, "ambiguous manifest"],
    [{ mediaType: INDEX, config: descriptor, layers: [] }, MANIFEST, "contradicts its mediaType field"],
    [{ fsLayers: [] }, MANIFEST, "schema 1"],
    [{ config: descriptor, layers: [] }, "text/html", 'unsupported manifest media type "text/html"'],
    [{ config: { ...descriptor, digest: "md5:1" }, layers: [] }, MANIFEST, 'unsupported digest "md5:1"'],
    [{ config: { ...descriptor, digest: "sha256:../../x" }, layers: [] }, MANIFEST, "unsupported digest"],
    [{ config: { ...descriptor, size: -1 }, layers: [] }, MANIFEST, "a descriptor lacks"],
    [{ config: descriptor }, MANIFEST, "a list is expected"],
    [[], MANIFEST, "an object is expected"],
  ])("%j is refused", (document, mediaType, message) => {
    expect(() => parseManifest(bytes(document), mediaType)).toThrow(message);
  });

  test("platforms", () => {
    const wanted = { os: "linux", architecture: "arm64" };
    expect(matchesPlatform({ os: "linux", architecture: "arm64", variant: "v8" }, wanted)).toBe(true);
    expect(matchesPlatform({ os: "linux", architecture: "arm64", variant: "v9" }, wanted)).toBe(false);
    expect(matchesPlatform({ os: "windows", architecture: "arm64" }, wanted)).toBe(false);
    expect(matchesPlatform(undefined, wanted)).toBe(true);
    const other = { ...descriptor, platform: { os: "linux", architecture: "s390x" } };
    expect(selectPlatform({ kind: "index", manifests: [other] }, wanted)).toBeUndefined();
  });

  test("chain ids are those of the image specification", () => {
    expect(chainIds([])).toEqual([]);
    expect(chainIds(["sha256:a"])).toEqual(["sha256:a"]);
    const second = digestOf(Buffer.from("sha256:a sha256:b"));
    expect(chainIds(["sha256:a", "sha256:b", "sha256:c"])).toEqual([
      "sha256:a",
      second,
      digestOf(Buffer.from(`${second} sha256:c`)),
    ]);
  });

  test("a configuration, with everything absent or null", () => {
    const nothing = {
      env: [],
      entrypoint: [],
      command: [],
      workingDirectory: "",
      user: "",
      stopSignal: undefined,
      labels: {},
      volumes: [],
    };
    expect(parseConfig(bytes({ config: null, rootfs: null }))).toEqual({
      image: nothing,
      diffIds: [],
      platform: undefined,
    });
    const labels = { a: "1", "containerd.io/restart.loguri": "binary:///bin/sh" };
    expect(
      parseConfig(bytes({ config: { Labels: labels, Cmd: null, StopSignal: "SIGINT", Volumes: { "/data": {} } } }))
        .image,
    ).toEqual({
      ...nothing,
      stopSignal: "SIGINT",
      labels: { a: "1" },
      volumes: ["/data"],
    });
  });
});

test("challenges", () => {
  expect(
    parseBearerChallenge(
      'Bearer realm="https://auth.docker.io/token",service="registry.docker.io",scope="repository:a/b:pull,push"',
    ),
  ).toEqual(
    new Map([
      ["realm", "https://auth.docker.io/token"],
      ["service", "registry.docker.io"],
      ["scope", "repository:a/b:pull,push"],
    ]),
  );
  expect(parseBearerChallenge("Basic realm=x")).toBeUndefined();
});

test("network errors in the words of Go's client", () => {
  const failed = (inner: object) => new TypeError("fetch failed", { cause: Object.assign(new Error("inner"), inner) });
  const message = (inner: object) => networkError(failed(inner), "HEAD", "https://registry.test/v2/x").message;
  const request = 'failed to do request: Head "https://registry.test/v2/x"';
  expect(message({ code: "ETIMEDOUT", address: "10.0.0.1" })).toBe(`${request}: dial tcp 10.0.0.1:443: i/o timeout`);
  expect(message({ code: "ENOTFOUND" })).toBe(`${request}: dial tcp: lookup registry.test: no such host`);
  expect(message({ code: "DEPTH_ZERO_SELF_SIGNED_CERT" })).toBe(
    `${request}: tls: failed to verify certificate: x509: certificate signed by unknown authority`,
  );
});

test("a port that fetch does not connect to is told at once, not tried again", async () => {
  const url = "http://127.0.0.1:6000/v2/x";
  const error = networkError(await fetch(url).catch((cause: unknown) => cause), "HEAD", url);
  expect(error).toMatchObject({ message: expect.stringContaining("port 6000 is one that"), retryable: false });
});

describe("shared work", () => {
  test("is done once, and again when it is asked for later", async () => {
    const work = new SharedWork<number>();
    let runs = 0;
    const job = () => Promise.resolve(++runs);
    expect(
      await Promise.all([work.run("a", undefined, job), work.run("a", undefined, job), work.run("b", undefined, job)]),
    ).toEqual([1, 1, 2]);
    expect(await work.run("a", undefined, job)).toBe(3);
  });

  test("goes on while anyone waits, and is aborted when the last has left", async () => {
    const work = new SharedWork<string>();
    let signal: AbortSignal | undefined;
    const job = (shared: AbortSignal) => {
      signal = shared;
      return new Promise<string>((_, reject) => shared.addEventListener("abort", () => reject(shared.reason as Error)));
    };
    const [first, second] = [new AbortController(), new AbortController()];
    const results = [work.run("a", first.signal, job), work.run("a", second.signal, job)];
    first.abort(new Error("first left"));
    await expect(results[0]).rejects.toThrow("first left");
    expect(signal!.aborted).toBe(false);
    second.abort(new Error("second left"));
    await expect(results[1]).rejects.toThrow("second left");
    expect(signal!.aborted).toBe(true);
    expect(await work.run("a", undefined, () => Promise.resolve("anew"))).toBe("anew");
  });

  test("fails for all", async () => {
    const work = new SharedWork<void>();
    const job = () => Promise.reject(new Error("failed"));
    const results = [work.run("a", undefined, job), work.run("a", undefined, job)];
    await Promise.all(results.map((result) => expect(result).rejects.toThrow("failed")));
  });
});
