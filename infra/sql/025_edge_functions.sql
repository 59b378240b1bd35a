-- What an edge function calls to embed one user between two weekly runs: the payload, and the place for the result.

-- Its answer has a member more than that of earlier forms.
drop function if exists public.user_embedding_features(uuid, timestamptz, text[]);

-- The live version, whether its users are pseudonyms, and a user's payload, from one snapshot. Of several decisions on a video the newest counts.
create or replace function public.user_embedding_features(
  user_id uuid, as_of timestamptz default now(), positive_decisions text[] default array['like', 'swipe_like', 'grid_like'])
returns table (version text, embedding_dim integer, payload jsonb, pseudonymised boolean)
language plpgsql stable
set search_path = public, extensions, pg_temp
as $$
begin
  return query execute format($payload$
    with decisions as (
      select distinct on (d.video_id) d.video_id, d.created_at, d.decision_type = any ($3) as liked, d.created_at > $2 - interval '30 days' as lately
      from public.user_video_decisions d
      where d.user_id = $1 and d.created_at <= $2
      order by d.video_id, d.created_at desc, d.decision_type),
    likes as (
      select d.created_at, v.id, v.price, v.maker, v.label, v.series, v.source
      from decisions d join public.videos v on v.id = d.video_id
      where d.liked)
    select m.version, m.embedding_dim, jsonb_build_object(
      'user_id', $1,
      'profile', (select jsonb_build_object('created_at', p.created_at) from public.profiles p where p.user_id = $1),
      'decision_stats', (
        select jsonb_build_object(
          'like_count', count(*) filter (where d.liked), 'nope_count', count(*) filter (where not d.liked), 'decision_count', count(*),
          'recent_like_at', max(d.created_at) filter (where d.liked),
          'average_like_hour', avg(extract(hour from d.created_at at time zone 'UTC')::double precision) filter (where d.liked),
          'like_count_30d', count(*) filter (where d.liked and d.lately),
          'nope_count_30d', count(*) filter (where not d.liked and d.lately), 'decision_count_30d', count(*) filter (where d.lately))
        from decisions d),
      'price_stats', (
        select jsonb_build_object('mean', avg(l.price), 'median', percentile_cont(0.5) within group (order by l.price::double precision)) from likes l),
      'tags', (select coalesce(jsonb_agg(n.name), '[]') from likes l join (%1$s) n on n.video_id = l.id),
      'performers', (select coalesce(jsonb_agg(n.name), '[]') from likes l join (%2$s) n on n.video_id = l.id),
      'liked_videos', (
        select coalesce(jsonb_agg(jsonb_build_object('video_id', l.id, 'liked_at', l.created_at, 'maker', l.maker, 'label', l.label,
          'series', l.series, 'source', l.source, 'price', l.price) order by l.created_at, l.id), '[]')
        from likes l)),
      two_tower.has_pseudonyms()
    from (select) one left join public.embedding_model_versions m on m.is_active and m.model_type = 'two_tower'
    $payload$, two_tower.names_query('video_tags', 'tag'), two_tower.names_query('video_performers', 'performer'))
  using user_id, as_of, positive_decisions;
end $$;

-- Stores the embedding if its version is the live one, and says which is: vectors of two versions never mix. A version that was trained on
-- pseudonyms takes no other ids: beside the user's pseudonym, the id would tell who it is.
create or replace function public.store_user_embedding(user_id text, embedding vector, version text)
returns table (live_version text, stored boolean)
language plpgsql
set search_path = public, extensions, pg_temp
as $$
#variable_conflict use_column
declare
  live text;
begin
  if to_regclass('public.user_embeddings') is not null then
    lock table public.user_embeddings in row exclusive mode; -- a switch waits for this transaction, or this one for it
  end if;
  live := two_tower.live_version();
  if live is null or live is distinct from store_user_embedding.version then
    return query select live, false;
    return;
  end if;
  if two_tower.has_pseudonyms() and store_user_embedding.user_id !~ '^[0-9a-f]{64}$' then
    raise exception using errcode = 'TT004', message = format(
      'version %s keeps its users under pseudonyms, and this user''s id is none, expected 64 hexadecimal digits', live);
  end if;
  insert into public.user_embeddings (user_id, embedding) values (store_user_embedding.user_id, store_user_embedding.embedding)
  on conflict (user_id) do update set embedding = excluded.embedding;
  return query select live, true;
end $$;

do $$
declare
  callable text;
begin
  foreach callable in array array['public.user_embedding_features(uuid, timestamptz, text[])', 'public.store_user_embedding(text, vector, text)'] loop
    execute format('revoke execute on function %s from public', callable);
    if exists (select from pg_roles where rolname = 'service_role') then
      execute format('grant execute on function %s to service_role', callable);
    end if;
  end loop;
end $$;
