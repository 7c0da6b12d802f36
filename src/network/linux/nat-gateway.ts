import { setParameters } from "./namespace.ts";
import { expression as x, nftTransaction, Table } from "./nft.ts";

/**
 * Makes the namespace of an interface forward what is sent through it, under the interface's own address. Its one
 * interface is the way in and the way out. May be repeated; connections go on.
 * https://docs.aws.amazon.com/vpc/latest/userguide/vpc-nat-gateway.html
 * @param folder where the transaction lies meanwhile
 * @throws CommandError
 */
export async function forwardAsNat(path: string, folder: string): Promise<void> {
  const table = new Table("inet", "nat");
  setParameters(path, {
    // It would tell senders to find the next hop themselves.
    "ipv4/conf/all/send_redirects": "0",
    "ipv4/conf/eth0/send_redirects": "0",
    "ipv4/conf/all/rp_filter": "0",
    "ipv4/conf/eth0/rp_filter": "0",
    "ipv4/ip_forward": "1",
  });
  await nftTransaction(
    folder,
    [
      table.create(),
      table.baseChain("masquerade", { type: "nat", hook: "postrouting", prio: 100, policy: "accept" }),
      ...table.chain("masquerade", [[x.equals(x.meta("oifname"), "eth0"), { masquerade: null }]]),
    ],
    path,
  );
}
