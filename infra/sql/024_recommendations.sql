-- What readers call. Cosine similarity over the live generation, without inactive videos and those decided on.
-- The index is scanned on until k rows are left after the filters, so filters do not starve the answer.

do $$ begin perform two_tower.load_pgvector(); end $$;

create or replace function two_tower.try_uuid(value text) returns uuid
language sql immutable
as $$
  select case when value ~* '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$' then value::uuid end
$$;

create or replace function two_tower.require_count(k integer) returns void
language plpgsql immutable
as $$
begin
  if k is null or k < 1 or k > 1000 then
    raise exception 'k = %: expected 1 to 1000', k using errcode = 'invalid_parameter_value';
  end if;
end $$;

-- video_id and name of a table of names, whichever of its two layouts it has: (video_id, tag_name), or (video_id, tag_id) with tags(id, name).
create or replace function two_tower.names_query(link text, kind text) returns text
language plpgsql stable
as $$
begin
  if to_regclass('public.' || link) is null then
    return 'select null::uuid as video_id, null::text as name where false';
  elsif exists (select from pg_attribute where attrelid = to_regclass('public.' || link) and attname = kind || '_name' and not attisdropped) then
    return format('select l.video_id, l.%I as name from public.%I l', kind || '_name', link);
  end if;
  return format('select l.video_id, n.name from public.%I l join public.%I n on n.id = l.%I', link, kind || 's', kind || '_id');
end $$;

-- The condition that a candidate e(video_id) keeps. Only what is asked for is named, so that nobody needs columns that he does not filter by.
-- Parameters: $3 the user (uuid), $4 tags, $5 least price, $6 highest price, $7 earliest release, $8 latest release.
create or replace function two_tower.candidate_filter(
  tags text[], min_price numeric, max_price numeric, released_from timestamptz, released_to timestamptz) returns text
language sql stable
as $$
  select 'exists (select from public.videos v where v.id = e.video_id and v.is_active is not false'
    || case when min_price is not null then ' and v.price >= $5' else '' end
    || case when max_price is not null then ' and v.price <= $6' else '' end
    || case when released_from is not null then ' and v.product_released_at >= $7' else '' end
    || case when released_to is not null then ' and v.product_released_at < $8' else '' end
    || ') and not exists (select from public.user_video_decisions d where d.user_id = $3 and d.video_id = e.video_id)'
    || case when tags is not null
      then format(' and exists (select from (%s) t where t.video_id = e.video_id and t.name = any ($4))', two_tower.names_query('video_tags', 'tag')) else '' end
$$;

-- The query for candidates, best first: video_id and score. $1 is the embedding or the user's id, $2 how many.
create or replace function two_tower.candidates_sql(basis text, condition text) returns text
language sql stable
as $$
  select format(case basis
    when 'user' then $q$
      select e.video_id, 1 - (e.embedding <=> (select u.embedding from public.user_embeddings u where u.user_id = $1)) as score
      from public.video_embeddings e where %s
      order by e.embedding <=> (select u.embedding from public.user_embeddings u where u.user_id = $1) limit $2 $q$
    when 'popularity' then $q$
      select e.video_id, e.score from public.video_popularity e where %s
      order by e.score desc, e.video_id limit $2 $q$
    else replace($q$
      select e.video_id, 1 - (e.embedding <=> $1::column_type) as score from public.video_embeddings e where %s
      order by e.embedding <=> $1::column_type limit $2 $q$, 'column_type', basis) -- the column's type, or its index would not serve
    end, condition)
$$;

-- Maximal marginal relevance (Carbonell and Goldstein, SIGIR 1998): each next video is the one with the greatest
-- (1 - diversity) * score - diversity * similarity to the nearest one already chosen. Keeps the scores, changes the order.
create or replace function two_tower.diversify(ids uuid[], scores double precision[], k integer, diversity double precision)
returns table (video_id uuid, score double precision, rank integer)
language plpgsql stable
set search_path = public, extensions, pg_temp
as $$
#variable_conflict use_variable
declare
  embeddings vector[];
  nearest double precision[];
  chosen integer;
begin
  select array_agg(e.embedding::vector order by c.place), array_agg(0::double precision) into embeddings, nearest
  from unnest(ids) with ordinality c(id, place) join public.video_embeddings e on e.video_id = c.id;
  for place in 1..least(k, cardinality(ids)) loop
    select c.place into chosen from unnest(scores, nearest) with ordinality c(score, similarity, place)
    where c.similarity is not null order by (1 - diversity) * c.score - diversity * c.similarity desc, c.place limit 1;
    video_id := ids[chosen];
    score := scores[chosen];
    rank := place;
    return next;
    -- A chosen one has no similarity any more and is not looked at again.
    select array_agg(case when c.similarity is null or c.place = chosen then null else greatest(c.similarity, 1 - (c.embedding <=> embeddings[chosen])) end
      order by c.place) into nearest
    from unnest(embeddings, nearest) with ordinality c(embedding, similarity, place);
  end loop;
end $$;

-- Runs a query of candidates and ranks what it gives.
create or replace function two_tower.rank_candidates(
  query text, first_argument anyelement, who uuid, k integer, tags text[], min_price numeric, max_price numeric,
  released_from timestamptz, released_to timestamptz, diversity double precision)
returns table (video_id uuid, score double precision, rank integer)
language plpgsql stable
set search_path = public, extensions, pg_temp
as $$
#variable_conflict use_column
declare
  ids uuid[];
  scores double precision[];
begin
  if diversity is null or diversity < 0 or diversity > 1 then
    raise exception 'diversity = %: expected 0 to 1', diversity using errcode = 'invalid_parameter_value';
  end if;
  if diversity = 0 then
    return query execute format(
      'select n.video_id, n.score, (row_number() over (order by n.score desc, n.video_id))::integer from (%s) n order by n.score desc, n.video_id', query)
      using first_argument, k, who, tags, min_price, max_price, released_from, released_to;
    return;
  end if;

  -- Chosen among four times as many as are wanted.
  execute format('select array_agg(n.video_id order by n.score desc, n.video_id), array_agg(n.score order by n.score desc, n.video_id) from (%s) n', query)
    into ids, scores using first_argument, greatest(k, least(4 * k, 400)), who, tags, min_price, max_price, released_from, released_to;
  return query select * from two_tower.diversify(ids, scores, k, diversity);
end $$;

-- Earlier forms; two functions of one name and so many defaults could not be told apart.
drop function if exists public.recommend_videos(text, integer);
drop function if exists public.recommend_videos(text, integer, text[], numeric, numeric, timestamptz, timestamptz, double precision);
drop function if exists public.match_videos(halfvec, integer, text);

-- What a user's embedding is kept under in the live version: the pseudonym, where the caller has one and the version knows it, or the id.
create or replace function two_tower.embedding_key(user_id text, embedding_id text) returns text
language plpgsql stable
as $$
begin
  return (
    select u.user_id from public.user_embeddings u
    where u.user_id in (embedding_key.embedding_id, coalesce(two_tower.try_uuid(embedding_key.user_id)::text, embedding_key.user_id))
    order by u.user_id = embedding_key.embedding_id desc nulls last limit 1);
end $$;

-- With `embedding_id`, the pseudonym of the user, where users are pseudonymised; `user_id` is whose decisions are left out.
create or replace function public.recommend_videos(
  user_id text, k integer default 20, tags text[] default null, min_price numeric default null, max_price numeric default null,
  released_from timestamptz default null, released_to timestamptz default null, diversity double precision default 0,
  embedding_id text default null)
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
  key text;
begin
  perform two_tower.require_count(k);
  if to_regclass('public.user_embeddings') is null or to_regclass('public.video_popularity') is null then
    return; -- no version has gone live yet
  end if;
  key := two_tower.embedding_key(user_id, embedding_id);
  return query select * from two_tower.rank_candidates(
    two_tower.candidates_sql(case when key is null then 'popularity' else 'user' end,
      two_tower.candidate_filter(tags, min_price, max_price, released_from, released_to)),
    key, two_tower.try_uuid(user_id), k, tags, min_price, max_price, released_from, released_to, diversity);
end $$;

-- All that the HTTP route answers, in one statement: the version, whether the answer is personal, and the videos with their titles. One row
-- with nothing but the first two where there is none. Volatile, so that the query sees what is committed after the lock was had: a switch
-- between the two would answer with the videos of one version and the name of the other.
create or replace function two_tower.answer(user_id text, k integer, embedding_id text)
returns table (version text, personal boolean, video_id uuid, title text, score double precision, rank integer)
language plpgsql
set search_path = public, extensions, pg_temp
as $$
#variable_conflict use_column
begin
  if to_regclass('public.user_embeddings') is null then
    return query select null::text, false, null::uuid, null::text, null::double precision, null::integer;
    return;
  end if;
  lock table public.user_embeddings in access share mode;
  return query
    with kept as materialized ( -- once, and not anew for each video
      select two_tower.live_version() as version, two_tower.embedding_key(answer.user_id, answer.embedding_id) as key)
    select kept.version, kept.key is not null, r.video_id, v.title, r.score, r.rank
    from kept
      left join lateral public.recommend_videos(answer.user_id, answer.k, embedding_id => kept.key) r on true
      left join public.videos v on v.id = r.video_id
    order by r.rank;
end $$;

-- Neighbours of any embedding, of a video or of a user just computed. With a user id, without what that user decided on.
create or replace function public.match_videos(
  embedding halfvec, k integer default 20, user_id text default null, tags text[] default null, min_price numeric default null,
  max_price numeric default null, released_from timestamptz default null, released_to timestamptz default null, diversity double precision default 0)
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
  return query select * from two_tower.rank_candidates(
    two_tower.candidates_sql(column_type, two_tower.candidate_filter(tags, min_price, max_price, released_from, released_to)),
    match_videos.embedding, two_tower.try_uuid(match_videos.user_id), k, tags, min_price, max_price, released_from, released_to, diversity);
end $$;
