"""Many cases handed over in one act, with a report per case; and the indexes of the outbox and of what was decided."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from migrations.protection import APP, lock

revision = "0044_bulk"
down_revision = "0043_tree_plans"


def upgrade() -> None:
    _batches()
    _items()
    _protection()
    for name, column in (("sent", "from_office_id"), ("received", "to_office_id")):
        op.create_index(
            f"ix_handover_offers_{name}",
            "handover_offers",
            [column, "decided_at", "id"],
            postgresql_where=sa.text("state <> 'open'"),
        )
    op.create_index(
        "ix_handover_offers_outbox",
        "handover_offers",
        ["from_office_id", "recorded_at"],
        postgresql_where=sa.text("state = 'open'"),
    )


def _batches() -> None:
    op.create_table(
        "bulk_batches",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("form", JSONB(), nullable=False, comment="the act's own form, the same for every case"),
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("post_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("token_id", sa.Uuid(), nullable=True),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        *(
            sa.ForeignKeyConstraint([column], [f"{table}.id"], name=op.f(f"fk_bulk_batches_{column}"))
            for column, table in REFERENCES.items()
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bulk_batches")),
    )
    op.create_index("ix_bulk_batches_office", "bulk_batches", ["office_id", sa.text("id desc")])
    op.create_index(
        "ix_bulk_batches_running", "bulk_batches", ["person_id"], postgresql_where=sa.text("state = 'running'")
    )


REFERENCES = {
    "tenant_id": "tenants",
    "office_id": "offices",
    "post_id": "posts",
    "person_id": "persons",
    "token_id": "tokens",
}


def _items() -> None:
    op.create_table(
        "bulk_items",
        sa.Column("batch_id", sa.Uuid(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("asked", sa.String(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("refusal", JSONB(), nullable=True, comment="code, and msgids with their parameters"),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["batch_id"], ["bulk_batches.id"], name=op.f("fk_bulk_items_batch_id")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_bulk_items_case_id")),
        sa.PrimaryKeyConstraint("batch_id", "ordinal", name=op.f("pk_bulk_items")),
    )
    op.create_index("uq_bulk_items_case", "bulk_items", ["batch_id", "case_id"], unique=True)
    op.create_index(
        "ix_bulk_items_waiting", "bulk_items", ["batch_id", "ordinal"], postgresql_where=sa.text("state = 'waiting'")
    )


def _protection() -> None:
    """A batch is its own tenant's, and no one's above it; nobody starts one in another's name."""
    own = "tenant_id = (select case_tenant())"
    lock("bulk_batches", "select, insert")
    op.execute(f"grant update (state, ended_at) on bulk_batches to {APP}")
    op.execute(f"create policy app_read on bulk_batches for select to {APP} using ({own})")
    op.execute(
        f"create policy app_insert on bulk_batches for insert to {APP}"
        f" with check ({own} and person_id = (select case_person()) and state = 'running')"
    )
    op.execute(f"create policy app_update on bulk_batches for update to {APP} using ({own}) with check ({own})")
    # Who was removed from a case finds it in no report either.
    mine = "exists (select from bulk_batches b where b.id = batch_id) and (case_id is null or not removed(case_id))"
    lock("bulk_items", "select, insert")
    op.execute(f"grant update (state, refusal, decided_at) on bulk_items to {APP}")
    op.execute(f"create policy app_read on bulk_items for select to {APP} using ({mine})")
    op.execute(f"create policy app_insert on bulk_items for insert to {APP} with check ({mine})")
    op.execute(f"create policy app_update on bulk_items for update to {APP} using ({mine}) with check ({mine})")
