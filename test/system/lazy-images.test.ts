import { randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { run } from "../../src/base/command.ts";
import { daemonPid } from "../../src/base/daemon.ts";
import { findProgram } from "../../src/base/find-program.ts";
import type { ContainerSpec, PullRequest } from "../../src/compute/backend.ts";
import type { ContainerdBackend } from "../../src/compute/containerd/backend.ts";
import { STARGZ_PROGRAM } from "../../src/compute/containerd/lazy/stargz-daemon.ts";
import { TestEngine, until } from "../support/engine.ts";
import { Fargate } from "../support/fargate.ts";
import { traces } from "../support/leaks.ts";
import { PATIENCE } from "../support/patience.ts";
import { ContainerdHarness, scope } from "./compute-harness.ts";
import { buildImage, busyboxLayer } from "./compute-images.ts";
import { TestRegistry } from "./compute-registry.ts";
import { estargzLayer, imageOf, type Layer } from "./estargz.ts";

const isReal = findProgram(STARGZ_PROGRAM) !== undefined;
if (!isReal) console.warn(`${STARGZ_PROGRAM} is not here: its part is played, and nothing is fetched as it is read`);

/** So large that nobody takes it along with something else. */
const BIG = 12 * 1024 * 1024;

describe("images in eStargz form", () => {
  let harness: ContainerdHarness;
  let backend: ContainerdBackend;
  let registry: TestRegistry;
  let standIn: string | undefined;

  beforeAll(async () => {
    if (!isReal) {
      standIn = folderWithStandIn();
      process.env["PATH"] += `:${standIn}`;
    }
    harness = await ContainerdHarness.create();
    harness.lazyImages = true;
    backend = harness.open();
    await backend.start();
  });
  beforeEach(async () => {
    registry = new TestRegistry();
    registry.keepsTokens = true; // engine and snapshotter ask for their own
    await registry.listen();
  });
  afterEach(async () => {
    await backend.collectImages(-60_000);
    registry.close();
  });
  afterAll(async () => {
    await backend.shutdown();
    await harness.dispose();
    if (standIn) rmSync(standIn, { recursive: true });
  });

  const base = estargzLayer(busyboxLayer());
  const layers = [base, estargzLayer({ "data/": "", "data/big": randomBytes(BIG), "data/small": "hello\n" })];
  const pull = (reference: string, options: Pick<PullRequest, "login" | "maxBytes"> = {}) =>
    backend.pull({ reference, scope, ...options });
  const lazyMounts = () =>
    readFileSync("/proc/mounts", "utf8")
      .split("\n")
      .filter((line) => line.startsWith(`stargz ${harness.folder}`)).length;
  const blobsHeld = async () => {
    const ctr = ["-a", harness.socketPath, "-n", `neargate-${harness.instance}`];
    return (await run("ctr", [...ctr, "content", "ls", "--quiet"])).stdout;
  };

  async function start(image: string, command: string[], options: Pick<PullRequest, "login"> = {}) {
    const spec = harness.spec(await pull(image, options), { command });
    await backend.ensureTaskGroup({ taskId: spec.taskId, cpuUnits: 256, memoryMiB: 512 });
    await backend.createContainer(spec);
    await backend.startContainer(spec.id);
    return spec;
  }
  const outputOf = async (spec: ContainerSpec) => {
    const hasEnded = () => harness.exits.some(({ id }) => id === spec.id);
    await expect.poll(hasEnded, { timeout: 20_000 * PATIENCE }).toBe(true);
    await backend.removeContainer(spec.id);
    await backend.removeTaskGroup(spec.taskId);
    return readFileSync(spec.stdoutPath, "utf8");
  };

  test("run while most of them is still in the registry, which is asked for what they read", async () => {
    const image = imageOf(layers);
    const reference = registry.add("team/app", "v1", image);
    await pull(reference);
    expect(lazyMounts()).toBe(2);
    if (isReal) expect(registry.blobBytes).toBeLessThan(BIG / 10);
    const held = await blobsHeld();
    const [config] = [...image.blobs.keys()];
    expect(held).toContain(config);
    expect(held.trim().split("\n")).toHaveLength(2);
    const small = await start(reference, ["sh", "-c", "cat /data/small; id -u; touch /data/new; ls /data"]);
    expect(await outputOf(small)).toBe("hello\n0\nbig\nnew\nsmall\n");
    expect(await outputOf(await start(reference, ["sh", "-c", "wc -c < /data/big"]))).toBe(`${BIG}\n`);
    expect(registry.blobBytes).toBeGreaterThanOrEqual(BIG);
  });

  test("run on when the control plane is gone, and are known to the next", async () => {
    const reference = registry.add("team/app", "v1", imageOf(layers));
    const spec = await start(reference, ["sh", "-c", "until [ -e /tmp/go ]; do sleep 0.1; done; wc -c < /data/big"]);
    await backend.stop();
    backend = harness.open();
    await backend.start();
    expect(await backend.inspect(spec.id)).toMatchObject({ status: "running" });
    expect((await backend.exec(spec.id, ["touch", "/tmp/go"], 30_000)).exitCode).toBe(0);
    expect(await outputOf(spec)).toBe(`${BIG}\n`);
  });

  test("are mounted anew when the snapshotter died, and who has lost them is ended", async () => {
    const reference = registry.add("team/app", "v1", imageOf(layers));
    const lost = await start(reference, ["sleep", "1000"]);
    const pidFile = join(harness.folder, "run/stargz.pid");
    process.kill(daemonPid(pidFile)!, "SIGKILL");
    await outputOf(lost);
    expect(harness.exits.find(({ id }) => id === lost.id)!.exitCode).not.toBe(0);
    expect(await outputOf(await start(reference, ["cat", "/data/small"]))).toBe("hello\n");
    expect(lazyMounts()).toBe(2);
  });

  /** A layer of the usual form, and what its image says of it. */
  async function plainLayer(): Promise<Layer> {
    const { blobs, manifest } = await buildImage([{ "etc/plain": "plain\n" }], {});
    const document = JSON.parse(manifest.bytes.toString());
    const { rootfs } = JSON.parse(blobs.get(document.config.digest)!.toString());
    return { blob: blobs.get(document.layers[0].digest)!, diffId: rootfs.diff_ids[0] };
  }
  const unpacked: Record<string, () => Promise<Layer[]>> = {
    "one is of the usual form": async () => [...layers, await plainLayer()],
    "one only says that it has a table": async () => [
      ...layers,
      { ...(await plainLayer()), tocDigest: base.tocDigest },
    ],
    "one has another table than its image says": async () => [base, { ...layers[1]!, tocDigest: base.tocDigest }],
  };
  test.each(Object.keys(unpacked))("are unpacked when %s", async (what) => {
    const reference = registry.add("team/app", "v1", imageOf(await unpacked[what]!()));
    expect(await outputOf(await start(reference, ["cat", "/data/small"]))).toBe("hello\n");
    expect(lazyMounts()).toBe(0);
  });

  test("are unpacked when they are not for everybody", async () => {
    registry.login = "user:secret";
    const reference = registry.add("team/private", "v1", imageOf(layers));
    const login = { username: "user", password: "secret" };
    expect(await outputOf(await start(reference, ["cat", "/data/small"], { login }))).toBe("hello\n");
    expect(lazyMounts()).toBe(0);
  });

  test("do not get the files of another image that pretends to be made of the same", async () => {
    const [, data] = layers;
    const evil = { ...estargzLayer({ "data/": "", "data/small": "evil\n" }), diffId: data!.diffId };
    const first = registry.add("team/evil", "v1", imageOf([base, evil]));
    expect(await outputOf(await start(first, ["cat", "/data/small"]))).toBe("evil\n");
    const second = registry.add("team/app", "v1", imageOf(layers));
    expect(await outputOf(await start(second, ["cat", "/data/small"]))).toBe("hello\n");
    expect(lazyMounts()).toBe(4);
  });

  test("do not depend on another registry that has the same", async () => {
    const other = new TestRegistry();
    other.keepsTokens = true;
    await other.listen();
    await pull(other.add("team/app", "v1", imageOf(layers)));
    const reference = registry.add("team/app", "v1", imageOf(layers));
    const image = await pull(reference);
    other.close();
    expect(lazyMounts()).toBe(4);
    expect(await outputOf(await start(image.reference, ["sh", "-c", "wc -c < /data/big"]))).toBe(`${BIG}\n`);
  });

  test("are not mounted when their files take more than they may", async () => {
    const image = imageOf([estargzLayer({ ...busyboxLayer(), zeros: Buffer.alloc(BIG) })]);
    const reference = registry.add("team/bomb", "v1", image);
    await expect(pull(reference, { maxBytes: BIG })).rejects.toThrow("the image takes more than the 12 MiB it may");
    expect(lazyMounts()).toBe(0);
  });

  test.skipIf(!isReal)("are what a task runs from, also while the engine is dead", async () => {
    const engine = await TestEngine.start(["--lazy-images", "on"]);
    const { instance } = JSON.parse((await engine.neargate(["status", "--json"])).stdout) as { instance: string };
    try {
      const fargate = await Fargate.prepare(engine);
      const image = registry.add("team/app", "v1", imageOf(layers));
      const { promise: engineIsDead, resolve: release } = Promise.withResolvers<void>();
      registry.interfere = async ({ url }) => {
        if (url!.includes("/blobs/") && registry.blobBytes > BIG / 2) await engineIsDead;
        return false;
      };
      const command = ["sh", "-c", "echo up; wc -c < /data/big; sleep 1000"];
      const [task] = await fargate.start(await fargate.define([{ image, command }]));
      await engine.kill();
      release();
      await until(() => registry.blobBytes >= BIG);
      await engine.up();
      await until(async () => (await fargate.lines(task!)).includes(String(BIG)));
      expect(await fargate.lines(task!)).toEqual(["up", String(BIG)]);
    } finally {
      await engine.stop();
    }
    expect(await traces(instance, engine.dataFolder)).toEqual([]);
  });
});

/** A folder with a program of that name. */
function folderWithStandIn(): string {
  const folder = mkdtempSync(join(tmpdir(), "neargate-stand-in-"));
  const script = `exec '${process.execPath}' '${join(import.meta.dirname, "stargz-child.ts")}' "$@"`;
  writeFileSync(join(folder, STARGZ_PROGRAM), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  return folder;
}
