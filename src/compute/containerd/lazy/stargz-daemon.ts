import { randomUUID } from "node:crypto";
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { join } from "node:path";
import type { Clock } from "../../../base/clock.ts";
import { run } from "../../../base/command.ts";
import { daemonPid, ensureDaemon, stopDaemon } from "../../../base/daemon.ts";
import { writeFileAtomic } from "../../../base/files.ts";
import { findProgram } from "../../../base/find-program.ts";
import type { Logger } from "../../../base/log.ts";
import { retry } from "../../../base/retry.ts";

/** The program that keeps layers and mounts those in eStargz form, as packaged by its project. */
export const STARGZ_PROGRAM = "containerd-stargz-grpc";

const WATCH_AGAIN_MS = 1000;

/** Where its output goes. */
export function stargzLogFile(dataFolder: string): string {
  return join(dataFolder, "log/stargz.log");
}

export interface StargzDaemonOptions {
  dataFolder: string;
  runFolder: string;
  clock: Clock;
  log: Logger;
}

/**
 * A stargz snapshotter of our own, which outlives us: what it has mounted is the root of running containers.
 * https://github.com/containerd/stargz-snapshotter/blob/main/docs/overview.md
 */
export class StargzDaemon {
  readonly socketPath: string;
  readonly dataFolder: string;
  private readonly options: StargzDaemonOptions;
  private readonly root: string;
  private readonly pidFile: string;
  private readonly generationFile: string;
  private starting: Promise<boolean> | undefined;

  constructor(options: StargzDaemonOptions) {
    this.options = options;
    this.dataFolder = options.dataFolder;
    this.socketPath = join(options.runFolder, "stargz/stargz.sock");
    this.root = join(options.dataFolder, "stargz");
    this.pidFile = join(options.runFolder, "stargz.pid");
    this.generationFile = join(options.runFolder, "stargz/generation");
  }

  /**
   * Starts it unless it runs, and resolves when it takes connections.
   * @returns whether it was started now
   * @throws Error when the program is missing or ends at once
   */
  async ensure(signal?: AbortSignal): Promise<boolean> {
    this.starting ??= this.start(signal).finally(() => (this.starting = undefined));
    return await this.starting;
  }

  /** Changes with each start: what a process of it mounted, another has not. */
  generation(): string {
    return readFileSync(this.generationFile, "utf8").trim();
  }

  /** Calls back when its process has ended, and again while there is none. @returns what stops that */
  watch(onEnd: () => void): () => void {
    let socket: Socket | undefined;
    let timer: NodeJS.Timeout | undefined;
    // Nothing is said on the connection: the other end closes it after a while, or with its process.
    const follow = () => {
      socket = connect(this.socketPath).resume().unref(); // what is not read hides the end
      socket
        .on("error", () => {})
        .once("close", () => {
          if (daemonPid(this.pidFile) === undefined) onEnd();
          timer = setTimeout(follow, WATCH_AGAIN_MS).unref();
        });
    };
    follow();
    return () => {
      socket?.removeAllListeners("close").destroy();
      clearTimeout(timer);
    };
  }

  /** Ends it. What it still has mounted goes with it. */
  async end(): Promise<void> {
    await stopDaemon(this.pidFile);
    await this.clear();
  }

  /** Takes away what a process left that runs no more; a container that had it as its root has lost it with that. */
  private async clear(): Promise<void> {
    const mounts = readFileSync("/proc/self/mountinfo", "utf8").split("\n");
    const dead = mounts.map((line) => line.split(" ")[4]).filter((path) => path?.startsWith(`${this.root}/`));
    for (const path of dead) await run("umount", ["--lazy", path!]);
    rmSync(this.root, { recursive: true, force: true });
  }

  private async start(signal: AbortSignal | undefined): Promise<boolean> {
    const { dataFolder, runFolder, log } = this.options;
    if (daemonPid(this.pidFile) !== undefined) {
      await this.untilReady(signal);
      return false;
    }
    if (!findProgram(STARGZ_PROGRAM))
      throw new Error(
        `--lazy-images on cannot be had: the program ${STARGZ_PROGRAM} is missing. To go on, use --lazy-images off`,
      );
    const configFile = join(dataFolder, "stargz.toml");
    const logins = join(runFolder, "stargz/docker");
    mkdirSync(logins, { recursive: true, mode: 0o700 });
    writeFileAtomic(configFile, CONFIG);
    const isStray = await takesConnections(this.socketPath).then(
      () => true, // whoever started it died before the pid was written down
      () => false,
    );
    if (!isStray) {
      await this.clear();
      writeFileAtomic(this.generationFile, randomUUID());
    }
    const args = ["--address", this.socketPath, "--root", this.root, "--config", configFile, "--log-level", "warn"];
    const { pid } = await ensureDaemon({
      program: STARGZ_PROGRAM,
      args,
      commandLine: [STARGZ_PROGRAM, ...args],
      pidFile: this.pidFile,
      logFile: stargzLogFile(dataFolder),
      // An empty folder for Docker's logins: an image is mounted with the rights of everybody, not with those of root.
      env: { PATH: process.env["PATH"], DOCKER_CONFIG: logins },
    });
    log.info({ pid }, "stargz snapshotter started");
    await this.untilReady(signal);
    return true;
  }

  private async untilReady(signal: AbortSignal | undefined): Promise<void> {
    await retry(this.options.clock, { attempts: 300, firstDelayMs: 10, maxDelayMs: 100, signal }, async () => {
      if (daemonPid(this.pidFile) === undefined)
        throw new Error(`${STARGZ_PROGRAM} ended at once; see log/stargz.log in the data folder`);
      await takesConnections(this.socketPath);
    });
  }
}

/** In the background, a layer is fetched as a whole once it is in use: soon a task needs its registry no more. */
const CONFIG = `no_prometheus = true
prefetch_size = 10485760
[blob]
force_single_range_mode = true
`;

async function takesConnections(socketPath: string): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const socket = connect(socketPath).once("connect", resolve).once("error", reject);
  try {
    await promise;
  } finally {
    socket.destroy();
  }
}
