"""Jobs that were tried too often and what recurs; channels outside of the pages, and what was delivered by them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from migrations.protection import APP, lock, protect_tenant

revision = "0058_channels"
down_revision = "0057_notices"

RELAY = "tiaojie_relay"
OPERATES = (
    "exists (select from posts w join offices o on o.id = w.office_id join tenants t on t.id = o.tenant_id"
    " where w.person_id = (select scope_person()) and t.id = (select scope_tenant()) and t.tier = 'P'"
    " and w.role = 'sysadmin' and w.since <= (select scope_now())"
    " and (w.until is null or w.until > (select scope_now())))"
)
"""The province's administrator: jobs belong to no tenant. Payloads are nobody's to read."""
JOB = "(select case_tenant()) is not null and (select scope_person()) = '00000000-0000-0000-0000-000000000000'"


def upgrade() -> None:
    _jobs()
    _channels()
    _channel_deliveries()
    _webhooks()
    _webhook_deliveries()


def _jobs() -> None:
    op.add_column(
        "outbox",
        sa.Column(
            "set_aside_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="tried too often: waits for a person; done = dropped",
        ),
    )
    op.drop_index("ix_outbox_waiting", "outbox")
    waiting, aside = sa.text("done_at is null and set_aside_at is null"), sa.text("set_aside_at is not null")
    op.create_index("ix_outbox_waiting", "outbox", ["available_at"], postgresql_where=waiting)
    op.create_index("ix_outbox_aside", "outbox", ["set_aside_at"], postgresql_where=aside)
    shown = "id, topic, created_at, available_at, attempts, done_at, last_error, set_aside_at"
    op.execute(f"grant select ({shown}), update (available_at, attempts, done_at, set_aside_at) on outbox to {APP}")
    op.execute(f"create policy app_read on outbox for select to {APP} using ({OPERATES})")
    op.execute(f"create policy app_update on outbox for update to {APP} using ({OPERATES}) with check ({OPERATES})")
    op.create_table(
        "job_runs",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("ran_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("milliseconds", sa.Integer(), nullable=False),
        sa.Column("result", sa.BigInteger(), nullable=True, comment="how many it dealt with; null = it failed"),
        sa.Column(
            "failed_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="of the last failure, also when it ran well since",
        ),
        sa.Column("last_error", sa.String(), nullable=True, comment="the error's name, never its text"),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_job_runs")),
    )
    lock("job_runs", "select")
    op.execute(f"create policy app_read on job_runs for select to {APP} using ({OPERATES})")
    op.execute(f"grant select, insert, update on job_runs to {RELAY}")
    op.execute(f"create policy relay_all on job_runs to {RELAY} using (true) with check (true)")


def _channels() -> None:
    """A person's own; the job that sends sees them too, and nobody else."""
    op.create_table(
        "notice_channels",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False, comment="code of channels.ChannelKind"),
        sa.Column("address", sa.LargeBinary(), nullable=False),
        sa.Column("language", sa.String(), nullable=False, comment="zh | en: in which its owner reads"),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("verified_at", sa.DateTime(timezone=True), nullable=True, comment="null: nothing but a code goes"),
        sa.Column("code", sa.LargeBinary(), nullable=True, comment="null = none is waited for"),
        sa.Column("code_ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("code_tries", sa.SmallInteger(), nullable=False, comment="wrong ones since it was made"),
        sa.Column("switched_on", sa.Boolean(), nullable=False),
        sa.Column("urgent_only", sa.Boolean(), nullable=False),
        sa.Column("muted", sa.ARRAY(sa.String()), nullable=False, comment="codes of NoticeKind"),
        sa.Column("quiet_from", sa.SmallInteger(), nullable=True, comment="hour in Yunnan; null = no quiet hours"),
        sa.Column("quiet_until", sa.SmallInteger(), nullable=True, comment="hour in Yunnan"),
        sa.Column("digest_hour", sa.SmallInteger(), nullable=True, comment="hour in Yunnan; null = each at once"),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_notice_channels_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice_channels")),
        sa.UniqueConstraint("person_id", "kind", name=op.f("uq_notice_channels_person_id_kind")),
    )
    lock("notice_channels", "select, insert, update, delete")
    own = f"person_id = (select scope_person()) or ({JOB})"
    op.execute(f"create policy app_all on notice_channels to {APP} using ({own}) with check ({own})")
    op.execute(f"create policy app_send on notices for select to {APP} using ({JOB})")


def _channel_deliveries() -> None:
    op.create_table(
        "channel_deliveries",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("channel_id", sa.Uuid(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(), nullable=False, comment="code of channel_models.DeliveryState"),
        sa.Column(
            "next_at", sa.DateTime(timezone=True), nullable=False, comment="not before; a lease while it is sent"
        ),
        sa.Column("attempts", sa.SmallInteger(), nullable=False),
        sa.Column("last_error", sa.String(), nullable=True, comment="the error's name, never its text"),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["channel_id"],
            ["notice_channels.id"],
            name=op.f("fk_channel_deliveries_channel_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_channel_deliveries")),
    )
    op.create_index("ix_channel_deliveries_channel_id", "channel_deliveries", ["channel_id", "made_at"])
    waiting = sa.text("state = 'waiting'")
    op.create_index("ix_channel_deliveries_due", "channel_deliveries", ["next_at"], postgresql_where=waiting)
    op.create_table(
        "channel_items",
        sa.Column("channel_id", sa.Uuid(), nullable=False),
        sa.Column("notice_id", sa.Uuid(), nullable=False),
        sa.Column("delivery_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False, comment="code of NoticeKind"),
        sa.ForeignKeyConstraint(
            ["channel_id"], ["notice_channels.id"], name=op.f("fk_channel_items_channel_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["delivery_id"], ["channel_deliveries.id"], name=op.f("fk_channel_items_delivery_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("channel_id", "notice_id", name=op.f("pk_channel_items")),
    )
    op.create_index("ix_channel_items_delivery_id", "channel_items", ["delivery_id"])
    for table, grants in (("channel_deliveries", "select, insert, update"), ("channel_items", "select, insert")):
        lock(table, grants)
        own = f"exists (select from notice_channels c where c.id = {table}.channel_id)"
        op.execute(f"create policy app_all on {table} to {APP} using ({own}) with check ({own})")


def _webhooks() -> None:
    op.create_table(
        "webhooks",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False, comment="the administrator's own word for the system"),
        sa.Column("url", sa.LargeBinary(), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=False, comment="shown once; signs what is sent"),
        sa.Column("events", sa.ARRAY(sa.String()), nullable=False, comment="codes of webhook_models.WebhookEvent"),
        sa.Column("registered_by", sa.Uuid(), nullable=False),
        sa.Column("registered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("off_at", sa.DateTime(timezone=True), nullable=True, comment="null = switched on"),
        sa.Column("off_why", sa.String(), nullable=True, comment="code of webhook_models.OffWhy"),
        sa.Column("failing_since", sa.DateTime(timezone=True), nullable=True, comment="null = the last one arrived"),
        sa.ForeignKeyConstraint(["registered_by"], ["persons.id"], name=op.f("fk_webhooks_registered_by")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_webhooks_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhooks")),
    )
    op.create_index("ix_webhooks_tenant_id", "webhooks", ["tenant_id", "id"])
    protect_tenant("webhooks")


def _webhook_deliveries() -> None:
    op.create_table(
        "webhook_deliveries",
        sa.Column("id", sa.Uuid(), nullable=False, comment="the other system's mark of what it has had already"),
        sa.Column("webhook_id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Integer(), nullable=False, comment="the webhook's"),
        sa.Column("event_id", sa.Uuid(), nullable=False, comment="message of the outbox"),
        sa.Column("event", sa.String(), nullable=False, comment="code of webhook_models.WebhookEvent"),
        sa.Column("body", JSONB(), nullable=False, comment="ids and codes only"),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(), nullable=False, comment="code of webhook_models.WebhookState"),
        sa.Column(
            "next_at", sa.DateTime(timezone=True), nullable=False, comment="not before; a lease while it is sent"
        ),
        sa.Column("attempts", sa.SmallInteger(), nullable=False),
        sa.Column("answered", sa.SmallInteger(), nullable=True, comment="status of the last answer"),
        sa.Column("last_error", sa.String(), nullable=True, comment="the error's name, never its text"),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_webhook_deliveries_tenant_id")),
        sa.ForeignKeyConstraint(["webhook_id"], ["webhooks.id"], name=op.f("fk_webhook_deliveries_webhook_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_deliveries")),
        sa.UniqueConstraint("webhook_id", "event_id", name=op.f("uq_webhook_deliveries_webhook_id_event_id")),
    )
    op.create_index("ix_webhook_deliveries_list", "webhook_deliveries", ["webhook_id", "id"])
    waiting = sa.text("state = 'waiting'")
    op.create_index("ix_webhook_deliveries_due", "webhook_deliveries", ["next_at"], postgresql_where=waiting)
    protect_tenant("webhook_deliveries")
