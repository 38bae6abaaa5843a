"""Leaders in charge of cases; warnings by rule and classes of risk of disputes."""

import sqlalchemy as sa
from alembic import op

from migrations.protection import APP, lock, protect_child

revision = "0060_leaders"
down_revision = "0059_orders"


def upgrade() -> None:
    _leaders()
    _warning_rules()
    _warnings()
    _withholdings()
    _risks()
    _mass()
    for table in ("leader_charges", "warning_withholdings"):
        op.execute(f"select keep_past_of('{table}')")


def _leaders() -> None:
    op.create_table(
        "leader_charges",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False, comment="the leader, an official"),
        sa.Column("tenant_id", sa.Integer(), nullable=False, comment="whose leader; put in charge by its office"),
        sa.Column("office_id", sa.Integer(), nullable=False, comment="the leading group's, that put in charge"),
        sa.Column("tier", sa.String(), nullable=False),
        sa.Column("basis", sa.String(), nullable=False, comment="the order or list that says so, with its number"),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("prolonged", sa.Integer(), nullable=False),
        sa.Column("overdue_told_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.Uuid(), nullable=True),
        sa.Column("end_reason", sa.String(), nullable=True),
        sa.Column("end_note", sa.String(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_leader_charges_case_id")),
        sa.ForeignKeyConstraint(["office_id"], ["offices.id"], name=op.f("fk_leader_charges_office_id")),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_leader_charges_person_id")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_leader_charges_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_leader_charges")),
    )
    op.create_index("ix_leader_charges_case", "leader_charges", ["case_id", "recorded_at"], unique=False)
    op.create_index(
        "ix_leader_charges_standing",
        "leader_charges",
        ["case_id", "tenant_id"],
        unique=True,
        postgresql_where=sa.text("ended_at is null"),
    )
    op.create_index("ix_leader_charges_tenant", "leader_charges", ["tenant_id", "recorded_at"], unique=False)
    op.create_index(
        "ix_leader_charges_until",
        "leader_charges",
        ["until"],
        unique=False,
        postgresql_where=sa.text("ended_at is null and overdue_told_at is null"),
    )
    op.create_table(
        "leader_work",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("charge_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("on_date", sa.Date(), nullable=False),
        sa.Column("text", sa.LargeBinary(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_leader_work_case_id")),
        sa.ForeignKeyConstraint(["charge_id"], ["leader_charges.id"], name=op.f("fk_leader_work_charge_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_leader_work")),
    )
    op.create_index(op.f("ix_leader_work_case_id"), "leader_work", ["case_id"], unique=False)
    op.create_index(op.f("ix_leader_work_charge_id"), "leader_work", ["charge_id"], unique=False)
    protect_child("leader_charges")
    protect_child("leader_work", "select, insert")


def _warning_rules() -> None:
    """Written rules, no secret: every office may read by which it is warned; each tenant writes its own."""
    op.create_table(
        "warning_rules",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("occasion", sa.String(), nullable=False),
        sa.Column("dispute_type", sa.SmallInteger(), nullable=True, comment="null = of every type"),
        sa.Column(
            "tier", sa.String(), nullable=True, comment="of the place of the dispute; null = the office is named"
        ),
        sa.Column("office_kind", sa.String(), nullable=True),
        sa.Column("office_id", sa.Integer(), nullable=True),
        sa.Column("help_needed", sa.String(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["office_id"], ["offices.id"], name=op.f("fk_warning_rules_office_id")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_warning_rules_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_warning_rules")),
    )
    op.create_index("ix_warning_rules_tenant", "warning_rules", ["tenant_id", "occasion", "valid_from"], unique=False)
    lock("warning_rules")
    mine = "(select tenant_below(tenant_id))"
    op.execute(
        f"create policy app_read on warning_rules for select to {APP} using ((select scope_tenant()) is not null)"
    )
    op.execute(f"create policy app_insert on warning_rules for insert to {APP} with check ({mine})")
    op.execute(f"create policy app_update on warning_rules for update to {APP} using ({mine}) with check ({mine})")


def _warnings() -> None:
    """By which rule a warning goes out, until when it must be received, whether the job has looked."""
    op.add_column(
        "warnings",
        sa.Column(
            "occasion", sa.String(), nullable=True, comment="by rule: refused | failed; null = a person's own decision"
        ),
    )
    op.add_column("warnings", sa.Column("rule_id", sa.Uuid(), nullable=True))
    op.add_column(
        "warnings",
        sa.Column(
            "receipt_due_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="null = nobody to receive it, or an old one",
        ),
    )
    op.add_column(
        "warnings",
        sa.Column(
            "watched_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="when the job has looked whether it was received",
        ),
    )
    op.create_foreign_key(op.f("fk_warnings_rule_id"), "warnings", "warning_rules", ["rule_id"], ["id"])
    op.create_index(
        "ix_warnings_receipt_due", "warnings", ["receipt_due_at"], postgresql_where=sa.text("watched_at is null")
    )
    op.execute(f"grant update (watched_at) on warnings to {APP}")
    shows = "(select case_shows(case_id))"
    op.execute(f"create policy app_watch on warnings for update to {APP} using ({shows}) with check ({shows})")


def _withholdings() -> None:
    op.create_table(
        "warning_withholdings",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("warning_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.LargeBinary(), nullable=False),
        sa.Column("tenant_id", sa.Integer(), nullable=False, comment="the tier above, which looks at it"),
        sa.Column("decide_by", sa.DateTime(timezone=True), nullable=False),
        sa.Column("verdict", sa.String(), nullable=True),
        sa.Column("note", sa.LargeBinary(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_warning_withholdings_case_id")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_warning_withholdings_tenant_id")),
        sa.ForeignKeyConstraint(["warning_id"], ["warnings.id"], name=op.f("fk_warning_withholdings_warning_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_warning_withholdings")),
        sa.UniqueConstraint("warning_id", name=op.f("uq_warning_withholdings_warning_id")),
    )
    op.create_index("ix_warning_withholdings_case", "warning_withholdings", ["case_id"], unique=False)
    op.create_index(
        "ix_warning_withholdings_open",
        "warning_withholdings",
        ["decide_by"],
        unique=False,
        postgresql_where=sa.text("verdict is null"),
    )
    protect_child("warning_withholdings")


def _risks() -> None:
    op.create_table(
        "dispute_risks",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("level", sa.String(), nullable=False),
        sa.Column("facts", sa.ARRAY(sa.String()), nullable=False),
        sa.Column(
            "words", sa.ARRAY(sa.String()), nullable=False, comment="what was seen, one for each fact; nobody's name"
        ),
        sa.Column("help_needed", sa.String(), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_dispute_risks_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dispute_risks")),
    )
    op.create_index("ix_dispute_risks_case", "dispute_risks", ["case_id", "recorded_at"], unique=False)
    protect_child("dispute_risks", "select, insert")


def _mass() -> None:
    op.create_table(
        "mass_tellings",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("office_ids", sa.ARRAY(sa.Integer()), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_mass_tellings_case_id")),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_mass_tellings")),
    )
    protect_child("mass_tellings", "select, insert")
