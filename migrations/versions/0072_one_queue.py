"""Reports on clauses, receipts and answers to findings stand in the one queue of days."""

import sqlalchemy as sa
from alembic import op

from migrations.deadlines import watch
from migrations.protection import script
from migrations.tree_papers import FOLLOWING

revision = "0072_one_queue"
down_revision = "0071_documents_walked"

QUEUED = {
    "report_duties": "ix_report_duties_late",
    "document_receipts": "ix_document_receipts_late",
    "inspection_findings": "ix_inspection_findings_late",
}
KEY = "md5(document_id::text || '/' || tenant_id::text)::uuid"


def upgrade() -> None:
    op.add_column("document_receipts", sa.Column("id", sa.Uuid(), sa.Computed(KEY, persisted=True), nullable=False))
    op.create_unique_constraint(op.f("uq_document_receipts_id"), "document_receipts", ["id"])
    watch("report_duties", _end_of("due_on"), "reported_at is null and ended_at is null", case="null::uuid")
    watch("document_receipts", _end_of("receipt_by"), "signed_at is null and ended_at is null", case="null::uuid")
    watch("inspection_findings", "deadline", "state in ('sent', 'returned')")
    for table, index in QUEUED.items():
        told = f"select id from {table} where told_at is not null"
        op.execute(f"delete from deadlines where source = '{table}' and row_id in ({told})")
        op.drop_index(index, table)
    anew = "create or replace function tree_papers"
    script(FOLLOWING.replace("create function tree_papers", anew).replace(", told_at = null", ""))
    for table in QUEUED:
        op.drop_column(table, "told_at")


def _end_of(day: str) -> str:
    """Its last second."""
    return f"(({day} + 1)::timestamp at time zone 'Asia/Shanghai' - interval '1 second')"
