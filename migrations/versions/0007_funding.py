"""Funding: findings, fees, trips, the payer's decisions, the one settlement of a case, and the ledger."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.protection import protect_child, script

revision = "0007_funding"
down_revision = "0006_dossiers"

FIXED = (
    "payer_decisions", "responsibility_findings", "fees", "settlement_shares", "settlement_charges", "ledger_entries",
)  # fmt: skip
"""Rows that the application writes once and never changes."""
MOVING = ("travel_requests", "settlements")


def upgrade() -> None:
    op.create_table(
        "ledger_entries",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("transaction_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("debit_fen", sa.BigInteger(), nullable=False),
        sa.Column("credit_fen", sa.BigInteger(), nullable=False),
        sa.Column("tenant_id", sa.Integer(), nullable=False, comment="whose books"),
        sa.Column("year", sa.SmallInteger(), nullable=False),
        sa.Column("payer", sa.String(), nullable=True, comment="code of answers.Payer, where one is charged"),
        sa.Column("payer_name", sa.String(), nullable=True, comment="a unit's name, never a person's"),
        sa.Column("person_id", sa.Uuid(), nullable=True, comment="who received"),
        sa.Column("source", sa.String(), nullable=False, comment="table and row that made the entry"),
        sa.Column("voucher_no", sa.String(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "debit_fen >= 0 and credit_fen >= 0 and (debit_fen = 0) <> (credit_fen = 0)",
            name=op.f("ck_ledger_entries_one_side"),
        ),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_ledger_entries_case_id")),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_ledger_entries_person_id")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_ledger_entries_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_entries")),
    )
    op.create_index("ix_ledger_entries_case", "ledger_entries", ["case_id"], unique=False)
    op.create_index("ix_ledger_entries_tenant_year", "ledger_entries", ["tenant_id", "year", "account"], unique=False)
    op.create_index("ix_ledger_entries_transaction", "ledger_entries", ["transaction_id"], unique=False)
    op.create_table(
        "payer_decisions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("about", sa.String(), nullable=False, comment="fee | travel | settlement"),
        sa.Column("about_id", sa.Uuid(), nullable=False, comment="row of fees, travel_requests or settlements"),
        sa.Column("payer", sa.String(), nullable=False),
        sa.Column("bearer", sa.String(), nullable=False),
        sa.Column("minimum_fen", sa.BigInteger(), nullable=False),
        sa.Column("maximum_fen", sa.BigInteger(), nullable=False),
        sa.Column("clause", sa.String(), nullable=False),
        sa.Column("line", sa.String(), nullable=False, comment="row of the payer table"),
        sa.Column(
            "default_used",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=False,
            comment="rows that the text leaves open",
        ),
        sa.Column("arrears", sa.Boolean(), nullable=False),
        sa.Column("refundable", sa.Boolean(), nullable=False, comment="an advance: decided again when fault is found"),
        sa.Column("flag_province", sa.Boolean(), nullable=False),
        sa.Column("to_third_party", sa.Boolean(), nullable=False),
        sa.Column("budget_tier", sa.String(), nullable=True),
        sa.Column("budget_tenant_id", sa.Integer(), nullable=True),
        sa.Column(
            "place_tenant_id", sa.Integer(), nullable=True, comment="the budget that 属地 points to, when another"
        ),
        sa.Column("facts", sa.LargeBinary(), nullable=False),
        sa.Column("trace", sa.LargeBinary(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_payer_decisions_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payer_decisions")),
    )
    op.create_index("ix_payer_decisions_case", "payer_decisions", ["case_id", "about"], unique=False)
    op.create_table(
        "travel_requests",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False, comment="who travels"),
        sa.Column(
            "serves",
            sa.String(),
            nullable=False,
            comment="section of the payer table whose work the trip serves: A, B or C",
        ),
        sa.Column("purpose", sa.LargeBinary(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("standard_fen", sa.BigInteger(), nullable=False, comment="by the organ's travel standard"),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("requested_by", sa.Uuid(), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_travel_requests_case_id")),
        sa.ForeignKeyConstraint(["office_id"], ["offices.id"], name=op.f("fk_travel_requests_office_id")),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_travel_requests_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_travel_requests")),
    )
    op.create_index("ix_travel_requests_case", "travel_requests", ["case_id"], unique=False)
    op.create_table(
        "fees",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False, comment="code of words.Fee"),
        sa.Column("institution", sa.String(), nullable=False, comment="to whom it is paid"),
        sa.Column("actual_fen", sa.BigInteger(), nullable=False),
        sa.Column("incurred_on", sa.Date(), nullable=False),
        sa.Column("paid_on", sa.Date(), nullable=True),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("proof_id", sa.Uuid(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_fees_case_id")),
        sa.ForeignKeyConstraint(["proof_id"], ["stored_files.id"], name=op.f("fk_fees_proof_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fees")),
    )
    op.create_index("ix_fees_case", "fees", ["case_id"], unique=False)
    op.create_table(
        "settlements",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("status", sa.String(), nullable=False, comment="codes of funding.positions from proposed on"),
        sa.Column("decision_id", sa.Uuid(), nullable=False),
        sa.Column("case_class", sa.String(), nullable=False),
        sa.Column("class_clause", sa.String(), nullable=True),
        sa.Column(
            "scores",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=False,
            comment="points by ground, and `points` their sum",
        ),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("tenant_id", sa.Integer(), nullable=False, comment="whose books; a township has none"),
        sa.Column("proposed_by", sa.Uuid(), nullable=False),
        sa.Column("reviewed_by", sa.Uuid(), nullable=True),
        sa.Column("reviewed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("justice_by", sa.Uuid(), nullable=True),
        sa.Column("justice_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("petition_by", sa.Uuid(), nullable=True),
        sa.Column("petition_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("paid_by", sa.Uuid(), nullable=True),
        sa.Column("paid_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("voucher_no", sa.String(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_settlements_case_id")),
        sa.ForeignKeyConstraint(["decision_id"], ["payer_decisions.id"], name=op.f("fk_settlements_decision_id")),
        sa.ForeignKeyConstraint(["justice_by"], ["persons.id"], name=op.f("fk_settlements_justice_by")),
        sa.ForeignKeyConstraint(["paid_by"], ["persons.id"], name=op.f("fk_settlements_paid_by")),
        sa.ForeignKeyConstraint(["petition_by"], ["persons.id"], name=op.f("fk_settlements_petition_by")),
        sa.ForeignKeyConstraint(["proposed_by"], ["persons.id"], name=op.f("fk_settlements_proposed_by")),
        sa.ForeignKeyConstraint(["reviewed_by"], ["persons.id"], name=op.f("fk_settlements_reviewed_by")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_settlements_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_settlements")),
    )
    op.create_index("ix_settlements_case", "settlements", ["case_id"], unique=False)
    op.create_index(
        "uq_settlements_case", "settlements", ["case_id"], unique=True, postgresql_where=sa.text("status <> 'returned'")
    )
    op.create_table(
        "responsibility_findings",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("producer", sa.String(), nullable=True, comment="code of words.Producer; null = not said here"),
        sa.Column("fault", sa.String(), nullable=True, comment="code of words.Fault; null = not said here"),
        sa.Column("producer_party_id", sa.Uuid(), nullable=True, comment="the unit is a party"),
        sa.Column("fault_party_id", sa.Uuid(), nullable=True),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("basis", sa.String(), nullable=False),
        sa.Column("paper_id", sa.Uuid(), nullable=True, comment="the paper in the dossier"),
        sa.Column("proof_id", sa.Uuid(), nullable=True, comment="or the file attached"),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_responsibility_findings_case_id")),
        sa.ForeignKeyConstraint(
            ["fault_party_id"], ["parties.id"], name=op.f("fk_responsibility_findings_fault_party_id")
        ),
        sa.ForeignKeyConstraint(["paper_id"], ["papers.id"], name=op.f("fk_responsibility_findings_paper_id")),
        sa.ForeignKeyConstraint(
            ["producer_party_id"], ["parties.id"], name=op.f("fk_responsibility_findings_producer_party_id")
        ),
        sa.ForeignKeyConstraint(["proof_id"], ["stored_files.id"], name=op.f("fk_responsibility_findings_proof_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_responsibility_findings")),
    )
    op.create_index("ix_responsibility_findings_case", "responsibility_findings", ["case_id"], unique=False)
    op.create_table(
        "settlement_charges",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("settlement_id", sa.Uuid(), nullable=False),
        sa.Column("ordinal", sa.SmallInteger(), nullable=False),
        sa.Column("payer", sa.String(), nullable=False),
        sa.Column("bearer", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=True),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("line", sa.String(), nullable=False),
        sa.Column("clause", sa.String(), nullable=False),
        sa.Column("arrears", sa.Boolean(), nullable=False),
        sa.Column("flag_province", sa.Boolean(), nullable=False),
        sa.Column("budget_tenant_id", sa.Integer(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_settlement_charges_case_id")),
        sa.ForeignKeyConstraint(
            ["settlement_id"], ["settlements.id"], name=op.f("fk_settlement_charges_settlement_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_settlement_charges")),
        sa.UniqueConstraint("settlement_id", "ordinal", name=op.f("uq_settlement_charges_settlement_id_ordinal")),
    )
    op.create_index("ix_settlement_charges_case", "settlement_charges", ["case_id"], unique=False)
    op.create_table(
        "settlement_shares",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("settlement_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_settlement_shares_case_id")),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_settlement_shares_person_id")),
        sa.ForeignKeyConstraint(["settlement_id"], ["settlements.id"], name=op.f("fk_settlement_shares_settlement_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_settlement_shares")),
        sa.UniqueConstraint("settlement_id", "person_id", name=op.f("uq_settlement_shares_settlement_id_person_id")),
    )
    op.create_index("ix_settlement_shares_case", "settlement_shares", ["case_id"], unique=False)

    for table in FIXED:
        protect_child(table, "select, insert")
    for table in MOVING:
        protect_child(table)
    script(LEDGER)


LEDGER = """
-- Definer: it must see all entries of the transaction, whatever the policies show to the one who writes.
create function ledger_balanced() returns trigger
language plpgsql security definer set search_path = public, pg_temp as
$$
begin
    if (select sum(debit_fen) <> sum(credit_fen) from ledger_entries where transaction_id = new.transaction_id) then
        raise exception 'a transaction of the ledger does not balance' using errcode = 'TJL01';
    end if;
    return null;
end
$$;

create function ledger_is_append_only() returns trigger language plpgsql as
$$ begin raise exception 'the ledger is append-only: reverse and enter anew' using errcode = 'TJL02'; end $$;

create constraint trigger balanced after insert on ledger_entries
    deferrable initially deferred for each row execute function ledger_balanced();
create trigger append_only before update or delete on ledger_entries
    for each row execute function ledger_is_append_only();
"""
