"""Oversight: supervision orders, which carry the case's custody, and warnings."""

import sqlalchemy as sa
from alembic import op

from migrations.protection import APP, lock, protect_child

revision = "0008_oversight"
down_revision = "0007_funding"


def upgrade() -> None:
    op.create_table(
        "supervision_orders",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("ground", sa.String(), nullable=False),
        sa.Column("requirements", sa.LargeBinary(), nullable=False),
        sa.Column("contact", sa.String(), nullable=False),
        sa.Column("deadline", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("urged", sa.Integer(), nullable=False),
        sa.Column("issuer_office_id", sa.Integer(), nullable=False),
        sa.Column("issuer_tenant_id", sa.Integer(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("struck_off_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("strike_off_proof", sa.String(), nullable=True),
        sa.Column("province_id", sa.Integer(), nullable=False),
        sa.Column("prefecture_id", sa.Integer(), nullable=True),
        sa.Column("county_id", sa.Integer(), nullable=True),
        sa.Column("township_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_supervision_orders_case_id")),
        sa.ForeignKeyConstraint(
            ["issuer_office_id"], ["offices.id"], name=op.f("fk_supervision_orders_issuer_office_id")
        ),
        sa.ForeignKeyConstraint(
            ["issuer_tenant_id"], ["tenants.id"], name=op.f("fk_supervision_orders_issuer_tenant_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supervision_orders")),
    )
    op.create_index("ix_supervision_orders_case", "supervision_orders", ["case_id"], unique=False)
    op.create_index(
        "ix_supervision_orders_county",
        "supervision_orders",
        ["county_id", "deadline"],
        unique=False,
        postgresql_where=sa.text("struck_off_at is null"),
    )
    op.create_index(
        "ix_supervision_orders_issuer",
        "supervision_orders",
        ["issuer_office_id", "deadline"],
        unique=False,
        postgresql_where=sa.text("struck_off_at is null"),
    )
    op.create_table(
        "warnings",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("receiver_office_id", sa.Integer(), nullable=True),
        sa.Column("police", sa.Boolean(), nullable=False, comment="only on the ground of 人民调解法 25"),
        sa.Column("help_needed", sa.String(), nullable=False),
        sa.Column("founding_fact", sa.LargeBinary(), nullable=True),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_warnings_case_id")),
        sa.ForeignKeyConstraint(["receiver_office_id"], ["offices.id"], name=op.f("fk_warnings_receiver_office_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_warnings")),
    )
    op.create_index(op.f("ix_warnings_case_id"), "warnings", ["case_id"], unique=False)
    lock("supervision_orders")
    # The issuer and everyone above or at the holder sees that an order stands; the application cuts what it says.
    seen = "(select case_tenant()) in (province_id, prefecture_id, county_id, township_id, issuer_tenant_id)"
    shown = "(select case_shows(case_id))"
    op.execute(f"create policy app_read on supervision_orders for select to {APP} using ({seen} and {shown})")
    op.execute(f"create policy app_insert on supervision_orders for insert to {APP} with check ({seen} and {shown})")
    op.execute(
        f"create policy app_update on supervision_orders for update to {APP} using ({shown}) with check ({shown})"
    )
    protect_child("warnings", "select, insert")
    receives = "exists (select from offices o where o.id = receiver_office_id and o.tenant_id = (select case_tenant()))"
    in_force = "ends_at > (select scope_now())"
    op.execute(f"create policy app_receiver on warnings for select to {APP} using ({receives} and {in_force})")
