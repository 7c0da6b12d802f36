import { rmSync } from "node:fs";
import { run } from "../../base/command.ts";
import { failpoint } from "../../base/failpoint.ts";
import type { InterfaceSpec } from "../backend.ts";
import { addressAt, cidr } from "../ipv4.ts";
import { ipBatch } from "./ip.ts";
import { interfaceNamespace, namespacePath, portName, vpcNamespace } from "./names.ts";
import { hasDevice, inNamespace, isNamespace, setParameters } from "./namespace.ts";

/** As in AWS inside a VPC: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/network_mtu.html */
const VPC_MTU = 9001;

/** Where an interface is being made. */
export interface InterfacePlace {
  instance: string;
  vpcId: string;
  /** The host's interface towards the VPC, and the VPC's address there. */
  uplink: string;
  transitAddress: string;
}

/**
 * Makes the interface: a namespace with `eth0`, and the router's port that `eth0` ends at. Every port is a network of its
 * own: the router answers ARP for the rest of the subnet, so there is no broadcast between tasks. What is there already,
 * whole or in part, is kept as far as it is right: containers may run in it.
 * @returns the namespace's path
 * @throws CommandError
 */
export async function ensureInterface(place: InterfacePlace, spec: InterfaceSpec): Promise<string> {
  const router = vpcNamespace(place.instance, place.vpcId);
  const name = interfaceNamespace(place.instance, place.vpcId, spec.interfaceId);
  const path = namespacePath(name);
  const port = portName(spec.interfaceId);
  const lines: string[] = [];
  const exists = ensureNamespace(name, lines);
  const linked = exists && (await removeHalfLink(path, namespacePath(router), port));
  if (!linked)
    lines.push(
      `link add ${port} netns ${router} mtu ${VPC_MTU} type veth` +
        ` peer name eth0 netns ${name} mtu ${VPC_MTU} address ${spec.macAddress}`,
    );
  if (spec.publicIp !== undefined)
    lines.push(`route replace ${spec.publicIp}/32 via ${place.transitAddress} dev ${place.uplink} onlink`);
  await ipBatch(lines);
  failpoint("network.interface.linked");
  setParameters(namespacePath(router), { [`ipv4/neigh/${port}/proxy_delay`]: "0" }); // else ARP takes up to 800 ms
  const gateway = addressAt(cidr(spec.subnetCidr), 1);
  await Promise.all([ipBatch(taskSide(spec, gateway), path), ipBatch(routerSide(spec, port, gateway), namespacePath(router))]);
  return path;
}

/** Adds the line that makes the namespace, unless it exists. Returns whether it exists. */
export function ensureNamespace(name: string, lines: string[]): boolean {
  const path = namespacePath(name);
  if (isNamespace(path)) return true;
  rmSync(path, { force: true }); // what a crash between making the file and mounting the namespace left
  lines.push(`netns add ${name}`);
  return false;
}

/** Removes a link of which one end is missing. Returns whether both are there. */
async function removeHalfLink(path: string, router: string, port: string): Promise<boolean> {
  const inside = hasDevice(path, "eth0");
  const outside = hasDevice(router, port);
  if (inside && outside) return true;
  if (inside) await ipBatch(["link delete eth0"], path);
  if (outside) await ipBatch([`link delete ${port}`], router);
  return false;
}

function taskSide(spec: InterfaceSpec, gateway: string): string[] {
  const prefix = cidr(spec.subnetCidr).prefix;
  return [
    "link set lo up",
    "link set eth0 addrgenmode none", // no IPv6 address: VPCs carry IPv4
    `address replace ${spec.privateIp}/${prefix} dev eth0`,
    "link set eth0 up",
    `route replace default via ${gateway} dev eth0`,
    "route replace unreachable 169.254.169.254", // SDKs look for an instance's metadata there: told at once, not waited for
  ];
}

function routerSide(spec: InterfaceSpec, port: string, gateway: string): string[] {
  return [
    `address replace ${gateway}/32 dev lo`,
    `link set ${port} up`,
    `neighbour replace ${spec.privateIp} lladdr ${spec.macAddress} dev ${port} nud permanent`,
    `route replace ${spec.privateIp}/32 dev ${port}`,
  ];
}

/**
 * Removes the interface's namespace, and with it, once no process is left inside, the link; works on anything.
 * @throws CommandError
 */
export async function removeInterface(instance: string, vpcId: string, interfaceId: string): Promise<void> {
  const name = interfaceNamespace(instance, vpcId, interfaceId);
  await removeNamespace(name);
}

/** Removes a named namespace, or what a crash left of one. Sockets and processes inside keep it alive until they end. */
export async function removeNamespace(name: string): Promise<void> {
  if (isNamespace(namespacePath(name))) await ipBatch([`netns delete ${name}`]);
  else rmSync(namespacePath(name), { force: true });
}

/** The processes in a named namespace. */
export async function processesIn(name: string): Promise<number[]> {
  const { stdout } = await run("ip", ["netns", "pids", name]);
  return stdout.split(/\s+/).filter(Boolean).map(Number);
}

/** Forgets the connections of an address, so that the next owner of the address does not inherit them. */
export async function forgetConnections(router: string, address: string): Promise<void> {
  const forget = (which: string) =>
    // It exits with 1 when there was no connection.
    inNamespace(router, () => run("conntrack", ["-D", which, address])).catch(() => {});
  await Promise.all([forget("--orig-src"), forget("--reply-src")]);
}
