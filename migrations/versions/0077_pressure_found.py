"""A complaint about pressure that proved true holds the money until both heads have signed again."""

from migrations.protection import script

revision = "0077_pressure_found"
down_revision = "0076_fees_reviewed"

FOUND = """
-- Found true, wholly or in part, after a head had signed what is not paid yet (N8): whoever signs next knows of it.
create function pressure_found_true(p_case uuid) returns boolean
language sql stable security definer set search_path = public, pg_temp as
$$ select exists (
       select from complaints k join settlements m on m.case_id = k.case_id and m.status in ('approved', 'paying')
       where k.case_id = p_case and k.kind = 'pressure' and k.finding in ('upheld', 'partly')
       and k.decided_at > least(m.justice_at, m.petition_at)) $$;
create function pressure_found(wanted uuid) returns boolean
language sql stable security definer set search_path = public, pg_temp as
$$ select case_near(wanted) and pressure_found_true(wanted) $$;

-- As in 0067, and what was found.
drop function gone_shares();
create function gone_shares(
    out share_id uuid, out person_id uuid, out fen bigint, out case_id uuid, out tenant_id int, out pressed boolean,
    out found boolean, out unvisited bigint, out official boolean, out apart boolean, out own_part boolean)
returns setof record
language sql stable security definer set search_path = public, pg_temp as
$$ select s.id, s.person_id, s.amount_fen, c.id, m.tenant_id, pressure_stands(c.id), pressure_found_true(c.id),
       (select count(*) from parties p where p.case_id = c.id and p.side = 'petitioner'
        and p.status in ('active', 'settled')
        and exists (select from agreements a where a.case_id = c.id and a.status = 'effective')
        and not exists (select from return_visits v where v.party_id = p.id)),
       official_at_work(c.id, s.person_id), settled_beside(c.id),
       coalesce(scope_person() in (m.proposed_by, m.reviewed_by, m.justice_by, m.petition_by), false) or exists (
           select from settlement_shares mine where mine.settlement_id = m.id and mine.person_id = scope_person())
   from settlements m join settlement_shares s on s.settlement_id = m.id join cases c on c.id = m.case_id
   where m.tenant_id = case_tenant() and m.status in ('approved', 'paying') and s.amount_fen > 0
   and not removed(c.id)
   and case_tenant() <> coalesce(c.township_id, c.county_id, c.prefecture_id, c.province_id)
   and (c.township_id is null or case_tenant() is distinct from c.county_id)
   and not exists (select from payouts p where p.ground = 'settlement' and p.ground_id = s.id and p.fate = 'paid')
   order by s.id $$;

revoke all on function pressure_found_true, pressure_found, gone_shares from public;
grant execute on function pressure_found, gone_shares to tiaojie_app;
"""


def upgrade() -> None:
    script(FOUND)
