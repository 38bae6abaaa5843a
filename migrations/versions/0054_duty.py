"""Duty: shifts, swaps, attendances; person-days, what is approved of a month, what each person gets by it."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from migrations.protection import APP, protect_tenant, script

revision = "0054_duty"
down_revision = "0053_budgets"


def upgrade() -> None:
    _duty_shifts()
    _duty_attendances()
    _duty_swaps()
    _duty_sheets()
    _duty_pays()
    _duty_days()
    script(TRAVELLED)
    for table in ("duty_shifts", "duty_swaps", "duty_days", "duty_pays"):
        protect_tenant(table)
    for table in ("duty_attendances", "duty_sheets"):
        protect_tenant(table, "select, insert")


TRAVELLED = f"""
-- Definer: a trip belongs to a case that whoever approves duty may not see. It tells only whether the day is travelled.
create function duty_travel(p_person uuid, p_day date) returns text
language sql stable security definer set search_path = public, pg_temp as
$$ select t.status from travel_requests t
   where t.person_id = p_person and p_day between t.starts_on and t.ends_on and t.status in ('approved', 'paid')
   order by t.status desc limit 1 $$;

revoke all on function duty_travel from public;
grant execute on function duty_travel to {APP};
"""


def _duty_shifts() -> None:
    op.create_table(
        "duty_shifts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False, comment="the station"),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("part", sa.String(), nullable=False, comment="codes of organisation.duty_shifts.Part"),
        sa.Column("rostered_by", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancelled_by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["office_id"], ["offices.id"], name=op.f("fk_duty_shifts_office_id")),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_duty_shifts_person_id")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_duty_shifts_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duty_shifts")),
    )
    op.create_index("ix_duty_shifts_tenant", "duty_shifts", ["tenant_id", "day"], unique=False)
    op.create_index(
        "uq_duty_shifts_afternoon",
        "duty_shifts",
        ["person_id", "day"],
        unique=True,
        postgresql_where=sa.text("part in ('whole', 'afternoon') and cancelled_at is null"),
    )
    op.create_index(
        "uq_duty_shifts_morning",
        "duty_shifts",
        ["person_id", "day"],
        unique=True,
        postgresql_where=sa.text("part in ('whole', 'morning') and cancelled_at is null"),
    )


def _duty_attendances() -> None:
    op.create_table(
        "duty_attendances",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("shift_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("part", sa.String(), nullable=False, comment="codes of organisation.duty_shifts.Part"),
        sa.Column(
            "entered_by", sa.Uuid(), nullable=True, comment="the manager, of a late entry; null = the person itself"
        ),
        sa.Column("reason", sa.LargeBinary(), nullable=True, comment="of a late entry"),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["office_id"], ["offices.id"], name=op.f("fk_duty_attendances_office_id")),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_duty_attendances_person_id")),
        sa.ForeignKeyConstraint(["shift_id"], ["duty_shifts.id"], name=op.f("fk_duty_attendances_shift_id")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_duty_attendances_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duty_attendances")),
        sa.UniqueConstraint("shift_id", name=op.f("uq_duty_attendances_shift_id")),
    )
    op.create_index("ix_duty_attendances_tenant", "duty_attendances", ["tenant_id", "day"], unique=False)


def _duty_swaps() -> None:
    op.create_table(
        "duty_swaps",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("shift_id", sa.Uuid(), nullable=False),
        sa.Column(
            "other_shift_id", sa.Uuid(), nullable=True, comment="given in return; null = the other takes the shift over"
        ),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("asked_of", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(), nullable=False, comment="codes of organisation.duty_swaps.SwapState"),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["asked_by"], ["persons.id"], name=op.f("fk_duty_swaps_asked_by")),
        sa.ForeignKeyConstraint(["asked_of"], ["persons.id"], name=op.f("fk_duty_swaps_asked_of")),
        sa.ForeignKeyConstraint(["other_shift_id"], ["duty_shifts.id"], name=op.f("fk_duty_swaps_other_shift_id")),
        sa.ForeignKeyConstraint(["shift_id"], ["duty_shifts.id"], name=op.f("fk_duty_swaps_shift_id")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_duty_swaps_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duty_swaps")),
    )
    op.create_index("ix_duty_swaps_tenant", "duty_swaps", ["tenant_id", "asked_at"], unique=False)
    op.create_index(
        "uq_duty_swaps_asked", "duty_swaps", ["shift_id"], unique=True, postgresql_where=sa.text("state = 'asked'")
    )


def _duty_sheets() -> None:
    op.create_table(
        "duty_sheets",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False, comment="its first day"),
        sa.Column("approved_by", sa.Uuid(), nullable=False),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["approved_by"], ["persons.id"], name=op.f("fk_duty_sheets_approved_by")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_duty_sheets_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duty_sheets")),
    )
    op.create_index("ix_duty_sheets_tenant", "duty_sheets", ["tenant_id", "month"], unique=False)


def _duty_pays() -> None:
    op.create_table(
        "duty_pays",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sheet_id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Integer(), nullable=False, comment="of the station"),
        sa.Column("budget_tenant_id", sa.Integer(), nullable=False, comment="whose books"),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("fen", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.String(), nullable=False, comment="code of PayStatus"),
        sa.Column("reason", sa.String(), nullable=True, comment="why it was returned, in words without a name"),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["budget_tenant_id"], ["tenants.id"], name=op.f("fk_duty_pays_budget_tenant_id")),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_duty_pays_person_id")),
        sa.ForeignKeyConstraint(["sheet_id"], ["duty_sheets.id"], name=op.f("fk_duty_pays_sheet_id")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_duty_pays_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duty_pays")),
    )
    op.create_index("ix_duty_pays_sheet", "duty_pays", ["sheet_id"], unique=False)
    op.create_index("ix_duty_pays_tenant", "duty_pays", ["tenant_id", "status"], unique=False)


def _duty_days() -> None:
    op.create_table(
        "duty_days",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Integer(), nullable=False, comment="of the station"),
        sa.Column("office_id", sa.Integer(), nullable=False, comment="the station"),
        sa.Column("attendance_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False, comment="code of words.DutyDay"),
        sa.Column("status", sa.String(), nullable=False, comment="code of DayStatus"),
        sa.Column("fen", sa.BigInteger(), nullable=False, comment="0 unless something is payable"),
        sa.Column("budget_tenant_id", sa.Integer(), nullable=True, comment="whose finance: FIN(t) of the station"),
        sa.Column("line", sa.String(), nullable=False, comment="row of the payer table"),
        sa.Column("refusal", sa.String(), nullable=True, comment="code of answers.Refusal"),
        sa.Column("trace", JSONB(), nullable=False),
        sa.Column("pay_id", sa.Uuid(), nullable=True, comment="with which it is paid"),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["attendance_id"], ["duty_attendances.id"], name=op.f("fk_duty_days_attendance_id")),
        sa.ForeignKeyConstraint(["office_id"], ["offices.id"], name=op.f("fk_duty_days_office_id")),
        sa.ForeignKeyConstraint(["pay_id"], ["duty_pays.id"], name=op.f("fk_duty_days_pay_id")),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_duty_days_person_id")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_duty_days_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duty_days")),
        sa.UniqueConstraint("attendance_id", name=op.f("uq_duty_days_attendance_id")),
    )
    op.create_index("ix_duty_days_pay", "duty_days", ["pay_id"], unique=False)
    op.create_index("ix_duty_days_tenant", "duty_days", ["tenant_id", "day"], unique=False)
    op.create_index(
        "uq_duty_days_person_day",
        "duty_days",
        ["person_id", "day"],
        unique=True,
        postgresql_where=sa.text("status in ('claimed', 'undecided', 'approved')"),
    )
