"""Teams: the team and its members, the plan's versions, appraisals, the agreement with its schedule and signatures."""

import sqlalchemy as sa
from alembic import op

from migrations.protection import protect_child

revision = "0005_teams"
down_revision = "0004_organisation"

TABLES = ("teams", "team_members", "plans", "appraisals", "agreements", "agreement_terms", "signatures")


def upgrade() -> None:
    op.create_table(
        "teams",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("formed_by", sa.Uuid(), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("dissolved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_teams_case_id")),
        sa.ForeignKeyConstraint(["office_id"], ["offices.id"], name=op.f("fk_teams_office_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_teams")),
    )
    op.create_index("ix_teams_case", "teams", ["case_id"], unique=False)
    op.create_index(
        "uq_teams_active", "teams", ["case_id"], unique=True, postgresql_where=sa.text("dissolved_at is null")
    )
    op.create_table(
        "team_members",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("team_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.String(), nullable=False, comment="codes of teams.roles.TeamRole"),
        sa.Column(
            "status",
            sa.String(),
            nullable=False,
            comment="proposed | accepted | replaced; sight of the case begins at accepted",
        ),
        sa.Column(
            "needs_acceptance", sa.Boolean(), nullable=False, comment="人民调解法20, 23(1): each party says yes first"
        ),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("replaced_for", sa.String(), nullable=True, comment="codes of teams.replacement.Reason"),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_team_members_case_id")),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_team_members_person_id")),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("fk_team_members_team_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_team_members")),
    )
    op.create_index("ix_team_members_case", "team_members", ["case_id"], unique=False)
    op.create_index(
        "uq_team_members_serving",
        "team_members",
        ["team_id", "person_id", "role"],
        unique=True,
        postgresql_where=sa.text("until is null"),
    )
    op.create_table(
        "agreements",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("manner", sa.String(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False, comment="its words"),
        sa.Column("responsible_id", sa.Uuid(), nullable=True, comment="the responsible unit"),
        sa.Column(
            "undertakes_cost",
            sa.Boolean(),
            nullable=False,
            comment="that unit's own written undertaking for the handling cost",
        ),
        sa.Column("accepts_enforcement", sa.Boolean(), nullable=False, comment="clause for a notarial deed, 公证法 37"),
        sa.Column("agreed_on", sa.Date(), nullable=True, comment="an oral agreement's day, 人民调解法 30"),
        sa.Column("number", sa.String(), nullable=True, comment="of the committee that sealed it"),
        sa.Column("committee_id", sa.Integer(), nullable=True),
        sa.Column("effective_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("paper_id", sa.Uuid(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_agreements_case_id")),
        sa.ForeignKeyConstraint(["committee_id"], ["offices.id"], name=op.f("fk_agreements_committee_id")),
        sa.ForeignKeyConstraint(["paper_id"], ["papers.id"], name=op.f("fk_agreements_paper_id")),
        sa.ForeignKeyConstraint(["responsible_id"], ["parties.id"], name=op.f("fk_agreements_responsible_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreements")),
        sa.UniqueConstraint("case_id", "version", name=op.f("uq_agreements_case_id_version")),
        sa.UniqueConstraint("number", name=op.f("uq_agreements_number")),
    )
    op.create_index(
        "uq_agreements_draft", "agreements", ["case_id"], unique=True, postgresql_where=sa.text("status = 'draft'")
    )
    op.create_index(
        "uq_agreements_effective",
        "agreements",
        ["case_id"],
        unique=True,
        postgresql_where=sa.text("status = 'effective'"),
    )
    op.create_table(
        "appraisals",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("commissioned_by", sa.Uuid(), nullable=False, comment="a party, never the workroom"),
        sa.Column("advanced_by", sa.Uuid(), nullable=False, comment="who advances the fee (24a)"),
        sa.Column("body", sa.String(), nullable=False, comment="the appraisal body, an organisation"),
        sa.Column("paper_id", sa.Uuid(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["advanced_by"], ["parties.id"], name=op.f("fk_appraisals_advanced_by")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_appraisals_case_id")),
        sa.ForeignKeyConstraint(["commissioned_by"], ["parties.id"], name=op.f("fk_appraisals_commissioned_by")),
        sa.ForeignKeyConstraint(["paper_id"], ["papers.id"], name=op.f("fk_appraisals_paper_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appraisals")),
    )
    op.create_index("ix_appraisals_case", "appraisals", ["case_id"], unique=False)
    op.create_table(
        "plans",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("team_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("paper_id", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_plans_case_id")),
        sa.ForeignKeyConstraint(["paper_id"], ["papers.id"], name=op.f("fk_plans_paper_id")),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("fk_plans_team_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plans")),
        sa.UniqueConstraint("case_id", "version", name=op.f("uq_plans_case_id_version")),
    )
    op.create_table(
        "agreement_terms",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("agreement_id", sa.Uuid(), nullable=False),
        sa.Column("ordinal", sa.SmallInteger(), nullable=False),
        sa.Column("party_id", sa.Uuid(), nullable=False),
        sa.Column("obligor_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=True),
        sa.Column("text", sa.LargeBinary(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["agreement_id"], ["agreements.id"], name=op.f("fk_agreement_terms_agreement_id")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_agreement_terms_case_id")),
        sa.ForeignKeyConstraint(["obligor_id"], ["parties.id"], name=op.f("fk_agreement_terms_obligor_id")),
        sa.ForeignKeyConstraint(["party_id"], ["parties.id"], name=op.f("fk_agreement_terms_party_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreement_terms")),
        sa.UniqueConstraint("agreement_id", "ordinal", name=op.f("uq_agreement_terms_agreement_id_ordinal")),
    )
    op.create_index("ix_agreement_terms_case", "agreement_terms", ["case_id"], unique=False)
    op.create_table(
        "signatures",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("agreement_id", sa.Uuid(), nullable=False),
        sa.Column("party_id", sa.Uuid(), nullable=True),
        sa.Column("person_id", sa.Uuid(), nullable=True, comment="the mediator"),
        sa.Column("capacity", sa.String(), nullable=False),
        sa.Column("mandate_paper_id", sa.Uuid(), nullable=True, comment="民法典165: in writing"),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["agreement_id"], ["agreements.id"], name=op.f("fk_signatures_agreement_id")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_signatures_case_id")),
        sa.ForeignKeyConstraint(["mandate_paper_id"], ["papers.id"], name=op.f("fk_signatures_mandate_paper_id")),
        sa.ForeignKeyConstraint(["party_id"], ["parties.id"], name=op.f("fk_signatures_party_id")),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_signatures_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signatures")),
        sa.UniqueConstraint("agreement_id", "party_id", name=op.f("uq_signatures_agreement_id_party_id")),
        sa.UniqueConstraint("agreement_id", "person_id", name=op.f("uq_signatures_agreement_id_person_id")),
    )
    op.create_index("ix_signatures_case", "signatures", ["case_id"], unique=False)
    for table in TABLES:
        protect_child(table)
