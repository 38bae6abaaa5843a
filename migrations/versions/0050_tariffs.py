"""Tariff and defaults as dated, drafted, previewed, approved data; a payer decision names what it replaces."""

import sqlalchemy as sa
from alembic import op
from msgspec.structs import asdict
from sqlalchemy.dialects import postgresql

from funding.defaults import DEFAULTS_FILE, load_defaults
from funding.rulebook import offered
from migrations.protection import APP, lock, open_to_all, protect_tenant, script
from migrations.tariffs import APPROVE, CHANGES, RATES

revision = "0050_tariffs"
down_revision = "0049_short_locks"

KEYS = (
    "subsidy.general", "subsidy.major", "discretionary.general", "discretionary.major", "duty.person_day",
    "fee.agency", "travel.meals_day", "travel.transport_day", "travel.lodging_night", "travel.intercity",
)  # fmt: skip
CHANGEABLE = "title, effective_on, content, state, version, changed_at"


def upgrade() -> None:
    _changes()
    _previews()
    _rates()
    _defaults()
    _decisions()
    for part in (CHANGES, RATES, APPROVE):
        script(part)


def _changes() -> None:
    op.create_table(
        "tariff_changes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Integer(), nullable=False, comment="whose rates; the province's hold for all"),
        sa.Column("title", sa.String(), nullable=False, comment="what is to change, and why"),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("content", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("state", sa.String(), nullable=False, comment="open approved withdrawn"),
        sa.Column(
            "version",
            sa.Integer(),
            nullable=False,
            comment="counts its changes: what was seen must be what is approved",
        ),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("justice_by", sa.Uuid(), nullable=True, comment="head of the justice side"),
        sa.Column("justice_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("petition_by", sa.Uuid(), nullable=True, comment="head of the petition side"),
        sa.Column("petition_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_tariff_changes_tenant_id")),
        sa.ForeignKeyConstraint(["made_by"], ["persons.id"], name=op.f("fk_tariff_changes_made_by")),
        sa.ForeignKeyConstraint(["justice_by"], ["persons.id"], name=op.f("fk_tariff_changes_justice_by")),
        sa.ForeignKeyConstraint(["petition_by"], ["persons.id"], name=op.f("fk_tariff_changes_petition_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tariff_changes")),
    )
    op.create_index("ix_tariff_changes_tenant", "tariff_changes", ["tenant_id", "made_at"])
    lock("tariff_changes", f"select, insert, update ({CHANGEABLE})")
    own = "tenant_id = (select scope_tenant())"
    fresh = "made_by = (select scope_person()) and state = 'open' and justice_by is null and petition_by is null"
    below = "(select tenant_below(tariff_changes.tenant_id))"
    op.execute(f"create policy app_read on tariff_changes for select to {APP} using ({below})")
    op.execute(f"create policy app_insert on tariff_changes for insert to {APP} with check ({own} and {fresh})")
    op.execute(
        f"create policy app_update on tariff_changes for update to {APP} using ({own} and state = 'open')"
        f" with check ({own} and state in ('open', 'withdrawn'))"
    )


def _previews() -> None:
    op.create_table(
        "tariff_previews",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("change_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False, comment="of the change as it was counted"),
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False, comment="decided from this instant on"),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False, comment="up to this one"),
        sa.Column("state", sa.String(), nullable=False, comment="running done"),
        sa.Column("slice", sa.Integer(), nullable=False, comment="that comes next"),
        sa.Column("at_tenant", sa.Integer(), nullable=True, comment="cursor: the tenant being counted"),
        sa.Column("at_recorded", sa.DateTime(timezone=True), nullable=True),
        sa.Column("at_id", sa.Uuid(), nullable=True),
        sa.Column("tenants_done", sa.Integer(), nullable=False),
        sa.Column("tenants_all", sa.Integer(), nullable=False),
        sa.Column(
            "figures",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=False,
            comment="counts and fen by place, cost and class",
        ),
        sa.Column("started_by", sa.Uuid(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["change_id"], ["tariff_changes.id"], name=op.f("fk_tariff_previews_change_id")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_tariff_previews_tenant_id")),
        sa.ForeignKeyConstraint(["started_by"], ["persons.id"], name=op.f("fk_tariff_previews_started_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tariff_previews")),
        sa.UniqueConstraint("change_id", "version", name=op.f("uq_tariff_previews_change_id_version")),
    )
    protect_tenant("tariff_previews")


def _rates() -> None:
    """The operators' office no longer writes them."""
    op.add_column(
        "tariff_rates",
        sa.Column("tenant_id", sa.Integer(), nullable=True, comment="null = the province's, for all"),
    )
    op.add_column("tariff_rates", sa.Column("change_id", sa.Uuid(), nullable=True, comment="null = shipped"))
    op.create_foreign_key(op.f("fk_tariff_rates_tenant_id"), "tariff_rates", "tenants", ["tenant_id"], ["id"])
    op.create_foreign_key(op.f("fk_tariff_rates_change_id"), "tariff_rates", "tariff_changes", ["change_id"], ["id"])
    op.drop_constraint(op.f("ck_tariff_rates_known"), "tariff_rates")
    op.create_check_constraint(op.f("ck_tariff_rates_known"), "tariff_rates", f"key in {KEYS}")
    op.execute("drop policy app_write on tariff_rates")
    op.execute(f"revoke insert, update, delete on tariff_rates from {APP}")


def _defaults() -> None:
    table = op.create_table(
        "payer_defaults",
        sa.Column("id", sa.Integer(), sa.Identity(), nullable=False),
        sa.Column("row", sa.String(), nullable=False, comment="open row of the payer table"),
        sa.Column("choice", sa.String(), nullable=False, comment="one of those that the row offers"),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True, comment="the last day, included"),
        sa.Column("change_id", sa.Uuid(), nullable=True, comment="null = shipped"),
        sa.CheckConstraint("valid_from <= valid_to", name=op.f("ck_payer_defaults_term")),
        sa.ForeignKeyConstraint(["change_id"], ["tariff_changes.id"], name=op.f("fk_payer_defaults_change_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payer_defaults")),
        sa.UniqueConstraint("row", "valid_from", name=op.f("uq_payer_defaults_row_valid_from")),
    )
    op.bulk_insert(table, [asdict(entry) for entry in load_defaults(offered(), DEFAULTS_FILE).entries])
    open_to_all("payer_defaults")


def _decisions() -> None:
    """An answer may be open; a row names its holder, its cause and the row before it."""
    for column in (
        sa.Column("tenant_id", sa.Integer(), nullable=True, comment="the holder when the cost was incurred"),
        sa.Column("cause", sa.String(), nullable=True, comment="code of Cause; null: before causes were kept"),
        sa.Column("replaces", sa.Uuid(), nullable=True, comment="the row that said it before"),
        sa.Column(
            "missing",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=True,
            comment="names of the facts that are missing",
        ),
    ):
        op.add_column("payer_decisions", column)
    op.alter_column("payer_decisions", "payer", nullable=True, comment="null: facts or a rule are missing")
    op.alter_column("payer_decisions", "bearer", nullable=True)
    op.alter_column("payer_decisions", "about", comment="fee | travel | settlement | outlook")
    op.alter_column(
        "payer_decisions", "about_id", comment="row of fees, travel_requests or settlements; outlook: the case"
    )
    op.create_index("ix_payer_decisions_tenant", "payer_decisions", ["tenant_id", "recorded_at", "id"])
    op.execute(
        "update payer_decisions d set tenant_id = coalesce(c.township_id, c.county_id, c.prefecture_id, c.province_id)"
        " from cases c where c.id = d.case_id"
    )
