import { readFileSync, rmSync } from "node:fs";
import { run } from "../../base/command.ts";
import { failpoint } from "../../base/failpoint.ts";
import type { InterfaceSpec } from "../backend.ts";
import { addressAt, cidr } from "../ipv4.ts";
import { ipBatch } from "./ip.ts";
import { interfaceNamespace, namespacePath, portName, vpcNamespace } from "./names.ts";
import { hasDevice, inNamespace, isNamespace, setParameters } from "./namespace.ts";

/** As in AWS inside a VPC: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/network_mtu.html */
const VPC_MTU = 9001;

/** Where interfaces are made. */
export interface InterfacePlace {
  instance: string;
  vpcId: string;
  /** The host's interface towards the VPC, and the VPC's address there. */
  uplink: string;
  transitAddress: string;
}

/**
 * Makes interfaces: for each a namespace with `eth0`, and the router's port that `eth0` ends at. Every port is a network
 * of its own: the router answers ARP for the rest of the subnet, so there is no broadcast between tasks. What is there
 * already, whole or in part, is kept as far as it is right: containers may run in it.
 * @throws CommandError
 */
export async function ensureInterfaces(place: InterfacePlace, specs: readonly InterfaceSpec[]): Promise<void> {
  const router = namespacePath(vpcNamespace(place.instance, place.vpcId));
  const lines: string[] = [];
  for (const spec of specs) lines.push(...(await missingLink(place, spec)), ...publicRoute(place, spec));
  await ipBatch(lines);
  failpoint("network.interface.linked");
  // Proxied ARP is answered after a random delay of up to 800 ms otherwise.
  setParameters(
    router,
    Object.fromEntries(specs.map((spec) => [`ipv4/neigh/${portName(spec.interfaceId)}/proxy_delay`, "0"])),
  );
  await Promise.all([
    ipBatch(specs.flatMap(routerSide), router),
    ...specs.map((spec) => {
      const path = namespacePath(interfaceNamespace(place.instance, place.vpcId, spec.interfaceId));
      return isConfigured(path) ? undefined : ipBatch(taskSide(spec), path);
    }),
  ]);
}

/** The lines that make the namespace and the link, as far as they are missing. */
async function missingLink({ instance, vpcId }: InterfacePlace, spec: InterfaceSpec): Promise<string[]> {
  const router = vpcNamespace(instance, vpcId);
  const name = interfaceNamespace(instance, vpcId, spec.interfaceId);
  const port = portName(spec.interfaceId);
  const lines = missingNamespace(name);
  const inside = !lines.length && hasDevice(namespacePath(name), "eth0");
  const outside = hasDevice(namespacePath(router), port);
  if (inside && outside) return [];
  if (inside) await ipBatch(["link delete eth0"], namespacePath(name));
  // A namespace of that name that was removed just now may still be on its way out, and its link with it.
  if (outside) await ipBatch([`link delete ${port}`], namespacePath(router)).catch(() => {});
  return [
    ...lines,
    `link add ${port} netns ${router} mtu ${VPC_MTU} type veth` +
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

function publicRoute({ transitAddress, uplink }: InterfacePlace, { publicIp }: InterfaceSpec): string[] {
  return publicIp === undefined ? [] : [`route replace ${publicIp}/32 via ${transitAddress} dev ${uplink} onlink`];
}

function taskSide(spec: InterfaceSpec): string[] {
  const subnet = cidr(spec.subnetCidr);
  return [
    "link set lo up",
    "link set eth0 addrgenmode none", // no IPv6 address: VPCs carry IPv4
    `address replace ${spec.privateIp}/${subnet.prefix} dev eth0`,
    "link set eth0 up",
    `route replace default via ${addressAt(subnet, 1)} dev eth0`,
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
    `link set ${port} up`,
    `neighbour replace ${spec.privateIp} lladdr ${spec.macAddress} dev ${port} nud permanent`,
    `route replace ${spec.privateIp}/32 dev ${port}`,
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
