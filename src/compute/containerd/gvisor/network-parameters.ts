import { setParameters } from "../../../network/linux/namespace.ts";

/**
 * Sets what runsc does not in the network namespace of a sandbox, whose sockets are the host kernel's.
 * @param sysctls of a container, by name such as `net.core.somaxconn`
 */
export function setNetworkParameters(namespace: string, sysctls: Record<string, string> = {}): void {
  const own = Object.entries(sysctls).map(([name, value]) => [name.slice("net.".length).replaceAll(".", "/"), value]);
  // The process beneath gVisor may not listen on ports below 1024, which root in its containers may.
  setParameters(namespace, { "ipv4/ip_unprivileged_port_start": "0", ...Object.fromEntries(own) });
}
