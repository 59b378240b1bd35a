-- What readers call. Cosine similarity over the live generation, without inactive videos and those decided on.
-- The index is scanned on until k rows are left after the filters, so filters do not starve the answer.

create or replace function two_tower.try_uuid(value text) returns uuid
language plpgsql immutable
as $$
begin
  return value::uuid;
exception when invalid_text_representation then
  return null;
end $$;

create or replace function two_tower.require_count(k integer) returns void
language plpgsql immutable
as $$
begin
  if k is null or k < 1 or k > 1000 then
    raise exception 'k = %: expected 1 to 1000', k using errcode = 'invalid_parameter_value';
  end if;
end $$;

create or replace function public.recommend_videos(user_id text, k integer default 20)
returns table (video_id uuid, score double precision, rank integer)
language plpgsql stable
set search_path = public, extensions, pg_temp
set hnsw.iterative_scan = strict_order
set hnsw.max_scan_tuples = 200000
set hnsw.ef_search = 100
set ivfflat.iterative_scan = relaxed_order
set ivfflat.probes = 10
set plan_cache_mode = force_custom_plan
as $$
#variable_conflict use_column
declare
  who constant uuid := two_tower.try_uuid(recommend_videos.user_id);
begin
  perform two_tower.require_count(k);
  if to_regclass('public.user_embeddings') is null or to_regclass('public.video_popularity') is null then
    return; -- no version has gone live yet
  end if;

  if exists (select from public.user_embeddings u where u.user_id = recommend_videos.user_id) then
    return query
      select n.video_id, 1 - n.distance, (row_number() over (order by n.distance, n.video_id))::integer
      from (
        select e.video_id,
          e.embedding <=> (select u.embedding from public.user_embeddings u where u.user_id = recommend_videos.user_id) as distance
        from public.video_embeddings e
        where exists (select from public.videos v where v.id = e.video_id and v.is_active is not false)
          and not exists (select from public.user_video_decisions d where d.user_id = who and d.video_id = e.video_id)
        order by e.embedding <=> (select u.embedding from public.user_embeddings u where u.user_id = recommend_videos.user_id)
        limit k) n
      order by n.distance, n.video_id;
  else
    return query
      select n.video_id, n.score, (row_number() over (order by n.score desc, n.video_id))::integer
      from (
        select p.video_id, p.score
        from public.video_popularity p
        where exists (select from public.videos v where v.id = p.video_id and v.is_active is not false)
          and not exists (select from public.user_video_decisions d where d.user_id = who and d.video_id = p.video_id)
        order by p.score desc, p.video_id
        limit k) n
      order by n.score desc, n.video_id;
  end if;
end $$;

-- Neighbours of any embedding, of a video or of a user just computed. With a user id, without what that user decided on.
create or replace function public.match_videos(embedding halfvec, k integer default 20, user_id text default null)
returns table (video_id uuid, score double precision, rank integer)
language plpgsql stable
set search_path = public, extensions, pg_temp
set hnsw.iterative_scan = strict_order
set hnsw.max_scan_tuples = 200000
set hnsw.ef_search = 100
set ivfflat.iterative_scan = relaxed_order
set ivfflat.probes = 10
as $$
#variable_conflict use_column
declare
  column_type text;
begin
  perform two_tower.require_count(k);
  select a.atttypid::regtype::text into column_type
  from pg_attribute a where a.attrelid = to_regclass('public.video_embeddings') and a.attname = 'embedding';
  if column_type is null then
    return;
  end if;

  -- The type is the column's, or its index would not serve.
  return query execute format($match$
    select n.video_id, 1 - n.distance, (row_number() over (order by n.distance, n.video_id))::integer
    from (
      select e.video_id, e.embedding <=> $1::%1$s as distance
      from public.video_embeddings e
      where exists (select from public.videos v where v.id = e.video_id and v.is_active is not false)
        and not exists (select from public.user_video_decisions d where d.user_id = $3 and d.video_id = e.video_id)
      order by e.embedding <=> $1::%1$s
      limit $2) n
    order by n.distance, n.video_id
    $match$, column_type) using match_videos.embedding, k, two_tower.try_uuid(match_videos.user_id);
end $$;
