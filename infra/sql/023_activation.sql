-- The switch: model, videos and users of one version go live together, in the transaction of the caller.

-- Takes the switch's lock and looks whether the version can go live. Returns the version that is live.
create or replace function two_tower.begin_switch(version text) returns text
language plpgsql
as $$
#variable_conflict use_variable
begin
  perform pg_advisory_xact_lock(hashtext('two_tower.activate'));
  if version is distinct from two_tower.live_version() and
    (select count(*) <> 2 or count(distinct t.embedding_dim) <> 1 from two_tower.generation_tables t where t.version = begin_switch.version) then
    raise exception using errcode = 'TT001', message = format('version %s: %s loaded, expected videos and users of one width', version,
      coalesce((select string_agg(format('%s (%s wide)', t.kind, t.embedding_dim), ' and ') from two_tower.generation_tables t
        where t.version = begin_switch.version), 'nothing'));
  end if;
  return two_tower.live_version();
end $$;

-- The switch's line in the ledger.
create or replace function two_tower.record_switch(
  version text, previous text, changed_at timestamptz, changed_by text, reason text, model_path text, metrics jsonb) returns void
language plpgsql
as $$
#variable_conflict use_variable
begin
  update public.embedding_model_versions m set is_active = false, retired_at = changed_at
  where m.model_type = 'two_tower' and m.is_active;
  update public.embedding_model_versions m
  set is_active = true, activated_at = changed_at, retired_at = null, activated_by = changed_by, reason = record_switch.reason
  where m.model_type = 'two_tower' and m.version = record_switch.version;
  if not found then
    insert into public.embedding_model_versions
      (version, model_type, model_path, is_active, created_at, activated_at, activated_by, reason, embedding_dim, metrics)
    values (record_switch.version, 'two_tower', record_switch.model_path, true, changed_at, changed_at, changed_by, record_switch.reason,
      (select max(t.embedding_dim) from two_tower.generation_tables t where t.version = record_switch.version), record_switch.metrics);
  end if;
  insert into public.embedding_model_activations (version, previous_version, activated_at, activated_by, reason)
  values (record_switch.version, previous, changed_at, changed_by, record_switch.reason);
  notify pgrst, 'reload schema';
end $$;

-- Who was live before the newest activation of a version: what a repeated switch answers.
create or replace function two_tower.previous_of(version text) returns text
language sql stable
as $$ select a.previous_version from public.embedding_model_activations a where a.version = previous_of.version order by a.id desc limit 1 $$;

create or replace function two_tower.activate(
  version text, changed_at timestamptz, changed_by text, reason text, model_path text, metrics jsonb) returns text
language plpgsql
set search_path = public, extensions, pg_temp
as $$
#variable_conflict use_variable
declare
  generation constant text := two_tower.generation_schema(version);
  previous constant text := two_tower.begin_switch(version);
  aside constant text := coalesce(two_tower.generation_schema(previous), 'two_tower_original'); -- tables from before the first version are kept as well
  target text;
begin
  if previous = version then
    return two_tower.previous_of(version);
  end if;
  if exists (select from two_tower.generation_tables t where t.version = activate.version and t.index_method = 'none') then
    raise exception using errcode = 'TT001', message = format(
      'version %s: loaded without an index for serving.mode in-place, expected it loaded again (`retrain upsert --version %s`)', version, version);
  end if;

  -- Users first, as recommend_videos does, so that the two cannot wait for each other.
  foreach target in array array['user_embeddings', 'video_embeddings', 'video_popularity'] loop
    if to_regclass('public.' || target) is not null then
      execute format('lock table public.%I in access exclusive mode', target);
    end if;
  end loop;

  execute format('create schema if not exists %I', aside);
  foreach target in array array['user_embeddings', 'video_embeddings', 'video_popularity'] loop
    if to_regclass('public.' || target) is not null then
      execute format('drop table if exists %I.%I', aside, target); -- the copy that serving.mode in-place left
      execute format('alter table public.%I set schema %I', target, aside);
    end if;
    execute format('alter table %I.%I set schema public', generation, target);
  end loop;
  perform two_tower.record_switch(version, previous, changed_at, changed_by, reason, model_path, metrics);
  return previous;
end $$;

-- The switch for databases whose two tables have to stay the same ones (views, foreign keys, publications on them): the loaded rows are
-- written into them, and rows that the version does not have are removed. Readers see the old rows until the caller commits, and never wait.
create or replace function two_tower.activate_in_place(
  version text, changed_at timestamptz, changed_by text, reason text, model_path text, metrics jsonb, index_method text) returns text
language plpgsql
set search_path = public, extensions, pg_temp
as $$
#variable_conflict use_variable
declare
  generation constant text := two_tower.generation_schema(version);
  previous constant text := two_tower.begin_switch(version);
  loaded two_tower.generation_tables;
begin
  if previous = version then
    return two_tower.previous_of(version);
  end if;
  for loaded in select t.* from two_tower.generation_tables t where t.version = activate_in_place.version order by t.kind loop
    perform two_tower.write_in_place(generation, loaded.kind, format('%s(%s)', loaded.column_type, loaded.embedding_dim));
    perform two_tower.ensure_index('public', loaded.kind, loaded.column_type, index_method);
  end loop;

  create table if not exists public.video_popularity (video_id uuid primary key, score double precision not null);
  perform two_tower.protect('public.video_popularity'::regclass);
  create index if not exists video_popularity_score on public.video_popularity (score desc, video_id);
  delete from public.video_popularity;
  execute format('insert into public.video_popularity select video_id, score from %I.video_popularity', generation);
  perform two_tower.record_switch(version, previous, changed_at, changed_by, reason, model_path, metrics);

  -- A version that had its tables in public, and not beside them, is overwritten now.
  delete from two_tower.generation_tables t
  where t.version = previous and to_regclass(format('%I.%I', two_tower.generation_schema(t.version), two_tower.table_of(t.kind))) is null;
  return previous;
end $$;

create or replace function two_tower.write_in_place(generation text, kind text, embedding_type text) returns void
language plpgsql
set search_path = public, extensions, pg_temp
as $$
declare
  target constant text := two_tower.table_of(kind);
  id_column constant text := case kind when 'videos' then 'video_id' else 'user_id' end;
  found_type text;
begin
  if to_regclass('public.' || target) is null then
    execute format('create table public.%I (%I %s primary key, embedding %s not null)',
      target, id_column, case kind when 'videos' then 'uuid' else 'text' end, embedding_type);
    perform two_tower.protect(('public.' || target)::regclass);
  end if;
  execute format('lock table public.%I in share row exclusive mode', target); -- one writer at a time; readers go on
  select format_type(a.atttypid, a.atttypmod) into found_type
  from pg_attribute a where a.attrelid = to_regclass('public.' || target) and a.attname = 'embedding' and not a.attisdropped;
  -- A statement that waits for a new column would go on with the old rows, in which it is empty.
  if replace(found_type, 'extensions.', '') is distinct from embedding_type then
    raise exception using errcode = 'TT003', message = format(
      'public.%s.embedding is %s and the version has %s, expected the same: a column cannot change in place without a gap for readers; '
      'make this version live with serving.mode generations', target, found_type, embedding_type);
  end if;

  execute format('insert into public.%1$I as t (%2$I, embedding) select s.%2$I, s.embedding from %3$I.%1$I s
    on conflict (%2$I) do update set embedding = excluded.embedding where t.embedding is distinct from excluded.embedding', target, id_column, generation);
  execute format('delete from public.%1$I t where not exists (select from %3$I.%1$I s where s.%2$I = t.%2$I)', target, id_column, generation);
end $$;

-- Drops generations that are neither live nor among the newest `keep` that were; one loaded for a later switch stays.
create or replace function two_tower.drop_retired(keep integer) returns setof text
language plpgsql
set search_path = public, extensions, pg_temp
as $$
#variable_conflict use_column
declare
  live constant text := two_tower.live_version();
  retired text;
begin
  for retired in
    select distinct t.version from two_tower.generation_tables t
    where t.version < live
      or exists (select from public.embedding_model_versions m where m.version = t.version and m.model_type = 'two_tower' and m.retired_at is not null)
    except select live
    except (
      select m.version from public.embedding_model_versions m
      where m.model_type = 'two_tower' and m.retired_at is not null
        and exists (select from two_tower.generation_tables t where t.version = m.version)
      order by m.retired_at desc, m.version desc limit keep)
  loop
    begin
      execute format('drop table if exists %1$I.user_embeddings, %1$I.video_embeddings, %1$I.video_popularity',
        two_tower.generation_schema(retired));
      execute format('drop schema if exists %I', two_tower.generation_schema(retired));
      delete from two_tower.generation_tables where version = retired;
      return next retired;
    exception when dependent_objects_still_exist then
      raise warning 'generation % stays: something of yours reads it', retired;
    end;
  end loop;
end $$;
