"""Indicators: counters of cases, kept by triggers that see all rows of a statement at once."""

import sqlalchemy as sa
from alembic import op

from migrations.protection import APP, lock, script

revision = "0010_indicators"
down_revision = "0009_handover"


def upgrade() -> None:
    op.create_table(
        "tenant_counts",
        sa.Column("tenant_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("ending", sa.String(), nullable=False),
        sa.Column("cases", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "state", "ending", name=op.f("pk_tenant_counts")),
    )
    op.create_table(
        "due_counts",
        sa.Column("tenant_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("cases", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "due_on", name=op.f("pk_due_counts")),
    )
    op.create_table(
        "place_counts",
        sa.Column("place_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("dispute_type", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("ending", sa.String(), nullable=False),
        sa.Column("cases", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("place_id", "dispute_type", "ending", name=op.f("pk_place_counts")),
    )
    for table, condition in (("tenant_counts", BELOW), ("due_counts", BELOW), ("place_counts", LIES_BELOW)):
        lock(table, "select")
        op.execute(f"create policy app_read on {table} for select to {APP} using ({condition})")
    script(READINGS)
    for event, changes in CHANGES.items():
        script(COUNTING.replace("{event}", event).replace("{changes}", changes).replace("{tables}", TABLES[event]))


# One hashed list per query instead of one look-up per row: an overview reads all counters below.
BELOW = """
tenant_id in (select t.id from tenants t
              where (select scope_tenant()) in (t.province_id, t.prefecture_id, t.county_id, t.township_id))
"""
LIES_BELOW = """
place_id in (select p.id from places p
             where (select t.place_id from tenants t where t.id = (select scope_tenant()))
                   in (p.province_id, p.prefecture_id, p.county_id, p.township_id))
"""

READINGS = """
create function case_ending(outcome text) returns text language sql immutable as
$$ select case when outcome in ('agreed', 'oral') then 'settled' when outcome = 'refused' then 'refused' else '' end $$;

create function case_due_on(due_at timestamptz) returns date language sql immutable as
$$ select (due_at at time zone 'Asia/Shanghai')::date $$;
"""

CHANGES = {
    "insert": "select *, 1 as n from fresh",
    "update": "select *, 1 as n from fresh union all select *, -1 from stale",
    "delete": "select *, -1 as n from stale",
}
TABLES = {
    "insert": "new table as fresh",
    "update": "old table as stale new table as fresh",
    "delete": "old table as stale",
}

# In the order of the key, so that two statements can't wait for each other's counters.
COUNTING = """
create function count_case_{event}() returns trigger
language plpgsql security definer set search_path = public, pg_temp as
$$
begin
    insert into tenant_counts as c (tenant_id, state, ending, cases)
    select coalesce(township_id, county_id, prefecture_id, province_id), state, case_ending(outcome), sum(n)
    from ({changes}) changes group by 1, 2, 3 having sum(n) <> 0 order by 1, 2, 3
    on conflict (tenant_id, state, ending) do update set cases = c.cases + excluded.cases;

    insert into due_counts as c (tenant_id, due_on, cases)
    select coalesce(township_id, county_id, prefecture_id, province_id), case_due_on(due_at), sum(n)
    from ({changes}) changes where due_at is not null and state not in ('refused', 'closed', 'archived')
    group by 1, 2 having sum(n) <> 0 order by 1, 2
    on conflict (tenant_id, due_on) do update set cases = c.cases + excluded.cases;

    -- Days pass for ever: a day on which nothing is due any more leaves no row.
    delete from due_counts c where c.cases = 0 and (c.tenant_id, c.due_on) in (
        select coalesce(township_id, county_id, prefecture_id, province_id), case_due_on(due_at)
        from ({changes}) changes where due_at is not null);

    insert into place_counts as c (place_id, dispute_type, ending, cases)
    select place_id, dispute_type, case_ending(outcome), sum(n)
    from ({changes}) changes group by 1, 2, 3 having sum(n) <> 0 order by 1, 2, 3
    on conflict (place_id, dispute_type, ending) do update set cases = c.cases + excluded.cases;
    return null;
end
$$;

create trigger count_{event} after {event} on cases referencing {tables}
    for each statement execute function count_case_{event}();
"""
