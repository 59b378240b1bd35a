-- The switch: model, videos and users of one version go live together, in the transaction of the caller.

create or replace function two_tower.activate(
  version text, changed_at timestamptz, changed_by text, reason text, model_path text, metrics jsonb) returns text
language plpgsql
set search_path = public, extensions, pg_temp
as $$
#variable_conflict use_variable
declare
  generation constant text := two_tower.generation_schema(version);
  previous text;
  target text;
begin
  perform pg_advisory_xact_lock(hashtext('two_tower.activate'));
  previous := two_tower.live_version();
  if previous = version then
    return (select a.previous_version from public.embedding_model_activations a where a.version = activate.version order by a.id desc limit 1);
  end if;
  if (select count(*) <> 2 or count(distinct t.embedding_dim) <> 1 from two_tower.generation_tables t where t.version = activate.version) then
    raise exception using errcode = 'TT001', message = format('version %s: %s loaded, expected videos and users of one width', version,
      coalesce((select string_agg(format('%s (%s wide)', t.kind, t.embedding_dim), ' and ') from two_tower.generation_tables t
        where t.version = activate.version), 'nothing'));
  end if;

  -- Users first, as recommend_videos does, so that the two cannot wait for each other.
  foreach target in array array['user_embeddings', 'video_embeddings', 'video_popularity'] loop
    if to_regclass('public.' || target) is not null then
      execute format('lock table public.%I in access exclusive mode', target);
    end if;
  end loop;

  -- Tables from before the first version are kept aside as well.
  execute format('create schema if not exists %I', coalesce(two_tower.generation_schema(previous), 'two_tower_original'));
  foreach target in array array['user_embeddings', 'video_embeddings', 'video_popularity'] loop
    if to_regclass('public.' || target) is not null then
      execute format('alter table public.%I set schema %I', target, coalesce(two_tower.generation_schema(previous), 'two_tower_original'));
    end if;
    execute format('alter table %I.%I set schema public', generation, target);
  end loop;

  update public.embedding_model_versions m set is_active = false, retired_at = changed_at
  where m.model_type = 'two_tower' and m.is_active;
  update public.embedding_model_versions m
  set is_active = true, activated_at = changed_at, retired_at = null, activated_by = changed_by, reason = activate.reason
  where m.model_type = 'two_tower' and m.version = activate.version;
  if not found then
    insert into public.embedding_model_versions
      (version, model_type, model_path, is_active, created_at, activated_at, activated_by, reason, embedding_dim, metrics)
    values (activate.version, 'two_tower', activate.model_path, true, changed_at, changed_at, changed_by, activate.reason,
      (select max(t.embedding_dim) from two_tower.generation_tables t where t.version = activate.version), activate.metrics);
  end if;
  insert into public.embedding_model_activations (version, previous_version, activated_at, activated_by, reason)
  values (activate.version, previous, changed_at, changed_by, activate.reason);

  notify pgrst, 'reload schema';
  return previous;
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
