"""What a walk of the settlements found."""

from migrations.protection import script

revision = "0063_claims_walked"
down_revision = "0062_goals"

APART = """
-- As same_matters, by the links that were on file at that instant.
create function same_matters_on(p_case uuid, p_at timestamptz) returns setof uuid
language sql stable security definer set search_path = public, pg_temp as
$$ with recursive linked(id) as (
       select p_case
       union select case when l.case_id = linked.id then l.other_case_id else l.case_id end
       from linked join case_links l on linked.id in (l.case_id, l.other_case_id) and l.kind = 'same_matter'
           and l.recorded_at <= p_at)
   select id from linked $$;

-- The settlement of a case in sight and one of another case stand beside each other, and only after both were made was
-- it put on file that they are one matter: neither has reckoned with the other.
create function settled_apart(p_case uuid) returns boolean
language sql stable security definer set search_path = public, pg_temp as
$$ select case_shows(p_case) and exists (
       select from settlements mine
       join same_matters(p_case) m on m <> p_case
       join settlements other on other.case_id = m and other.status not in ('returned', 'replaced')
       where mine.case_id = p_case and mine.status not in ('returned', 'replaced')
       and m not in (select same_matters_on(p_case, greatest(mine.recorded_at, other.recorded_at)))) $$;

revoke all on function same_matters_on, settled_apart from public;
grant execute on function settled_apart to tiaojie_app;
"""


OWN_MONEY = """
-- What a tenant's own bank did is recorded whatever became of the case: from here on the transaction stands where the
-- case is now, and may still move the budget of the tenant that paid. For one line that the tenant has sent or one
-- amount that is owed back to it, and for nothing else. Whoever calls it sets the scope back (funding.own_bank).
create function own_money_moved(p_about uuid) returns void
language plpgsql security definer set search_path = public, pg_temp as
$$
declare moved uuid; holder int;
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
    select coalesce(township_id, county_id, prefecture_id, province_id) into holder from cases where id = moved;
    perform set_config('app.paying', case_tenant()::text, true);
    perform set_config('app.tenant', coalesce(holder, case_tenant())::text, true);
end
$$;

create or replace function budget_near(p_tenant int) returns boolean language sql stable as
$$ select tenant_below(p_tenant) or p_tenant = nullif(current_setting('app.paying', true), '')::int or exists (
       select from tenants t where t.id = scope_tenant()
       and p_tenant in (t.province_id, t.prefecture_id, t.county_id, t.township_id)) $$;

revoke all on function own_money_moved from public;
grant execute on function own_money_moved to tiaojie_app;
"""


def upgrade() -> None:
    script(APART)
    script(OWN_MONEY)
