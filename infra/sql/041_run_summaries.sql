-- Short forms of ended runs, so that a list of many need not read their journals. Made from the journals, and made again when they are missing.

create table if not exists two_tower.run_summaries (
  run_id text primary key references two_tower.runs (run_id) on delete cascade
);

-- Earlier builds kept head and body in one; what they kept is made again.
alter table two_tower.run_summaries drop column if exists summary;
alter table two_tower.run_summaries drop column if exists head;

-- What a list needs, JSON: the state of the run and the length of its journal.
alter table two_tower.run_summaries add column if not exists brief text;

-- Request and result, for those lists that tell them, too. Unpacking a thousand would cost more than the space.
alter table two_tower.run_summaries add column if not exists body bytea;
alter table two_tower.run_summaries alter column body set storage external;
