import { readFileSync } from "node:fs";
import { createServer } from "node:net";
import { AdminClient } from "../../admin/admin-client.ts";
import { run } from "../../base/command.ts";
import { findProgram } from "../../base/find-program.ts";
import { errnoOf } from "../../base/errors.ts";
import type { Config } from "../../config.ts";
import { cidr, overlaps, parseIpv4 } from "../../network/ipv4.ts";
import { ipJson, type Route } from "../../network/linux/ip.ts";
import { foreignRoutes, isGuard, routesInto } from "../../network/linux/guards.ts";
import { checkPublicPool } from "../../network/linux/lan.ts";
import { hostNameServers } from "../../network/linux/upstreams.ts";
import type { Finding } from "./check.ts";

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

/** Whether `--public-pool`, when it is told, can be used on this host. */
export async function checkPool({ publicPool, instance }: Config): Promise<Finding[]> {
  if (publicPool === undefined) return [];
  const name = "public pool";
  try {
    const lan = await checkPublicPool(publicPool, instance);
    const where = lan ? `a part of the network at ${lan.device}: reachable from there` : "known to this host only";
    return [{ name, status: "ok", detail: `${publicPool}, ${where}` }];
  } catch (cause) {
    return [{ name, status: "fail", detail: (cause as Error).message, fix: "choose another with --public-pool" }];
  }
}

const DEFAULT_VPC = "172.31.0.0/16";

/**
 * What of the host lies inside the range of the default VPC, or of a VPC that is on the host. Packets for such a range
 * that the host has no closer route for stay on the host; where it has one, there is no guard, and tasks do not get there.
 */
export async function checkVpcRanges({ instance, dnsUpstreams }: Config): Promise<Finding[]> {
  const name = "VPCs' ranges";
  const guards = (await ipJson<Route>(["route", "show", "type", "unreachable"])).filter(isGuard);
  const ranges = [...new Set([DEFAULT_VPC, ...guards.map((route) => route.dst)])];
  const routes = (await foreignRoutes(instance)).filter((route) => !isGuard(route));
  const networks = routesInto(cidr(DEFAULT_VPC), routes).map((route) => route.dst);
  const servers = (dnsUpstreams ?? hostNameServers()).map((server) => server.split("@")[0]!);
  const findings = servers.flatMap((server): Finding[] => {
    const base = parseIpv4(server);
    const range = base === undefined ? undefined : ranges.find((each) => overlaps(cidr(each), { base, prefix: 32 }));
    if (range === undefined) return [];
    const detail = `the name server ${server} is inside ${range}: the resolver of a VPC with that range does not reach it`;
    return [{ name, status: "warn", detail, fix: "name others with --dns-upstream, or use VPCs with other ranges" }];
  });
  if (networks.length)
    findings.push({
      name,
      status: "warn",
      detail: `this host has a route to ${networks.join(", ")}, and the default VPC has ${DEFAULT_VPC}: its tasks do not get there`,
      fix: "run tasks that shall get there in a VPC with another range",
    });
  return findings.length
    ? findings
    : [{ name, status: "ok", detail: "no network or name server of this host is inside" }];
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
