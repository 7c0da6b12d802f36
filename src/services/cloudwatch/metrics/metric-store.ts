import type { SQLInputValue, SQLOutputValue } from "node:sqlite";
import { scopeKey, type Scope } from "../../../base/scope.ts";
import { OwnDatabase } from "../../../store/own-database.ts";
import { decodeDistribution, encodeDistribution } from "./distribution.ts";
import { dimensionsText, type MetricId } from "./metric-id.ts";
import { TIERS } from "./retention.ts";
import { SCHEMA, SCHEMA_VERSION } from "./schema.ts";
import { together, type Summary } from "./summary.ts";

/** Data as it is put. */
export interface PutDatum {
  metric: MetricId;
  /** Seconds since 1970, a multiple of the resolution. */
  time: number;
  /** Seconds. */
  resolution: number;
  unit: string;
  summary: Summary;
}

export interface StoredDatum {
  time: number;
  unit: string;
  summary: Summary;
}

/** Which data of a metric is read. */
export interface DatumFilter {
  /** Times in seconds since 1970. */
  from: number;
  /** Exclusive. */
  to: number;
  /** Whether to read the distribution of the values, which takes longest by far. */
  withValues: boolean;
  unit?: string | undefined;
}

export interface ListedMetric {
  id: number;
  namespace: string;
  name: string;
  /** JSON pairs. */
  dimensions: string;
}

/** Which metrics are listed. Times are seconds since 1970. */
export interface MetricFilter {
  namespace?: string | undefined;
  name?: string | undefined;
  /** Those that had data since. */
  since: number;
  /** Behind this id. */
  after: number;
}

/** Data that is handled in one step of aging: some ten milliseconds, in which nothing else is done. */
const STEP = 250;
/** Data that is read at once, without and with its values: some milliseconds. */
const READ = 1000;
const READ_WITH_VALUES = 60;
/** What is rolled up together lies within one. */
const HOUR = 3600;

const COLUMNS = "time, unit, count, sum, min, max";

/**
 * The metrics: one SQLite file of their own. What is written is in the kernel's hands when {@link put} returns and so
 * survives the death of the process.
 */
export class MetricStore {
  private readonly database: OwnDatabase;

  /** @param path a file, or `:memory:` */
  constructor(path: string) {
    this.database = new OwnDatabase(path, { schema: SCHEMA, version: SCHEMA_VERSION });
  }

  close(): void {
    this.database.close();
  }

  /** All of the data, or none of it. */
  put(scope: Scope, data: readonly PutDatum[]): void {
    this.database.transaction(() => {
      for (const datum of data) this.add(this.touch(scope, datum.metric, datum.time), datum);
    });
  }

  /**
   * The data of a metric by time, in slices: between two of them others may have their turn. A slice ends with an hour, so
   * that what is rolled up meanwhile is in one as it was or in one as it is.
   */
  *read(scope: Scope, metric: MetricId, { from, to, withValues, unit }: DatumFilter): Generator<StoredDatum[]> {
    const id = this.find(scope, metric)?.["id"];
    if (id === undefined) return;
    const [columns, many] = withValues ? [`${COLUMNS}, distribution`, READ_WITH_VALUES] : [COLUMNS, READ];
    const ofUnit = unit === undefined ? "" : " and unit = ?";
    const rows = `from datum where metric = ? and time >= ? and time < ?`;
    for (let start = from, end = to; start < to; start = end) {
      const mark = this.database.sql(`select time ${rows} order by time limit 1 offset ?`).get(id, start, to, many)?.[
        "time"
      ];
      end = mark === undefined ? to : Math.max(hourOf(mark as number), hourOf(start) + HOUR);
      const values: SQLInputValue[] = [id, start, Math.min(end, to), ...(unit === undefined ? [] : [unit])];
      yield this.database
        .sql(`select ${columns} ${rows}${ofUnit} order by time, unit`)
        .all(...values)
        .map((row) => ({ time: row["time"] as number, unit: row["unit"] as string, summary: summaryIn(row) }));
    }
  }

  /** The time of a metric's latest data, seconds since 1970; `undefined` for a metric that is not known. */
  latest(scope: Scope, metric: MetricId): number | undefined {
    return this.find(scope, metric)?.["latest"] as number | undefined;
  }

  /** The next metrics in the order of their ids. @param limit how many are looked at */
  list(scope: Scope, { namespace, name, since, after }: MetricFilter, limit: number): ListedMetric[] {
    const wanted = [
      ["namespace", namespace],
      ["name", name],
    ].filter(([, value]) => value !== undefined) as [string, string][];
    const conditions = wanted.map(([column]) => ` and ${column} = ?`).join("");
    return this.database
      .sql(
        `select id, namespace, name, dimensions from metric
       where scope = ? and id > ? and latest >= ?${conditions} order by id limit ?`,
      )
      .all(scopeKey(scope), after, since, ...wanted.map(([, value]) => value), limit) as unknown as ListedMetric[];
  }

  /** How much of the file is in use. */
  get bytes(): number {
    const { pages, free, size } = this.database
      .sql(
        `select page_count as pages, freelist_count as free, page_size as size
       from pragma_page_count(), pragma_freelist_count(), pragma_page_size()`,
      )
      .get() as { pages: number; free: number; size: number };
    return (pages - free) * size;
  }

  /**
   * One step of rolling data up that has its time in a resolution behind it, and of deleting what is too old or too much.
   * @returns whether there is more to do
   */
  ageStep(nowMs: number, maxBytes: number): boolean {
    const now = Math.floor(nowMs / 1000);
    return this.database.transaction(() => {
      for (const [index, { resolution, keptSeconds }] of TIERS.entries()) {
        // A period that is not over yet stays whole: its parts are rolled up together.
        const next = TIERS[index + 1]?.resolution;
        const before = Math.floor((now - keptSeconds) / (next ?? 1)) * (next ?? 1);
        const old = this.database
          .sql("select * from datum indexed by datum_by_age where resolution = ? and time < ? order by time limit ?")
          .all(resolution, before, STEP);
        for (const row of old) this.retire(row, next);
        if (old.length) return true;
      }
      return this.bytes > maxBytes && this.dropOldest();
    });
  }

  clear(): void {
    this.database.transaction(() => {
      for (const table of ["datum", "metric"]) this.database.sql(`delete from ${table}`).run();
    });
  }

  private find(scope: Scope, metric: MetricId): Record<string, SQLOutputValue> | undefined {
    return this.database
      .sql("select * from metric where scope = ? and namespace = ? and name = ? and dimensions = ?")
      .get(scopeKey(scope), metric.namespace, metric.name, dimensionsText(metric));
  }

  /** The metric's id; it is made when it is not there. */
  private touch(scope: Scope, metric: MetricId, time: number): number {
    const row = this.database
      .sql(
        `insert into metric (scope, namespace, name, dimensions, latest) values (?, ?, ?, ?, ?)
       on conflict do update set latest = max(latest, excluded.latest) returning id`,
      )
      .get(scopeKey(scope), metric.namespace, metric.name, dimensionsText(metric), time);
    return row!["id"] as number;
  }

  private add(metric: number, { time, resolution, unit, summary }: Omit<PutDatum, "metric">): void {
    const place = [metric, time, resolution, unit];
    const earlier = this.database
      .sql("select * from datum where metric = ? and time = ? and resolution = ? and unit = ?")
      .get(...place);
    const { count, sum, min, max, values } = earlier ? together(summaryIn(earlier), summary) : summary;
    const distribution = values && values.length > 1 ? encodeDistribution(values) : null;
    this.database
      .sql("insert or replace into datum values (?, ?, ?, ?, ?, ?, ?, ?, ?)")
      .run(...place, count, sum, min, max, distribution);
  }

  /** Takes a datum out of its resolution, into the next where there is one. */
  private retire(row: Record<string, SQLOutputValue>, next: number | undefined): void {
    const { metric, time, resolution, unit } = row as {
      metric: number;
      time: number;
      resolution: number;
      unit: string;
    };
    if (next !== undefined) {
      const start = Math.floor(time / next) * next;
      this.add(metric, { time: start, resolution: next, unit, summary: summaryIn(row) });
    }
    this.database
      .sql("delete from datum where metric = ? and time = ? and resolution = ? and unit = ?")
      .run(metric, time, resolution, unit);
    this.dropIfEmpty(metric);
  }

  private dropOldest(): boolean {
    // Each resolution has its index by time; all together would be sorted anew each time.
    const oldest = TIERS.flatMap(({ resolution }) =>
      this.database
        .sql("select metric, time, resolution, unit from datum where resolution = ? order by time limit ?")
        .all(resolution, STEP),
    );
    const rows = oldest.toSorted((a, b) => Number(a["time"]) - Number(b["time"])).slice(0, STEP);
    for (const row of rows) this.retire(row, undefined);
    this.database.sql("pragma incremental_vacuum(500)").all();
    return rows.length > 0;
  }

  private dropIfEmpty(metric: number): void {
    this.database
      .sql("delete from metric where id = ? and not exists (select 1 from datum where metric = ?)")
      .run(metric, metric);
  }
}

function hourOf(time: number): number {
  return Math.floor(time / HOUR) * HOUR;
}

function summaryIn(row: Record<string, SQLOutputValue>): Summary {
  const { count, sum, min, max } = row as { count: number; sum: number; min: number; max: number };
  const bytes = row["distribution"] as Uint8Array | null | undefined;
  if (bytes === undefined) return { count, sum, min, max, values: undefined };
  const values = bytes ? decodeDistribution(bytes) : min === max ? ([[min, count]] as const) : undefined;
  return { count, sum, min, max, values };
}
