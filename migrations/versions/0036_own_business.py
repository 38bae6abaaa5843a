"""A tenant's own steps, the leading group's resolutions, and counters of what was found suitable for mediation."""

import sqlalchemy as sa
from alembic import op

from migrations.protection import APP, lock, open_to_all, protect_child, protect_tenant, script

revision = "0036_own_business"
down_revision = "0035_points"


def upgrade() -> None:
    _own_steps()
    _resolutions()
    _suitable_counts()


def _own_steps() -> None:
    op.create_table(
        "own_steps",
        sa.Column("id", sa.Integer(), sa.Identity(), nullable=False),
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("before_act", sa.String(), nullable=False, comment="codes of cases.own_steps.Before"),
        sa.Column("basis", sa.String(), nullable=False, comment="which document asks for it"),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.CheckConstraint("length(name) between 2 and 60", name=op.f("ck_own_steps_name")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_own_steps")),
    )
    op.create_table(
        "own_step_records",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("own_step_id", sa.Integer(), nullable=False),
        sa.Column("paper_id", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_own_step_records_case_id_cases")),
        sa.ForeignKeyConstraint(
            ["own_step_id"], ["own_steps.id"], name=op.f("fk_own_step_records_own_step_id_own_steps")
        ),
        sa.ForeignKeyConstraint(["paper_id"], ["papers.id"], name=op.f("fk_own_step_records_paper_id_papers")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_own_step_records")),
        sa.UniqueConstraint("case_id", "own_step_id", name=op.f("uq_own_step_records_case_id_own_step_id")),
    )
    op.create_index("ix_own_step_records_case", "own_step_records", ["case_id"])
    protect_child("own_step_records", "select, insert")
    open_to_all("own_steps", "select, insert, update, delete")
    script(OWN_STEPS)
    op.execute(f"grant select, insert, update, delete on subtree_own_steps to {APP}")


def _resolutions() -> None:
    op.create_table(
        "resolutions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("minutes", sa.LargeBinary(), nullable=False),
        sa.Column("decision", sa.LargeBinary(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_resolutions")),
        sa.UniqueConstraint("number", name=op.f("uq_resolutions_number")),
    )
    op.create_index("ix_resolutions_tenant", "resolutions", ["tenant_id", "held_on", "id"])
    op.create_table(
        "resolution_attendants",
        sa.Column("resolution_id", sa.Uuid(), nullable=False),
        sa.Column("post_id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["resolution_id"], ["resolutions.id"], name=op.f("fk_resolution_attendants_resolution_id_resolutions")
        ),
        sa.ForeignKeyConstraint(["post_id"], ["posts.id"], name=op.f("fk_resolution_attendants_post_id_posts")),
        sa.PrimaryKeyConstraint("resolution_id", "post_id", name=op.f("pk_resolution_attendants")),
    )
    for table in ("resolutions", "resolution_attendants"):
        protect_tenant(table, "select, insert")


def _suitable_counts() -> None:
    op.create_table(
        "suitable_counts",
        sa.Column("tenant_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("accepted_month", sa.Date(), nullable=False),
        sa.Column("ending", sa.String(), nullable=False),
        sa.Column("cases", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "accepted_month", "ending", name=op.f("pk_suitable_counts")),
    )
    lock("suitable_counts", "select")
    op.execute(f"create policy app_read on suitable_counts for select to {APP} using ({BELOW})")
    script(READINGS)
    for event, changes in CHANGES.items():
        script(COUNTING.replace("{event}", event).replace("{changes}", changes).replace("{tables}", TABLES[event]))


OWN_STEPS = """
create policy app_write on own_steps to tiaojie_app
    using (tenant_below(tenant_id)) with check (tenant_below(tenant_id));

create trigger audit_change after insert or update or delete on own_steps
    for each row execute function audit_dictionary('id');

-- What is asked of the own offices: rows of the subtree, and those of the tenants above, which count here too.
create view subtree_own_steps with (security_invoker = true) as
select s.id, s.tenant_id, s.name, s.before_act, s.basis, s.valid_from, s.valid_to from own_steps s
where exists (select from subtree_tenants t where t.id = s.tenant_id)
    or exists (select from tenants mine where mine.id = (select scope_tenant())
               and s.tenant_id in (mine.province_id, mine.prefecture_id, mine.county_id, mine.township_id));
"""

BELOW = """
tenant_id in (select t.id from tenants t
              where (select scope_tenant()) in (t.province_id, t.prefecture_id, t.county_id, t.township_id))
"""

READINGS = """
create function suitable_ending(outcome text) returns text language sql immutable as
$$ select case when outcome is null then '' when outcome in ('agreed', 'oral') then 'settled' else 'other' end $$;

create function case_month(at timestamptz) returns date language sql immutable as
$$ select date_trunc('month', at at time zone 'Asia/Shanghai')::date $$;
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
create function count_suitable_{event}() returns trigger
language plpgsql security definer set search_path = public, pg_temp as
$$
begin
    insert into suitable_counts as c (tenant_id, accepted_month, ending, cases)
    select coalesce(township_id, county_id, prefecture_id, province_id), case_month(accepted_at),
           suitable_ending(outcome), sum(n)
    from ({changes}) changes where accepted_at is not null
    group by 1, 2, 3 having sum(n) <> 0 order by 1, 2, 3
    on conflict (tenant_id, accepted_month, ending) do update set cases = c.cases + excluded.cases;
    return null;
end
$$;

create trigger count_suitable_{event} after {event} on cases referencing {tables}
    for each statement execute function count_suitable_{event}();
"""
