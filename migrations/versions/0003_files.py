"""Files of a case, and the answers kept by idempotency key."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.protection import APP, lock, protect_child

revision = "0003_files"
down_revision = "0003_casework"


def upgrade() -> None:
    op.create_table(
        "stored_files",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.LargeBinary(), nullable=False),
        sa.Column(
            "media_type",
            sa.String(),
            nullable=False,
            comment="application/pdf | image/jpeg | image/png, decided by content",
        ),
        sa.Column("size", sa.Integer(), nullable=False, comment="bytes of the plain file"),
        sa.Column("sha256", sa.LargeBinary(), nullable=False, comment="of the plain file"),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_stored_files_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stored_files")),
    )
    op.create_index(op.f("ix_stored_files_case_id"), "stored_files", ["case_id"])
    protect_child("stored_files", "select, insert")
    _idempotency_keys()


def _idempotency_keys() -> None:
    op.create_table(
        "idempotency_keys",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("route", sa.String(), nullable=False),
        sa.Column("request_hash", sa.LargeBinary(), nullable=False),
        sa.Column("status", sa.SmallInteger(), nullable=True, comment="null only inside the transaction of the act"),
        sa.Column("headers", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("person_id", "key", name=op.f("pk_idempotency_keys")),
    )
    op.create_index("ix_idempotency_keys_created_at", "idempotency_keys", ["created_at"])
    lock("idempotency_keys")
    mine = "(person_id = (select scope_person()))"
    op.execute(f"create policy app_own on idempotency_keys to {APP} using {mine} with check {mine}")
    op.execute("grant select, delete on idempotency_keys to tiaojie_relay")
    op.execute("create policy relay_forgets on idempotency_keys to tiaojie_relay using (true)")
