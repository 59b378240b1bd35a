-- Row level security: the service role writes, `authenticated` reads. On plain PostgreSQL the roles are made where that is permitted.

do $$
declare
  wanted text;
begin
  foreach wanted in array array['authenticated', 'service_role'] loop
    if not exists (select from pg_roles where rolname = wanted) then
      begin
        execute format('create role %I nologin', wanted);
      exception when insufficient_privilege or duplicate_object or unique_violation then
        null;
      end;
    end if;
  end loop;
end $$;

create or replace function two_tower.protect(target regclass) returns void
language plpgsql
as $$
begin
  execute format('alter table %s enable row level security', target);
  if exists (select from pg_roles where rolname = 'authenticated') then
    execute format('grant select on %s to authenticated', target);
    execute format('drop policy if exists authenticated_reads on %s', target);
    execute format('create policy authenticated_reads on %s for select to authenticated using (true)', target);
  end if;
  if exists (select from pg_roles where rolname = 'service_role') then
    execute format('grant all on %s to service_role', target);
    execute format('drop policy if exists service_role_writes on %s', target);
    execute format('create policy service_role_writes on %s for all to service_role using (true) with check (true)', target);
  end if;
end $$;

select two_tower.protect(target)
from unnest(array['public.embedding_model_versions', 'public.feature_importance', 'public.embedding_model_activations']::regclass[]) target;

do $$
begin
  if exists (select from pg_roles where rolname = 'authenticated') then
    grant usage on schema public, two_tower to authenticated;
  end if;
  if exists (select from pg_roles where rolname = 'service_role') then
    grant usage on schema public, two_tower to service_role;
    grant select on two_tower.generation_tables to service_role;
  end if;
end $$;
