import { readFileSync, rmSync } from "node:fs";
import { run } from "../../base/command.ts";
import { failpoint } from "../../base/failpoint.ts";
import type { InterfaceSpec } from "../backend.ts";
import { addressAt, cidr } from "../ipv4.ts";
import { ipBatch } from "./ip.ts";
import { requireIpv6, withoutOwnAddress } from "./ipv6-host.ts";
import { interfaceNamespace, LINK_MACS, namespacePath, portName, vpcNamespace } from "./names.ts";
import { hasDevice, inNamespace, isNamespace, setParameters } from "./namespace.ts";
import { forwardAsNat } from "./nat-gateway.ts";
import { ensureOwnedNamespace } from "./owned-namespace.ts";

/** As in AWS inside a VPC: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/network_mtu.html */
export const VPC_MTU = 9001;
/** What every interface takes for its router. */
const IPV6_GATEWAY = "fe80::1";

/** Where interfaces are made. */
export interface InterfacePlace {
  instance: string;
  vpcId: string;
  /** Where transactions lie meanwhile. */
  runFolder: string;
  /** The path of the user namespace that new namespaces are to belong to; the host's unless told. */
  userNamespace?: string;
  /** The lines of `ip` that make a public address lead to the VPC, in the host's namespace. */
  publicAddressLines(address: string): string[];
}

/**
 * Makes interfaces: for each a namespace with `eth0`, and the router's port that `eth0` ends at. Every port is a network
 * of its own: the router answers ARP for the rest of the subnet, so there is no broadcast between tasks. What is there
 * already, whole or in part, is kept as far as it is right: containers may run in it.
 * @throws CommandError
 */
export async function ensureInterfaces(place: InterfacePlace, specs: readonly InterfaceSpec[]): Promise<void> {
  const router = namespacePath(vpcNamespace(place.instance, place.vpcId));
  if (specs.some((spec) => spec.ipv6Address !== undefined)) requireIpv6();
  const lines: string[] = [];
  for (const spec of specs) lines.push(...(await missingLink(place, spec)), ...publicAddressLines(place, spec));
  await ipBatch(lines);
  failpoint("network.interface.linked");
  setParameters(router, Object.assign({}, ...specs.map(portParameters)) as Record<string, string>);
  await Promise.all([ipBatch(specs.flatMap(routerSide), router), ...specs.map((spec) => configureInside(place, spec))]);
}

function portParameters({ interfaceId, ipv6Address, role }: InterfaceSpec): Record<string, string> {
  const port = portName(interfaceId);
  return {
    // Proxied ARP is answered after a random delay of up to 800 ms otherwise.
    [`ipv4/neigh/${port}/proxy_delay`]: "0",
    // A NAT gateway passes on what comes from anywhere.
    ...(role === "nat" ? { [`ipv4/conf/${port}/rp_filter`]: "0" } : {}),
    ...(ipv6Address === undefined ? {} : { [`ipv6/conf/${port}/disable_ipv6`]: "0" }),
  };
}

async function configureInside({ instance, vpcId, runFolder }: InterfacePlace, spec: InterfaceSpec): Promise<void> {
  const path = namespacePath(interfaceNamespace(instance, vpcId, spec.interfaceId));
  if (isConfigured(path)) return;
  if (spec.role === "nat") await forwardAsNat(path, runFolder);
  if (spec.ipv6Address !== undefined)
    setParameters(path, { "ipv6/conf/eth0/disable_ipv6": "0", "ipv6/conf/eth0/accept_ra": "0" });
  await ipBatch(taskSide(spec), path);
}

/** The lines that make the namespace and the link, as far as they are missing. */
async function missingLink({ instance, vpcId, userNamespace }: InterfacePlace, spec: InterfaceSpec): Promise<string[]> {
  const router = vpcNamespace(instance, vpcId);
  const name = interfaceNamespace(instance, vpcId, spec.interfaceId);
  const port = portName(spec.interfaceId);
  if (userNamespace !== undefined) await ensureOwnedNamespace(name, userNamespace);
  const lines = missingNamespace(name);
  const inside = !lines.length && hasDevice(namespacePath(name), "eth0");
  const outside = hasDevice(namespacePath(router), port);
  if (inside && outside) return [];
  if (inside) await ipBatch(["link delete eth0"], namespacePath(name));
  // A namespace of that name that was removed just now may still be on its way out, and its link with it.
  if (outside) await ipBatch([`link delete ${port}`], namespacePath(router)).catch(() => {});
  return [
    ...lines,
    `link add ${port} address ${LINK_MACS[0]} netns ${router} mtu ${VPC_MTU} type veth` +
      ` peer name eth0 netns ${name} mtu ${VPC_MTU} address ${spec.macAddress}`,
  ];
}

/** The line that makes the namespace, unless it exists. */
export function missingNamespace(name: string): string[] {
  const path = namespacePath(name);
  if (isNamespace(path)) return [];
  rmSync(path, { force: true }); // what a crash between making the file and mounting the namespace left
  return [`netns add ${name}`];
}

function publicAddressLines(place: InterfacePlace, { publicIp }: InterfaceSpec): string[] {
  return publicIp === undefined ? [] : place.publicAddressLines(publicIp);
}

function taskSide(spec: InterfaceSpec): string[] {
  const subnet = cidr(spec.subnetCidr);
  return [
    "link set lo up",
    ...withoutOwnAddress("eth0"), // IPv6 addresses are given, not made up
    `address replace ${spec.privateIp}/${subnet.prefix} dev eth0`,
    "link set eth0 up",
    `route replace default via ${addressAt(subnet, 1)} dev eth0`,
    ...(spec.ipv6Address === undefined
      ? []
      : [
          `address replace ${spec.ipv6Address}/128 dev eth0 nodad`,
          `neighbour replace ${IPV6_GATEWAY} lladdr ${LINK_MACS[0]} dev eth0 nud permanent`,
          `route replace ::/0 via ${IPV6_GATEWAY} dev eth0`,
        ]),
    // SDKs look for an instance's metadata there: told at once, not waited for. Being last, it says that all is done.
    "route replace unreachable 169.254.169.254",
  ];
}

/** Whether the last line of {@link taskSide} was carried out. */
function isConfigured(path: string): boolean {
  return inNamespace(path, () => readFileSync("/proc/thread-self/net/route", "utf8")).includes("\tFEA9FEA9\t");
}

function routerSide(spec: InterfaceSpec): string[] {
  const port = portName(spec.interfaceId);
  return [
    `address replace ${addressAt(cidr(spec.subnetCidr), 1)}/32 dev lo`,
    ...withoutOwnAddress(port),
    `link set ${port} up`,
    `neighbour replace ${spec.privateIp} lladdr ${spec.macAddress} dev ${port} nud permanent`,
    `route replace ${spec.privateIp}/32 dev ${port}`,
    ...(spec.ipv6Address === undefined
      ? []
      : [
          `address replace ${IPV6_GATEWAY}/64 dev ${port} nodad`,
          `neighbour replace ${spec.ipv6Address} lladdr ${spec.macAddress} dev ${port} nud permanent`,
          `route replace ${spec.ipv6Address}/128 dev ${port}`,
        ]),
  ];
}

/**
 * Removes a named namespace, or what a crash left of one; works on anything. Its links go with it, as soon as no process
 * and no socket is left inside.
 * @throws CommandError
 */
export async function removeNamespace(name: string): Promise<void> {
  if (isNamespace(namespacePath(name))) await ipBatch([`netns delete ${name}`]);
  else rmSync(namespacePath(name), { force: true });
}

/** The processes in a named namespace. */
export async function processesIn(name: string): Promise<number[]> {
  const { stdout } = await run("ip", ["netns", "pids", name]);
  return stdout.split(/\s+/).filter(Boolean).map(Number);
}
