import { randomBytes } from "node:crypto";
import { mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { systemClock } from "../../src/base/clock.ts";
import { run } from "../../src/base/command.ts";
import type { PullProgress } from "../../src/compute/backend.ts";
import type { ContainerdBackend } from "../../src/compute/containerd/backend.ts";
import { RemoteOrigin } from "../../src/compute/containerd/images/remote-origin.ts";
import { parseImageReference } from "../../src/registry/reference.ts";
import { attempt } from "../support/command.ts";
import { ContainerdHarness, scope } from "./compute-harness.ts";
import {
  buildImage,
  busyboxLayer,
  digestOf,
  hostArchitecture,
  INDEX_TYPE,
  MANIFEST_TYPE,
  type LayerFiles,
} from "./compute-images.ts";
import { TestRegistry } from "./compute-registry.ts";

let harness: ContainerdHarness;
let backend: ContainerdBackend;
let registry: TestRegistry;

beforeAll(async () => {
  harness = await ContainerdHarness.create();
  backend = harness.open();
  await backend.start();
});
beforeEach(async () => {
  registry = new TestRegistry();
  await registry.listen();
});
afterEach(async () => {
  registry.close();
  await backend.collectImages(-60_000);
});
afterAll(async () => {
  await backend.shutdown();
  expect(await harness.leftovers()).toEqual([]);
  await harness.dispose();
});

const ctr = async (...args: string[]) =>
  (await run("ctr", ["-a", harness.socketPath, "-n", `neargate-${harness.instance}`, ...args])).stdout;
const pull = (reference: string, options: { signal?: AbortSignal } = {}) =>
  backend.pull({ reference, scope, ...options });
const smallImage = () => buildImage([busyboxLayer(), { "etc/random": randomBytes(64) }], { Cmd: ["/bin/true"] });
/** With a layer that does not compress. */
const bigImage = (bytes: number) =>
  buildImage([{ "data/": "", "data/random": randomBytes(bytes) }], { Cmd: ["/bin/true"] });

async function failure(reference: string): Promise<string> {
  return pull(reference).then(
    () => "no failure",
    (cause: unknown) => String(cause),
  );
}

/** Runs an image to its end and returns its exit code. */
async function exitCodeOf(reference: string, command: string[]): Promise<number> {
  const spec = harness.spec(await pull(reference), { command });
  await backend.ensureTaskGroup({ taskId: spec.taskId, cpuUnits: 256, memoryMiB: 512 });
  await backend.createContainer(spec);
  await backend.startContainer(spec.id);
  await expect.poll(() => harness.exits.some(({ id }) => id === spec.id), { timeout: 60_000 }).toBe(true);
  const { exitCode } = (await backend.inspect(spec.id))!;
  await backend.removeContainer(spec.id);
  await backend.removeTaskGroup(spec.taskId);
  return exitCode!;
}

describe("what is pulled", () => {
  test("over HTTP with a token; again only the digest is asked for", async () => {
    const image = await smallImage();
    const reference = registry.add("team/app", "v1", image);
    expect(await pull(reference)).toMatchObject({ reference, digest: image.manifest.digest });
    expect(registry.requests.map((request) => request.split(" ")[0])).toEqual(["HEAD", "GET", "GET", "GET", "GET"]);
    registry.requests.length = 0;
    await pull(reference);
    expect(registry.requests).toEqual(["HEAD /v2/team/app/manifests/v1"]);
    expect(await exitCodeOf(reference, ["/bin/sh", "-c", "test -f /etc/random && exit 5"])).toBe(5);
  });

  test("a tag that moved", async () => {
    const [first, second] = [await smallImage(), await smallImage()];
    const reference = registry.add("app", "latest", first);
    expect((await pull(reference)).digest).toBe(first.manifest.digest);
    registry.add("app", "latest", second);
    expect((await pull(reference)).digest).toBe(second.manifest.digest);
  });

  test("by digest", async () => {
    const image = await smallImage();
    registry.add("app", "v1", image);
    expect((await pull(`${registry.host}/app@${image.manifest.digest}`)).digest).toBe(image.manifest.digest);
  });

  test("this machine's platform of an index", async () => {
    const image = await smallImage();
    registry.add("multi", "mine", image);
    const reference = registry.addManifest(
      "multi",
      "latest",
      indexOf(
        [
          ["s390x", digestOf(Buffer.from("other"))],
          [hostArchitecture(), image.manifest.digest],
        ],
        image.manifest.bytes.byteLength,
      ),
    );
    expect((await pull(reference)).digest).toBe(image.manifest.digest);
    registry.requests.length = 0;
    await pull(reference);
    expect(registry.requests).toHaveLength(1);
  });

  test("layers compressed by zstd", async () => {
    const image = await buildImage([busyboxLayer()], { Cmd: ["/bin/true"] }, { compression: "zstd" });
    expect(await exitCodeOf(registry.add("zstd", "v1", image), ["/bin/true"])).toBe(0);
  });

  test("Docker's media types", async () => {
    const image = await smallImage();
    const text = Buffer.from(image.manifest.bytes).toString();
    const mediaType = "application/vnd.docker.distribution.manifest.v2+json";
    const bytes = Buffer.from(
      text
        .replaceAll(MANIFEST_TYPE, mediaType)
        .replaceAll("application/vnd.oci.image.config.v1+json", "application/vnd.docker.container.image.v1+json")
        .replaceAll("application/vnd.oci.image.layer.v1.tar+gzip", "application/vnd.docker.image.rootfs.diff.tar.gzip"),
    );
    const reference = registry.add("docker", "v2", {
      blobs: image.blobs,
      manifest: { bytes, digest: digestOf(bytes), mediaType },
    });
    expect(await exitCodeOf(reference, ["/bin/true"])).toBe(0);
  });

  test("twenty at once are one download", async () => {
    const reference = registry.add("app", "v1", await bigImage(2_000_000));
    const images = await Promise.all(Array.from({ length: 20 }, () => pull(reference)));
    expect(new Set(images.map(({ digest }) => digest)).size).toBe(1);
    expect(registry.blobRequests()).toHaveLength(2);
  });

  test("a layer that two images share is downloaded once", async () => {
    const shared: LayerFiles = { "shared/": "", "shared/data": randomBytes(500_000) };
    const base = await buildImage([shared], {});
    const layer = [...base.blobs.keys()][0]!;
    const other = await buildImage([shared, { "more/": "" }], {});
    const references = [registry.add("one", "1", base), registry.add("two", "2", other)];
    if (other.blobs.has(layer)) {
      await Promise.all(references.map((reference) => pull(reference)));
      expect(registry.blobRequests().filter((request) => request.includes(layer))).toHaveLength(1);
    }
    for (const reference of references) expect((await pull(reference)).digest).toBeDefined();
  });

  test("without the login that its registry wants, by token or by password", async () => {
    registry.login = "me:secret";
    const reference = registry.add("private", "1", await smallImage());
    const denied =
      "pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed";
    expect(await failure(reference)).toBe(
      `CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref ${reference}: ${denied}`,
    );
    registry.auth = "basic";
    expect(await failure(reference)).toContain(denied);
  });
});

describe("what is refused", () => {
  const prefix = "CannotPullContainerError: pull image manifest has been retried";

  test("an image that is not there", async () => {
    const reference = `${registry.host}/nothing:v1`;
    expect(await failure(reference)).toBe(
      `${prefix} 1 time(s): failed to resolve ref ${reference}: ${reference}: not found`,
    );
  });

  test("a reference that is none", async () => {
    expect(await failure("localhost/x:y:z")).toContain(
      "failed to resolve ref localhost/x:y:z: invalid reference format",
    );
  });

  test("a registry that is not there, after five attempts", async () => {
    const { host } = registry;
    registry.close();
    const message = await failure(`${host}/app:v1`);
    expect(message).toBe(
      `${prefix} 5 time(s): failed to resolve ref ${host}/app:v1: failed to do request: Head "http://${host}/v2/app/manifests/v1": dial tcp ${host}: connect: connection refused`,
    );
  });

  test("another platform, in an index and alone", async () => {
    const image = await buildImage([busyboxLayer()], {}, { architecture: "s390x" });
    const alone = registry.add("alone", "v1", image);
    const index = registry.addManifest(
      "alone",
      "index",
      indexOf([["s390x", image.manifest.digest]], image.manifest.bytes.byteLength),
    );
    const expected = `${prefix} 7 time(s): image Manifest does not contain descriptor matching platform 'linux/${hostArchitecture()}'`;
    expect(await failure(alone)).toBe(expected);
    expect(await failure(index)).toBe(expected);
  });

  test("manifests that could be read as something else", async () => {
    const bytes = Buffer.from(JSON.stringify({ schemaVersion: 2, config: {}, layers: [], manifests: [] }));
    const manifest = { bytes, digest: digestOf(bytes), mediaType: MANIFEST_TYPE };
    expect(await failure(registry.addManifest("bad", "ambiguous", manifest))).toContain("ambiguous manifest");
    const lying = { bytes: Buffer.from("{}"), digest: digestOf(bytes), mediaType: MANIFEST_TYPE };
    expect(await failure(registry.addManifest("bad", "lying", lying))).toContain("unexpected manifest digest");
  });

  test("a blob with one byte changed; pulled again when it is right", async () => {
    const image = await bigImage(300_000);
    const reference = registry.add("app", "v1", image);
    const [digest, bytes] = [...image.blobs].find(([, blob]) => blob.byteLength > 100_000)!;
    const wrong = Buffer.from(bytes);
    wrong[1000]! ^= 1;
    registry.setBlob(digest, wrong);
    expect(await failure(reference)).toBe(
      `CannotPullContainerError: ref pull has been retried 1 time(s): ${(await failure(reference)).split("time(s): ")[1]}`,
    );
    expect(await failure(reference)).toContain(`unexpected commit digest ${digestOf(wrong)}, expected ${digest}`);
    registry.setBlob(digest, Buffer.concat([bytes, Buffer.from("more")]));
    expect(await failure(reference)).toContain("unexpected commit size");
    registry.setBlob(digest, bytes);
    expect((await pull(reference)).digest).toBe(image.manifest.digest);
  });

  test("a layer that is not what the configuration says", async () => {
    const [image, other] = [await smallImage(), await smallImage()];
    const manifest = JSON.parse(Buffer.from(image.manifest.bytes).toString()) as { layers: unknown[] };
    manifest.layers = (JSON.parse(Buffer.from(other.manifest.bytes).toString()) as { layers: unknown[] }).layers;
    const bytes = Buffer.from(JSON.stringify(manifest));
    registry.add("app", "other", other);
    const reference = registry.add("app", "v1", {
      blobs: image.blobs,
      manifest: { bytes, digest: digestOf(bytes), mediaType: MANIFEST_TYPE },
    });
    expect(await failure(reference)).toContain("wrong diff id calculated on extraction");
  });

  test("a layer that would write outside of its folder does not", async () => {
    const sentinel = join(harness.folder, "sentinel");
    writeFileSync(sentinel, "untouched");
    const up = "../".repeat(20);
    const image = await buildImage(
      [
        { ...busyboxLayer(), out: `link:${up}${harness.folder.slice(1)}`, etcpasswd: `link:${sentinel}` },
        { "out/sentinel": "changed", etcpasswd: "changed", [`${up}${sentinel.slice(1)}`]: "changed" },
      ],
      { Cmd: ["/bin/true"] },
    );
    await failure(registry.add("evil", "v1", image));
    expect(readFileSync(sentinel, "utf8")).toBe("untouched");
  });
});

describe("images that mean harm", () => {
  test("no trick with names reaches a file outside", async () => {
    const outside = join(harness.folder, "outside");
    const sentinel = join(outside, "sentinel");
    mkdirSync(outside);
    writeFileSync(sentinel, "untouched");
    const up = `${"../".repeat(20)}${outside.slice(1)}`;
    const layers: Record<string, LayerFiles[]> = {
      "hard link to a file outside": [{ stolen: `hardlink:${up}/sentinel` }, { stolen: "changed" }],
      "hard link to an absolute path": [{ stolen: `hardlink:${sentinel}` }, { stolen: "changed" }],
      "hard link through a symbolic link": [
        { out: `link:${outside}`, stolen: "hardlink:out/sentinel" },
        { stolen: "x" },
      ],
      "symbolic links in two hops": [{ one: `link:${outside}`, two: "link:one" }, { "two/sentinel": "changed" }],
      "a folder over a symbolic link": [{ out: `link:${outside}` }, { "out/": "", "out/sentinel": "changed" }],
      "a whiteout of a file outside": [{ out: `link:${outside}` }, { "out/.wh.sentinel": "" }],
      "a whiteout that climbs": [{ [`${up}/.wh.sentinel`]: "" }],
      "a whiteout of the root": [{ ".wh..": "" }, { ".wh...": "" }],
      "an opaque whiteout outside": [{ out: `link:${outside}` }, { "out/.wh..wh..opq": "" }],
      "an absolute name": [{ [sentinel]: "changed" }],
      "one name twice": [{ out: `link:${outside}` }, { "out/sentinel": "one", "./out/sentinel": "two" }],
    };
    const outcomes: Record<string, string> = {};
    for (const [name, [first, ...rest]] of Object.entries(layers)) {
      const image = await buildImage([{ ...busyboxLayer(), ...first }, ...rest], { Cmd: ["/bin/true"] });
      outcomes[name] = await failure(registry.add("evil", `v${Object.keys(outcomes).length}`, image));
      expect([name, readFileSync(sentinel, "utf8"), readdirSync(outside)]).toEqual([name, "untouched", ["sentinel"]]);
    }
    expect(Object.values(outcomes)).toContain("no failure"); // contained, and others refused
  });

  test("a device of the image cannot be opened, whoever made it", async () => {
    const { dev } = statSync("/");
    const disk = `disk:${(dev >> 8) & 0xfff}:${(dev & 0xff) | ((dev >> 12) & 0xfff00)}`;
    const image = await buildImage([{ ...busyboxLayer(), disk }], {});
    const command = ["/bin/sh", "-c", "test -b /disk || exit 7; head -c 512 /disk > /dev/null 2>&1 && exit 8; exit 0"];
    expect(await exitCodeOf(registry.add("device", "v1", image), command)).toBe(0);
  });

  test("one that becomes larger than its task's storage is stopped in the middle", async () => {
    const small = 64 * 1024 ** 2;
    const bomb = await buildImage([{ zeros: Buffer.alloc(1024 ** 3) }], {});
    const reference = registry.add("bomb", "v1", bomb);
    await expect(backend.pull({ reference, scope, maxBytes: small })).rejects.toThrow(
      /^ref pull has been retried 1 time\(s\): failed to extract layer sha256:\w+: the image takes more than the 64 MiB it may: no space left on device: unknown$/,
    );
    const { stdout } = await attempt("du", ["--summarize", "--block-size=1M", join(harness.folder, "data")]);
    expect(Number.parseInt(stdout, 10)).toBeLessThan(900);
    // Many files are as good as a large one, and an image that is there is measured too.
    const many = Object.fromEntries(Array.from({ length: 5000 }, (_, n) => [`file-${n}`, "x"]));
    const files = registry.add("bomb", "v2", await buildImage([many], {}));
    await expect(backend.pull({ reference: files, scope, maxBytes: 1024 ** 2 })).rejects.toThrow("no space left");
    await pull(files);
    await expect(backend.pull({ reference: files, scope, maxBytes: 1024 ** 2 })).rejects.toThrow("no space left");
  });

  test("one of more layers than can be laid over each other", async () => {
    const image = await buildImage(
      Array.from({ length: 128 }, (_, n) => ({ [`file-${n}`]: "x" })),
      {},
    );
    expect(await failure(registry.add("deep", "v1", image))).toContain("the image has 128 layers: max depth exceeded");
  });

  test("manifests and configurations of absurd sizes", async () => {
    const huge = {
      bytes: Buffer.alloc(5 * 1024 ** 2, " "),
      digest: digestOf(Buffer.alloc(1)),
      mediaType: MANIFEST_TYPE,
    };
    expect(await failure(registry.addManifest("huge", "manifest", huge))).toContain("failed to resolve ref");
    const image = await smallImage();
    const manifest = JSON.parse(Buffer.from(image.manifest.bytes).toString()) as { config: { size: number } };
    manifest.config.size = 1024 ** 3;
    const bytes = Buffer.from(JSON.stringify(manifest));
    const lying = { blobs: image.blobs, manifest: { bytes, digest: digestOf(bytes), mediaType: MANIFEST_TYPE } };
    expect(await failure(registry.add("huge", "config", lying))).toContain("the image configuration is larger than");
  });
});

test("a pull tells how far it is", async () => {
  const image = await buildImage([{ one: randomBytes(300_000) }, { two: randomBytes(300_000) }], {});
  const seen: PullProgress[] = [];
  await backend.pull({ reference: registry.add("app", "v1", image), scope, onProgress: (told) => seen.push(told) });
  const statuses = (n: number) => [...new Set(seen.map(({ layers }) => layers[n]!.status))];
  expect(statuses(0)).toEqual(["waiting", "downloading", "unpacking", "present"]);
  expect(statuses(1)).toEqual(["waiting", "downloading", "unpacking", "present"]);
  const last = seen.at(-1)!;
  expect(last.digest).toBe(image.manifest.digest);
  expect(last.layers.every(({ received, size }) => received === size && size > 300_000)).toBe(true);
});

describe("registries that fail", () => {
  test("busy ones are asked again, when they say so", async () => {
    const reference = registry.add("app", "v1", await smallImage());
    let failures = 0;
    registry.interfere = (_, response) => {
      if (failures++ >= 2) return false;
      response.writeHead(failures === 1 ? 429 : 503, { "retry-after": "1" }).end();
      return true;
    };
    const begun = performance.now();
    await pull(reference);
    expect(performance.now() - begun).toBeGreaterThan(1900);
    expect(failures).toBeGreaterThan(2);
  });

  test("a token that expires in the middle is renewed", async () => {
    const reference = registry.add("app", "v1", await smallImage());
    registry.interfere = (request) => {
      if (request.url!.includes("/manifests/") && request.method === "GET") registry.tokensGiven.push("expired");
      return false;
    };
    await pull(reference);
    expect(registry.tokensGiven.length).toBeGreaterThanOrEqual(3);
  });

  test("a connection that breaks in the middle of a layer is resumed where it was", async () => {
    const image = await bigImage(4_000_000);
    const reference = registry.add("app", "v1", image);
    const [digest, bytes] = [...image.blobs].find(([, blob]) => blob.byteLength > 1_000_000)!;
    const ranges: (string | undefined)[] = [];
    registry.interfere = (request, response) => {
      if (!request.url!.includes(digest)) return false;
      ranges.push(request.headers.range);
      if (ranges.length > 2) return false;
      const from = Number(/\d+/.exec(request.headers.range ?? "0")![0]);
      response.writeHead(from ? 206 : 200, { "content-length": bytes.byteLength - from });
      response.write(bytes.subarray(from, from + 1_000_000), () => setTimeout(() => response.destroy(), 50));
      return true;
    };
    expect((await pull(reference)).digest).toBe(image.manifest.digest);
    expect(ranges).toHaveLength(3);
    expect(ranges[0]).toBeUndefined();
    expect(ranges[1]).toMatch(/^bytes=\d+-$/);
  });

  test("one that falls silent is given up on", async () => {
    const image = await bigImage(1_000_000);
    const reference = parseImageReference(registry.add("app", "v1", image));
    registry.auth = "none";
    const origin = new RemoteOrigin({
      reference,
      clock: { ...systemClock, sleep: () => Promise.resolve() },
      inactivityMs: 200,
    });
    const read = async () => {
      for await (const _ of origin.blob(
        { mediaType: "", digest: "sha256:x", size: 1_000_000 },
        AbortSignal.timeout(60_000),
      ));
    };
    registry.interfere = (_, response) => {
      response.writeHead(200, { "content-length": 1_000_000 }).flushHeaders();
      return true;
    };
    await expect(read()).rejects.toMatchObject({
      message: expect.stringContaining("i/o timeout: no data for 0.2s"),
      attempts: 5,
    });
  });

  test("stopping a task ends its pull at once, and not that of others", async () => {
    const image = await bigImage(1_000_000);
    const reference = registry.add("app", "v1", image);
    const release = Promise.withResolvers<void>();
    registry.interfere = async (request) => {
      if (request.url!.includes("/blobs/")) await release.promise;
      return false;
    };
    const [stopped, others] = [new AbortController(), new AbortController()];
    const pulls = [pull(reference, { signal: stopped.signal }), pull(reference, { signal: others.signal })];
    await expect.poll(() => registry.blobRequests().length, { timeout: 30_000 }).toBeGreaterThan(0);
    const outcome = pulls[0]!.catch(String);
    stopped.abort(new Error("task stopped"));
    // In the same turn of the event loop: nothing is waited for.
    expect(await Promise.race([outcome, new Promise((resolve) => setImmediate(resolve))])).toBe("Error: task stopped");
    release.resolve();
    expect((await pulls[1]!).digest).toBe(image.manifest.digest);
  });

  test("an aborted pull can be asked for again", async () => {
    const image = await bigImage(1_000_000);
    const reference = registry.add("app", "v1", image);
    const controller = new AbortController();
    registry.interfere = (request, response) => {
      if (!request.url!.includes("/blobs/")) return false;
      response.writeHead(200).write("x");
      controller.abort(new Error("task stopped"));
      return true;
    };
    await expect(pull(reference, { signal: controller.signal })).rejects.toThrow("task stopped");
    registry.interfere = undefined;
    expect((await pull(reference)).digest).toBe(image.manifest.digest);
  });

  test("a control plane killed while it pulled leaves no lease behind", async () => {
    await ctr("leases", "create", "--id", "pull-dead", "neargate.pull=true");
    await backend.stop();
    backend = harness.open();
    await backend.start();
    expect(await ctr("leases", "ls", "-q")).not.toContain("pull-dead");
  });

  test("containerd killed in the middle of a pull", async () => {
    const image = await bigImage(1_000_000);
    const reference = registry.add("app", "v1", image);
    let killed = false;
    registry.interfere = (request) => {
      if (request.url!.includes("/blobs/") && !killed) {
        killed = true;
        process.kill(harness.containerdPid, "SIGKILL");
      }
      return false;
    };
    expect((await pull(reference)).digest).toBe(image.manifest.digest);
  });
});

describe("images that nobody uses", () => {
  test("go when together they are larger than the limit, those of long ago first", async () => {
    const references: string[] = [];
    for (let n = 0; n < 3; n++) {
      references.push(registry.add("app", `v${n}`, await bigImage(1_000_000)));
      await pull(references[n]!);
    }
    const present = async () => {
      registry.requests.length = 0;
      for (const reference of references) await pull(reference);
      return references.length - registry.blobRequests().length / 2;
    };
    await backend.collectImages(3_600_000, 2_500_000); // of this minute, each may still be launched
    expect(await present()).toBe(3);
    harness.clockOffsetMs = 3_000_000;
    await backend.collectImages(3_600_000, 2_500_000).finally(() => (harness.clockOffsetMs = 0));
    expect(await present()).toBe(2);
  });

  test("are removed from disk", async () => {
    const snapshots = () =>
      readdirSync(join(harness.folder, "data/containerd/io.containerd.snapshotter.v1.overlayfs/snapshots")).length;
    await expect.poll(snapshots, { timeout: 30_000 }).toBe(0);
    await pull(registry.add("app", "v1", await smallImage()));
    expect(snapshots()).toBe(2);
    await backend.collectImages(3_600_000);
    expect(snapshots()).toBe(2);
    await backend.collectImages(-1);
    await expect.poll(snapshots, { timeout: 30_000 }).toBe(0);
    expect((await ctr("leases", "ls", "-q")).trim()).toBe("");
    expect((await ctr("images", "ls", "-q")).trim()).toBe("");
    expect((await ctr("content", "ls", "-q")).trim()).toBe("");
  });
});

function indexOf(entries: [architecture: string, digest: string][], size: number) {
  const manifests = entries.map(([architecture, digest]) => ({
    mediaType: MANIFEST_TYPE,
    digest,
    size,
    platform: { os: "linux", architecture },
  }));
  const bytes = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: INDEX_TYPE, manifests }));
  return { bytes, digest: digestOf(bytes), mediaType: INDEX_TYPE };
}
