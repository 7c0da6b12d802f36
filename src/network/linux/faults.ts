import { run } from "../../base/command.ts";
import { KeyedQueue } from "../../base/keyed-queue.ts";
import { faultName, type BlackholeFault, type FaultName, type FaultSpec } from "../faults.ts";
import { block, FAMILIES, isEverything, ofFamily, type Family } from "./address.ts";
import { inNamespace } from "./namespace.ts";
import { expression as x, listTable, nftTransaction, Table, type Command, type Expression } from "./nft.ts";

/** The tables of an interface's namespace: the faults are all that is in them, and the only record of what runs. */
const TABLE = "faults";
/** Of what passes the sockets inside, over the loopback device as well. */
const sockets = new Table("inet", TABLE);
/** Of what leaves by the interface, also past the kernel's sockets. */
const device = new Table("netdev", TABLE);
const DEVICE = "eth0";
/** The class of the late packets, as a packet's priority. */
const LATE = "1:1";

const l4proto = x.meta("l4proto");
const WITH_PORTS = x.anyOf(["tcp", "udp"]);

/** Disturbs the traffic of interfaces, from within their namespaces: with these, the faults are gone. */
export class Faults {
  private readonly folder: string;
  private readonly queue = new KeyedQueue();

  /** @param folder where transactions lie meanwhile */
  constructor(folder: string) {
    this.folder = folder;
  }

  /** What runs in the namespace at `path`. */
  async running(path: string): Promise<FaultName[]> {
    const tables = await Promise.all(["inet", "netdev"].map((family) => listTable(family, TABLE, path)));
    return [...new Set(tables.flatMap(({ chains }) => chains))] as FaultName[];
  }

  /**
   * Starts a fault; one that runs stays as it is.
   * @throws CommandError also for latency where the kernel has no `netem`
   */
  start(path: string, fault: FaultSpec): Promise<void> {
    return this.queue.run(path, async () => {
      if ((await this.running(path)).includes(faultName(fault))) return;
      // The rules come last: they are what says that it runs.
      if (fault.kind === "latency") await delayMarked(path, fault.delayMs, fault.jitterMs);
      await nftTransaction(this.folder, [sockets.create(), device.create(), ...faultCommands(fault)], path);
    });
  }

  /** Ends a fault; nothing happens when it does not run. */
  stop(path: string, name: FaultName): Promise<void> {
    return this.queue.run(path, async () => {
      const commands: Command[] = [];
      for (const [family, table] of [
        ["inet", sockets],
        ["netdev", device],
      ] as const)
        if ((await listTable(family, TABLE, path)).chains.includes(name))
          commands.push(table.flushChain(name), table.deleteChain(name));
      if (commands.length) await nftTransaction(this.folder, commands, path);
      if (name === "latency") await removeDelay(path);
    });
  }
}

function faultCommands(fault: FaultSpec): Command[] {
  const name = faultName(fault);
  const egress = { type: "filter", hook: "egress", dev: DEVICE, prio: 0, policy: "accept" };
  if (fault.kind !== "blackhole") return [device.baseChain(name, egress), ...device.chain(name, flowRules(fault))];
  const hook = fault.direction === "ingress" ? "input" : "output";
  const rules = blackholeRules(fault);
  return [
    sockets.baseChain(name, { type: "filter", hook, prio: -10, policy: "accept" }),
    ...sockets.chain(name, rules),
    ...(hook === "output" ? [device.baseChain(name, egress), ...device.chain(name, rules)] : []),
  ];
}

function blackholeRules({ direction, protocol, port, spared }: BlackholeFault): Expression[][] {
  const isPort = x.equals(x.payload(protocol, "dport"), port);
  const field = direction === "ingress" ? "saddr" : "daddr";
  return [...spared.map((address) => [inBlock(field, address), isPort, x.accept]), [isPort, x.drop]];
}

/** The first destination that a packet matches decides, so that it meets chance once. */
function flowRules(fault: Exclude<FaultSpec, BlackholeFault>): Expression[][] {
  const effect =
    fault.kind === "loss"
      ? [...percent({ numgen: { mode: "random", mod: 100, offset: 0 } }, fault.lossPercent), x.drop]
      : [{ mangle: { key: x.meta("priority"), value: LATE } }];
  const hit = (address: string) => {
    const match = inBlock("daddr", address);
    const family: Family = address.includes(":") ? "ip6" : "ip";
    const ends = [x.payload(family, "saddr"), x.payload(family, "daddr")];
    const ports = [x.payload("th", "sport"), x.payload("th", "dport")];
    return [
      [match, x.equals(l4proto, WITH_PORTS), ...chosenFlows([...ends, ...ports], fault.flowsPercent), ...effect],
      [match, x.differs(l4proto, WITH_PORTS), ...chosenFlows(ends, fault.flowsPercent), ...effect],
    ];
  };
  return [
    ...fault.spared.map((address) => [inBlock("daddr", address), x.accept]),
    ...FAMILIES.flatMap((family) => ofFamily(fault.destinations, family)).flatMap((address) => [
      ...hit(address),
      [inBlock("daddr", address), x.accept],
    ]),
  ];
}

function chosenFlows(keys: Expression[], flowsPercent: number): Expression[] {
  return percent({ jhash: { mod: 100, offset: 0, seed: 1, expr: x.concat(...keys) } }, flowsPercent);
}

/** Matches so many of a hundred values; nothing is asked for all of them, which `nft` takes for an error. */
function percent(value: Expression, share: number): Expression[] {
  return share >= 100 ? [] : [{ match: { op: "<", left: value, right: share } }];
}

/** Matches packets whose source or destination is the address, or in the CIDR block. */
function inBlock(field: "saddr" | "daddr", address: string): Expression {
  const family: Family = address.includes(":") ? "ip6" : "ip";
  const cidr = address.includes("/") ? address : `${address}/${family === "ip" ? 32 : 128}`;
  // A match of the protocol stands for the whole range: a prefix of no length is no match.
  if (isEverything(cidr)) return x.equals(x.meta("protocol"), family);
  return x.equals(x.payload(family, field), block(cidr));
}

/** Makes what is marked leave late: https://man7.org/linux/man-pages/man8/tc-netem.8.html */
async function delayMarked(path: string, delayMs: number, jitterMs: number): Promise<void> {
  await tc(path, [
    `qdisc replace dev ${DEVICE} root handle 1: prio bands 3 priomap ${Array(16).fill(2).join(" ")}`,
    `qdisc replace dev ${DEVICE} parent ${LATE} handle 10: netem delay ${delayMs}ms ${jitterMs}ms limit 10000`,
  ]);
}

async function removeDelay(path: string): Promise<void> {
  const { stdout } = await inNamespace(path, () => run("tc", ["-json", "qdisc", "show", "dev", DEVICE]));
  const present = JSON.parse(stdout) as { kind: string; root?: boolean }[];
  if (present.some(({ kind, root }) => kind === "prio" && root)) await tc(path, [`qdisc delete dev ${DEVICE} root`]);
}

async function tc(path: string, lines: readonly string[]): Promise<void> {
  await inNamespace(path, () => run("tc", ["-batch", "-"], { input: `${lines.join("\n")}\n` }));
}
