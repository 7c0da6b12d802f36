/** The tables of the event log. Times are milliseconds since 1970; -1 stands for "not yet". */
export const SCHEMA = `
pragma page_size = 8192;
pragma auto_vacuum = incremental;
pragma journal_mode = wal;
pragma synchronous = normal;
pragma temp_store = memory;

create table if not exists log_group (
  id integer primary key autoincrement,
  uid text not null unique,
  bytes integer not null default 0
) strict;

create table if not exists log_stream (
  id integer primary key autoincrement,
  log_group integer not null,
  name text not null,
  created integer not null,
  last_event integer not null default -1,
  last_ingestion integer not null default -1,
  last_block integer not null default -1
) strict;
create unique index if not exists log_stream_by_name on log_stream (log_group, name);
create index if not exists log_stream_by_last_event on log_stream (log_group, last_event, name);

-- Numbers of blocks are never used again: they are part of event ids.
create table if not exists block (
  id integer primary key autoincrement,
  log_group integer not null,
  stream integer not null,
  first integer not null,
  last integer not null,
  count integer not null,
  bytes integer not null,
  ingested integer not null,
  body blob not null
) strict;
create index if not exists block_by_stream_first on block (stream, first, id);
create index if not exists block_by_stream_last on block (stream, last, id);
create index if not exists block_by_group_first on block (log_group, first, id);

create table if not exists doomed_stream (id integer primary key, log_group integer not null) strict;

create table if not exists checkpoint (source text primary key, position integer not null) strict, without rowid;

create view if not exists stream_info as
  select g.uid, s.name, s.created, s.last_event, s.last_ingestion, s.last_block,
    (select min(b.first) from block b where b.stream = s.id) as first_event
  from log_stream s join log_group g on g.id = s.log_group;
`;
