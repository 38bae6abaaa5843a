"""Policy documents down the tree, plans derived from them, receipts and reports clause by clause (64, 58)."""

import sqlalchemy as sa
from alembic import op

from migrations.protection import APP, lock, script

revision = "0061_documents"
down_revision = "0060_leaders"

OWN = "tenant_id = (select scope_tenant())"
DRAFT = f"exists (select from policy_documents d where d.id = document_id and d.{OWN} and d.status = 'draft')"


def upgrade() -> None:
    tables()
    script(ABOVE)
    documents()
    of_documents()
    for table in ("document_receipts", "report_duties"):
        sent_down(table)
    lock("clause_reports", "select, insert")
    op.execute(f"create policy app_read on clause_reports for select to {APP} using ((select tenant_below(tenant_id)))")
    op.execute(f"create policy app_insert on clause_reports for insert to {APP} with check ({OWN})")


def documents() -> None:
    """Drafts are the own tenant's; what was issued is read by those above and by all it went to, never beside."""
    lock("policy_documents")
    op.execute(
        f"create policy app_read on policy_documents for select to {APP} using ({OWN} or (issued_at is not null and"
        " ((select tenant_below(policy_documents.tenant_id)) or (select tenant_above(policy_documents.tenant_id)))))"
    )
    op.execute(f"create policy app_insert on policy_documents for insert to {APP} with check ({OWN})")
    op.execute(f"create policy app_update on policy_documents for update to {APP} using ({OWN}) with check ({OWN})")


def of_documents() -> None:
    """Clauses and files are read with their document and written while it is a draft."""
    reads = "exists (select from policy_documents d where d.id = document_id)"
    for table in ("document_clauses", "document_attachments"):
        lock(table, "select, insert, update, delete")
        op.execute(f"create policy app_read on {table} for select to {APP} using ({reads})")
        op.execute(f"create policy app_insert on {table} for insert to {APP} with check ({OWN} and {DRAFT})")
        op.execute(f"create policy app_update on {table} for update to {APP} using ({DRAFT}) with check ({DRAFT})")
        op.execute(f"create policy app_delete on {table} for delete to {APP} using ({DRAFT})")


def sent_down(table: str) -> None:
    """Read by whom it was sent to and by those above; made by the issuer; what was signed or reported stays."""
    lock(table)
    below = f"(select tenant_below({table}.tenant_id))"
    done = {"document_receipts": "signed_at", "report_duties": "reported_at"}[table]
    op.execute(f"create policy app_read on {table} for select to {APP} using ({below})")
    op.execute(
        f"create policy app_insert on {table} for insert to {APP}"
        f" with check (issuer_id = (select scope_tenant()) and {below} and {done} is null)"
    )
    op.execute(
        f"create policy app_update on {table} for update to {APP} using ({below} and {done} is null)"
        f" with check ({OWN} or ({below} and {done} is null))"
    )


ABOVE = """
create function tenant_above(tenant int) returns boolean language sql stable as
$$ select exists (select from tenants t where t.id = scope_tenant()
                  and tenant in (t.province_id, t.prefecture_id, t.county_id, t.township_id)) $$;
"""


def tables() -> None:
    op.create_table(
        "policy_documents",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("series_id", sa.Uuid(), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("number", sa.String(), nullable=False, comment="文号"),
        sa.Column("dated", sa.Date(), nullable=False),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.Column("parent_series_id", sa.Uuid(), nullable=True),
        sa.Column("commentary", sa.String(), nullable=True, comment="解读"),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("receipt_by", sa.Date(), nullable=True, comment="until when those below sign its receipt"),
        sa.Column(
            "report_tiers", sa.ARRAY(sa.String()), nullable=False, comment="who below reports on clauses with a day"
        ),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("justice_by", sa.Uuid(), nullable=True),
        sa.Column("justice_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("petition_by", sa.Uuid(), nullable=True),
        sa.Column("petition_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["parent_id"], ["policy_documents.id"], name=op.f("fk_policy_documents_parent_id")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_policy_documents_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_policy_documents")),
        sa.UniqueConstraint("series_id", "edition", name=op.f("uq_policy_documents_series_id_edition")),
    )
    op.create_index(
        "ix_policy_documents_parent",
        "policy_documents",
        ["parent_series_id"],
        unique=False,
        postgresql_where=sa.text("parent_series_id is not null"),
    )
    op.create_index("ix_policy_documents_tenant", "policy_documents", ["tenant_id", "recorded_at"], unique=False)
    op.create_index(
        "uq_policy_documents_draft",
        "policy_documents",
        ["series_id"],
        unique=True,
        postgresql_where=sa.text("status = 'draft'"),
    )
    op.create_table(
        "clause_reports",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.Column("clause_key", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("progress", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["document_id"], ["policy_documents.id"], name=op.f("fk_clause_reports_document_id")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_clause_reports_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clause_reports")),
    )
    op.create_index(
        "ix_clause_reports_clause",
        "clause_reports",
        ["document_id", "clause_key", "tenant_id", "recorded_at"],
        unique=False,
    )
    op.create_table(
        "document_attachments",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("media_type", sa.String(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"], ["policy_documents.id"], name=op.f("fk_document_attachments_document_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document_attachments")),
    )
    op.create_index(op.f("ix_document_attachments_document_id"), "document_attachments", ["document_id"], unique=False)
    op.create_table(
        "document_clauses",
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("path", sa.String(), nullable=False, comment="六(四)1; empty = what stands before the first"),
        sa.Column("stance", sa.String(), nullable=True, comment="of a derived plan only"),
        sa.Column("parent_key", sa.Uuid(), nullable=True, comment="the clause above"),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column(
            "reason", sa.String(), nullable=True, comment="of what differs from the clause above or from the source"
        ),
        sa.Column("report_by", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["document_id"], ["policy_documents.id"], name=op.f("fk_document_clauses_document_id")),
        sa.PrimaryKeyConstraint("document_id", "key", name=op.f("pk_document_clauses")),
    )
    op.create_table(
        "document_receipts",
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("issuer_id", sa.Integer(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("receipt_by", sa.Date(), nullable=True),
        sa.Column("signed_by", sa.Uuid(), nullable=True),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "told_at", sa.DateTime(timezone=True), nullable=True, comment="when it was told that nobody has signed"
        ),
        sa.ForeignKeyConstraint(
            ["document_id"], ["policy_documents.id"], name=op.f("fk_document_receipts_document_id")
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_document_receipts_tenant_id")),
        sa.PrimaryKeyConstraint("document_id", "tenant_id", name=op.f("pk_document_receipts")),
    )
    op.create_index(
        "ix_document_receipts_late",
        "document_receipts",
        ["receipt_by"],
        unique=False,
        postgresql_where=sa.text("signed_at is null and told_at is null and receipt_by is not null"),
    )
    op.create_index("ix_document_receipts_tenant", "document_receipts", ["tenant_id"], unique=False)
    op.create_table(
        "report_duties",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.Column("clause_key", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("issuer_id", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True, comment="a new edition asks anew"),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True, comment="when it was told as overdue"),
        sa.ForeignKeyConstraint(["document_id"], ["policy_documents.id"], name=op.f("fk_report_duties_document_id")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_report_duties_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_duties")),
        sa.UniqueConstraint(
            "document_id", "clause_key", "tenant_id", name=op.f("uq_report_duties_document_id_clause_key_tenant_id")
        ),
    )
    op.create_index(
        "ix_report_duties_late",
        "report_duties",
        ["due_on"],
        unique=False,
        postgresql_where=sa.text("reported_at is null and ended_at is null and told_at is null"),
    )
    op.create_index("ix_report_duties_tenant", "report_duties", ["tenant_id", "due_on"], unique=False)
