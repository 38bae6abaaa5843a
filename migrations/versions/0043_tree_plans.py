"""After a change of the tree: the notice to the parties, and figures of past periods that do not move with it."""

import sqlalchemy as sa
from alembic import op

from migrations.protection import APP, IN_FORCE, lock, script

revision = "0043_tree_plans"
down_revision = "0042_tree_history"

PAPERS = ("division_notice",)
"""Both sides read it, as those of 0029_parties."""


def upgrade() -> None:
    op.execute(
        f"create policy app_division_notice on papers for select to {APP} using (papers.kind = '{PAPERS[0]}' and exists"
        f" (select from case_relations r where r.case_id = papers.case_id and r.person_id = (select case_person())"
        f" and {IN_FORCE} and r.relation = 'respondent'))"
    )
    _acceptance_counts()
    op.execute("drop policy app_read on passed_counts")
    op.execute(f"create policy app_read on passed_counts for select to {APP} using ({BELOW})")
    script(ACCESS_COUNTS)
    script(STILL)


def _acceptance_counts() -> None:
    op.create_table(
        "acceptance_counts",
        sa.Column("tenant_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("accepted_month", sa.Date(), nullable=False),
        sa.Column("ending", sa.String(), nullable=False),
        sa.Column("cases", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "accepted_month", "ending", name=op.f("pk_acceptance_counts")),
    )
    lock("acceptance_counts", "select")
    op.execute(f"create policy app_read on acceptance_counts for select to {APP} using ({BELOW})")
    script(ACCEPTED_BY)
    for event, changes in CHANGES.items():
        counted = NEW if event == "insert" else COUNTED
        counting = COUNTING.replace("{counted}", counted).replace("{changes}", changes)
        script(counting.replace("{event}", event).replace("{tables}", TABLES[event]))
    op.execute(BEFORE)


# Whatever lies or ever lay below; which month counts with whom, the reading itself decides.
BELOW = """
tenant_id in (select v.tenant_id from tenant_versions v
              where (select scope_tenant()) in (v.province_id, v.prefecture_id, v.county_id, v.township_id))
"""

# `carry_custody` writes the row of the move before it changes the case, so the answer is the same on both sides of it.
ACCEPTED_BY = """
create function case_accepted_by(of_case uuid, accepted_at timestamptz, holder int) returns int language sql stable as
$$ select coalesce((select m.from_tenant_id from custody_moves m
                    where m.case_id = of_case and m.recorded_at >= case_accepted_by.accepted_at
                    order by m.number limit 1), holder) $$;
"""

TAKEN = "(f.accepted_at, suitable_ending(f.outcome)) is distinct from (s.accepted_at, suitable_ending(s.outcome))"
CHANGES = {
    "insert": "select *, 1 as n from fresh",
    "update": f"select f.*, 1 as n from fresh f join stale s using (id) where {TAKEN}"
    f" union all select s.*, -1 from fresh f join stale s using (id) where {TAKEN}",
    "delete": "select *, -1 as n from stale",
}
TABLES = {
    "insert": "new table as fresh",
    "update": "old table as stale new table as fresh",
    "delete": "old table as stale",
}
HOLDER = "coalesce(township_id, county_id, prefecture_id, province_id)"
WHEN = "case_month(accepted_at), suitable_ending(outcome)"
COUNTED = f"case_accepted_by(id, accepted_at, {HOLDER}), {WHEN}"
NEW = f"{HOLDER}, {WHEN}"
"""What is just being written has not moved yet."""

# In the order of the key, so that two statements can't wait for each other's counters.
COUNTING = """
create function count_acceptance_{event}() returns trigger
language plpgsql security definer set search_path = public, pg_temp as
$$
begin
    insert into acceptance_counts as a (tenant_id, accepted_month, ending, cases)
    select {counted}, sum(n) from ({changes}) changes where accepted_at is not null
    group by 1, 2, 3 having sum(n) <> 0 order by 1, 2, 3
    on conflict (tenant_id, accepted_month, ending) do update set cases = a.cases + excluded.cases;
    return null;
end
$$;

create trigger count_acceptance_{event} after {event} on cases referencing {tables}
    for each statement execute function count_acceptance_{event}();
"""

BEFORE = f"""
insert into acceptance_counts (tenant_id, accepted_month, ending, cases)
select {COUNTED}, count(*) from cases where accepted_at is not null group by 1, 2, 3
"""

# As in 0023_access, but of whatever lies or ever lay below.
ACCESS_COUNTS = """
create or replace function access_counts(p_from timestamptz, p_to timestamptz)
returns table (tenant_id int, kind text, number int)
language sql stable security definer set search_path = public, pg_temp as
$$ with counted as materialized (
     select o.tenant_id, 'reveals' as kind, count(*) as number
       from reveals v join offices o on o.id = v.office_id
       where v.recorded_at >= p_from and v.recorded_at < p_to group by o.tenant_id
     union all
     select q.tenant_id, 'requests', count(*) from access_requests q
       where q.recorded_at >= p_from and q.recorded_at < p_to group by q.tenant_id
     union all
     select q.tenant_id, said.kind, count(*)
       from access_matters m join access_requests q on q.id = m.request_id
       cross join lateral (values ('grants'), (case when m.purpose = 'emergency' then 'emergencies' end),
                                  (case when m.finding = 'unjustified' then 'unjustified' end)) said (kind)
       where m.verdict = 'granted' and m.decided_at >= p_from and m.decided_at < p_to and said.kind is not null
       group by q.tenant_id, said.kind
     union all
     select e.tenant_id, 'lookups', count(distinct c.id)
       from cases c join identity_index i on i.case_id = c.id join events e on e.case_id = c.id and e.act = 'register'
       where c.filed_at >= p_from and c.filed_at < p_to
         and c.province_id = (select t.province_id from tenants t where t.id = case_tenant()) group by e.tenant_id)
   select counted.tenant_id, counted.kind, sum(counted.number)::int from counted
   where counted.tenant_id in (
       select v.tenant_id from tenant_versions v
       where case_tenant() in (v.province_id, v.prefecture_id, v.county_id, v.township_id)) group by 1, 2 $$;
"""

# Cases are nobody's business who plans; how many are left is.
STILL = """
create function tree_still(p_plan uuid) returns bigint
language sql stable security definer set search_path = public, pg_temp as
$$ select count(*) from tree_queue q join tree_plans p on p.id = q.plan_id
   where q.plan_id = p_plan and tenant_below(p.tenant_id) $$;
revoke all on function tree_still from public;
grant execute on function tree_still to tiaojie_app;
"""
