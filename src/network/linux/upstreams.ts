import { readFileSync } from "node:fs";
import { parseIpv4 } from "../ipv4.ts";

/** The stub of systemd-resolved, and the file with the servers it asks itself. */
const STUB = "127.0.0.53";
const BEHIND_STUB = "/run/systemd/resolve/resolv.conf";

/**
 * The name servers of the host that a VPC's resolver can ask: IPv4, and not on the loopback interface, which other
 * namespaces do not reach. Empty when there are none.
 */
export function hostNameServers(): string[] {
  const servers = nameServers("/etc/resolv.conf");
  return (servers.includes(STUB) ? nameServers(BEHIND_STUB) : servers).filter(
    (server) => parseIpv4(server) !== undefined && !server.startsWith("127."),
  );
}

/** The name servers that a `resolv.conf` names; none when there is no such file. */
export function nameServers(file: string): string[] {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch {
    return [];
  }
  return [...text.matchAll(/^\s*nameserver\s+(\S+)/gm)].map((match) => match[1]!);
}
