import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run } from "../src/base/command.ts";
import { ensureDaemon, stopDaemon } from "../src/base/daemon.ts";
import { until } from "../test/support/engine.ts";
import { writeLayout } from "../test/support/images.ts";

const IMAGE = "localhost/bench:image";
const CONTAINER = "bench";

/** A containerd of our own with its plain client, `ctr`: the peer that does nothing around a container. */
export class ContainerdPeer {
  private readonly folder = mkdtempSync(join(tmpdir(), "neargate-bench-containerd-"));
  private readonly pidFile = join(this.folder, "pid");
  private readonly socket = join(this.folder, "containerd.sock");

  /** @param root the file system of the image, which sleeps */
  async start(root: string): Promise<void> {
    const path = (name: string) => join(this.folder, name);
    writeFileSync(
      path("config.toml"),
      `version = 2\nroot = "${path("root")}"\nstate = "${path("state")}"\ndisabled_plugins = ["io.containerd.grpc.v1.cri", "io.containerd.internal.v1.opt"]\n[grpc]\naddress = "${this.socket}"\n`,
    );
    await ensureDaemon({
      program: "containerd",
      args: ["--config", path("config.toml")],
      pidFile: this.pidFile,
      logFile: path("log"),
    });
    await until(() =>
      this.ctr("version").then(
        () => true,
        () => false,
      ),
    );
    await writeLayout(root, { Cmd: ["sleep", "100000"] }, path("layout"));
    await run("tar", ["-cf", path("image.tar"), "-C", path("layout"), "."]);
    await this.ctr("images", "import", "--base-name", "localhost/bench", path("image.tar"));
  }

  /** `ctr run -d`, without a network. */
  async run(): Promise<void> {
    await this.ctr("run", "-d", "--memory-limit", String(512 * 1024 ** 2), IMAGE, CONTAINER);
  }

  async remove(): Promise<void> {
    await this.ctr("tasks", "kill", "--signal", "SIGKILL", CONTAINER);
    await this.ctr("tasks", "rm", "--force", CONTAINER);
    await this.ctr("containers", "rm", CONTAINER);
  }

  async stop(): Promise<void> {
    await stopDaemon(this.pidFile, 15_000);
    rmSync(this.folder, { recursive: true, force: true });
  }

  private ctr(...args: string[]): Promise<{ stdout: string }> {
    return run("ctr", ["--address", this.socket, ...args]);
  }
}
