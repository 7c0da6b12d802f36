import { existsSync, readFileSync, writeFileSync } from "node:fs";
import type { Logger } from "../../base/log.ts";
import { ipJson, type Route } from "./ip.ts";

const CONF = "/proc/sys/net/ipv6/conf";

/** Whether the kernel knows of IPv6, switched on or not. */
export function kernelHasIpv6(): boolean {
  return existsSync(CONF);
}

/**
 * The line of `ip` that keeps an interface from making itself an IPv6 address; none for a kernel that has no IPv6.
 */
export function withoutOwnAddress(device: string): string[] {
  return kernelHasIpv6() ? [`link set ${device} addrgenmode none`] : [];
}

/** Whether the host's kernel has IPv6 and it is not switched off. */
export function hostHasIpv6(): boolean {
  try {
    return readFileSync(`${CONF}/all/disable_ipv6`, "utf8").trim() === "0";
  } catch {
    return false; // no such module
  }
}

/** @throws Error when the host has no IPv6 */
export function requireIpv6(): void {
  if (!hostHasIpv6())
    throw new Error("this host has no IPv6 (net.ipv6.conf.all.disable_ipv6): VPCs with IPv6 ranges cannot be built");
}

/**
 * Makes the host forward IPv6, if it does not yet. A host that forwards ignores router advertisements unless told
 * otherwise: interfaces that have routes from them go on taking them (`accept_ra` 2).
 */
export async function forwardIpv6(log: Logger): Promise<void> {
  const forwarding = `${CONF}/all/forwarding`;
  if (readFileSync(forwarding, "utf8").trim() === "1") return;
  const routes = await ipJson<Route>(["route", "show"], undefined, 6);
  const advertised = new Set(routes.flatMap(({ protocol, dev }) => (protocol === "ra" && dev ? [dev] : [])));
  const raised = [...advertised].filter((dev) => readFileSync(`${CONF}/${dev}/accept_ra`, "utf8").trim() === "1");
  for (const dev of raised) writeFileSync(`${CONF}/${dev}/accept_ra`, "2");
  writeFileSync(forwarding, "1");
  log.info(
    { acceptRa: raised },
    "the host forwards IPv6 from now on; these interfaces go on taking their routes from routers",
  );
}
