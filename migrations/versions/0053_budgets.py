"""Budgets of a year: lines, earmarks, joint requests."""

import sqlalchemy as sa
from alembic import op

from migrations.budgeting import BUDGETING, GRANTING, MERGING, RIGHTS
from migrations.counting_money import CLASSES, COUNTERS, RECOUNT
from migrations.protection import APP, lock, open_to_all, script

revision = "0053_budgets"
down_revision = "0052_ledger"

READ = ("budget_lines", "budget_holds", "budget_movements")
"""The application reads them; only the functions of the database write them."""
ASKED = {"budget_requests": "select, insert, update", "budget_request_items": "select, insert, update"}


def upgrade() -> None:
    tables()
    for sql in (BUDGETING, GRANTING, MERGING, RIGHTS):
        script(sql)
    for table in READ:
        lock(table, "select")
        op.execute(f"create policy app_read on {table} for select to {APP} using (budget_near(tenant_id))")
    for table, grants in ASKED.items():
        lock(table, grants)
        op.execute(f"create policy app_read on {table} for select to {APP} using ((select tenant_below(tenant_id)))")
        op.execute(f"create policy app_insert on {table} for insert to {APP} with check ({OWN})")
        op.execute(f"create policy app_update on {table} for update to {APP} using ({OWN}) with check ({OWN})")
    open_to_all("budget_settings")
    op.execute(f"grant insert on budget_settings to {APP}")
    op.execute(f"create policy app_insert on budget_settings for insert to {APP} with check ({OWN})")
    counting()


def counting() -> None:
    """Money by month, units' balances, settled cases: what stands is counted, then triggers follow."""
    op.add_column(
        "ledger_entries", sa.Column("case_class", sa.String(), nullable=True, comment="of its case when it was booked")
    )
    op.create_index("ix_ledger_entries_report", "ledger_entries", ["tenant_id", "account", "recorded_at", "id"])
    op.create_index(
        "ix_ledger_entries_unit",
        "ledger_entries",
        ["tenant_id", "payer_name", "recorded_at", "id"],
        postgresql_where=sa.text("account = 'receivable'"),
    )
    script(CLASSES)
    counters()
    op.create_index("ix_money_counts_month", "money_counts", ["month"])
    script(COUNTERS)
    script(RECOUNT)
    op.execute("select recount_money()")
    for table in ("money_counts", "unit_balances", "settled_counts"):
        lock(table, "select")
        op.execute(f"create policy app_read on {table} for select to {APP} using ({BELOW})")


BELOW = """
tenant_id in (select t.id from tenants t
              where (select scope_tenant()) in (t.province_id, t.prefecture_id, t.county_id, t.township_id))
"""
OWN = "tenant_id = (select scope_tenant())"


def tables() -> None:
    op.create_table(
        "budget_lines",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("year", sa.SmallInteger(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False, comment="code of purposes.Purpose"),
        sa.Column("fiscal_fen", sa.BigInteger(), nullable=False, comment="同级财政预算"),
        sa.Column("departmental_fen", sa.BigInteger(), nullable=False, comment="司法行政机关部门预算"),
        sa.Column("carried_fen", sa.BigInteger(), nullable=False, comment="carried over from the year before"),
        sa.Column("reserved_fen", sa.BigInteger(), nullable=False, comment="approved, not yet paid"),
        sa.Column("spent_fen", sa.BigInteger(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "least(fiscal_fen, departmental_fen, carried_fen, reserved_fen, spent_fen) >= 0",
            name=op.f("ck_budget_lines_not_below"),
        ),
        sa.CheckConstraint(
            "reserved_fen + spent_fen <= fiscal_fen + departmental_fen + carried_fen",
            name=op.f("ck_budget_lines_not_overdrawn"),
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_budget_lines_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_budget_lines")),
        sa.UniqueConstraint("tenant_id", "year", "purpose", name=op.f("uq_budget_lines_tenant_id_year_purpose")),
    )
    op.create_table(
        "budget_requests",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("year", sa.SmallInteger(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False, comment="code of budget_rows.RequestKind"),
        sa.Column("status", sa.String(), nullable=False, comment="code of budget_rows.RequestStatus"),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("prepared_by", sa.Uuid(), nullable=False),
        sa.Column("justice_by", sa.Uuid(), nullable=True),
        sa.Column("justice_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("petition_by", sa.Uuid(), nullable=True),
        sa.Column("petition_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True, comment="of the treasury"),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("document_no", sa.String(), nullable=True, comment="of the treasury's reply (批复文号)"),
        sa.Column("reply", sa.String(), nullable=True),
        sa.Column(
            "granted_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="when the lines got it: by the database, once",
        ),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("justice_by <> petition_by", name=op.f("ck_budget_requests_two_persons")),
        sa.ForeignKeyConstraint(["decided_by"], ["persons.id"], name=op.f("fk_budget_requests_decided_by")),
        sa.ForeignKeyConstraint(["justice_by"], ["persons.id"], name=op.f("fk_budget_requests_justice_by")),
        sa.ForeignKeyConstraint(["petition_by"], ["persons.id"], name=op.f("fk_budget_requests_petition_by")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_budget_requests_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_budget_requests")),
        sa.UniqueConstraint("number", name=op.f("uq_budget_requests_number")),
    )
    op.create_index("ix_budget_requests_tenant", "budget_requests", ["tenant_id", "year", "recorded_at"], unique=False)
    op.create_index(
        "uq_budget_requests_pending",
        "budget_requests",
        ["tenant_id", "year"],
        unique=True,
        postgresql_where=sa.text("status in ('open', 'submitted')"),
    )
    op.create_table(
        "budget_settings",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column(
            "carry_over",
            sa.Boolean(),
            nullable=False,
            comment="what is left goes on into the next year; off unless set",
        ),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("document_no", sa.String(), nullable=False, comment="of the fund rules it follows (资金管理办法)"),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_budget_settings_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_budget_settings")),
    )
    op.create_index("ix_budget_settings_tenant", "budget_settings", ["tenant_id", "valid_from"], unique=False)
    op.create_table(
        "budget_holds",
        sa.Column("ground", sa.String(), nullable=False, comment="code of purposes.Ground"),
        sa.Column("ground_id", sa.Uuid(), nullable=False),
        sa.Column("line_id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("reserved_fen", sa.BigInteger(), nullable=False),
        sa.Column("spent_fen", sa.BigInteger(), nullable=False, comment="from that line"),
        sa.Column("earlier_fen", sa.BigInteger(), nullable=False, comment="paid from lines of years before"),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("least(reserved_fen, spent_fen, earlier_fen) >= 0", name=op.f("ck_budget_holds_not_below")),
        sa.ForeignKeyConstraint(["line_id"], ["budget_lines.id"], name=op.f("fk_budget_holds_line_id")),
        sa.PrimaryKeyConstraint("ground", "ground_id", name=op.f("pk_budget_holds")),
    )
    op.create_index(
        "ix_budget_holds_open",
        "budget_holds",
        ["line_id", "ground", "ground_id"],
        unique=False,
        postgresql_where=sa.text("reserved_fen > 0"),
    )
    op.create_table(
        "budget_movements",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("line_id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False, comment="code of budget_lines.MovementKind"),
        sa.Column("place", sa.String(), nullable=True, comment="fiscal | departmental, of a grant"),
        sa.Column("fen", sa.BigInteger(), nullable=False),
        sa.Column(
            "ground",
            sa.String(),
            nullable=False,
            comment="code of purposes.Ground; budget = a request or the year's close",
        ),
        sa.Column("ground_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=True, comment="of which case, where it is one's"),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint("fen > 0", name=op.f("ck_budget_movements_some")),
        sa.ForeignKeyConstraint(["line_id"], ["budget_lines.id"], name=op.f("fk_budget_movements_line_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_budget_movements")),
    )
    op.create_index("ix_budget_movements_ground", "budget_movements", ["ground_id"], unique=False)
    op.create_index("ix_budget_movements_line", "budget_movements", ["line_id", "recorded_at", "id"], unique=False)
    op.create_table(
        "budget_request_items",
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("fiscal_fen", sa.BigInteger(), nullable=False),
        sa.Column("departmental_fen", sa.BigInteger(), nullable=False),
        sa.Column(
            "basis_fen", sa.BigInteger(), nullable=True, comment="last year's actual spending; null = first year"
        ),
        sa.Column("reason", sa.String(), nullable=True, comment="why it differs from last year's actual spending"),
        sa.Column("granted_fiscal_fen", sa.BigInteger(), nullable=True),
        sa.Column("granted_departmental_fen", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "granted_departmental_fen between 0 and departmental_fen",
            name=op.f("ck_budget_request_items_granted_departmental"),
        ),
        sa.CheckConstraint(
            "granted_fiscal_fen between 0 and fiscal_fen", name=op.f("ck_budget_request_items_granted_fiscal")
        ),
        sa.CheckConstraint("least(fiscal_fen, departmental_fen) >= 0", name=op.f("ck_budget_request_items_not_below")),
        sa.ForeignKeyConstraint(
            ["request_id"], ["budget_requests.id"], name=op.f("fk_budget_request_items_request_id")
        ),
        sa.PrimaryKeyConstraint("request_id", "purpose", name=op.f("pk_budget_request_items")),
    )


def counters() -> None:
    op.create_table(
        "money_counts",
        sa.Column("tenant_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("month", sa.Date(), nullable=False, comment="its first day"),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("payer", sa.String(), nullable=False),
        sa.Column("case_class", sa.String(), nullable=False, comment="of the case when it was booked"),
        sa.Column("debit_fen", sa.BigInteger(), nullable=False),
        sa.Column("credit_fen", sa.BigInteger(), nullable=False),
        sa.Column("entries", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint(
            "tenant_id", "month", "account", "purpose", "payer", "case_class", name=op.f("pk_money_counts")
        ),
    )
    op.create_table(
        "settled_counts",
        sa.Column("tenant_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("case_class", sa.String(), nullable=False),
        sa.Column("ending", sa.String(), nullable=False),
        sa.Column("cases", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "month", "case_class", "ending", name=op.f("pk_settled_counts")),
    )
    op.create_table(
        "unit_balances",
        sa.Column("tenant_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("payer_name", sa.String(), nullable=False, comment="a unit's name, never a person's"),
        sa.Column("year", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("charged_fen", sa.BigInteger(), nullable=False),
        sa.Column("received_fen", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "payer_name", "year", name=op.f("pk_unit_balances")),
    )
