"""The books: purposes and reversals of entries, entries without a case, bills to units, undertakings, advances."""

import sqlalchemy as sa
from alembic import op

from migrations.protection import APP

revision = "0052_ledger"
down_revision = "0051_claims"


def upgrade() -> None:
    _entries()


def _entries() -> None:
    op.alter_column("ledger_entries", "case_id", nullable=True, comment="null: duty and budgets have none")
    for name, kind, comment in COLUMNS:
        op.add_column("ledger_entries", sa.Column(name, kind, nullable=True, comment=comment))
    # What stands was made by settlements and trips alone; the books are otherwise closed to every change.
    op.execute("alter table ledger_entries disable trigger append_only")
    op.execute(FILL)
    op.execute("alter table ledger_entries enable trigger append_only")
    for name in ("level", "purpose", "ground"):
        op.alter_column("ledger_entries", name, nullable=False)
    op.create_index("ix_ledger_entries_books", "ledger_entries", ["tenant_id", "year", "recorded_at", "id"])
    op.create_index("ix_ledger_entries_source", "ledger_entries", ["source"])
    op.create_index(
        "uq_ledger_entries_reverses",
        "ledger_entries",
        ["reverses"],
        unique=True,
        postgresql_where=sa.text("debit_fen > 0"),
    )
    op.execute("drop policy app_read on ledger_entries")
    op.execute("drop policy app_insert on ledger_entries")
    op.execute(f"create policy app_read on ledger_entries for select to {APP} using ({READ})")
    op.execute(f"create policy app_insert on ledger_entries for insert to {APP} with check ({WRITTEN})")


COLUMNS = (
    ("level", sa.String(), "tier of the books"),
    ("purpose", sa.String(), "code of purposes.Purpose"),
    ("ground", sa.String(), "code of purposes.Ground: kind of what made the entry"),
    ("reverses", sa.Uuid(), "the transaction that this one takes back, once"),
    ("reason", sa.String(), "code of reversals.Reason"),
)
FILL = """
update ledger_entries e set level = t.tier,
    purpose = case when e.source like 'travel_requests:%' then 'travel' else 'subsidy' end,
    ground = case when e.source like 'travel_requests:%' then 'trip' else 'settlement' end
from tenants t where t.id = e.tenant_id
"""

BOOKS = "(select case_tenant()) is not null and tenant_below(tenant_id)"
READ = f"tenant_id = (select case_tenant()) or case_sight(case_id, recorded_at) or ({BOOKS})"
"""The books of the own tenant and of those below, whoever holds the case by now; and the entries of a case in sight."""
WRITTEN = f"(case_id is not null and case_shows(case_id)) or ({BOOKS})"
