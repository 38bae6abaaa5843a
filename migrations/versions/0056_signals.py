"""Signals for those who review claims, and prints of claimed dossiers: keyed hashes, no words."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from migrations.protection import APP, lock

revision = "0056_signals"
down_revision = "0055_payments"


def upgrade() -> None:
    _prints()
    _signals()
    op.create_index("ix_settlements_year", "settlements", ["tenant_id", "year", "recorded_at"])
    op.create_index("ix_travel_requests_person", "travel_requests", ["person_id", "starts_on"])
    op.execute("select keep_past_of('funding_signals')")


def _prints() -> None:
    op.create_table(
        "dossier_prints",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Integer(), nullable=False, comment="whose books the claim is in"),
        sa.Column("year", sa.SmallInteger(), nullable=False),
        sa.Column("source", sa.String(), nullable=False, comment="kind of paper, or evidence"),
        sa.Column("thing_id", sa.Uuid(), nullable=False, comment="row of papers or evidence"),
        sa.Column("digest", sa.LargeBinary(), nullable=False, comment="HMAC of the letters, or of the file's hash"),
        sa.Column("sketch", sa.LargeBinary(), nullable=True),
        sa.Column("bands", sa.ARRAY(sa.BigInteger()), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_dossier_prints_case_id")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_dossier_prints_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dossier_prints")),
        sa.UniqueConstraint("thing_id", "tenant_id", "year", name=op.f("uq_dossier_prints_thing_id_tenant_id_year")),
    )
    op.create_index("ix_dossier_prints_case", "dossier_prints", ["case_id"])
    op.create_index("ix_dossier_prints_digest", "dossier_prints", ["tenant_id", "year", "digest"])
    op.create_index("ix_dossier_prints_bands", "dossier_prints", ["bands"], postgresql_using="gin")
    _protect("dossier_prints", "select, insert", JOB)


def _signals() -> None:
    op.create_table(
        "funding_signals",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Integer(), nullable=False, comment="of the claim"),
        sa.Column("year", sa.SmallInteger(), nullable=False),
        sa.Column("ground", sa.String(), nullable=False, comment="code of signals.Ground"),
        sa.Column("claim_kind", sa.String(), nullable=False, comment="code of signals.Kind"),
        sa.Column("claim_id", sa.Uuid(), nullable=False, comment="row of settlements, travel_requests or duty_days"),
        sa.Column("case_id", sa.Uuid(), nullable=True, comment="null: a day of duty has none"),
        sa.Column("other_kind", sa.String(), nullable=False, comment="code of signals.Kind"),
        sa.Column("other_id", sa.Uuid(), nullable=False, comment="what the claim was compared with"),
        sa.Column("figures", JSONB(), nullable=False, comment="numbers, days and codes that were compared; no words"),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer", sa.String(), nullable=True, comment="code of signals.Answer; null = open"),
        sa.Column("effect", sa.String(), nullable=True, comment="code of signals.Effect, when upheld"),
        sa.Column("reason", sa.LargeBinary(), nullable=True),
        sa.Column("answered_by", sa.Uuid(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["answered_by"], ["persons.id"], name=op.f("fk_funding_signals_answered_by")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_funding_signals_case_id")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_funding_signals_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_funding_signals")),
        sa.UniqueConstraint("claim_id", "ground", "other_id", name=op.f("uq_funding_signals_claim_id_ground_other_id")),
    )
    op.create_index("ix_funding_signals_case", "funding_signals", ["case_id"])
    op.create_index("ix_funding_signals_tenant", "funding_signals", ["tenant_id", "found_at"])
    op.create_index(
        "ix_funding_signals_open", "funding_signals", ["tenant_id"], postgresql_where=sa.text("answer is null")
    )
    _protect("funding_signals", "select, insert, update (answer, effect, reason, answered_by, answered_at)", READER)


BELOW = "tenant_below(heir_of({table}.tenant_id))"
"""Of a merged tenant: its successor's."""
READER = f"(select case_tenant()) is not null and {BELOW}"
JOB = f"(select case_tenant()) is not null and scope_person() = '00000000-0000-0000-0000-000000000000' and {BELOW}"
"""Prints serve the job that compares them; no post reads them."""


def _protect(table: str, grants: str, test: str) -> None:
    lock(table, grants)
    test = test.format(table=table)
    op.execute(f"create policy app_read on {table} for select to {APP} using ({test})")
    op.execute(f"create policy app_insert on {table} for insert to {APP} with check ({test})")
    if "update" in grants:
        op.execute(f"create policy app_update on {table} for update to {APP} using ({test}) with check ({test})")
