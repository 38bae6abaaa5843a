"""Hot reads: relations in the order of a list, and what takes sight away looked up once a statement (decision 0018)."""

from itertools import pairwise

import sqlalchemy as sa
from alembic import op

from migrations.protection import APP, IN_FORCE, MINE, script, words

revision = "0017_lists"
down_revision = "0016_office"

NEGATIVE = ("excluded", "complained_of")


def upgrade() -> None:
    op.add_column(
        "case_relations",
        sa.Column(
            "filed_at", sa.DateTime(timezone=True), nullable=True, comment="the case's own, for the order of lists"
        ),
    )
    op.execute("update case_relations r set filed_at = c.filed_at from cases c where c.id = r.case_id")
    op.alter_column("case_relations", "filed_at", nullable=False)
    script(FILED)
    for who in ("person", "tenant"):
        named, removed = f"{who}_id is not null", f"relation in ({words(NEGATIVE)})"
        op.drop_index(f"ix_case_relations_{who}", table_name="case_relations")
        order = [sa.text(column) for column in (f"{who}_id", "filed_at desc", "case_id desc")]
        op.create_index(f"ix_case_relations_{who}", "case_relations", order, postgresql_where=sa.text(named))
        op.create_index(
            f"ix_case_relations_{who}_removed", "case_relations", [f"{who}_id"], postgresql_where=sa.text(removed)
        )
    for column, lower in pairwise(("province_id", "prefecture_id", "county_id", "township_id")):
        order = [sa.text(name) for name in (column, "filed_at desc", "id desc")]
        op.create_index(f"ix_cases_{column}_held", "cases", order, postgresql_where=sa.text(f"{lower} is null"))
    op.create_index("ix_warnings_receiver", "warnings", ["receiver_office_id", "ends_at"])
    unmarked = "done_at is null and paused_at is null and overdue_at is null"
    op.create_index("ix_timers_unmarked", "timers", ["due_at"], postgresql_where=sa.text(unmarked))
    op.execute("drop policy app_read on cases")
    op.execute(f"create policy app_read on cases for select to {APP} using ({SHOWN})")
    op.execute("drop policy app_never on cases")
    op.execute(f"create policy app_never on cases as restrictive for select to {APP} using ({NOT_EXCLUDED})")


FILED = """
-- Never changes, as a case's day of filing never does. Who knows it may give it: seeding by COPY does.
create function case_relation_filed() returns trigger
language plpgsql security definer set search_path = public, pg_temp as
$$ begin new.filed_at := (select filed_at from cases where id = new.case_id); return new; end $$;

create trigger case_relation_filed before insert on case_relations
for each row when (new.filed_at is null) execute function case_relation_filed();
"""

# OFFSET 0 keeps it a look-up for one case: the planner could else read all relations of the country into a hash.
SHOWN = f"""
(select case_tenant()) in (province_id, prefecture_id, county_id, township_id) or exists (
    select from case_relations r where r.case_id = cases.id and {MINE} and {IN_FORCE}
    and r.relation not in ({words(("serves", *NEGATIVE))}) offset 0)
"""

# Not correlated: looked up once a statement, where the form of 0003 asked for every row.
NOT_EXCLUDED = f"""
id not in (
    select r.case_id from case_relations r where r.tenant_id = (select case_tenant())
    and r.relation in ({words(NEGATIVE)}) and {IN_FORCE}
    union all
    select r.case_id from case_relations r where r.person_id = (select case_person())
    and r.relation in ({words(NEGATIVE)}) and {IN_FORCE})
"""
