-- pgvector, and the ledger: which version is live, what was live when, who changed it and why.

do $$
begin
  if not exists (select from pg_extension where extname = 'vector') then
    -- Supabase keeps extensions in a schema of their own.
    if exists (select from pg_namespace where nspname = 'extensions') then
      create extension vector with schema extensions;
    else
      create extension vector;
    end if;
  end if;
  if (select string_to_array(extversion, '.')::int[] < array[0, 8, 0] from pg_extension where extname = 'vector') then
    raise exception 'pgvector %: expected 0.8.0 or newer (iterative index scans), better 0.8.4: alter extension vector update',
      (select extversion from pg_extension where extname = 'vector');
  end if;
end $$;

create schema if not exists two_tower;

-- Brings pgvector's library into the session. Only then are its settings known, and only settings that are known may be written into a
-- function by who is no superuser.
create or replace function two_tower.load_pgvector() returns void
language plpgsql
as $$
begin
  execute format('select ''[0]''::%s.vector', (select extnamespace::regnamespace from pg_extension where extname = 'vector'));
end $$;

create table if not exists public.embedding_model_versions (
  id uuid primary key default gen_random_uuid(),
  version text not null,
  model_type text not null,
  model_path text,
  is_active boolean default false,
  created_at timestamptz default now()
);
alter table public.embedding_model_versions
  add column if not exists activated_at timestamptz,
  add column if not exists retired_at timestamptz,
  add column if not exists activated_by text,
  add column if not exists reason text,
  add column if not exists embedding_dim integer,
  add column if not exists metrics jsonb not null default '{}';
create unique index if not exists embedding_model_versions_two_tower
  on public.embedding_model_versions (version) where model_type = 'two_tower';
create unique index if not exists embedding_model_versions_one_live
  on public.embedding_model_versions (model_type) where is_active and model_type = 'two_tower';

create table if not exists public.feature_importance (
  id uuid primary key default gen_random_uuid(),
  model_version_id uuid references public.embedding_model_versions (id),
  feature_name text not null,
  importance_score double precision not null
);

-- One row per switch, never changed afterwards: the answer to "what was live on that day".
create table if not exists public.embedding_model_activations (
  id bigint generated always as identity primary key,
  version text not null,
  previous_version text,
  activated_at timestamptz not null,
  activated_by text not null,
  reason text
);

-- What is loaded, live or beside it.
create table if not exists two_tower.generation_tables (
  version text not null,
  kind text not null check (kind in ('videos', 'users')),
  row_count bigint not null,
  embedding_dim integer not null,
  column_type text not null check (column_type in ('halfvec', 'vector')),
  content_hash text not null,
  ann_recall double precision not null,
  loaded_at timestamptz not null,
  primary key (version, kind)
);

alter table two_tower.generation_tables
  add column if not exists index_method text not null default 'hnsw' check (index_method in ('hnsw', 'ivfflat', 'none')),
  add column if not exists pseudonymised boolean not null default false;

create or replace function two_tower.live_version() returns text
language sql stable
as $$ select version from public.embedding_model_versions where is_active and model_type = 'two_tower' $$;

-- Whether the live version was trained on pseudonyms, and keeps its users under them.
create or replace function two_tower.has_pseudonyms() returns boolean
language sql stable
as $$
  select coalesce((select t.pseudonymised from two_tower.generation_tables t where t.version = two_tower.live_version() and t.kind = 'users'), false)
$$;
