"""Casework: findings about units, deeds of entrustment, who looked, and a petitioner's way in."""

import sqlalchemy as sa
from alembic import op

from migrations.protection import open_to_party, protect_child, script

revision = "0003_casework"
down_revision = "0003_records"


def upgrade() -> None:
    op.create_table(
        "case_units",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("uscc", sa.String(), nullable=True, comment="统一社会信用代码"),
        sa.Column("found_by", sa.String(), nullable=False, comment="the paper or decision that says so"),
        sa.Column(
            "conflicts_tenant_id", sa.Integer(), nullable=True, comment="the tenant whose own organ this unit is"
        ),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_case_units_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_units")),
    )
    op.create_index("ix_case_units_case", "case_units", ["case_id", "role"], unique=False)
    op.create_table(
        "deeds",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column(
            "unit_clear", sa.Boolean(), nullable=False, comment="false: 责任主体不明, the petition office entrusts"
        ),
        sa.Column("unit_signs_by", sa.DateTime(timezone=True), nullable=False),
        sa.Column("void_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_deeds_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deeds")),
        sa.UniqueConstraint("number", name=op.f("uq_deeds_number")),
    )
    op.create_index("ix_deeds_in_force", "deeds", ["case_id"], unique=True, postgresql_where=sa.text("void_at is null"))
    op.create_table(
        "deed_signatures",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("deed_id", sa.Uuid(), nullable=False),
        sa.Column("capacity", sa.String(), nullable=False),
        sa.Column("signed_name", sa.LargeBinary(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_deed_signatures_case_id")),
        sa.ForeignKeyConstraint(["deed_id"], ["deeds.id"], name=op.f("fk_deed_signatures_deed_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deed_signatures")),
    )
    op.create_index("ix_deed_signatures_deed", "deed_signatures", ["deed_id", "capacity"], unique=True)
    op.create_table(
        "reveals",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("party_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=True),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_reveals_case_id")),
        sa.ForeignKeyConstraint(["party_id"], ["parties.id"], name=op.f("fk_reveals_party_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reveals")),
    )
    op.create_index("ix_reveals_case", "reveals", ["case_id", "party_id", "recorded_at"], unique=False)
    for table in ("case_units", "deeds", "deed_signatures", "reveals"):
        protect_child(table)
    open_to_party("reveals", "reveals.party_id = (select case_person())")
    script(ENTRY)


# One row at most, and only for who holds both the number and the code of the receipt.
ENTRY = """
create function petitioner_entry(number text, code_hash bytea) returns table (case_id uuid, party_id uuid)
language sql stable security definer set search_path = public, pg_temp as
$$ select c.id, p.id from cases c join parties p on p.case_id = c.id
   where c.registration_no = number and p.receipt_hash = code_hash and p.side = 'petitioner' $$;
-- Whose number stands on the receipts: a case that was split off has the receipts of the case it came from.
create function receipts_number(number text) returns text
language sql stable security definer set search_path = public, pg_temp as
$$ select coalesce(origin.registration_no, c.registration_no) from cases c
   left join cases origin on origin.id = c.parent_case_id where c.registration_no = number $$;
revoke all on function petitioner_entry, receipts_number from public;
grant execute on function petitioner_entry, receipts_number to tiaojie_app;
"""
