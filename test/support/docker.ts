import { spawn, type ChildProcess } from "node:child_process";
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { attempt, run } from "./command.ts";
import { until } from "./engine.ts";

/** A Docker daemon of a test's own: nothing of it is shared with one that may run on the host, and nothing stays. */
export class TestDocker {
  private readonly folder: string;
  private readonly daemon: ChildProcess;
  /** When the tests are broken off. */
  private readonly onExit = () => this.daemon.kill("SIGTERM");

  private constructor() {
    // Short: a socket's path has 107 characters at most.
    this.folder = mkdtempSync(join(tmpdir(), "neargate-docker-"));
    const log = openSync(this.logFile, "a");
    this.daemon = spawn(
      "dockerd",
      [
        `--data-root=${join(this.folder, "data")}`,
        `--exec-root=${join(this.folder, "exec")}`,
        `--pidfile=${join(this.folder, "pid")}`,
        `--host=${this.socket}`,
        "--iptables=false",
        "--ip6tables=false",
        "--bridge=none",
      ],
      { stdio: ["ignore", log, log] },
    );
    closeSync(log);
    process.once("exit", this.onExit);
  }

  /** Starts the daemon and waits until it answers. */
  static async start(): Promise<TestDocker> {
    const docker = new TestDocker();
    try {
      await until(
        async () => {
          if (docker.daemon.exitCode !== null)
            throw new Error(`dockerd ended:\n${readFileSync(docker.logFile, "utf8")}`);
          return (await attempt("docker", ["version"], { env: docker.env })).code === 0;
        },
        60_000,
        "an answer of dockerd",
      );
    } catch (cause) {
      await docker.stop();
      throw cause;
    }
    return docker;
  }

  private get socket(): string {
    return `unix://${join(this.folder, "docker.sock")}`;
  }

  private get logFile(): string {
    return join(this.folder, "log");
  }

  /** The environment of `docker`: this daemon, no login of the user's, and the builder that needs no image of its own. */
  private get env(): NodeJS.ProcessEnv {
    return {
      ...process.env,
      DOCKER_HOST: this.socket,
      DOCKER_CONFIG: join(this.folder, "config"),
      DOCKER_BUILDKIT: "0",
    };
  }

  /** Runs the stock client; answers what it printed. */
  async run(args: readonly string[], input?: string): Promise<string> {
    return await run("docker", args, { env: this.env, input });
  }

  /** Stops the daemon, which stops all of its own, and removes its folder. */
  async stop(): Promise<void> {
    if (this.daemon.exitCode === null && this.daemon.signalCode === null) {
      const ended = new Promise((resolve) => this.daemon.once("exit", resolve));
      this.daemon.kill("SIGTERM");
      await ended;
    }
    process.off("exit", this.onExit);
    rmSync(this.folder, { recursive: true, force: true });
  }
}
