"""Dossiers: evidence, referrals, performance, return visits, relief, and the archive."""

import sqlalchemy as sa
from alembic import op

from migrations.protection import open_to_all, protect_child

revision = "0006_dossiers"
down_revision = "0005_teams"

CHILDREN = (
    "evidence", "referrals", "performances", "return_visits", "relief_checks", "relief_referrals", "dossiers",
    "dossier_items",
)  # fmt: skip


def upgrade() -> None:
    _work()
    _relief()
    _archive()
    for table in CHILDREN:
        protect_child(table)
    open_to_all("retention_terms")
    op.execute(RETENTION)


def _work() -> None:
    op.create_table(
        "evidence",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False, comment="code of dossiers.evidence.EvidenceKind"),
        sa.Column("title", sa.LargeBinary(), nullable=False),
        sa.Column("place", sa.LargeBinary(), nullable=True),
        sa.Column("obtained_on", sa.Date(), nullable=False),
        sa.Column("party_id", sa.Uuid(), nullable=True, comment="who gave it; null = collected"),
        sa.Column("file_id", sa.Uuid(), nullable=True),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=False, comment="of the file; without one, of the description"),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_evidence_case_id")),
        sa.ForeignKeyConstraint(["file_id"], ["stored_files.id"], name=op.f("fk_evidence_file_id")),
        sa.ForeignKeyConstraint(["party_id"], ["parties.id"], name=op.f("fk_evidence_party_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence")),
    )
    op.create_index("ix_evidence_case", "evidence", ["case_id", "recorded_at"], unique=False)
    op.create_table(
        "referrals",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("applicant_ids", sa.ARRAY(sa.Uuid()), nullable=False, comment="parties who applied"),
        sa.Column("term_ids", sa.ARRAY(sa.Uuid()), nullable=False, comment="terms of the agreement that a deed covers"),
        sa.Column("organ", sa.String(), nullable=False),
        sa.Column("applied_on", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=True, comment="last day of this channel, as far as known"),
        sa.Column("receipt_no", sa.String(), nullable=True),
        sa.Column("person_id", sa.Uuid(), nullable=True, comment="the notary or lawyer, if known here"),
        sa.Column("result", sa.String(), nullable=False, comment="code of ReferralResult"),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_referrals_case_id")),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_referrals_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_referrals")),
    )
    op.create_index("ix_referrals_case", "referrals", ["case_id"], unique=False)
    op.create_table(
        "performances",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("term_id", sa.Uuid(), nullable=False),
        sa.Column("defaulted", sa.Boolean(), nullable=False),
        sa.Column("path", sa.String(), nullable=True, comment="code of DefaultPath, with a default only"),
        sa.Column("amount_fen", sa.BigInteger(), nullable=True, comment="null for an act and for a default"),
        sa.Column("on_date", sa.Date(), nullable=False),
        sa.Column("receipt_no", sa.String(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_performances_case_id")),
        sa.ForeignKeyConstraint(["term_id"], ["agreement_terms.id"], name=op.f("fk_performances_term_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_performances")),
    )
    op.create_index("ix_performances_case", "performances", ["case_id"], unique=False)
    op.create_table(
        "return_visits",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("party_id", sa.Uuid(), nullable=False),
        sa.Column(
            "refused",
            sa.Boolean(),
            nullable=False,
            comment="the person did not wish to be visited: that is an answer too",
        ),
        sa.Column("performed", sa.Boolean(), nullable=True),
        sa.Column("satisfied", sa.Boolean(), nullable=True),
        sa.Column("pressure", sa.String(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_return_visits_case_id")),
        sa.ForeignKeyConstraint(["party_id"], ["parties.id"], name=op.f("fk_return_visits_party_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_return_visits")),
    )
    op.create_index("ix_return_visits_case", "return_visits", ["case_id"], unique=False)


def _relief() -> None:
    op.create_table(
        "relief_checks",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("party_id", sa.Uuid(), nullable=False),
        sa.Column("hardship", sa.LargeBinary(), nullable=False),
        sa.Column("facts", sa.LargeBinary(), nullable=False),
        sa.Column(
            "wanted", sa.Boolean(), nullable=False, comment="the person wants help; nobody is helped against their will"
        ),
        sa.Column(
            "judicial",
            sa.Boolean(),
            nullable=False,
            comment="judicial relief is open: 涉法涉诉 and hard to solve by law",
        ),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_relief_checks_case_id")),
        sa.ForeignKeyConstraint(["party_id"], ["parties.id"], name=op.f("fk_relief_checks_party_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_relief_checks")),
    )
    op.create_index("ix_relief_checks_case", "relief_checks", ["case_id"], unique=False)
    op.create_table(
        "relief_referrals",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("check_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("organ", sa.String(), nullable=False),
        sa.Column("applied_on", sa.Date(), nullable=False),
        sa.Column("answer", sa.String(), nullable=True),
        sa.Column("answered_on", sa.Date(), nullable=True),
        sa.Column("note", sa.LargeBinary(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_relief_referrals_case_id")),
        sa.ForeignKeyConstraint(["check_id"], ["relief_checks.id"], name=op.f("fk_relief_referrals_check_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_relief_referrals")),
    )
    op.create_index("ix_relief_referrals_case", "relief_referrals", ["case_id"], unique=False)


def _archive() -> None:
    op.create_table(
        "retention_terms",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Integer(), nullable=True),
        sa.Column("result", sa.String(), nullable=False, comment="code of dossiers.retention.Result"),
        sa.Column("years", sa.Integer(), nullable=True, comment="null = for ever (永久)"),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_retention_terms_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_retention_terms")),
    )
    op.create_index("ix_retention_terms_result", "retention_terms", ["result", "tenant_id", "valid_from"], unique=False)
    op.create_table(
        "dossiers",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False, comment="the committee, or the holder without one"),
        sa.Column("volumes", sa.SmallInteger(), nullable=False),
        sa.Column("number", sa.String(), nullable=True),
        sa.Column("retention_term_id", sa.Uuid(), nullable=True),
        sa.Column(
            "kept_until", sa.Date(), nullable=True, comment="null before archiving, and for ever; then appraised"
        ),
        sa.Column("transfer_on", sa.Date(), nullable=True, comment="to the archives, 档案法实施条例 20(2)"),
        sa.Column("list_sha256", sa.LargeBinary(), nullable=True, comment="of the inside list, item by item"),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_dossiers_case_id")),
        sa.ForeignKeyConstraint(["office_id"], ["offices.id"], name=op.f("fk_dossiers_office_id")),
        sa.ForeignKeyConstraint(
            ["retention_term_id"], ["retention_terms.id"], name=op.f("fk_dossiers_retention_term_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dossiers")),
        sa.UniqueConstraint("case_id", name=op.f("uq_dossiers_case_id")),
        sa.UniqueConstraint("office_id", "number", name=op.f("uq_dossiers_office_id_number")),
    )
    op.create_table(
        "dossier_items",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("dossier_id", sa.Uuid(), nullable=False),
        sa.Column("ordinal", sa.SmallInteger(), nullable=True, comment="given at archiving"),
        sa.Column("item", sa.SmallInteger(), nullable=False, comment="number in dossier_items.json"),
        sa.Column(
            "source", sa.String(), nullable=False, comment="papers:<id> | evidence:<id> | performances:<id> | on_paper"
        ),
        sa.Column("pages", sa.Integer(), nullable=True, comment="null = electronic only"),
        sa.Column("note", sa.LargeBinary(), nullable=True),
        sa.Column("sha256", sa.LargeBinary(), nullable=True, comment="null = on paper only"),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_dossier_items_case_id")),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossiers.id"], name=op.f("fk_dossier_items_dossier_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dossier_items")),
        sa.UniqueConstraint("dossier_id", "ordinal", name=op.f("uq_dossier_items_dossier_id_ordinal")),
    )
    op.create_index("ix_dossier_items_case", "dossier_items", ["case_id"], unique=False)


# The sources conflict on the years (domain.md 3.3): these stand until the province sets its own. None ends by itself.
RETENTION = """
insert into retention_terms (id, tenant_id, result, years, source, valid_from) values
('00000000-0000-7000-8000-000000000001', null, 'agreed', 60, '默认：长期六十年（来源不一，待省确定）', '2018-01-01'),
('00000000-0000-7000-8000-000000000002', null, 'ended', 30, '默认：短期三十年（来源不一，待省确定）', '2018-01-01'),
('00000000-0000-7000-8000-000000000003', null, 'refused', 30, '默认：短期三十年（来源不一，待省确定）', '2018-01-01')
"""
