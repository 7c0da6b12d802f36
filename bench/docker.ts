import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { ensureDaemon, stopDaemon } from "../src/base/daemon.ts";
import { until } from "../test/support/engine.ts";

const exec = promisify(execFile);

/** A Docker daemon of our own with a user bridge, `bench`: the peer. Nothing of the host's is touched. */
export class Docker {
  private readonly folder = mkdtempSync(join(tmpdir(), "neargate-bench-docker-"));
  private readonly socket = `unix://${this.folder}/docker.sock`;
  private readonly pidFile = join(this.folder, "docker.pid");

  /** @param root the file system of the image `bench:latest`, which sleeps */
  async start(root: string): Promise<void> {
    const path = (name: string) => join(this.folder, name);
    await ensureDaemon({
      program: "dockerd",
      args: [
        "--data-root",
        path("data"),
        "--exec-root",
        path("exec"),
        "--pidfile",
        path("own.pid"),
        "-H",
        this.socket,
        "--bridge",
        "none",
      ],
      pidFile: this.pidFile,
      logFile: path("log"),
    });
    await until(() =>
      this.run("info").then(
        () => true,
        () => false,
      ),
    );
    await this.run("network", "create", "--subnet", "10.211.55.0/24", "bench");
    await exec("tar", ["-cf", path("root.tar"), "-C", root, "."]);
    await this.run("import", "--change", 'CMD ["sleep","100000"]', path("root.tar"), "bench:latest");
  }

  run(...args: string[]): Promise<{ stdout: string }> {
    return exec("docker", ["-H", this.socket, ...args]);
  }

  async stop(): Promise<void> {
    await this.run("network", "rm", "bench").catch(() => {});
    await stopDaemon(this.pidFile, 15_000);
    rmSync(this.folder, { recursive: true, force: true });
  }
}
