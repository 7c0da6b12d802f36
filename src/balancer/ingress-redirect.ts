import { expression as x, nftTransaction, Table } from "../network/linux/nft.ts";
import { isRedirected, listenPort } from "./proxy-config.ts";
import type { ProxySpec } from "./service-connect.ts";

const table = new Table("inet", "service_connect");

/**
 * Leads what comes in through the task's interface for a container's port to the proxy; what containers of the task say
 * to each other is left alone.
 * @param folder where the transaction's file lies meanwhile
 */
export async function redirectIngress(spec: ProxySpec, folder: string): Promise<void> {
  const rules = spec.servers.flatMap((route, i) =>
    isRedirected(route)
      ? [
          [
            x.equals(x.meta("iifname"), "eth0"),
            x.equals(x.payload("tcp", "dport"), route.ingressPort),
            { redirect: { port: listenPort(route, i) } },
          ],
        ]
      : [],
  );
  await nftTransaction(
    folder,
    [
      table.create(),
      table.baseChain("ingress", { type: "nat", hook: "prerouting", prio: -100, policy: "accept" }),
      ...table.chain("ingress", rules),
    ],
    spec.networkNamespace,
  );
}

/** Takes {@link redirectIngress} back. @param networkNamespace one that exists */
export async function removeRedirect(networkNamespace: string, folder: string): Promise<void> {
  await nftTransaction(folder, [table.create(), table.delete()], networkNamespace);
}
