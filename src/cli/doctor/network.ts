import { readFileSync } from "node:fs";
import { createServer } from "node:net";
import { AdminClient } from "../../admin/admin-client.ts";
import { run } from "../../base/command.ts";
import { errnoOf } from "../../base/errors.ts";
import type { Config } from "../../config.ts";
import type { Finding } from "./check.ts";
import { findProgram } from "./programs.ts";

/** Whether the port is free, or the engine of this data folder has it. */
export async function checkPort(config: Config): Promise<Finding> {
  const name = `port ${config.port}`;
  const errno = await new Promise<string | undefined>((resolve) => {
    const server = createServer();
    server.once("error", (cause) => resolve(errnoOf(cause)));
    server.listen({ host: "127.0.0.1", port: config.port }, () => server.close(() => resolve(undefined)));
  });
  if (errno === undefined) return { name, status: "ok", detail: "free" };
  const running = await new AdminClient(config.runFolder).status().catch(() => undefined);
  if (running && new URL(running.endpoint).port === String(config.port))
    return { name, status: "ok", detail: `this data folder's engine has it (pid ${running.pid})` };
  return { name, status: "fail", detail: `cannot be had (${errno})`, fix: "choose another with --port" };
}

export function checkForwarding(): Finding {
  const on = readFileSync("/proc/sys/net/ipv4/ip_forward", "utf8").trim() === "1";
  return {
    name: "IPv4 forwarding",
    status: "ok",
    detail: on ? "on" : "off: the engine turns it on, so that tasks reach beyond this machine",
  };
}

interface NftChain {
  nftables: { chain?: { policy?: string } }[];
}

/** Docker and some firewalls drop all forwarded packets but their own; the tasks' must then be let through. */
export async function checkForwardPolicy(): Promise<Finding[]> {
  const nft = findProgram("nft");
  if (!nft) return [];
  const policy = await run(nft, ["-j", "list", "chain", "ip", "filter", "FORWARD"]).then(
    ({ stdout }) => (JSON.parse(stdout) as NftChain).nftables.find((entry) => entry.chain)?.chain?.policy,
    () => undefined, // no such chain
  );
  const name = "forwarded packets";
  if (policy !== "drop") return [{ name, status: "ok", detail: "no firewall policy drops them" }];
  return [
    { name, status: "ok", detail: "policy DROP (Docker's, or a firewall's): the engine lets its tasks' through" },
  ];
}
