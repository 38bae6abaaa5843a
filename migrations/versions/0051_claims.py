"""Claims: what is asked and from which year, percents of shares, appeals, payouts once each, and what is recovered."""

from itertools import combinations

import sqlalchemy as sa
from alembic import op

from migrations.protection import APP, lock, protect_child, script
from migrations.row_sight import ask_row_sight

revision = "0051_claims"
down_revision = "0050_tariffs"


def upgrade() -> None:
    _settlements()
    _appeals()
    _payouts()
    _recoveries()
    script(OFFICIALS)
    for table in ("settlement_appeals", "payouts", "recoveries"):
        op.execute(f"select keep_past_of('{table}')")
    ask_row_sight()


def _settlements() -> None:
    op.add_column("settlements", sa.Column("year", sa.SmallInteger(), comment="whose budget bears it; null = of old"))
    op.add_column("settlements", sa.Column("asked_fen", sa.BigInteger(), comment="null: as the scores give"))
    op.add_column("settlements", sa.Column("previous_id", sa.Uuid(), comment="the settlement that this one replaces"))
    op.add_column("settlements", sa.Column("returned_by", sa.Uuid()))
    op.create_foreign_key(op.f("fk_settlements_previous_id"), "settlements", "settlements", ["previous_id"], ["id"])
    op.create_foreign_key(op.f("fk_settlements_returned_by"), "settlements", "persons", ["returned_by"], ["id"])
    op.create_check_constraint(op.f("ck_settlements_separate"), "settlements", SEPARATE)
    op.drop_index("uq_settlements_case", "settlements")
    op.create_index(
        "uq_settlements_case",
        "settlements",
        ["case_id"],
        unique=True,
        postgresql_where=sa.text("status not in ('returned', 'replaced')"),
    )
    op.add_column("settlement_shares", sa.Column("percent", sa.SmallInteger(), comment="null = of old"))
    op.execute(
        f"create policy app_own on settlement_shares for select to {APP} using (person_id = (select case_person()))"
    )
    op.execute(
        f"create policy app_own on settlements for select to {APP} using (exists (select from settlement_shares s"
        " where s.settlement_id = settlements.id and s.person_id = (select case_person())))"
    )


HANDS = ("proposed_by", "reviewed_by", "justice_by", "petition_by", "paid_by")
SEPARATE = " and ".join(f"{one} <> {other}" for one, other in combinations(HANDS, 2))
"""All different persons (31b); who has not signed yet is null and differs from everybody."""


def _appeals() -> None:
    op.create_table(
        "settlement_appeals",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("settlement_id", sa.Uuid(), nullable=False),
        sa.Column("ground", sa.String(), nullable=False, comment="code of appeals.AppealGround"),
        sa.Column("reason", sa.LargeBinary(), nullable=False),
        sa.Column("appealed_by", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("outcome", sa.String(), nullable=True, comment="code of appeals.AppealOutcome; null = open"),
        sa.Column("answer", sa.LargeBinary(), nullable=True),
        sa.Column("answered_by", sa.Uuid(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_settlement_appeals_case_id")),
        sa.ForeignKeyConstraint(
            ["settlement_id"], ["settlements.id"], name=op.f("fk_settlement_appeals_settlement_id")
        ),
        sa.ForeignKeyConstraint(["appealed_by"], ["persons.id"], name=op.f("fk_settlement_appeals_appealed_by")),
        sa.ForeignKeyConstraint(["answered_by"], ["persons.id"], name=op.f("fk_settlement_appeals_answered_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_settlement_appeals")),
        sa.UniqueConstraint("settlement_id", name=op.f("uq_settlement_appeals_settlement_id")),
        sa.CheckConstraint("answered_by <> appealed_by", name=op.f("ck_settlement_appeals_separate")),
    )
    op.create_index("ix_settlement_appeals_case", "settlement_appeals", ["case_id"])
    protect_child("settlement_appeals")


def _payouts() -> None:
    op.create_table(
        "payouts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("ground", sa.String(), nullable=False, comment="code of purposes.Ground"),
        sa.Column(
            "ground_id", sa.Uuid(), nullable=False, comment="row of settlement_shares, travel_requests or the duty days"
        ),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=True, comment="null: a day of duty has none"),
        sa.Column("tenant_id", sa.Integer(), nullable=False, comment="whose books"),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("fate", sa.String(), nullable=False, comment="code of Fate"),
        sa.Column("voucher_no", sa.String(), nullable=True),
        sa.Column("reason", sa.String(), nullable=True, comment="why it failed or came back, in words without a name"),
        sa.Column("transaction_id", sa.Uuid(), nullable=True, comment="of the ledger"),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_payouts_person_id")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_payouts_case_id")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_payouts_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payouts")),
    )
    op.create_index(
        "uq_payouts_paid", "payouts", ["ground", "ground_id"], unique=True, postgresql_where=sa.text("fate = 'paid'")
    )
    op.create_index("ix_payouts_case", "payouts", ["case_id"])
    op.create_index("ix_payouts_person", "payouts", ["person_id"])
    op.create_index("ix_payouts_tenant", "payouts", ["tenant_id", "recorded_at"])
    _protect_books("payouts", "select, insert, update (fate, reason, transaction_id)")


def _recoveries() -> None:
    op.create_table(
        "recoveries",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("payout_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.Column("tenant_id", sa.Integer(), nullable=False, comment="whose books"),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("repaid_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("repaid_by", sa.Uuid(), nullable=True, comment="the cashier who entered it"),
        sa.Column("receipt_no", sa.String(), nullable=True),
        sa.Column(
            "withdrawn_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="nothing is owed: the status or the bank said so",
        ),
        sa.ForeignKeyConstraint(["payout_id"], ["payouts.id"], name=op.f("fk_recoveries_payout_id")),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_recoveries_person_id")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_recoveries_case_id")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_recoveries_tenant_id")),
        sa.ForeignKeyConstraint(["repaid_by"], ["persons.id"], name=op.f("fk_recoveries_repaid_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recoveries")),
    )
    op.create_index(
        "uq_recoveries_payout",
        "recoveries",
        ["payout_id"],
        unique=True,
        postgresql_where=sa.text("withdrawn_at is null"),
    )
    op.create_index("ix_recoveries_case", "recoveries", ["case_id"])
    op.create_index("ix_recoveries_tenant", "recoveries", ["tenant_id", "repaid_at"])
    _protect_books("recoveries", "select, insert, update (repaid_at, repaid_by, receipt_no, withdrawn_at)")


def _protect_books(table: str, grants: str) -> None:
    """Read by the case's own tenant, by those of the books and above, and by the person who received; written by the
    case's or the books'."""
    lock(table, grants)
    books = f"(select case_tenant()) is not null and tenant_below({table}.tenant_id)"
    written = f"({books}) or (case_id is not null and case_shows(case_id))"
    op.execute(
        f"create policy app_read on {table} for select to {APP}"
        f" using (({books}) or case_sight(case_id, recorded_at) or person_id = (select case_person()))"
    )
    op.execute(f"create policy app_insert on {table} for insert to {APP} with check ({written})")
    op.execute(f"create policy app_update on {table} for update to {APP} using ({written}) with check ({written})")


OFFICIALS = """
-- Definer: an official of any tenant is refused, also by those who may not read that status. Both days of each stretch
-- of work count; work goes on until the seat ends or the case is closed.
create function official_at_work(p_case uuid, p_person uuid) returns boolean
language sql stable security definer set search_path = public, pg_temp as
$$ select exists (
    select from cases c
    join case_relations r on r.case_id = c.id and r.person_id = p_person and r.relation in ('team', 'handler')
    join official_statuses s on s.person_id = p_person
    where c.id = p_case
      and s.since <= (least(r.until, greatest(coalesce(c.closed_at, scope_now()), r.since))
                      at time zone 'Asia/Shanghai')::date
      and (s.until is null or s.until >= (r.since at time zone 'Asia/Shanghai')::date)) $$;

revoke all on function official_at_work from public;
grant execute on function official_at_work to tiaojie_app;
"""
