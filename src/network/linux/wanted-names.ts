import {
  addressSet,
  nameLines,
  setLines,
  zoneTable,
  type NameRecord,
  type RecordSet,
  type ZoneTable,
} from "./zones.ts";

/** What a VPC's resolver must know: interfaces' names and zones, as lines of a zone file by owner. */
export class WantedNames {
  private readonly names = new Map<string, { record: NameRecord; lines: string[] }>();
  private readonly ofNames = new Map<string, Set<string>>();
  private ofZones = new Map<string, string[]>();
  private present: ZoneTable = zoneTable([]);

  get zones(): ZoneTable {
    return this.present;
  }

  /** Every interface's name as a set of its own. */
  nameSets(): RecordSet[] {
    return [...this.names.values()].map(({ record }) => addressSet(record));
  }

  /** @returns the owners that have other lines now */
  add(record: NameRecord): string[] {
    const gone = this.remove(record);
    const lines = nameLines(record);
    this.names.set(keyOf(record), { record, lines });
    for (const line of lines) {
      const owner = ownerOf(line);
      this.ofNames.set(owner, (this.ofNames.get(owner) ?? new Set()).add(line));
    }
    return [...new Set([...gone, ...lines.map(ownerOf)])];
  }

  /** @returns the owners that have other lines now */
  remove(record: NameRecord): string[] {
    const { lines } = this.names.get(keyOf(record)) ?? { lines: [] };
    this.names.delete(keyOf(record));
    for (const line of lines) {
      const set = this.ofNames.get(ownerOf(line));
      set?.delete(line);
      if (set?.size === 0) this.ofNames.delete(ownerOf(line));
    }
    return lines.map(ownerOf);
  }

  /** Replaces all zones. @returns the owners that may have other lines now */
  setZones(table: ZoneTable): string[] {
    const before = [...this.ofZones.keys()];
    this.present = table;
    this.ofZones = Map.groupBy(table.sets.flatMap(setLines), ownerOf);
    return [...new Set([...before, ...this.ofZones.keys()])];
  }

  /** Replaces everything. */
  replace(records: readonly NameRecord[], table: ZoneTable): void {
    this.names.clear();
    this.ofNames.clear();
    for (const record of records) this.add(record);
    this.setZones(table);
  }

  /** The lines of an owner, but none of a name that another answers. */
  lines(owner: string, elsewhere: ReadonlySet<string>): string[] {
    if (elsewhere.has(owner)) return [];
    return [...(this.ofNames.get(owner) ?? []), ...(this.ofZones.get(owner) ?? [])];
  }

  allLines(elsewhere: ReadonlySet<string>): string[] {
    const owners = new Set([...this.ofNames.keys(), ...this.ofZones.keys()]);
    return [...owners].flatMap((owner) => this.lines(owner, elsewhere));
  }
}

function keyOf({ name, address }: NameRecord): string {
  return `${name} ${address}`;
}

function ownerOf(line: string): string {
  return line.slice(0, line.indexOf(" "));
}
