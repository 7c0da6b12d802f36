import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "../../src/base/clock.ts";
import { run } from "../../src/base/command.ts";
import { randomIds } from "../../src/base/ids.ts";
import { createLogger } from "../../src/base/log.ts";
import { retry } from "../../src/base/retry.ts";
import type { Isolation } from "../../src/base/isolation.ts";
import type { ContainerExit, ContainerSpec, PulledImage } from "../../src/compute/backend.ts";
import { ContainerdBackend } from "../../src/compute/containerd/backend.ts";
import { cgroups } from "../support/leaks.ts";
import { testTier } from "../support/tiers.ts";
import { buildImage, busyboxLayer, TestImageSource, type LayerFiles, type TestImageConfig } from "./compute-images.ts";

export const scope = { account: "000000000000", region: "us-east-1" };
/** The port that references to the embedded registry name; nothing listens there. */
const PORT = 4566;

/** A containerd of its own, in folders of its own, with a network namespace to put containers in. */
export class ContainerdHarness {
  readonly folder = mkdtempSync(join(tmpdir(), "neargate-compute-"));
  readonly instance = randomIds.hex(6);
  readonly namespaceName = `ng-${this.instance}-test`;
  readonly networkNamespace = `/run/netns/${this.namespaceName}`;
  readonly images = new TestImageSource(join(this.folder, "blobs"));
  readonly exits: ContainerExit[] = [];
  readonly isolation: Isolation;
  /** Whether images in eStargz form are mounted from their registries. */
  lazyImages = false;
  /** How far the backend's clock is ahead. */
  clockOffsetMs = 0;

  private constructor(isolation: Isolation) {
    this.isolation = isolation;
  }

  /** @param isolation the tier of {@link spec}'s containers */
  static async create(isolation = testTier()): Promise<ContainerdHarness> {
    const harness = new ContainerdHarness(isolation);
    await run("ip", ["netns", "add", harness.namespaceName]);
    await run("ip", ["-n", harness.namespaceName, "link", "set", "lo", "up"]);
    return harness;
  }

  open(): ContainerdBackend {
    const { folder, instance, images } = this;
    const config = {
      dataFolder: join(folder, "data"),
      runFolder: join(folder, "run"),
      instance,
      port: PORT,
      containerdSocket: undefined,
      isolation: this.isolation,
      providerIsolation: undefined,
      userNamespaces: "off" as const,
      lazyImages: this.lazyImages,
    };
    const clock = { ...systemClock, now: () => systemClock.now() + this.clockOffsetMs };
    const backend = new ContainerdBackend({ config, clock, log: createLogger("error"), images });
    backend.onExit((exit) => this.exits.push(exit));
    return backend;
  }

  /** After the shutdown of the backend. @throws Error when something of it stays on the host */
  async dispose(): Promise<void> {
    // A shim ends a moment after the last of its containers.
    await retry(systemClock, { attempts: 60, firstDelayMs: 20, maxDelayMs: 500 }, async () => {
      const left = await this.leftovers();
      if (left.length > 0) throw new Error(`left behind:\n${left.join("\n")}`);
    });
    await run("ip", ["netns", "delete", this.namespaceName]);
    rmSync(this.folder, { recursive: true });
  }

  get socketPath(): string {
    return join(this.folder, "run/containerd/containerd.sock");
  }

  get containerdPid(): number {
    return Number(readFileSync(join(this.folder, "run/containerd.pid"), "utf8").split(" ")[0]);
  }

  /** Adds an image made of busybox and more to the embedded registry. */
  async addImage(name: string, config: TestImageConfig, files: LayerFiles = {}): Promise<string> {
    const layers = Object.keys(files).length > 0 ? [busyboxLayer(), files] : [busyboxLayer()];
    this.images.add(name, "latest", await buildImage(layers, config));
    return `localhost:${PORT}/${name}:latest`;
  }

  reference(repository: string, tag: string): string {
    return `localhost:${PORT}/${repository}:${tag}`;
  }

  spec(image: PulledImage, overrides: Partial<ContainerSpec> = {}): ContainerSpec {
    const taskId = overrides.taskId ?? randomIds.hex(32);
    const id = `${taskId}-${randomIds.digits(10)}`;
    return {
      id,
      taskId,
      isolation: this.isolation,
      name: "main",
      image,
      environment: {},
      hostname: "ip-10-0-0-5.ec2.internal",
      networkNamespace: this.networkNamespace,
      mounts: [],
      cpu: 0,
      initProcess: false,
      readonlyRootFilesystem: false,
      labels: {},
      stdoutPath: join(this.folder, `${id}.out`),
      stderrPath: join(this.folder, `${id}.err`),
      ...overrides,
    };
  }

  /** What is left on the host of this instance. Empty when nothing leaks. */
  async leftovers(): Promise<string[]> {
    const mounts = readFileSync("/proc/mounts", "utf8").split("\n");
    const processes = await processesNaming(this.folder);
    const root = join(this.folder, "data/containerd");
    const stored = [
      "io.containerd.snapshotter.v1.overlayfs/snapshots",
      "io.containerd.content.v1.content/blobs/sha256",
    ];
    return [
      ...mounts.filter((line) => line.includes(this.folder)),
      ...cgroups().filter((path) => path.includes(this.instance)),
      ...processes,
      ...stored.map((path) => join(root, path)).flatMap((path) => (existsSync(path) ? readdirSync(path) : [])),
    ];
  }
}

/** Command lines of the processes that name a text, this one left out. */
async function processesNaming(text: string): Promise<string[]> {
  const found: string[] = [];
  for (const pid of (await readdir("/proc")).filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid))
    try {
      const commandLine = readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
      if (commandLine.includes(text)) found.push(`${pid}: ${commandLine}`);
    } catch {
      // gone meanwhile
    }
  return found;
}
