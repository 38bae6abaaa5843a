"""Phases and goals of the three-year plan; quality inspection by checklist, with findings that are answered."""

import sqlalchemy as sa
from alembic import op

from migrations.counting_goals import BEFORE, COUNT_NOW, FACTS, MARKING, TRUTHS, fact_triggers
from migrations.protection import APP, lock, protect_child, script
from migrations.row_sight import ask_row_sight

revision = "0062_goals"
down_revision = "0061_documents"

OWN = "tenant_id = (select scope_tenant())"
# Whatever lies or ever lay below; which month counts with whom, the reading itself decides.
BELOW = """
tenant_id in (select v.tenant_id from tenant_versions v
              where (select scope_tenant()) in (v.province_id, v.prefecture_id, v.county_id, v.township_id))
"""


def upgrade() -> None:
    tables()
    for table in ("plan_phases", "goals", "checklists"):
        of_line(table, "select, insert, update")
    of_line("checklist_items", "select, insert")
    lock("goal_marks", "")
    lock("goal_counts", "select")
    op.execute(f"create policy app_read on goal_counts for select to {APP} using ({BELOW})")
    for sql in (FACTS, TRUTHS, MARKING, fact_triggers(), COUNT_NOW):
        script(sql)
    op.execute(f"grant select on goal_truths to {APP}")
    op.execute(BEFORE)
    for table in ("inspection_scores", "inspection_findings", "finding_steps"):
        protect_child(table)
    op.execute("select keep_past_of('inspection_scores')")
    op.execute("select keep_past_of('inspection_findings')")
    op.execute("select keep_past_of('finding_steps')")
    ask_row_sight()


def of_line(table: str, grants: str) -> None:
    """Read along the own line of the tree, up and down, never beside; written by the own tenant."""
    lock(table, grants)
    line = f"(select tenant_below({table}.tenant_id)) or (select tenant_above({table}.tenant_id))"
    op.execute(f"create policy app_read on {table} for select to {APP} using ({line})")
    op.execute(f"create policy app_insert on {table} for insert to {APP} with check ({OWN})")
    if "update" in grants:
        op.execute(f"create policy app_update on {table} for update to {APP} using ({OWN}) with check ({OWN})")


def tables() -> None:
    op.create_table(
        "goal_counts",
        sa.Column("tenant_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("accepted_month", sa.Date(), nullable=False),
        sa.Column("measure", sa.String(), nullable=False),
        sa.Column("cases", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "accepted_month", "measure", name=op.f("pk_goal_counts")),
    )
    op.create_table(
        "checklists",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_checklists_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_checklists")),
    )
    op.create_index(
        "uq_checklists_standing", "checklists", ["tenant_id"], unique=True, postgresql_where=sa.text("until is null")
    )
    op.create_table(
        "goals",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("measure", sa.String(), nullable=False),
        sa.Column("baseline_year", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("target", sa.Integer(), nullable=False, comment="percent"),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True, comment="another goal stands in its place"),
        sa.CheckConstraint(
            "measure in ('settled', 'performed', 'in_time', 'satisfied', 'withdrawn')", name=op.f("ck_goals_measure")
        ),
        sa.CheckConstraint("baseline_year < year", name=op.f("ck_goals_years")),
        sa.CheckConstraint("target between 0 and 100", name=op.f("ck_goals_target")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_goals_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_goals")),
    )
    op.create_index(
        "uq_goals_standing",
        "goals",
        ["tenant_id", "year", "measure"],
        unique=True,
        postgresql_where=sa.text("ended_at is null"),
    )
    op.create_table(
        "plan_phases",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("phase", sa.String(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("focus", sa.String(), nullable=False),
        sa.Column("measures", sa.String(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("replaced_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_plan_phases_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_phases")),
    )
    op.create_index(
        "uq_plan_phases_standing",
        "plan_phases",
        ["tenant_id", "phase"],
        unique=True,
        postgresql_where=sa.text("replaced_at is null"),
    )
    op.create_table(
        "checklist_items",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("checklist_id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("area", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("most", sa.Integer(), nullable=False),
        sa.CheckConstraint("most between 1 and 100", name=op.f("ck_checklist_items_most")),
        sa.ForeignKeyConstraint(["checklist_id"], ["checklists.id"], name=op.f("fk_checklist_items_checklist_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_checklist_items")),
    )
    op.create_index(op.f("ix_checklist_items_checklist_id"), "checklist_items", ["checklist_id"], unique=False)
    op.create_table(
        "goal_marks",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("measure", sa.String(), nullable=False),
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("accepted_month", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_goal_marks_case_id")),
        sa.PrimaryKeyConstraint("case_id", "measure", "accepted_month", name=op.f("pk_goal_marks")),
    )
    op.create_table(
        "inspection_findings",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("inspection_id", sa.Uuid(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Integer(), nullable=False, comment="who inspects"),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("holder_tenant_id", sa.Integer(), nullable=False),
        sa.Column("holder_office_id", sa.Integer(), nullable=False),
        sa.Column("words", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("deadline", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "told_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="when it was told as overdue; null again when sent back",
        ),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_inspection_findings_case_id")),
        sa.ForeignKeyConstraint(
            ["holder_office_id"], ["offices.id"], name=op.f("fk_inspection_findings_holder_office_id")
        ),
        sa.ForeignKeyConstraint(
            ["holder_tenant_id"], ["tenants.id"], name=op.f("fk_inspection_findings_holder_tenant_id")
        ),
        sa.ForeignKeyConstraint(
            ["inspection_id"], ["inspections.id"], name=op.f("fk_inspection_findings_inspection_id")
        ),
        sa.ForeignKeyConstraint(["item_id"], ["checklist_items.id"], name=op.f("fk_inspection_findings_item_id")),
        sa.ForeignKeyConstraint(["office_id"], ["offices.id"], name=op.f("fk_inspection_findings_office_id")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_inspection_findings_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inspection_findings")),
    )
    op.create_index(op.f("ix_inspection_findings_case_id"), "inspection_findings", ["case_id"], unique=False)
    op.create_index(
        "ix_inspection_findings_late",
        "inspection_findings",
        ["deadline"],
        unique=False,
        postgresql_where=sa.text("state in ('sent', 'returned') and told_at is null"),
    )
    op.create_index(
        "ix_inspection_findings_tenant",
        "inspection_findings",
        ["tenant_id", "holder_tenant_id", "item_id"],
        unique=False,
    )
    op.create_table(
        "inspection_scores",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("inspection_id", sa.Uuid(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("reason", sa.LargeBinary(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_inspection_scores_case_id")),
        sa.ForeignKeyConstraint(["inspection_id"], ["inspections.id"], name=op.f("fk_inspection_scores_inspection_id")),
        sa.ForeignKeyConstraint(["item_id"], ["checklist_items.id"], name=op.f("fk_inspection_scores_item_id")),
        sa.ForeignKeyConstraint(["office_id"], ["offices.id"], name=op.f("fk_inspection_scores_office_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inspection_scores")),
        sa.UniqueConstraint("inspection_id", "item_id", name=op.f("uq_inspection_scores_inspection_id_item_id")),
    )
    op.create_index(op.f("ix_inspection_scores_case_id"), "inspection_scores", ["case_id"], unique=False)
    op.create_table(
        "finding_steps",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("finding_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False, comment="code of FindingState"),
        sa.Column("words", sa.LargeBinary(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_finding_steps_case_id")),
        sa.ForeignKeyConstraint(["finding_id"], ["inspection_findings.id"], name=op.f("fk_finding_steps_finding_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_finding_steps")),
    )
    op.create_index(op.f("ix_finding_steps_case_id"), "finding_steps", ["case_id"], unique=False)
    op.create_index(op.f("ix_finding_steps_finding_id"), "finding_steps", ["finding_id"], unique=False)
