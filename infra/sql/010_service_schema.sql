-- The service's own tables, for databases that do not have them: a private database filled from JSON files, or a test.
-- Where a table exists it is left as it is, whatever its layout.
create table if not exists public.profiles (
  user_id uuid primary key,
  display_name text,
  created_at timestamptz
);

create table if not exists public.videos (
  id uuid primary key,
  external_id text,
  title text,
  description text,
  duration_seconds int,
  price numeric,
  maker text,
  label text,
  series text,
  director text,
  source text,
  product_url text,
  thumbnail_url text,
  product_released_at timestamptz,
  distribution_started_at timestamptz,
  published_at timestamptz,
  created_at timestamptz,
  safety_level smallint,
  region_codes text[],
  is_active bool not null default true,
  text_vector real[], -- precomputed from title and description; vector(n) does as well
  image_vector real[]
);

create table if not exists public.video_tags (
  video_id uuid not null references public.videos (id) on delete cascade,
  tag_name text not null,
  primary key (video_id, tag_name)
);

create table if not exists public.video_performers (
  video_id uuid not null references public.videos (id) on delete cascade,
  performer_name text not null,
  primary key (video_id, performer_name)
);

do $$
begin
  if to_regclass('public.user_video_decisions') is null then
    create table public.user_video_decisions (
      user_id uuid not null,
      video_id uuid not null references public.videos (id) on delete cascade,
      decision_type text not null,
      created_at timestamptz not null default now(),
      primary key (user_id, video_id)
    );
    create index user_video_decisions_video_id on public.user_video_decisions (video_id);
  end if;
end
$$;
