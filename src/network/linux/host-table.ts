import { addressAt } from "../ipv4.ts";
import type { LanPool } from "./lan.ts";
import { uplinkPrefix } from "./names.ts";
import { expression as x, Table, type Command, type Expression } from "./nft.ts";
import { TRANSIT_PARENT } from "./ranges.ts";

export interface HostTableSettings {
  /** The addresses of the VPCs' routers: only their resolvers send from there. */
  transit: string;
  /** Where public addresses are known outside of this host. */
  lan: LanPool | undefined;
}

export function hostTableName(instance: string): string {
  return `neargate_${instance}`;
}

/** The commands that make the host's table, as one transaction. It concerns our uplinks and no other interface. */
export function hostTable(instance: string, { transit, lan }: HostTableSettings): Command[] {
  const table = new Table("inet", hostTableName(instance));
  const uplinks = `${uplinkPrefix(instance)}*`;
  const iif = x.meta("iifname");
  const oif = x.meta("oifname");
  const [transitBase = "", transitLength = ""] = transit.split("/");
  const fromUplink = x.equals(iif, uplinks);
  const clampSegments: Expression = {
    mangle: { key: { "tcp option": { name: "maxseg", field: "size" } }, value: { rt: { key: "mtu" } } },
  };
  const routers = TRANSIT_PARENT;
  const routersBase = addressAt(routers, 0);
  const [poolBase = "", poolLength = ""] = lan?.pool.split("/") ?? [];
  const isSyn = x.has(x.payload("tcp", "flags"), "syn");
  return [
    table.create(),
    // Ahead of destination NAT, so that ports which the host publishes for others are shut as well.
    table.baseChain("from_vpc", { type: "filter", hook: "prerouting", prio: -150, policy: "accept" }),
    ...table.chain("from_vpc", [
      [x.differs(iif, uplinks), x.accept],
      [
        x.vmap(
          x.ct("state"),
          x.anyOf([
            ["established", x.accept],
            ["related", x.accept],
          ]),
        ),
      ],
      // The routers of all engines' VPCs: no task has anything to do there, also while another engine's own rules are away.
      [
        x.equals(x.payload("ip", "daddr"), x.prefix(routersBase, routers.prefix)),
        x.equals({ fib: { result: "type", flags: ["daddr"] } }, "unicast"),
        x.drop,
      ],
      // What is forwarded. The host itself has broadcast and multicast addresses too, beside its local ones.
      [x.equals({ fib: { result: "type", flags: ["daddr"] } }, "unicast"), x.accept],
      ...(["udp", "tcp"] as const).map((protocol) => [
        x.equals(x.payload("ip", "saddr"), x.prefix(transitBase, Number(transitLength))),
        x.equals(x.payload(protocol, "dport"), 53),
        x.accept,
      ]),
      [x.drop],
    ]),
    table.baseChain("forward", { type: "filter", hook: "forward", prio: 0, policy: "accept" }),
    ...table.chain(
      "forward",
      [fromUplink, x.equals(oif, uplinks)].map((ours) => [ours, isSyn, clampSegments]),
    ),
    table.baseChain("masquerade", { type: "nat", hook: "postrouting", prio: 100, policy: "accept" }),
    ...table.chain("masquerade", [
      // The network knows the pool's addresses: a task is seen there under its own.
      ...(lan
        ? [
            [
              fromUplink,
              x.equals(oif, lan.device),
              x.equals(x.payload("ip", "saddr"), x.prefix(poolBase, Number(poolLength))),
              x.accept,
            ],
          ]
        : []),
      [fromUplink, x.differs(oif, uplinks), { masquerade: null }],
    ]),
  ];
}
