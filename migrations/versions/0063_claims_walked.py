"""What a walk of the settlements found."""

import sqlalchemy as sa
from alembic import op

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
           and l.recorded_at <= p_at and (l.withdrawn_at is null or l.withdrawn_at > p_at))
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

UNLINKED = """
-- As in 0052, by the links that stand; without one of them, to know what it alone holds together.
create function same_matters_without(p_case uuid, p_link uuid) returns setof uuid
language sql stable security definer set search_path = public, pg_temp as
$$ with recursive linked(id) as (
       select p_case
       union select case when l.case_id = linked.id then l.other_case_id else l.case_id end
       from linked join case_links l on linked.id in (l.case_id, l.other_case_id) and l.kind = 'same_matter'
           and l.withdrawn_at is null and l.id is distinct from p_link)
   select id from linked $$;

create or replace function same_matters(p_case uuid) returns setof uuid
language sql stable security definer set search_path = public, pg_temp as
$$ select same_matters_without(p_case, null) $$;

-- What is on file of this case as one matter with another, from either side. Of a link that the other side recorded
-- it gives where that was and neither number nor person; of its withdrawal there, that it was.
create function same_matter_marks(
    p_case uuid, out id uuid, out own boolean, out other_case_id uuid, out other_no text, out place text,
    out recorded_at timestamptz, out recorded_by uuid,
    out withdrawn_at timestamptz, out withdrawn_by uuid, out withdrawn_reason text) returns setof record
language sql stable security definer set search_path = public, pg_temp as
$$ select l.id, l.case_id = p_case, case when l.case_id = p_case then l.other_case_id else l.case_id end,
          case when l.case_id = p_case then l.other_no end, t.name, l.recorded_at,
          case when l.case_id = p_case then l.recorded_by end, l.withdrawn_at,
          case when l.withdrawn_case_id = p_case then l.withdrawn_by end,
          case when l.withdrawn_case_id = p_case then l.withdrawn_reason end
   from case_links l join cases c on c.id = l.case_id
   left join tenants t on t.id = coalesce(l.recorded_in, c.county_id, c.prefecture_id, c.province_id)
   where l.kind = 'same_matter' and p_case in (l.case_id, l.other_case_id) and case_sight(p_case, l.recorded_at)
   order by l.recorded_at, l.id $$;

-- Answers unknown | own | reckoned | withdrawn. From either case, by another person than who recorded it. The later of
-- two settlements, one on each side, that was made while the link stood has reckoned with the earlier. Holds the matter
-- as settled_in_linked does, so that nobody settles meanwhile.
create function withdraw_same_matter(p_case uuid, p_link uuid, p_reason text, out answer text, out place int)
language plpgsql security definer set search_path = public, pg_temp as
$$
declare link case_links; near uuid[]; far uuid[];
begin
    if not case_shows(p_case) then raise exception 'not the case of the caller' using errcode = 'TJ403'; end if;
    perform pg_advisory_xact_lock(hashtextextended('same matter ' || min(m::text), 0)) from same_matters(p_case) m;
    select * into link from case_links l where l.id = p_link and l.kind = 'same_matter' and l.withdrawn_at is null
        and p_case in (l.case_id, l.other_case_id) for update;
    if not found then answer := 'unknown'; return; end if;
    if link.recorded_by = scope_person() then answer := 'own'; return; end if;
    near := array(select same_matters_without(link.case_id, link.id));
    far := array(select same_matters_without(link.other_case_id, link.id));
    if not link.other_case_id = any(near) and exists (
        select from settlements s join settlements t on t.case_id = any(far)
        where s.case_id = any(near) and s.status not in ('returned', 'replaced')
        and t.status not in ('returned', 'replaced') and greatest(s.recorded_at, t.recorded_at) > link.recorded_at
    ) then answer := 'reckoned'; return; end if;
    update case_links set withdrawn_at = scope_now(), withdrawn_by = scope_person(), withdrawn_reason = p_reason,
        withdrawn_case_id = p_case where id = p_link;
    answer := 'withdrawn';
    place := link.recorded_in;
end
$$;

revoke all on function same_matters_without, same_matter_marks, withdraw_same_matter from public;
grant execute on function same_matter_marks, withdraw_same_matter to tiaojie_app;
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
    op.add_column(
        "case_links", sa.Column("recorded_in", sa.Integer(), nullable=True, comment="where; null = of old, or a split")
    )
    op.add_column(
        "case_links",
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True, comment="counts no longer from then on"),
    )
    op.add_column("case_links", sa.Column("withdrawn_by", sa.Uuid(), nullable=True))
    op.add_column("case_links", sa.Column("withdrawn_reason", sa.String(), nullable=True))
    op.add_column(
        "case_links",
        sa.Column(
            "withdrawn_case_id",
            sa.Uuid(),
            nullable=True,
            comment="from whose page; the other page is not told the reason",
        ),
    )
    for column, table in (("recorded_in", "tenants"), ("withdrawn_case_id", "cases")):
        op.create_foreign_key(op.f(f"fk_case_links_{column}"), "case_links", table, [column], ["id"])
    script(UNLINKED)
    script(APART)
    script(OWN_MONEY)
