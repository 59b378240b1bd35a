-- Generations: the tables of a version are loaded in a schema of their own and change places with the live ones in
-- public, all in one transaction. They are plain tables in both places, so their indexes go along, their width may
-- differ from version to version, and readers need to know nothing but public.video_embeddings and public.user_embeddings.
--
-- No mix: a reader holds a lock on the first of the tables it touches until its transaction ends, and a switch needs all of them.

do $$ begin perform two_tower.load_pgvector(); end $$;

create or replace function two_tower.generation_schema(version text) returns text
language plpgsql immutable
as $$
begin
  if version !~ '^[0-9]{8}_[0-9]{6}$' then
    raise exception 'version %: expected yyyyMMdd_HHmmss', version using errcode = 'invalid_parameter_value';
  end if;
  return 'two_tower_' || version;
end $$;

create or replace function two_tower.table_of(kind text) returns text
language sql immutable
as $$ select case kind when 'videos' then 'video_embeddings' when 'users' then 'user_embeddings' end $$;

-- Where the rows of a version are: in public while it is live, otherwise in its own schema.
create or replace function two_tower.place_of(version text, kind text) returns text
language sql stable
as $$
  select format('%I.%I', case when version = two_tower.live_version() then 'public' else two_tower.generation_schema(version) end, two_tower.table_of(kind))
$$;

-- Makes the schema of a version. In a transaction of its own: videos and users are then loaded side by side.
create or replace function two_tower.prepare_generation(version text) returns void
language plpgsql
as $$
begin
  perform pg_advisory_xact_lock(hashtext('two_tower.prepare_generation'));
  execute format('create schema if not exists %I', two_tower.generation_schema(version));
end $$;

-- Makes the empty table that the caller fills by COPY, in the same transaction. Returns its name.
create or replace function two_tower.begin_load(version text, kind text, dim integer, column_type text) returns text
language plpgsql
set search_path = public, extensions, pg_temp
as $$
declare
  generation constant text := two_tower.generation_schema(version);
  target constant text := two_tower.table_of(kind);
begin
  if version = two_tower.live_version() then
    raise exception 'version % is live, its % cannot be loaded again', version, kind using errcode = 'TT002';
  end if;
  if column_type not in ('halfvec', 'vector') then
    raise exception 'column type %: expected halfvec or vector', column_type using errcode = 'invalid_parameter_value';
  end if;

  execute format('drop table if exists %I.%I', generation, target);
  execute format('create table %I.%I (%I %s not null, embedding %s(%s) not null)',
    generation, target, case kind when 'videos' then 'video_id' else 'user_id' end,
    case kind when 'videos' then 'uuid' else 'text' end, column_type, dim);
  -- Nobody asks how often a vector occurs, and an id occurs once: a small sample tells as much, in a fraction of analyze's time.
  execute format('alter table %I.%I alter column embedding set statistics 0, alter column %I set statistics 10',
    generation, target, case kind when 'videos' then 'video_id' else 'user_id' end);
  perform two_tower.protect(format('%I.%I', generation, target)::regclass);
  return format('%I.%I', generation, target);
end $$;

-- The index that nearest neighbours are found by, where there is none. HNSW and IVFFlat are both built after the data.
create or replace function two_tower.ensure_index(place text, kind text, column_type text, index_method text) returns void
language plpgsql
set search_path = public, extensions, pg_temp
as $$
declare
  target constant text := two_tower.table_of(kind);
  row_count bigint;
  storage text;
begin
  if exists (
    select from pg_index i join pg_attribute a on a.attrelid = i.indrelid and a.attnum = any (i.indkey)
    where i.indrelid = to_regclass(format('%I.%I', place, target)) and a.attname = 'embedding') then
    return;
  end if;
  execute format('select count(*) from %I.%I', place, target) into row_count;
  if index_method = 'ivfflat' then
    -- pgvector's own advice: rows / 1000 up to a million rows, their square root above.
    storage := format('with (lists = %s)', greatest(10, case when row_count <= 1000000 then row_count / 1000 else sqrt(row_count)::bigint end));
  elsif index_method = 'hnsw' then
    storage := 'with (m = 16, ef_construction = 64)';
  else
    raise exception 'index %: expected hnsw or ivfflat', index_method using errcode = 'invalid_parameter_value';
  end if;
  execute format('create index %I on %I.%I using %s (embedding %s_cosine_ops) %s',
    'idx_' || target || '_cosine', place, target, index_method, column_type, storage);
end $$;

-- Finishes the filled table. Without an index ('none') where its rows are written into the live tables later.
create or replace function two_tower.index_load(version text, kind text, column_type text, index_method text) returns void
language plpgsql
set search_path = public, extensions, pg_temp
as $$
declare
  generation constant text := two_tower.generation_schema(version);
  target constant text := two_tower.table_of(kind);
begin
  execute format('alter table %I.%I add primary key (%I)', generation, target, case kind when 'videos' then 'video_id' else 'user_id' end);
  if index_method <> 'none' then
    perform two_tower.ensure_index(generation, kind, column_type, index_method);
  end if;
  execute format('analyze %I.%I', generation, target);
end $$;

-- What is liked, for users without an embedding: half of it all-time, half of it the last 30 days of the data, each in [0, 1].
create or replace function two_tower.load_popularity(version text, positive_decisions text[]) returns void
language plpgsql
set search_path = public, extensions, pg_temp
as $$
declare
  generation constant text := two_tower.generation_schema(version);
begin
  execute format('drop table if exists %I.video_popularity', generation);
  execute format('create table %I.video_popularity (video_id uuid primary key, score double precision not null)', generation);
  perform two_tower.protect(format('%I.video_popularity', generation)::regclass);
  execute format($popularity$
    with newest as (select max(created_at) as at from public.user_video_decisions),
    counts as (
      select d.video_id, count(*)::double precision as ever,
        (count(*) filter (where d.created_at > newest.at - interval '30 days'))::double precision as lately
      from public.user_video_decisions d cross join newest
      where d.decision_type = any ($1)
      group by d.video_id),
    most as (select max(ever) as ever, nullif(max(lately), 0) as lately from counts)
    insert into %1$I.video_popularity
    select e.video_id, 0.5 * coalesce(c.ever / most.ever, 0) + 0.5 * coalesce(c.lately / most.lately, 0)
    from %1$I.video_embeddings e left join counts c using (video_id) cross join most
    $popularity$, generation) using positive_decisions;
  execute format('create index video_popularity_score on %I.video_popularity (score desc, video_id)', generation);
  execute format('analyze %I.video_popularity', generation);
end $$;

-- Share of the exact nearest k that the index returns, over a sample of the table's own rows. Equal distances count as found, and distances
-- are equal within the rounding of the column: the cosine index holds vectors that it has normalised and rounded once more, so a half
-- (11 bits) tells distances apart down to 2^-11.
create or replace function two_tower.ann_recall(version text, kind text, column_type text, samples integer, k integer) returns double precision
language plpgsql
set search_path = public, extensions, pg_temp
set hnsw.ef_search = 100
set ivfflat.probes = 10
set max_parallel_workers_per_gather = 0
set enable_seqscan = on
set enable_indexscan = on
as $$
declare
  target constant text := two_tower.place_of(version, kind);
  id_column constant text := case kind when 'videos' then 'video_id' else 'user_id' end;
  nearest constant text := format(
    'select t.embedding <=> $1::%s as distance from %s t order by t.embedding <=> $1::%s limit $2', column_type, target, column_type);
  rounding constant double precision := case column_type when 'halfvec' then 2.0 ^ -11 else 1e-6 end;
  probe text;
  farthest double precision;
  wanted bigint;
  found bigint;
  all_wanted bigint := 0;
  all_found bigint := 0;
begin
  for probe in execute format('select t.embedding::text from %s t order by md5(t.%I::text) limit $1', target, id_column) using samples loop
    perform set_config('enable_indexscan', 'off', true), set_config('enable_seqscan', 'on', true);
    execute format('select max(n.distance), count(*) from (%s) n', nearest) into farthest, wanted using probe, k;
    perform set_config('enable_indexscan', 'on', true), set_config('enable_seqscan', 'off', true);
    execute format('select count(*) from (%s) n where n.distance <= $3', nearest) into found using probe, k, farthest + rounding;
    all_wanted := all_wanted + wanted;
    all_found := all_found + found;
  end loop;
  return case when all_wanted = 0 then 1 else all_found::double precision / all_wanted end;
end $$;
