"""借阅登记 of archived dossiers: each loan and each return, added only."""

import sqlalchemy as sa
from alembic import op

from migrations.protection import protect_child

revision = "0037_borrowing"
down_revision = "0036_own_business"


def upgrade() -> None:
    _loans()
    _returns()
    for table in ("borrowings", "borrowing_returns"):
        protect_child(table, "select, insert")


def _loans() -> None:
    op.create_table(
        "borrowings",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("ordinal", sa.SmallInteger(), nullable=False),
        sa.Column("reader", sa.String(), nullable=False, comment="codes of dossiers.borrowing.Reader"),
        sa.Column("borrower", sa.LargeBinary(), nullable=False, comment="the person's name"),
        sa.Column("unit", sa.String(), nullable=False, comment="the body or office that the borrower comes from"),
        sa.Column("letter_no", sa.String(), nullable=True, comment="of that body's letter"),
        sa.Column("purpose", sa.LargeBinary(), nullable=False),
        sa.Column("manner", sa.String(), nullable=False, comment="codes of dossiers.borrowing.Manner"),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("consented_by", sa.Uuid(), nullable=True, comment="who answers for the keeper"),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_borrowings_case_id_cases")),
        sa.ForeignKeyConstraint(["consented_by"], ["persons.id"], name=op.f("fk_borrowings_consented_by_persons")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_borrowings")),
        sa.UniqueConstraint("case_id", "ordinal", name=op.f("uq_borrowings_case_id_ordinal")),
    )


def _returns() -> None:
    op.create_table(
        "borrowing_returns",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("borrowing_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("condition", sa.String(), nullable=False, comment="codes of dossiers.borrowing.Condition"),
        sa.Column("note", sa.LargeBinary(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["borrowing_id"], ["borrowings.id"], name=op.f("fk_borrowing_returns_borrowing_id_borrowings")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_borrowing_returns_case_id_cases")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_borrowing_returns")),
        sa.UniqueConstraint("borrowing_id", name=op.f("uq_borrowing_returns_borrowing_id")),
    )
    op.create_index("ix_borrowing_returns_case", "borrowing_returns", ["case_id"], unique=False)
