import { run } from "../../base/command.ts";
import type { FlowSample } from "../backend.ts";
import { ADDRESS_TYPE, FAMILIES, type Family } from "./address.ts";
import { refusal } from "./acl.ts";
import { ANY_PORT } from "./names.ts";
import { inNamespace } from "./namespace.ts";
import { expression as x, listTable, nftTransaction, type Command, type Expression } from "./nft.ts";
import { DIRECTIONS, type Direction } from "./rule.ts";
import { VPC_TABLE, vpcTable as table } from "./tables.ts";

/*
 * Each packet adds to an element of a set, by rules at the end of its way through the groups: one set for each
 * direction, outcome and family. The sets have generations: to read, the rules are led to new sets in one transaction;
 * what the old ones have then is complete.
 */

/** The sets' names: `flows-GENERATION-DIRECTION-ACTION-FAMILY`. */
const SET_NAME = /^flows-(\d+)-(ingress|egress)-(ACCEPT|REJECT)-(ip6?)$/;
const ACTIONS = ["ACCEPT", "REJECT"] as const;
type Action = FlowSample["action"];
/** What a set holds at most: flows beyond that, between two readings, are not recorded. */
const MAX_FLOWS = 65535;
/** TCP, DCCP, UDP, SCTP and UDP-Lite: their headers begin with the ports. */
const PROTOCOLS_WITH_PORTS = [6, 17, 33, 132, 136];

/** The generation that is being counted, or the first. */
export function flowGeneration(sets: readonly string[]): number {
  return Math.max(0, ...sets.map((name) => Number(SET_NAME.exec(name)?.[1] ?? 0)));
}

/** Whether a set has what one generation recorded. */
export function isFlowSet(name: string): boolean {
  return SET_NAME.test(name);
}

/** All sets of a generation. */
export function flowSets(generation: number): string[] {
  return DIRECTIONS.flatMap((direction) =>
    ACTIONS.flatMap((action) => FAMILIES.map((family) => setName(generation, direction, action, family))),
  );
}

/**
 * The commands that record in a generation, for a table that may have its sets and chains. The chains of refused packets
 * must exist with or without.
 * @param present the sets that the table has
 */
export function captureCommands(generation: number, present: readonly string[]): Command[] {
  return [
    ...DIRECTIONS.flatMap((direction) =>
      ACTIONS.flatMap((action) =>
        FAMILIES.map((family) => [setName(generation, direction, action, family), family] as const),
      ),
    )
      .filter(([name]) => !present.includes(name))
      .map(([name, family]) => table.dynamicSet(name, keyType(family), MAX_FLOWS)),
    ...DIRECTIONS.flatMap((direction) => [
      table.baseChain(`flows_${direction}`, {
        type: "filter",
        hook: "forward",
        prio: direction === "egress" ? -5 : 5,
        policy: "accept",
      }),
      ...table.chain(`flows_${direction}`, countRules(generation, direction, "ACCEPT")),
      ...table.chain(refusal(direction), [...countRules(generation, direction, "REJECT"), [x.drop]]),
    ]),
  ];
}

/** The commands for refused packets where nothing is recorded. */
export function refusalCommands(): Command[] {
  return DIRECTIONS.flatMap((direction) => table.chain(refusal(direction), [[x.drop]]));
}

/**
 * What was recorded since the last reading; no packet is counted twice, or never. No other transaction may change the
 * table meanwhile.
 * @param router the path of the VPC's namespace
 * @param folder where transactions' files lie, see {@link nftTransaction}
 * @param interfaceOfPort tells the interface of a port; samples of ports that it does not know are left out
 * @throws CommandError
 */
export async function readFlows(
  router: string,
  folder: string,
  interfaceOfPort: (port: string) => string | undefined,
): Promise<FlowSample[]> {
  const { sets } = await listTable("inet", VPC_TABLE, router);
  const old = sets.filter(isFlowSet);
  if (!old.length) return [];
  await nftTransaction(folder, captureCommands(flowGeneration(sets) + 1, sets), router);
  const samples = await Promise.all(old.map((name) => readSet(router, name)));
  await nftTransaction(
    folder,
    old.map((name) => table.deleteSet(name)),
    router,
  );
  return samples.flat().flatMap(({ port, ...sample }) => {
    const interfaceId = interfaceOfPort(port);
    return interfaceId === undefined ? [] : [{ interfaceId, ...sample }];
  });
}

function setName(generation: number, direction: Direction, action: Action, family: Family): string {
  return `flows-${generation}-${direction}-${action}-${family}`;
}

/** Five parts are as many as `nft` can list; so both ports are one. */
function keyType(family: Family): string[] {
  return ["ifname", ADDRESS_TYPE[family], ADDRESS_TYPE[family], "inet_proto", "mark"];
}

function countRules(generation: number, direction: Direction, action: Action): Expression[][] {
  const port = x.meta(direction === "egress" ? "iifname" : "oifname");
  const setMark = (value: unknown): Expression => ({ mangle: { key: x.meta("mark"), value } });
  const isPort = x.equals(port, ANY_PORT);
  return [
    [isPort, setMark(0)],
    [
      isPort,
      x.equals(x.meta("l4proto"), x.anyOf(PROTOCOLS_WITH_PORTS)),
      setMark({ payload: { base: "th", offset: 0, len: 32 } }),
    ],
    ...FAMILIES.map((family) => [
      isPort,
      {
        set: {
          op: "update",
          elem: x.concat(
            port,
            x.payload(family, "saddr"),
            x.payload(family, "daddr"),
            x.meta("l4proto"),
            x.meta("mark"),
          ),
          set: `@${setName(generation, direction, action, family)}`,
          stmt: [{ counter: null }],
        },
      },
    ]),
  ];
}

interface Listing {
  nftables: { set?: { elem?: FlowElement[] } }[];
}

interface FlowElement {
  elem: {
    val: { concat: [port: string, source: string, destination: string, protocol: number, ports: number] };
    counter: { packets: number; bytes: number };
  };
}

async function readSet(router: string, name: string): Promise<(Omit<FlowSample, "interfaceId"> & { port: string })[]> {
  const [, , direction, action] = SET_NAME.exec(name)!;
  const args = ["-j", "--numeric-protocol", "list", "set", "inet", VPC_TABLE, name];
  const { stdout } = await inNamespace(router, () => run("nft", args));
  const elements = (JSON.parse(stdout) as Listing).nftables.flatMap(({ set }) => set?.elem ?? []);
  return elements.map(({ elem: { val, counter } }) => {
    const [port, sourceAddress, destinationAddress, protocol, ports] = val.concat;
    // As the processor stores it, the mark is what the packet has.
    const header = new DataView(Uint32Array.of(ports).buffer);
    return {
      port,
      direction: direction as Direction,
      action: action as Action,
      sourceAddress,
      destinationAddress,
      sourcePort: header.getUint16(0),
      destinationPort: header.getUint16(2),
      protocol,
      ...counter,
    };
  });
}
