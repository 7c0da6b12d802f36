import { readdirSync } from "node:fs";
import { errnoOf } from "../../base/errors.ts";

/** Where iproute2 keeps named network namespaces. */
const NAMESPACES = "/run/netns";

/** The VPC's end of its link to the host. */
export const UPLINK = "uplink";
/** What every port of a VPC's router is called: one port per network interface. */
export const ANY_PORT = "e*";
/** What every link of a VPC's router to the router of another VPC is called. */
export const ANY_PEER_LINK = "p*";

/**
 * The MAC addresses of links between routers and of their ports: told, so that the other end need not ask. The host and
 * ports have the first.
 */
export const LINK_MACS = ["02:6e:67:00:00:01", "02:6e:67:00:00:02"] as const;

/** The name of the VPC's network namespace, its router. */
export function vpcNamespace(instance: string, vpcId: string): string {
  return `ng-${instance}-${vpcId}`;
}

/** The name of an interface's network namespace. It tells the VPC, so that a listing says what belongs where. */
export function interfaceNamespace(instance: string, vpcId: string, interfaceId: string): string {
  return `ng-${instance}-${vpcId}-${interfaceId}`;
}

export function namespacePath(name: string): string {
  return `${NAMESPACES}/${name}`;
}

/** What all host-side interfaces of this engine begin with. */
export function uplinkPrefix(instance: string): string {
  return `ng${instance}`;
}

/** The host's end of the link to a VPC: 15 characters, as long as the kernel allows. */
export function uplinkName(instance: string, vpcId: string): string {
  return `${uplinkPrefix(instance)}${vpcId.slice(-7)}`;
}

/** The router's end of the link to a network interface: 56 bits of its id. */
export function portName(interfaceId: string): string {
  return `e${interfaceId.slice(-14)}`;
}

/** Either end of the link between two peered VPCs' routers: 56 bits of the peering's id. */
export function peerLinkName(peeringId: string): string {
  return `p${peeringId.slice(-14)}`;
}

/** The engine's VPCs and interfaces that have a namespace on this host. */
export function listNamespaces(instance: string): { vpcId: string; interfaceId: string | undefined }[] {
  const pattern = new RegExp(`^ng-${instance}-(vpc-[0-9a-f]+)(?:-(eni-[0-9a-f]+))?$`);
  return namespaceFiles().flatMap((name) => {
    const match = pattern.exec(name);
    return match ? [{ vpcId: match[1]!, interfaceId: match[2] }] : [];
  });
}

function namespaceFiles(): string[] {
  try {
    return readdirSync(NAMESPACES);
  } catch (cause) {
    if (errnoOf(cause) === "ENOENT") return []; // no namespace was named since boot
    throw cause;
  }
}
