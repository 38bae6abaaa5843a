"""The books: purposes and reversals of entries, entries without a case, bills to units, undertakings, advances."""

import sqlalchemy as sa
from alembic import op

from migrations.ledger_of_old import CHANGES, ENTRIES
from migrations.protection import APP, lock, protect_child, script

revision = "0052_ledger"
down_revision = "0051_claims"


def upgrade() -> None:
    _entries()
    _bills()
    _undertakings()
    _fee_payments()
    for table in ("bills", "fee_payments"):
        _protect_books(table)
        op.execute(f"select keep_past_of('{table}')")
    for table in ("bill_steps", "undertakings", "fee_refunds"):
        protect_child(table, "select, insert")
        op.execute(f"alter policy app_read on {table} using (case_sight(case_id, recorded_at))")
    _of_old()
    op.alter_column("case_links", "kind", comment="split_to | split_from | same_matter")
    op.create_index(
        "ix_case_links_matter", "case_links", ["other_case_id"], postgresql_where=sa.text("kind = 'same_matter'")
    )
    script(SAME_MATTER)


def _entries() -> None:
    op.alter_column("ledger_entries", "case_id", nullable=True, comment="null: duty and budgets have none")
    for name, kind, comment in COLUMNS:
        op.add_column("ledger_entries", sa.Column(name, kind, nullable=True, comment=comment))
    op.create_index("ix_ledger_entries_books", "ledger_entries", ["tenant_id", "year", "transaction_id", "id"])
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


def _of_old() -> None:
    """What stands was made by settlements and trips alone; the books are otherwise closed to every change."""
    op.execute("alter table ledger_entries disable trigger append_only")
    for statement in (FILL, *CHANGES):
        op.execute(statement)
    op.execute("alter table ledger_entries enable trigger append_only")
    for name in ("level", "purpose", "ground"):
        op.alter_column("ledger_entries", name, nullable=False)
    for statement in (*ENTRIES, "set constraints all immediate"):
        op.execute(statement)


def _bills() -> None:
    op.create_table(
        "bills",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Integer(), nullable=False, comment="whose books"),
        sa.Column("bill_no", sa.String(), nullable=False),
        sa.Column("ground", sa.String(), nullable=False, comment="code of purposes.Ground"),
        sa.Column("ground_id", sa.Uuid(), nullable=False, comment=GROUND_ID),
        sa.Column("payer", sa.String(), nullable=False, comment="code of answers.Payer"),
        sa.Column("bearer", sa.String(), nullable=False, comment="code of answers.Bearer"),
        sa.Column("name", sa.String(), nullable=True, comment="a unit's name, never a person's"),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("line", sa.String(), nullable=False, comment="row of the payer table"),
        sa.Column("clause", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False, comment="code of BillState"),
        sa.Column("transaction_id", sa.Uuid(), nullable=True, comment=OWED_BY),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_bills_case_id")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_bills_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bills")),
        sa.UniqueConstraint("bill_no", name=op.f("uq_bills_bill_no")),
    )
    op.create_index("ix_bills_case", "bills", ["case_id"])
    op.create_index("ix_bills_books", "bills", ["tenant_id", "state", "due_on", "id"])
    standing = sa.text("state <> 'withdrawn'")
    op.create_index("uq_bills_ground", "bills", ["ground_id"], unique=True, postgresql_where=standing)
    op.create_table(
        "bill_steps",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("bill_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False, comment="code of StepKind"),
        sa.Column("amount_fen", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.LargeBinary(), nullable=True),
        sa.Column("proof_id", sa.Uuid(), nullable=True),
        sa.Column("voucher_no", sa.String(), nullable=True),
        sa.Column("transaction_id", sa.Uuid(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["bill_id"], ["bills.id"], name=op.f("fk_bill_steps_bill_id")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_bill_steps_case_id")),
        sa.ForeignKeyConstraint(["proof_id"], ["stored_files.id"], name=op.f("fk_bill_steps_proof_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bill_steps")),
    )
    op.create_index("ix_bill_steps_case", "bill_steps", ["case_id"])
    op.create_index("ix_bill_steps_bill", "bill_steps", ["bill_id", "recorded_at"])


def _undertakings() -> None:
    op.create_table(
        "undertakings",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("party_id", sa.Uuid(), nullable=False, comment="a unit that is a party"),
        sa.Column("signed_on", sa.Date(), nullable=False),
        sa.Column("proof_id", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_undertakings_case_id")),
        sa.ForeignKeyConstraint(["party_id"], ["parties.id"], name=op.f("fk_undertakings_party_id")),
        sa.ForeignKeyConstraint(["proof_id"], ["stored_files.id"], name=op.f("fk_undertakings_proof_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_undertakings")),
    )
    op.create_index("ix_undertakings_case", "undertakings", ["case_id"])


def _fee_payments() -> None:
    op.create_table(
        "fee_payments",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("fee_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False, comment="code of PaymentKind"),
        sa.Column("state", sa.String(), nullable=False, comment="code of PaymentState"),
        sa.Column("tenant_id", sa.Integer(), nullable=False, comment="whose books"),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("approved_by", sa.Uuid(), nullable=False),
        sa.Column("paid_by", sa.Uuid(), nullable=True),
        sa.Column("paid_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("voucher_no", sa.String(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["approved_by"], ["persons.id"], name=op.f("fk_fee_payments_approved_by")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_fee_payments_case_id")),
        sa.ForeignKeyConstraint(["fee_id"], ["fees.id"], name=op.f("fk_fee_payments_fee_id")),
        sa.ForeignKeyConstraint(["paid_by"], ["persons.id"], name=op.f("fk_fee_payments_paid_by")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_fee_payments_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fee_payments")),
    )
    op.create_index("ix_fee_payments_case", "fee_payments", ["case_id"])
    op.create_index("uq_fee_payments_fee", "fee_payments", ["fee_id"], unique=True)
    op.create_index("ix_fee_payments_books", "fee_payments", ["tenant_id", "state", "recorded_at", "id"])
    op.create_table(
        "fee_refunds",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("fee_id", sa.Uuid(), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("refunded_on", sa.Date(), nullable=False),
        sa.Column("proof_id", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_fee_refunds_case_id")),
        sa.ForeignKeyConstraint(["fee_id"], ["fees.id"], name=op.f("fk_fee_refunds_fee_id")),
        sa.ForeignKeyConstraint(["proof_id"], ["stored_files.id"], name=op.f("fk_fee_refunds_proof_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fee_refunds")),
    )
    op.create_index("ix_fee_refunds_case", "fee_refunds", ["case_id"])


def _protect_books(table: str) -> None:
    """Rows of a case that stand in somebody's books: read as the ledger is, written where the case shows."""
    lock(table)
    op.execute(f"create policy app_read on {table} for select to {APP} using ({READ})")
    op.execute(f"create policy app_insert on {table} for insert to {APP} with check ({WRITTEN})")
    op.execute(f"create policy app_update on {table} for update to {APP} using ({WRITTEN}) with check ({WRITTEN})")


GROUND_ID = "row of settlement_charges, travel_requests or fee_payments"
OWED_BY = "of the receivable; null while an undertaking lacks"
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
READ = f"tenant_id = (select case_tenant()) or ({BOOKS}) or case_sight(case_id, recorded_at)"
"""The books of the own tenant and of those below, whoever holds the case by now; and the entries of a case in sight."""
WRITTEN = f"(case_id is not null and case_shows(case_id)) or ({BOOKS})"
SAME_MATTER = """
-- Cases that are one matter by a link on file, in either direction, directly or through others.
create function same_matters(p_case uuid) returns setof uuid
language sql stable security definer set search_path = public, pg_temp as
$$ with recursive linked(id) as (
       select p_case
       union select case when l.case_id = linked.id then l.other_case_id else l.case_id end
       from linked join case_links l on linked.id in (l.case_id, l.other_case_id) and l.kind = 'same_matter')
   select id from linked $$;

-- What the others were settled with: amounts alone, of a case that the caller sees. Holds the whole matter until the
-- transaction ends, so that two of its cases can't be settled at once.
create function settled_in_linked(p_case uuid, out in_full boolean, out discretionary_fen bigint)
language plpgsql security definer set search_path = public, pg_temp as
$$
begin
    if not case_shows(p_case) then raise exception 'not the case of the caller' using errcode = 'TJ403'; end if;
    perform pg_advisory_xact_lock(hashtextextended('same matter ' || min(m::text), 0)) from same_matters(p_case) m;
    select coalesce(bool_or(c.outcome in ('agreed', 'oral', 'struck_off')), false),
           coalesce(sum(s.amount_fen) filter (where c.outcome not in ('agreed', 'oral', 'struck_off')), 0)
    into in_full, discretionary_fen
    from same_matters(p_case) m join cases c on c.id = m and c.id <> p_case
    join settlements s on s.case_id = c.id and s.status not in ('returned', 'replaced');
end
$$;

-- The case of a number, for who has another one in sight; whoever holds it.
create function case_called(p_case uuid, p_number text) returns uuid
language sql stable security definer set search_path = public, pg_temp as
$$ select id from cases where (registration_no = p_number or case_no = p_number) and case_shows(p_case) limit 1 $$;

revoke all on function same_matters, settled_in_linked, case_called from public;
grant execute on function settled_in_linked, case_called to tiaojie_app;
"""
