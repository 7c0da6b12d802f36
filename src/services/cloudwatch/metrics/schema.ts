/** Of the tables: a file with others is made anew. */
export const SCHEMA_VERSION = 1;

/**
 * The tables of the metrics. Times are seconds since 1970. A datum is what is known of a metric's values of one unit from
 * its time on, for as long as its resolution says; its distribution is there when it has several values and they are known.
 */
export const SCHEMA = `
pragma auto_vacuum = incremental;
pragma journal_mode = wal;
pragma synchronous = normal;
pragma temp_store = memory;

create table if not exists metric (
  id integer primary key autoincrement,
  scope text not null,
  namespace text not null,
  name text not null,
  dimensions text not null,
  latest integer not null,
  unique (scope, namespace, name, dimensions)
) strict;
create index if not exists metric_by_place on metric (scope, id);

create table if not exists datum (
  metric integer not null,
  time integer not null,
  resolution integer not null,
  unit text not null,
  count real not null,
  sum real not null,
  min real not null,
  max real not null,
  distribution blob,
  primary key (metric, time, resolution, unit)
) strict, without rowid;
create index if not exists datum_by_age on datum (resolution, time);
`;
