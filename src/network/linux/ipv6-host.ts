import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";

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
 * Makes the host forward IPv6. A host that forwards ignores router advertisements unless told otherwise: interfaces
 * that take their default route from them go on doing so.
 */
export function forwardIpv6(): void {
  for (const device of readdirSync(CONF)) {
    const file = `${CONF}/${device}/accept_ra`;
    if (readFileSync(file, "utf8").trim() === "1") writeFileSync(file, "2");
  }
  writeFileSync(`${CONF}/all/forwarding`, "1");
}
