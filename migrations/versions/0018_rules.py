"""Editions of the rules: made once, never changed; making one wakes every process."""

import sqlalchemy as sa
from alembic import op

from migrations.protection import APP, lock, script

revision = "0018_rules"
down_revision = "0017_lists"


def upgrade() -> None:
    op.create_table(
        "rule_editions",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("version", sa.String(), nullable=False, comment="hash of the rules"),
        sa.Column("content", sa.String(), nullable=False, comment="as rules.csv"),
        sa.Column("made_by", sa.String(), nullable=False, comment="person id, or the name of a system subject"),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_rule_editions")),
    )
    lock("rule_editions", "select")
    op.execute(f"create policy app_read on rule_editions for select to {APP} using (true)")
    script(FUNCTIONS)


FUNCTIONS = """
create function tell_rule_edition() returns trigger language plpgsql as $$
begin
    perform pg_notify('rule_editions', new.number::text);
    return null;
end $$;
create trigger tell after insert on rule_editions for each row execute function tell_rule_edition();

create function rule_editions_stay() returns trigger language plpgsql as $$
begin
    raise exception 'an edition of the rules is never changed or removed';
end $$;
create trigger stay before update or delete on rule_editions for each row execute function rule_editions_stay();
"""
