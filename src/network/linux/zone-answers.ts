import { ancestors, zoneOf, type RecordSet, type ZoneStart } from "./zones.ts";

/** What the zone server is told, as JSON. */
export interface ServedNames {
  zones: ZoneStart[];
  sets: RecordSet[];
}

/** The answer to a question, as a server that owns the zones gives it. */
export type ZoneAnswer =
  | { kind: "records"; sets: RecordSet[] }
  /** The name exists, without records of that type; or does not. */
  | { kind: "empty" | "missing"; start: ZoneStart }
  /** The name is in none of the zones. */
  | { kind: "foreign" };

/** Answers questions about zones. Sets that tell a part of their values have another part in each answer. */
export class ZoneAnswers {
  private readonly zones: ReadonlyMap<string, ZoneStart>;
  private readonly sets: ReadonlyMap<string, RecordSet[]>;
  /** Every name that exists, also for having names below it alone. */
  private readonly names: ReadonlySet<string>;

  constructor({ zones, sets }: ServedNames) {
    this.zones = new Map(zones.map((zone) => [zone.name, zone]));
    this.sets = Map.groupBy(sets, (set) => set.name);
    this.names = new Set([...this.zones.keys(), ...this.sets.keys()].flatMap((name) => [name, ...ancestors(name)]));
  }

  /** @param type `A`, `SRV`, …; `ANY` for all there is */
  answer(question: string, type: string): ZoneAnswer {
    const name = question.toLowerCase();
    const zone = zoneOf(name, this.zones);
    if (zone === undefined) return { kind: "foreign" };
    const start = this.zones.get(zone)!;
    const sets = this.sets.get(name) ?? [];
    const alias = sets.filter((set) => set.type === "CNAME");
    const chosen = alias.length ? alias : sets.filter((set) => type === "ANY" || set.type === type);
    if (chosen.length) return { kind: "records", sets: chosen.map(part) };
    return { kind: this.names.has(name) ? "empty" : "missing", start };
  }
}

/** As many of the values as one answer tells, drawn without bias. */
function part(set: RecordSet): RecordSet {
  const values = [...set.values];
  for (let at = 0; at < set.pick; at++) {
    const other = at + Math.floor(Math.random() * (values.length - at));
    [values[at], values[other]] = [values[other]!, values[at]!];
  }
  return { ...set, values: values.slice(0, set.pick) };
}
