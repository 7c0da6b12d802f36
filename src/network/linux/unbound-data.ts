import { isDeepStrictEqual } from "node:util";
import { CHANGING } from "./resolver-config.ts";
import { unboundControl, unboundControlList } from "./unbound-control.ts";

/** Names that unbound knows without being told. */
const BORN_WITH = /^(localhost\.|1\.0\.0\.127\.in-addr\.arpa\.|1\.(0\.){31}ip6\.arpa\.)\s/;

/**
 * The names that a running unbound answers by itself, as lines of a zone file, and how they change: of a name that is
 * there before and after, every answer is the old one or the new one.
 */
export class UnboundData {
  private readonly socket: string;
  /** What unbound knows, by owner; unknown at first, and after a change that went wrong. */
  private known: Map<string, string[]> | undefined;
  /** Owners that the view has a zone for. */
  private covered: string[] = [];

  constructor(socket: string) {
    this.socket = socket;
  }

  /** Says what unbound was started with; `undefined` when it must be asked. */
  assume(records: Iterable<string> | undefined): void {
    this.known = records && byOwner(records);
  }

  /**
   * Makes unbound know these records and no others.
   * @throws Error when it does not answer
   */
  async replaceAll(records: Iterable<string>): Promise<void> {
    const wanted = byOwner(records);
    const known = this.known ?? (await this.read());
    const owners = [...new Set([...known.keys(), ...wanted.keys()])];
    await this.replace(new Map(owners.map((owner) => [owner, wanted.get(owner) ?? []])));
  }

  /**
   * Makes the records of these owners, and of no others, be as told.
   * @param wanted by owner, with the final dot; none to forget it
   * @throws Error when unbound does not answer
   */
  async replace(wanted: ReadonlyMap<string, readonly string[]>): Promise<void> {
    const known = this.known ?? (await this.read());
    this.known = undefined; // until it is done
    const added: string[] = [];
    const removed: string[] = [];
    const changed: string[] = [];
    for (const [owner, after] of wanted) {
      const lines = byOwner(after).get(owner) ?? [];
      const before = known.get(owner) ?? [];
      if (isDeepStrictEqual(before, lines)) continue;
      if (before.every((line) => lines.includes(line))) added.push(...lines.filter((line) => !before.includes(line)));
      else if (lines.length) changed.push(owner);
      else removed.push(owner);
      if (lines.length) known.set(owner, lines);
      else known.delete(owner);
    }
    await this.list("local_datas", added);
    await this.list("local_datas_remove", removed);
    await this.exchange(
      changed,
      changed.flatMap((owner) => known.get(owner)!),
    );
    for (const owner of this.covered) await unboundControl(this.socket, `view_local_zone_remove ${CHANGING} ${owner}`);
    this.covered = [];
    this.known = known;
  }

  /** unbound forgets whole names alone: meanwhile a view in front of them has the new ones. */
  private async exchange(owners: readonly string[], lines: readonly string[]): Promise<void> {
    if (!owners.length) return;
    // A zone for each, so that a name above it, or other types of it, are not hidden.
    for (const owner of owners) await unboundControl(this.socket, `view_local_zone ${CHANGING} ${owner} transparent`);
    await unboundControlList(this.socket, `view_local_datas ${CHANGING}`, lines);
    await this.list("local_datas_remove", owners);
    await this.list("local_datas", lines);
    this.covered.push(...owners);
  }

  private async list(command: string, lines: readonly string[]): Promise<void> {
    await unboundControlList(this.socket, command, lines);
  }

  /** Asks unbound, also what a control plane that died left in the view. */
  private async read(): Promise<Map<string, string[]>> {
    const zones = await unboundControl(this.socket, `view_list_local_zones ${CHANGING}`);
    this.covered = zones.split("\n").filter(Boolean).map(ownerName);
    const text = await unboundControl(this.socket, "list_local_data");
    const lines = text.split("\n").filter((line) => / IN (A|AAAA|SRV|PTR) /.test(normalized(line)));
    return byOwner(lines.filter((line) => !BORN_WITH.test(line)));
  }
}

/** Records in one spelling and one order, by owner. */
function byOwner(records: Iterable<string>): Map<string, string[]> {
  const sorted = [...new Set(Array.from(records, normalized))].toSorted();
  return Map.groupBy(sorted, ownerName);
}

/** What a record, as a line, is about. */
function ownerName(line: string): string {
  return line.split(/\s/)[0]!;
}

function normalized(line: string): string {
  return line
    .replaceAll(/\s+/g, " ")
    .trim()
    .replace(/^\S+/, (owner) => owner.toLowerCase());
}
