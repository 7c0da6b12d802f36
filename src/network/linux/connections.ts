import { CommandError, run } from "../../base/command.ts";
import type { Logger } from "../../base/log.ts";
import { inNamespace } from "./namespace.ts";

/** The kernel's table of connections, through `conntrack`. */
export class Connections {
  private readonly log: Logger;
  private isWarned = false;

  constructor(log: Logger) {
    this.log = log;
  }

  /**
   * Forgets the connections of an address of an interface, so that the next owner of the address does not inherit them.
   * Without `conntrack` they stay until they time out, and a warning says so, once.
   * @param router the path of the VPC's namespace
   */
  async forget(router: string, address: string): Promise<void> {
    await Promise.all(["--orig-src", "--reply-src"].map((which) => this.delete(router, which, address)));
  }

  /** {@link forget} for connections through a public address, in both directions. */
  async forgetPublic(router: string, address: string): Promise<void> {
    await Promise.all(["--orig-dst", "--reply-dst"].map((which) => this.delete(router, which, address)));
  }

  private async delete(router: string, which: string, address: string): Promise<void> {
    const family = address.includes(":") ? "ipv6" : "ipv4";
    await inNamespace(router, () => run("conntrack", ["-D", "-f", family, which, address])).catch((err: unknown) => {
      const hadNone = err instanceof CommandError && err.stderr.includes("0 flow entries");
      if (hadNone || this.isWarned) return;
      this.isWarned = true;
      this.log.warn({ err }, "could not forget the connections of a removed interface: is conntrack installed?");
    });
  }
}
