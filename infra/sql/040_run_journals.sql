-- Journals of runs, for engines that keep them here instead of in a folder. Nobody but the engine's own role reads or writes them.

create schema if not exists two_tower;

create table if not exists two_tower.runs (
  run_id text primary key,
  version text not null unique,
  created_at timestamptz not null default now()
);

-- Append-only: a record is never changed. The key keeps two writers from writing one place.
create table if not exists two_tower.run_records (
  run_id text not null references two_tower.runs (run_id) on delete cascade,
  sequence bigint not null check (sequence >= 0),
  kind text not null,
  checksum bigint not null, -- CRC-32C of the record's UTF-8
  record text not null,
  primary key (run_id, sequence)
);

create table if not exists two_tower.run_requests (
  id bigint generated always as identity primary key,
  run_id text not null references two_tower.runs (run_id) on delete cascade,
  request text not null
);

create index if not exists run_requests_run_id on two_tower.run_requests (run_id);

create table if not exists two_tower.run_progress (
  run_id text primary key references two_tower.runs (run_id) on delete cascade,
  progress bytea not null
);
