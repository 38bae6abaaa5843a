"""Documents, goals and findings follow a tree that changes (64, 9); figures of disputes of one type (53)."""

import sqlalchemy as sa
from alembic import op

from migrations.protection import APP, script
from migrations.similar import SIMILAR
from migrations.tree_papers import FOLLOWING, OVERSIGHT, SIGHT

revision = "0071_documents_walked"
down_revision = "0069_leaders_walked"

OWN = "tenant_id = (select scope_tenant())"


def upgrade() -> None:
    op.add_column(
        "document_receipts",
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True, comment="nobody has to sign any more"),
    )
    script(SIGHT)
    op.execute("drop policy app_read on policy_documents")
    op.execute(
        f"create policy app_read on policy_documents for select to {APP} using ({OWN} or (issued_at is not null and"
        " ((select tenant_below(policy_documents.tenant_id)) or (select tenant_above(policy_documents.tenant_id))"
        " or (select document_reached(policy_documents.id, policy_documents.tenant_id)))))"
    )
    op.execute("drop policy app_read on document_receipts")
    op.execute(
        f"create policy app_read on document_receipts for select to {APP} using"
        " (issuer_id = (select scope_tenant()) or (select tenant_below(document_receipts.tenant_id)))"
    )
    for part in (FOLLOWING, OVERSIGHT, SIMILAR):
        script(part)
