"""What issue 5 left open: leads of other systems (15), aid ahead of its check, dossiers handed to the archives."""

import sqlalchemy as sa
from alembic import op

from migrations.protection import protect_tenant
from migrations.row_sight import ask_row_sight

revision = "0046_remainder"
down_revision = "0045_intake"

AHEAD = "legal aid asked for ahead of its check (法律援助法 44)"


def upgrade() -> None:
    op.add_column(
        "referrals",
        sa.Column("ahead", sa.Boolean(), nullable=True, comment=AHEAD),
    )
    op.add_column("dossiers", sa.Column("transferred_on", sa.Date(), nullable=True, comment="handed to the archives"))
    op.add_column("dossiers", sa.Column("archives", sa.String(), nullable=True, comment="which keep it since then"))
    _leads()
    protect_tenant("leads")
    ask_row_sight()


def _leads() -> None:
    op.create_table(
        "leads",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False, comment="which received it"),
        sa.Column("platform", sa.String(), nullable=False, comment="the system or office that sent it"),
        sa.Column("number", sa.String(), nullable=False, comment="the sender's own: sent again, it is known"),
        sa.Column("purpose", sa.String(), nullable=False, comment="what it was sent for (个人信息保护法 6)"),
        sa.Column("place_id", sa.Integer(), nullable=False),
        sa.Column("dispute_type", sa.SmallInteger(), nullable=False),
        sa.Column("facts", sa.LargeBinary(), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False, comment="第一时间发现"),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("status", sa.String(), nullable=False, comment="open | codes of cases.leads.Screened"),
        sa.Column("handled_at", sa.DateTime(timezone=True), nullable=True, comment="第一时间处置"),
        sa.Column("handled_by", sa.Uuid(), nullable=True),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=True, comment="第一时间上报"),
        sa.Column("organ", sa.String(), nullable=True, comment="to which it was diverted or reported"),
        sa.Column("registration_no", sa.String(), nullable=True, comment="of the case that was registered"),
        sa.ForeignKeyConstraint(["office_id"], ["offices.id"], name=op.f("fk_leads_office_id_offices")),
        sa.ForeignKeyConstraint(["place_id"], ["places.id"], name=op.f("fk_leads_place_id_places")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_leads_tenant_id_tenants")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_leads")),
        sa.UniqueConstraint("tenant_id", "platform", "number", name=op.f("uq_leads_tenant_id_platform_number")),
    )
    op.create_index("ix_leads_found", "leads", ["tenant_id", "found_at", "id"])
