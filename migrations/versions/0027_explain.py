"""Who can see a case now: every post in force that the case's custody or its records name."""

from migrations.protection import script

revision = "0027_explain"
down_revision = "0026_grants"


def upgrade() -> None:
    script(POSTS_NEAR_CASE)


POSTS_NEAR_CASE = """
-- Definer: whom the rules let see a case, its holder may know, also of the tenants above, whose posts it can't read.
create function posts_near_case(wanted uuid) returns table (
    post_id uuid, person_id uuid, name varchar, role varchar, office_id int, office_kind varchar, office text,
    tenant_id int, tier varchar)
language sql stable security definer set search_path = public, pg_temp as
$$ select w.id, p.id, p.name, w.role, o.id, o.kind, t.name || ' · ' || o.name, t.id, t.tier
   from posts w join persons p on p.id = w.person_id join offices o on o.id = w.office_id
   join tenants t on t.id = o.tenant_id
   where (session_user <> 'tiaojie_app' or case_in_custody(wanted))
   and w.since <= scope_now() and (w.until is null or w.until > scope_now())
   and (t.id in (select unnest(array[c.province_id, c.prefecture_id, c.county_id, c.township_id])
                 from cases c where c.id = wanted)
        or t.id in (select r.tenant_id from case_relations r where r.case_id = wanted
                    and r.until > scope_now() and r.since <= scope_now())
        or p.id in (select r.person_id from case_relations r where r.case_id = wanted
                    and r.until > scope_now() and r.since <= scope_now()))
   order by array_position(array['T', 'C', 'F', 'P']::varchar[], t.tier), t.id, o.id, w.role, p.name, w.id $$;
"""
