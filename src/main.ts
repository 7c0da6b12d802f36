import { Command } from "commander";
import { AdminServer } from "./admin/admin-server.ts";
import { adminSocket } from "./admin/admin-client.ts";
import { DataFolderError, hasState, prepareDataFolder, removeRunFolder, wipeDataFolder } from "./admin/data-folder.ts";
import { readEngineFile, removeEngineFile, writeEngineFile } from "./admin/engine-file.ts";
import { lockDataFolder, type EngineLock } from "./admin/engine-lock.ts";
import { FrontDoorServer } from "./admin/front-door-server.ts";
import { forbidCoreFiles } from "./base/core-files.ts";
import { messageOf } from "./base/errors.ts";
import { createLogger, type Logger } from "./base/log.ts";
import { awsFiles, ensureProfile, type ProfileOutcome } from "./cli/aws-profile.ts";
import { withLastSettings } from "./cli/running-engine.ts";
import { addSettings, loadFromFlags } from "./cli/settings-options.ts";
import type { Config } from "./config.ts";
import type { Assemble, Engine, StopOptions } from "./engine.ts";
import { VERSION } from "./version.ts";

/** An engine that answers. */
export interface RunningEngine {
  /** With the port that was taken. */
  config: Config;
  endpoint: string;
  /** What became of the AWS profile `neargate`. */
  profile: ProfileOutcome;
  /** Ends the engine, once; an ephemeral one always takes its tasks and state with it. */
  stop(options: StopOptions): Promise<void>;
}

/** What a detached engine tells its starter. */
export type StartMessage = { endpoint: string; profile: ProfileOutcome } | { error: string };

/**
 * Runs an engine in this process, from the lock on its data folder to the open port.
 * @throws ConfigError, DataFolderInUseError, DataFolderError, PortInUseError, or what a part of the engine throws
 */
export async function startEngine(wanted: Config, log: Logger, exit: () => void): Promise<RunningEngine> {
  forbidCoreFiles();
  requireRoot(wanted);
  prepareDataFolder(wanted);
  const lock = lockDataFolder(wanted.dataFolder);
  const door = new FrontDoorServer();
  let engine: Engine | undefined;
  try {
    if (wanted.ephemeral && hasState(wanted)) {
      if (!readEngineFile(wanted.dataFolder)?.config.ephemeral)
        throw new DataFolderError(
          `${wanted.dataFolder} has the state of an engine that is not ephemeral, which would be forgotten: choose another folder with --data`,
        );
      await forget(wanted, log);
    }
    const config = { ...wanted, port: await door.listen(wanted.port) };
    engine = await (await loadAssemble())(config, log);
    await engine.start();
    return await serve({ config, log, exit, lock, door, engine });
  } catch (cause) {
    await engine?.stop({ tasks: "keep" });
    await door.close();
    lock.release();
    throw cause;
  }
}

/** Starts the engine of a folder whose control plane is gone, only to stop its tasks and daemons. */
export async function stopLeftovers(config: Config, log: Logger, onProgress: (line: string) => void): Promise<void> {
  const lock = lockDataFolder(config.dataFolder);
  try {
    await stopDeadEngine(config, log, onProgress);
    if (config.ephemeral) wipeDataFolder(config, { keepLock: false });
  } finally {
    lock.release();
  }
}

async function stopDeadEngine(config: Config, log: Logger, onProgress?: (line: string) => void): Promise<void> {
  const engine = await (await loadAssemble())(config, log);
  try {
    await engine.start();
  } catch (cause) {
    await engine.stop({ tasks: "keep" });
    throw cause;
  }
  await engine.stop({ tasks: "stop", onProgress });
  removeRunFolder(config);
  removeEngineFile(config.dataFolder);
}

/** An ephemeral engine that was killed could not clean up: its successor does. */
async function forget(config: Config, log: Logger): Promise<void> {
  log.info({ dataFolder: config.dataFolder }, "cleaning up after an ephemeral engine that was killed");
  await stopDeadEngine({ ...config, ...readEngineFile(config.dataFolder)?.config }, log);
  wipeDataFolder(config, { keepLock: true });
}

interface Parts {
  config: Config;
  log: Logger;
  exit: () => void;
  lock: EngineLock;
  door: FrontDoorServer;
  engine: Engine;
}

async function serve({ config, log, exit, lock, door, engine }: Parts): Promise<RunningEngine> {
  const endpoint = `http://127.0.0.1:${config.port}`;
  let stopping: Promise<void> | undefined;

  const stop = async (options: StopOptions) => {
    const tasks = config.ephemeral ? "stop" : options.tasks;
    log.info({ tasks }, "stopping");
    await engine.endSessions();
    await door.close();
    await engine.stop({ ...options, tasks });
    admin.stop();
    if (tasks === "stop") {
      removeRunFolder(config);
      removeEngineFile(config.dataFolder);
    }
    if (config.ephemeral) wipeDataFolder(config, { keepLock: false });
    lock.release();
  };
  const stopOnce = (options: StopOptions) => (stopping ??= stop(options));

  const admin = new AdminServer({
    socketPath: adminSocket(config.runFolder),
    log,
    status: () => engine.status(),
    credentials: () => engine.rootKey,
    rotateRootKey: () => engine.rotateRootKey(),
    pull: (options) => engine.pull(options),
    retire: (options) => engine.retire(options),
    interrupt: (options) => engine.interrupt(options),
    events: (options, signal) => engine.events(options, signal),
    stop: (options) => {
      if (stopping) throw new Error("the engine is stopping already");
      return stopOnce(options);
    },
    exit,
  });
  await admin.start();
  writeEngineFile({ version: VERSION, pid: process.pid, endpoint, startedAt: new Date().toISOString(), config });
  door.open(engine.listener, engine.upgrade);
  const profile = writeFirstProfile(config, endpoint, engine, log);
  log.info({ endpoint, dataFolder: config.dataFolder, version: VERSION }, "answering");
  return { config, endpoint, profile, stop: stopOnce };
}

/** So that `AWS_PROFILE=neargate` works from the first start on. */
function writeFirstProfile(config: Config, endpoint: string, engine: Engine, log: Logger): ProfileOutcome {
  const files = awsFiles(process.env);
  if (!files) return "unchanged";
  try {
    return ensureProfile(files, "neargate", { endpoint, region: config.region, ...engine.rootKey });
  } catch (err) {
    log.warn({ err }, "the AWS profile could not be written");
    return "unchanged";
  }
}

function requireRoot(config: Config): void {
  if (config.compute === "containerd" && process.getuid?.() !== 0)
    throw new Error(
      "containers and their networks need root: run the command with sudo, or try the API alone with --compute simulated",
    );
}

/** Loaded late: a lock that is held or a port in use is told without reading the whole engine. */
async function loadAssemble(): Promise<Assemble> {
  return (await import("./assemble.ts")).assemble;
}

/** The process of a detached engine: flags as `neargate up`, result to the starter over IPC, log on standard error. */
async function main(): Promise<void> {
  const command = addSettings(new Command("neargate-engine")).parse();
  const { config } = withLastSettings(loadFromFlags(command)).loaded;
  process.chdir("/"); // pins no file system
  const log = createLogger(config.logLevel);
  process.on("uncaughtException", (err) => {
    log.fatal({ err }, "the control plane ends; tasks run on");
    process.exit(1);
  });
  tellStarter(
    await startEngine(config, log, exitCleanly).then(
      (engine) => {
        const onSignal = () => void engine.stop({ tasks: "keep" }).then(exitCleanly);
        process.on("SIGTERM", onSignal).on("SIGINT", onSignal);
        return { endpoint: engine.endpoint, profile: engine.profile };
      },
      (cause: unknown) => {
        log.fatal({ err: cause }, "the engine could not start");
        process.exitCode = 1;
        return { error: messageOf(cause) };
      },
    ),
  );
}

function exitCleanly(): void {
  process.exit(0);
}

function tellStarter(message: StartMessage): void {
  process.send?.(message, () => process.disconnect());
}

if (import.meta.main) await main();
