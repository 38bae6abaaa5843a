"""The blind index of identity numbers: written by the application, read by registration's one function."""

import sqlalchemy as sa
from alembic import op

from migrations.protection import APP, lock, script

revision = "0014_keys"
down_revision = "0013_tokens"


def upgrade() -> None:
    op.create_table(
        "identity_index",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("party_id", sa.Uuid(), nullable=False),
        sa.Column("blind", sa.LargeBinary(), nullable=False, comment="HMAC; no role but the owner reads it"),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_identity_index_case_id")),
        sa.ForeignKeyConstraint(["party_id"], ["parties.id"], name=op.f("fk_identity_index_party_id")),
        sa.PrimaryKeyConstraint("case_id", "party_id", name=op.f("pk_identity_index")),
    )
    op.create_index(op.f("ix_identity_index_blind"), "identity_index", ["blind"], unique=False)
    lock("identity_index", "insert")
    op.execute(
        f"create policy app_insert on identity_index for insert to {APP} with check ((select case_shows(case_id)))"
    )
    script(PENDING)


PENDING = """
-- Answers for a case that is being registered at this very instant, by its own office, and for nothing else.
-- Materialized: the few entries by the index first, whatever the planner thinks of the tables of cases.
create function pending_same_matter(p_case uuid, p_blinds bytea[]) returns setof uuid
language sql stable security definer set search_path = public, pg_temp as
$$ with found as materialized (select i.case_id from identity_index i where i.blind = any(p_blinds))
   select distinct c.id from found join cases c on c.id = found.case_id join cases n on n.id = p_case
   where n.filed_at = scope_now() and case_in_custody(n.id)
   and c.id <> n.id and c.holder_office_id = n.holder_office_id and c.dispute_type = n.dispute_type
   and c.closed_at is null and c.outcome is null
   order by c.id limit 5 $$;

revoke all on function pending_same_matter from public;
grant execute on function pending_same_matter to tiaojie_app;
"""
