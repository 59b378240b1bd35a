-- Short forms of ended runs, so that a list of many need not read their journals. Made from the journals, and made again when they are missing.

create table if not exists two_tower.run_summaries (
  run_id text primary key references two_tower.runs (run_id) on delete cascade,
  summary bytea not null
);

-- A list reads them all: unpacking would cost more than the space.
alter table two_tower.run_summaries alter column summary set storage external;
