"""Foundation: the audit chains and the outbox."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Text
from sqlalchemy.dialects import postgresql

from migrations.protection import lock, script

revision = "0001_foundation"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "audit_heads",
        sa.Column("tenant_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", name=op.f("pk_audit_heads")),
    )
    op.create_table(
        "audit_log",
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(), nullable=False, comment="person id, or the name of a system subject"),
        sa.Column("post_id", sa.Uuid(), nullable=True),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("object_kind", sa.String(), nullable=False),
        sa.Column("object_id", sa.String(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False, comment="done | refused"),
        sa.Column("detail", postgresql.JSONB(astext_type=Text()), nullable=False),
        sa.Column("prev_hash", sa.LargeBinary(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "seq", name=op.f("pk_audit_log")),
    )
    op.create_table(
        "outbox",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("topic", sa.String(), nullable=False),
        sa.Column(
            "payload",
            postgresql.JSONB(astext_type=Text()),
            nullable=False,
            comment="ids and codes only, never personal data",
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("available_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_error", sa.String(), nullable=True, comment="the error's name, never its text"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
    )
    op.create_index(
        "ix_outbox_waiting", "outbox", ["available_at"], unique=False, postgresql_where=sa.text("done_at is null")
    )
    script(SCOPE)
    script(AUDIT)
    op.execute("revoke all on function audit_append from public")
    op.execute("grant execute on function audit_append to tiaojie_app, tiaojie_relay")
    for table in ("audit_log", "audit_heads"):
        lock(table, "")
        op.execute(f"grant select on {table} to tiaojie_auditor")
        op.execute(f"create policy auditor_read on {table} for select to tiaojie_auditor using (true)")
    lock("outbox", "insert")
    op.execute("create policy app_insert on outbox for insert to tiaojie_app with check (true)")
    op.execute("grant select, update on outbox to tiaojie_relay")
    op.execute("create policy relay_all on outbox to tiaojie_relay using (true) with check (true)")


SCOPE = """
grant usage on schema public to tiaojie_app, tiaojie_auditor, tiaojie_relay;

create function scope_tenant() returns int language sql stable as
$$ select nullif(current_setting('app.tenant', true), '')::int $$;

create function scope_person() returns uuid language sql stable as
$$ select nullif(current_setting('app.person', true), '')::uuid $$;

create function scope_now() returns timestamptz language sql stable as
$$ select nullif(current_setting('app.now', true), '')::timestamptz $$;
"""

AUDIT = """
create function audit_link(prev bytea, tenant int, seq bigint, at timestamptz, actor text, post uuid, action text,
                           kind text, object text, outcome text, detail jsonb) returns bytea
language sql immutable as
$$ select sha256(prev || convert_to(concat_ws(E'\\x1f', tenant, seq, extract(epoch from at)::numeric, actor,
        coalesce(post::text, ''), action, kind, object, outcome, detail::text), 'UTF8')) $$;

create function audit_append(p_tenant int, p_at timestamptz, p_actor text, p_post uuid, p_action text, p_kind text,
                             p_object text, p_outcome text, p_detail jsonb) returns bigint
language plpgsql security definer set search_path = public, pg_temp as
$$
declare head audit_heads; link bytea;
begin
    insert into audit_heads (tenant_id, seq, hash) values (p_tenant, 0, sha256('')) on conflict do nothing;
    select * into head from audit_heads where tenant_id = p_tenant for update;
    link := audit_link(head.hash, p_tenant, head.seq + 1, p_at, p_actor, p_post, p_action, p_kind, p_object,
                       p_outcome, p_detail);
    insert into audit_log (tenant_id, seq, at, actor, post_id, action, object_kind, object_id, outcome, detail,
                           prev_hash, hash)
    values (p_tenant, head.seq + 1, p_at, p_actor, p_post, p_action, p_kind, p_object, p_outcome, p_detail,
            head.hash, link);
    update audit_heads set seq = head.seq + 1, hash = link where tenant_id = p_tenant;
    return head.seq + 1;
end
$$;
"""
