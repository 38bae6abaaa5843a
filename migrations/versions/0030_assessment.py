"""评析 and 委托: the history of classes, links of split cases, where a dispute stands, tags, the dates of a deed."""

import sqlalchemy as sa
from alembic import op

from migrations.protection import APP, protect_child

revision = "0030_assessment"
down_revision = "0029_parties"

MOMENT = sa.DateTime(timezone=True)


def _child(table: str, *columns: sa.Column[object] | sa.Constraint) -> None:
    """A table of a case; rows show to who has full sight of it."""
    op.create_table(
        table,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        *columns,
        sa.Column("recorded_at", MOMENT, nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f(f"fk_{table}_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )
    protect_child(table)


def upgrade() -> None:
    _child(
        "class_findings",
        sa.Column("from_class", sa.String(), nullable=True, comment="null = the first, at 受理"),
        sa.Column("to_class", sa.String(), nullable=False),
        sa.Column("clause", sa.String(), nullable=False),
        sa.Column("persons", sa.Integer(), nullable=False, comment="as fixed at 受理; a withdrawal never lowers it"),
        sa.Column("confirmed", sa.Boolean(), nullable=True),
        sa.Column("decided_at", MOMENT, nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
    )
    op.create_index("ix_class_findings_case", "class_findings", ["case_id", "recorded_at"])
    op.create_index(
        "ix_class_findings_open",
        "class_findings",
        ["case_id"],
        unique=True,
        postgresql_where=sa.text("confirmed is null"),
    )
    _child(
        "case_links",
        sa.Column("kind", sa.String(), nullable=False, comment="split_to | split_from"),
        sa.Column("other_case_id", sa.Uuid(), nullable=False),
        sa.Column("other_no", sa.String(), nullable=False, comment="登记号 of the other"),
        sa.ForeignKeyConstraint(["other_case_id"], ["cases.id"], name=op.f("fk_case_links_other_case_id")),
    )
    op.create_index("ix_case_links_case", "case_links", ["case_id"])
    _child(
        "dispute_standings",
        sa.Column("between", sa.String(), nullable=False),
        sa.Column("phase", sa.String(), nullable=False),
        sa.Column("level", sa.String(), nullable=True),
        sa.Column(
            "register_no", sa.String(), nullable=True, comment="of the petition office's register: the only proof"
        ),
    )
    op.create_index("ix_dispute_standings_case", "dispute_standings", ["case_id", "recorded_at"])
    _child(
        "case_tags",
        sa.Column("tag", sa.String(), nullable=False),
        sa.Column("basis", sa.String(), nullable=False, comment="the paper, list or order that says so"),
        sa.Column("ended_at", MOMENT, nullable=True),
    )
    op.create_index(
        "ix_case_tags_in_force",
        "case_tags",
        ["case_id", "tag"],
        unique=True,
        postgresql_where=sa.text("ended_at is null"),
    )
    op.add_column("deeds", sa.Column("begins_on", sa.Date(), nullable=True))
    op.add_column("deeds", sa.Column("ends_on", sa.Date(), nullable=True))
    op.add_column(
        "deed_signatures",
        sa.Column(
            "sealed",
            sa.Boolean(),
            server_default=sa.false(),
            nullable=False,
            comment="the signatory's own seal stands on it",
        ),
    )
    _warnings_have_receipts()
    _keep_diversions_at_home()


def _warnings_have_receipts() -> None:
    """Read with full sight of the case, and by the warned office itself."""
    _child(
        "warning_receipts",
        sa.Column("warning_id", sa.Uuid(), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["warning_id"], ["warnings.id"], name=op.f("fk_warning_receipts_warning_id")),
        sa.ForeignKeyConstraint(["office_id"], ["offices.id"], name=op.f("fk_warning_receipts_office_id")),
    )
    op.create_index("ix_warning_receipts_warning", "warning_receipts", ["warning_id"], unique=True)
    op.create_index(op.f("ix_warning_receipts_case_id"), "warning_receipts", ["case_id"], unique=False)
    receives = "exists (select from offices o where o.id = office_id and o.tenant_id = (select case_tenant()))"
    op.execute(f"create policy app_receiver on warning_receipts for select to {APP} using ({receives})")


def _keep_diversions_at_home() -> None:
    """N3(a): that an accusation was diverted shows to nobody outside the tenant that diverted it, whoever holds the
    case or oversees it now; nor the receipt."""
    op.execute(
        f"create policy app_diverted on events as restrictive for select to {APP}"
        " using (act <> 'divert-accusation' or tenant_id = (select case_tenant()))"
    )
    op.execute(
        f"create policy app_diverted on papers as restrictive for select to {APP}"
        " using (kind <> 'diversion' or exists (select from events e where e.case_id = papers.case_id"
        " and e.act = 'divert-accusation'))"
    )
