"""Cases in progress received from another system."""

import sqlalchemy as sa
from alembic import op

from migrations.protection import APP, lock, script

revision = "0045_intake"
down_revision = "0044_bulk"


def upgrade() -> None:
    _origins()
    _intakes()
    _mappings()
    script(FUNCTIONS)


def _origins() -> None:
    op.create_table(
        "case_origins",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Integer(), nullable=False, comment="who took it in"),
        sa.Column("intake_id", sa.Uuid(), nullable=False, comment="the file or the call that it came with"),
        sa.Column("system", sa.String(), nullable=False, comment="the system that it comes from, by name"),
        sa.Column("outside_no", sa.String(), nullable=False, comment="its number there"),
        sa.Column("sender", sa.String(), nullable=False, comment="the unit that handed it over, by name"),
        sa.Column("sent_on", sa.Date(), nullable=False),
        sa.Column("receipt_no", sa.String(), nullable=True, comment="number of the list that both sides signed"),
        sa.Column("filed_on", sa.Date(), nullable=False, comment="when it was registered there"),
        sa.Column(
            "accepted_on",
            sa.Date(),
            nullable=True,
            comment="accepted there; the mediation term runs since",
        ),
        sa.Column(
            "state",
            sa.String(),
            nullable=False,
            comment="where it stood, in our words: registered | assessing | accepted",
        ),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_case_origins_case_id")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_case_origins_tenant_id")),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_case_origins")),
        sa.UniqueConstraint(
            "tenant_id", "system", "outside_no", name=op.f("uq_case_origins_tenant_id_system_outside_no")
        ),
    )
    op.create_index("ix_case_origins_intake", "case_origins", ["intake_id", "case_id"])
    op.create_index("ix_case_origins_outside_no", "case_origins", ["outside_no"])
    lock("case_origins", "select, insert")
    op.execute(f"create policy app_read on case_origins for select to {APP} using (case_sight(case_id, recorded_at))")
    op.execute(f"create policy app_insert on case_origins for insert to {APP} with check (case_shows(case_id))")


def _intakes() -> None:
    op.create_table(
        "intakes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False, comment="who uploaded it, and confirmed it"),
        sa.Column("post_id", sa.Uuid(), nullable=True, comment="in which post"),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("system", sa.String(), nullable=False, comment="the system that it comes from, by name"),
        sa.Column("sender", sa.String(), nullable=False, comment="the unit that hands over, by name"),
        sa.Column("sent_on", sa.Date(), nullable=False),
        sa.Column("receipt_no", sa.String(), nullable=True, comment="number of the list that both sides signed"),
        sa.Column("kind", sa.String(), nullable=False, comment="csv | xlsx | json"),
        sa.Column("lines", sa.Integer(), nullable=False, comment="of the file, without its header"),
        sa.Column("name", sa.LargeBinary(), nullable=True, comment="of the file"),
        sa.Column("content", sa.LargeBinary(), nullable=True, comment="what was read of it, as text; null = gone"),
        sa.Column("mapping", sa.LargeBinary(), nullable=True),
        sa.Column("report", sa.LargeBinary(), nullable=True, comment="of the dry run"),
        sa.Column("cases", sa.Integer(), nullable=True, comment="how many came in"),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("imported_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["office_id"], ["offices.id"], name=op.f("fk_intakes_office_id")),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_intakes_person_id")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_intakes_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_intakes")),
    )
    op.create_index("ix_intakes_office", "intakes", ["office_id", "recorded_at"])
    _own("intakes", "select, insert, update")


def _mappings() -> None:
    op.create_table(
        "intake_mappings",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["office_id"], ["offices.id"], name=op.f("fk_intake_mappings_office_id")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_intake_mappings_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_intake_mappings")),
        sa.UniqueConstraint("office_id", "name", name=op.f("uq_intake_mappings_office_id_name")),
    )
    _own("intake_mappings", "select, insert, update, delete")


def _own(table: str, grants: str) -> None:
    """The own tenant's alone: a tier above oversees cases, not files on their way in."""
    lock(table, grants)
    own = f"{table}.tenant_id = (select case_tenant())"
    op.execute(f"create policy app_all on {table} to {APP} using ({own}) with check ({own})")


FUNCTIONS = """
-- Definer: a number is taken also where its case has gone on to another holder, or its reader is excluded from it.
create function origin_numbers(p_system text) returns setof varchar
language sql stable security definer set search_path = public, pg_temp as
$$ select outside_no from case_origins where tenant_id = case_tenant() and system = p_system $$;

-- What is not in after its day is nobody's any more.
create function purge_intakes(p_now timestamptz) returns int
language sql security definer set search_path = public, pg_temp as
$$
    with gone as (
        update intakes set state = 'expired', name = null, content = null, mapping = null, report = null
        where expires_at <= p_now and state in ('uploaded', 'checked', 'confirmed') returning 1)
    select count(*)::int from gone
$$;

revoke all on function origin_numbers, purge_intakes from public;
grant execute on function origin_numbers to tiaojie_app;
grant execute on function purge_intakes to tiaojie_relay;
"""
