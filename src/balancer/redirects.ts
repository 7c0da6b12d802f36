import { expression as x, nftTransaction, Table, type Expression } from "../network/linux/nft.ts";
import { aliasPort, isRedirected, listenPort } from "./proxy-config.ts";
import type { ProxySpec } from "./service-connect.ts";

const table = new Table("inet", "service_connect");

/**
 * Leads to the proxy what the task's containers send to a client alias, and what comes in through the task's interface
 * for a container's port. The proxy itself listens on ports of its own: a container may want an alias's port as well. What
 * containers of the task say to each other is left alone.
 * @param folder where the transaction's file lies meanwhile
 */
export async function redirectToProxy(spec: ProxySpec, folder: string): Promise<void> {
  const toAlias = spec.clients.map((route, i) => [
    x.equals(x.payload("ip", "daddr"), route.address),
    ...toPort(route.port, aliasPort(i)),
  ]);
  const fromOutside = spec.servers.flatMap((route, i) =>
    isRedirected(route)
      ? [[x.equals(x.meta("iifname"), "eth0"), ...toPort(route.ingressPort, listenPort(route, i))]]
      : [],
  );
  await nftTransaction(
    folder,
    [
      table.create(),
      table.baseChain("aliases", { type: "nat", hook: "output", prio: -100, policy: "accept" }),
      ...table.chain("aliases", toAlias),
      table.baseChain("ingress", { type: "nat", hook: "prerouting", prio: -100, policy: "accept" }),
      ...table.chain("ingress", fromOutside),
    ],
    spec.networkNamespace,
  );
}

function toPort(from: number, to: number): Expression[] {
  return [x.equals(x.payload("tcp", "dport"), from), { redirect: { port: to } }];
}

/** Takes {@link redirectToProxy} back. @param networkNamespace one that exists */
export async function removeRedirects(networkNamespace: string, folder: string): Promise<void> {
  await nftTransaction(folder, [table.create(), table.delete()], networkNamespace);
}
