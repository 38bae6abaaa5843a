"""Terms: what a timer's last day is reckoned from, the kind of the case's nearest term, and a tenant's own settings."""

import sqlalchemy as sa
from alembic import op

from migrations.protection import APP, open_to_all, script

revision = "0031_terms"
down_revision = "0030_assessment"


def upgrade() -> None:
    day = sa.Column(
        "agreed_on", sa.Date(), nullable=True, comment="the day set by the parties or a paper; null = reckoned"
    )
    stood = sa.Column(
        "paused_days", sa.SmallInteger(), nullable=False, server_default="0", comment="whole days the clock stood"
    )
    op.add_column("timers", day)
    op.add_column("timers", stood)
    op.add_column("timers", sa.Column("extended_days", sa.SmallInteger(), nullable=False, server_default="0"))
    op.add_column(
        "cases", sa.Column("due_kind", sa.String(), nullable=True, comment="of that term, for its warning lead")
    )
    op.execute(f"grant update (due_kind) on cases to {APP}")
    # Of what was one term for two articles only the petition office's own had begun.
    op.execute("update timers set kind = 'petition_disposition' where kind = 'petition_notice'")
    op.execute(DUE_KIND)
    _settings()


def _settings() -> None:
    op.create_table(
        "term_settings",
        sa.Column("id", sa.Integer(), sa.Identity(), nullable=False),
        sa.Column("tenant_id", sa.Integer(), nullable=True, comment="null = the whole province"),
        sa.Column("kind", sa.String(), nullable=False, comment="of cases.terms"),
        sa.Column(
            "lead_days", sa.SmallInteger(), nullable=True, comment="due soon so many days before; null = as given"
        ),
        sa.Column("length", sa.SmallInteger(), nullable=True, comment="only of a term whose length no law names"),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.CheckConstraint("lead_days between 0 and 730", name=op.f("ck_term_settings_lead")),
        sa.CheckConstraint(
            "length is null or (length between 1 and 730"
            " and kind in ('registration_approval', 'unit_signature', 'strike_off'))",
            name=op.f("ck_term_settings_length"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_term_settings")),
    )
    op.create_index(
        "uq_term_settings_kind",
        "term_settings",
        ["kind", "tenant_id", "valid_from"],
        unique=True,
        postgresql_nulls_not_distinct=True,
    )
    open_to_all("term_settings", "select, insert, update, delete")
    script(SETTINGS)
    op.execute(f"grant select, insert, update, delete on subtree_term_settings to {APP}")


DUE_KIND = """
update cases c set due_kind = (select t.kind from timers t where t.case_id = c.id and t.due_at = c.due_at
                               and t.done_at is null and t.kind in ('mediation', 'recusal', 'performance') limit 1)
where c.due_at is not null
"""

SETTINGS = """
create policy app_write on term_settings to tiaojie_app
    using (case when tenant_id is null then (select scope_is_province()) else tenant_below(tenant_id) end)
    with check (case when tenant_id is null then (select scope_is_province()) else tenant_below(tenant_id) end);

create trigger audit_change after insert or update or delete on term_settings
    for each row execute function audit_dictionary('id');

-- As with days off: the province's own, those of the tenants above, which count here too, and those of the subtree.
create view subtree_term_settings with (security_invoker = true) as
select s.id, s.tenant_id, s.kind, s.lead_days, s.length, s.valid_from, s.reason from term_settings s
where s.tenant_id is null or exists (select from subtree_tenants t where t.id = s.tenant_id)
    or exists (select from tenants mine where mine.id = (select scope_tenant())
               and s.tenant_id in (mine.province_id, mine.prefecture_id, mine.county_id, mine.township_id));
"""
