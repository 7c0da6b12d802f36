import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { run } from "../../base/command.ts";
import { inNamespace } from "./namespace.ts";

/** A statement or expression of `libnftables-json(5)`. */
export type Expression = Readonly<Record<string, unknown>>;
/** One command of `libnftables-json(5)`, such as `{add: {rule: …}}`. */
export type Command = Readonly<Record<string, unknown>>;

/** The commands of one table. */
export class Table {
  private readonly table: { family: string; table: string };

  constructor(family: "inet" | "arp" | "netdev", name: string) {
    this.table = { family, table: name };
  }

  create(): Command {
    return { add: { table: { family: this.table.family, name: this.table.table } } };
  }

  delete(): Command {
    return { delete: { table: { family: this.table.family, name: this.table.table } } };
  }

  /** Makes a set; what is there already stays. */
  set(name: string, type: string | readonly string[]): Command {
    return { add: { set: { ...this.table, name, type } } };
  }

  /** Makes a set whose elements may be blocks and ranges; what is there already stays. */
  intervalSet(name: string, type: string): Command {
    return { add: { set: { ...this.table, name, type, flags: ["interval"] } } };
  }

  /** Makes a set that rules add elements to; fails when it is there already. Elements stay unless they have a timeout. */
  dynamicSet(name: string, type: readonly string[], size: number): Command {
    return { add: { set: { ...this.table, name, type, size, flags: ["timeout"] } } };
  }

  /** Makes a map from blocks to chains; what is there already stays. */
  intervalVerdictMap(name: string, type: string): Command {
    return { add: { map: { ...this.table, name, type, map: "verdict", flags: ["interval"] } } };
  }

  /** Makes a map; what is there already stays. */
  map(name: string, type: string, map: "verdict" | "ipv4_addr"): Command {
    return { add: { map: { ...this.table, name, type, map } } };
  }

  flushSet(name: string): Command {
    return { flush: { set: { ...this.table, name } } };
  }

  flushMap(name: string): Command {
    return { flush: { map: { ...this.table, name } } };
  }

  deleteSet(name: string): Command {
    return { delete: { set: { ...this.table, name } } };
  }

  addElements(name: string, elem: readonly unknown[]): Command {
    return { add: { element: { ...this.table, name, elem } } };
  }

  deleteElements(name: string, elem: readonly unknown[]): Command {
    return { delete: { element: { ...this.table, name, elem } } };
  }

  baseChain(name: string, hook: { type: string; hook: string; dev?: string; prio: number; policy: string }): Command {
    return { add: { chain: { ...this.table, name, ...hook } } };
  }

  /** Makes the chain unless it is there; what is in it stays. */
  ensureChain(name: string): Command {
    return { add: { chain: { ...this.table, name } } };
  }

  /** Makes the chain unless it is there, and gives it these rules and no others. */
  chain(name: string, rules: readonly (readonly Expression[])[]): Command[] {
    return [
      this.ensureChain(name),
      this.flushChain(name),
      ...rules.map((expr) => ({ add: { rule: { ...this.table, chain: name, expr } } })),
    ];
  }

  flushChain(name: string): Command {
    return { flush: { chain: { ...this.table, name } } };
  }

  deleteChain(name: string): Command {
    return { delete: { chain: { ...this.table, name } } };
  }
}

/** Statements and matches that the tables share. */
export const expression = {
  equals: (left: Expression, right: unknown): Expression => ({ match: { op: "==", left, right } }),
  differs: (left: Expression, right: unknown): Expression => ({ match: { op: "!=", left, right } }),
  /** Any of the flags is set. */
  has: (left: Expression, right: unknown): Expression => ({ match: { op: "in", left, right } }),
  meta: (key: string): Expression => ({ meta: { key } }),
  ct: (key: string): Expression => ({ ct: { key } }),
  payload: (protocol: string, field: string): Expression => ({ payload: { protocol, field } }),
  concat: (...parts: Expression[]): Expression => ({ concat: parts }),
  prefix: (addr: string, len: number): Expression => ({ prefix: { addr, len } }),
  anyOf: (values: readonly unknown[]): Expression => ({ set: values }),
  vmap: (key: Expression, data: unknown): Expression => ({ vmap: { key, data } }),
  map: (key: Expression, data: string): Expression => ({ map: { key, data } }),
  accept: { accept: null } as Expression,
  drop: { drop: null } as Expression,
  return: { return: null } as Expression,
  jump: (target: string): Expression => ({ jump: { target } }),
  goto: (target: string): Expression => ({ goto: { target } }),
};

let sequence = 0;

/**
 * Applies commands as one transaction: all of them, or none. Runs in the namespace at `path`, or in the host's.
 * @param folder where the transaction's file lies meanwhile: `nft` cannot read it from a socket, which a child's
 *   standard input is
 * @throws CommandError
 */
export async function nftTransaction(folder: string, commands: readonly Command[], path?: string): Promise<void> {
  mkdirSync(folder, { recursive: true, mode: 0o711 });
  const file = join(folder, `transaction-${process.pid}-${++sequence}.json`);
  writeFileSync(file, JSON.stringify({ nftables: commands }));
  const start = () => run("nft", ["-j", "-f", file]);
  try {
    await (path === undefined ? start() : inNamespace(path, start));
  } finally {
    rmSync(file, { force: true });
  }
}

/** The names of the chains and sets of the namespace's table. */
export async function listTable(
  family: string,
  table: string,
  path: string,
): Promise<{ chains: string[]; sets: string[] }> {
  const { stdout } = await inNamespace(path, () => run("nft", ["-j", "-t", "list", "ruleset"]));
  const { nftables } = JSON.parse(stdout) as { nftables: Record<string, Record<string, string> | undefined>[] };
  const names = (kind: string) =>
    nftables.flatMap((entry) => {
      const object = entry[kind];
      return object && object["family"] === family && object["table"] === table ? [object["name"]!] : [];
    });
  return { chains: names("chain"), sets: names("set") };
}

/** The elements of a set of addresses, of a table of family inet in the namespace. */
export async function listAddresses(table: string, set: string, path: string): Promise<string[]> {
  const { stdout } = await inNamespace(path, () => run("nft", ["-j", "list", "set", "inet", table, set]));
  const { nftables } = JSON.parse(stdout) as { nftables: { set?: { elem?: string[] } }[] };
  return nftables.flatMap((entry) => entry.set?.elem ?? []);
}
