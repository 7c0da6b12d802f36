import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Clock } from "../../base/clock.ts";
import { daemonPid, ensureDaemon, stopDaemon } from "../../base/daemon.ts";
import { writeFileAtomic } from "../../base/files.ts";
import type { Logger } from "../../base/log.ts";
import { retry } from "../../base/retry.ts";
import type { ContainerdClient, Snapshotter } from "./client.ts";
import type { StargzDaemon } from "./lazy/stargz-daemon.ts";

/** How a containerd is reached, and what can be done about it when it does not answer. */
export interface ContainerdDaemon {
  socketPath: string;
  /** Its `state`: sockets, and the bundles of containers. */
  stateFolder: string;
  /** Starts it unless it runs, and resolves when it answers. */
  ensure(client: ContainerdClient, signal?: AbortSignal): Promise<void>;
  /** Ends it, when it is ours. Containers run on in their shims. */
  end(): Promise<void>;
}

export interface OwnDaemonOptions {
  dataFolder: string;
  runFolder: string;
  clock: Clock;
  log: Logger;
  /** What keeps images besides containerd itself, and is there before containerd needs it. */
  stargz?: StargzDaemon;
}

/** Where our containerd's output goes. */
export function containerdLogFile(dataFolder: string): string {
  return join(dataFolder, "log/containerd.log");
}

/** An instance of containerd of our own, which outlives us; all it keeps lies in the data folder. */
export function ownDaemon(options: OwnDaemonOptions): ContainerdDaemon {
  const state = join(options.runFolder, "containerd");
  const socketPath = join(state, "containerd.sock");
  const pidFile = join(options.runFolder, "containerd.pid");
  const configFile = join(options.dataFolder, "containerd.toml");
  return {
    socketPath,
    stateFolder: state,
    async ensure(client, signal) {
      await options.stargz?.ensure(signal);
      const root = join(options.dataFolder, "containerd");
      const config = containerdConfig(root, state, socketPath, options.stargz?.socketPath);
      const isNew = !existsSync(configFile) || readFileSync(configFile, "utf8") !== config;
      if (isNew) await stopDaemon(pidFile); // containers run on in their shims
      writeFileAtomic(configFile, config);
      const args = ["--config", configFile];
      const { pid, started } = await ensureDaemon({
        program: "containerd",
        args,
        commandLine: ["containerd", ...args],
        pidFile,
        logFile: containerdLogFile(options.dataFolder),
        env: { PATH: process.env["PATH"] },
      });
      if (started) options.log.info({ pid }, "containerd started");
      const answers = () => client.version.version({}, { timeoutMs: 5000, signal });
      await retry(options.clock, { attempts: 200, firstDelayMs: 10, maxDelayMs: 100, signal }, async () => {
        if (daemonPid(pidFile) === undefined) throw new Error("containerd ended at once; see log/containerd.log");
        await answers();
      });
    },
    async end() {
      await stopDaemon(pidFile);
      await options.stargz?.end();
    },
  };
}

/** A containerd that somebody else runs. */
export function existingDaemon(socketPath: string, clock: Clock): ContainerdDaemon {
  return {
    socketPath,
    stateFolder: dirname(socketPath), // so wherever it is packaged
    ensure: async (client, signal) => {
      await retry(clock, { attempts: 20, firstDelayMs: 50, maxDelayMs: 1000, signal }, () =>
        client.version.version({}, { timeoutMs: 5000, signal }),
      );
    },
    end: async () => {},
  };
}

/**
 * Configuration version 2, which 1.6 to 2.x read. What we do not use is off: the CRI service, snapshotters that would
 * probe the host, `opt` (makes /opt/containerd), and `restart` (acts on labels, which images could carry). Garbage is
 * collected soon after each deletion: a removed container's file system is garbage.
 */
function containerdConfig(root: string, state: string, socketPath: string, stargzSocket?: string): string {
  const disabled = [
    "io.containerd.grpc.v1.cri",
    "io.containerd.cri.v1.images",
    "io.containerd.cri.v1.runtime",
    "io.containerd.internal.v1.opt",
    "io.containerd.internal.v1.restart",
    "io.containerd.monitor.container.v1.restart",
    "io.containerd.nri.v1.nri",
    "io.containerd.snapshotter.v1.aufs",
    "io.containerd.snapshotter.v1.blockfile",
    "io.containerd.snapshotter.v1.btrfs",
    "io.containerd.snapshotter.v1.devmapper",
    "io.containerd.snapshotter.v1.erofs",
    "io.containerd.snapshotter.v1.zfs",
    "io.containerd.tracing.processor.v1.otlp",
  ];
  return `version = 2
root = ${JSON.stringify(root)}
state = ${JSON.stringify(state)}
oom_score = -999
disabled_plugins = ${JSON.stringify(disabled)}
[grpc]
address = ${JSON.stringify(socketPath)}
[debug]
level = "warn"
[plugins."io.containerd.gc.v1.scheduler"]
deletion_threshold = 1
schedule_delay = "50ms"
${stargzSocket === undefined ? "" : proxyPlugin("stargz", stargzSocket)}`;
}

function proxyPlugin(snapshotter: Snapshotter, socketPath: string): string {
  return `[proxy_plugins.${snapshotter}]
type = "snapshot"
address = ${JSON.stringify(socketPath)}
`;
}
