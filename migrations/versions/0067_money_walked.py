"""What a walk of the money found: a share is paid from the books that bear it, wherever its case has gone since."""

from migrations.protection import script

revision = "0067_money_walked"
down_revision = "0066_books_counted"

GONE = """
-- As in 0051 and 0063, apart from whether the caller sees the case.
create function pressure_stands(p_case uuid) returns boolean
language sql stable security definer set search_path = public, pg_temp as
$$ select exists (select from complaints where case_id = p_case and kind = 'pressure' and decided_at is null)
       or exists (select from return_visits v where v.case_id = p_case and v.pressure = 'complained' and not exists (
           select from return_visits later where later.case_id = p_case and later.party_id = v.party_id
           and later.pressure = 'cleared' and later.id > v.id)) $$;
create or replace function pressure_open(wanted uuid) returns boolean
language sql stable security definer set search_path = public, pg_temp as
$$ select case_near(wanted) and pressure_stands(wanted) $$;

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

create function settled_beside(p_case uuid) returns boolean
language sql stable security definer set search_path = public, pg_temp as
$$ select exists (
       select from settlements mine
       join same_matters(p_case) m on m <> p_case
       join settlements other on other.case_id = m and other.status not in ('returned', 'replaced')
       where mine.case_id = p_case and mine.status not in ('returned', 'replaced')
       and m not in (select same_matters_on(p_case, greatest(mine.recorded_at, other.recorded_at)))) $$;
create or replace function settled_apart(p_case uuid) returns boolean
language sql stable security definer set search_path = public, pg_temp as
$$ select case_shows(p_case) and settled_beside(p_case) $$;

-- Unpaid shares in the books of the caller's tenant, of cases that it neither holds any more nor for a township of its
-- own, and what hinders each: its cashier pays them (0048), by batch, without sight of the case. `own_part`: another.
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

-- For what 0063 names, and nothing else: until own_money_over the caller reaches the rows of that one case, by a
-- relation that lends no act; its own scope stays what it is. Of the relation nothing is ever committed.
create or replace function own_money_moved(p_about uuid) returns void
language plpgsql security definer set search_path = public, pg_temp as
$$
declare moved uuid;
begin
    select coalesce(s.case_id, t.case_id) into moved from payment_lines l join payment_batches b on b.id = l.batch_id
        left join settlement_shares s on s.id = l.ground_id and l.ground = 'settlement'
        left join travel_requests t on t.id = l.ground_id and l.ground = 'trip'
        where l.id = p_about and l.tenant_id = case_tenant() and b.sent_at is not null;
    if not found then
        select case_id into moved from recoveries
            where id = p_about and tenant_id = case_tenant() and withdrawn_at is null;
        if not found then raise exception 'no money of the caller' using errcode = 'TJ403'; end if;
    end if;
    if moved is not null then
        perform from cases where id = moved for update;
        insert into case_relations (id, case_id, relation, person_id, since, until, source, actions)
        values (id_at(scope_now()), moved, 'delegated', scope_person(), scope_now(), 'infinity', 'own_money', '{}');
    end if;
end
$$;

create function own_money_over() returns void
language sql security definer set search_path = public, pg_temp as
$$ delete from case_relations where source = 'own_money' and person_id = scope_person() $$;

create function own_money_is_over() returns trigger
language plpgsql security definer set search_path = public, pg_temp as
$$
begin
    if exists (select from case_relations where id = new.id) then
        raise exception 'own money must be over before the commit' using errcode = 'TJ403';
    end if;
    return null;
end
$$;
create constraint trigger own_money_is_over after insert on case_relations deferrable initially deferred
    for each row when (new.source = 'own_money') execute function own_money_is_over();

-- As in 0053: the scope is the payer's own.
create or replace function budget_near(p_tenant int) returns boolean language sql stable as
$$ select tenant_below(p_tenant) or exists (
       select from tenants t where t.id = scope_tenant()
       and p_tenant in (t.province_id, t.prefecture_id, t.county_id, t.township_id)) $$;

revoke all on function pressure_stands, pressure_found_true, pressure_found, settled_beside, gone_shares,
    own_money_over, own_money_is_over from public;
grant execute on function pressure_found, gone_shares, own_money_over to tiaojie_app;
"""


def upgrade() -> None:
    script(GONE)
