"""Whatever is asked for by a key has an index on that key: a page of one case read whole tables of all cases.

Small tables hid it, since PostgreSQL reads them whole anyway. The index of the reversals held the debits alone, so that
nobody who asked without naming the side could use it; that of the linked cases one kind of link.
"""

import sqlalchemy as sa
from alembic import op

revision = "0079_found_by_key"
down_revision = "0078_nobody_waits_crosswise"

KEYS = (
    ("case_links", "ix_case_links_other", "other_case_id"),
    ("holder_disputes", "ix_holder_disputes_case", "case_id"),
    ("inspection_findings", "ix_inspection_findings_inspection", "inspection_id"),
    ("payer_decisions", "ix_payer_decisions_about", "about_id"),
    ("payment_lines", "ix_payment_lines_account", "account_id"),
    ("performances", "ix_performances_term", "term_id"),
    ("relief_checks", "ix_relief_checks_party", "party_id"),
    ("relief_referrals", "ix_relief_referrals_check", "check_id"),
    ("return_visits", "ix_return_visits_party", "party_id"),
    ("team_members", "ix_team_members_team", "team_id"),
)
REVERSES, LEDGER = "uq_ledger_entries_reverses", "ledger_entries"


def upgrade() -> None:
    for table, index, key in KEYS:
        op.create_index(index, table, [key])
    op.drop_index("ix_case_links_matter", "case_links")
    op.drop_index(REVERSES, LEDGER)
    sides = ["reverses", sa.text("(debit_fen > 0)")]
    op.create_index(REVERSES, LEDGER, sides, unique=True, postgresql_where=sa.text("reverses is not null"))
    awaited = sa.text("status in ('requested', 'approved')")
    op.create_index("ix_travel_requests_awaited", "travel_requests", ["office_id"], postgresql_where=awaited)
    unanswered = sa.text("outcome is null")
    op.create_index("ix_settlement_appeals_open", "settlement_appeals", ["settlement_id"], postgresql_where=unanswered)
