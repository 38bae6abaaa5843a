"""Checkpoints of the audit: kept by one function, read by their tenant and the auditor, changed by nobody."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Text
from sqlalchemy.dialects import postgresql

from migrations.protection import APP, lock, script

revision = "0015_checkpoints"
down_revision = "0014_keys"


def upgrade() -> None:
    op.create_table(
        "audit_checkpoints",
        sa.Column("tenant_id", sa.Integer(), autoincrement=False, nullable=False, comment="the parent, who holds it"),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False, comment="the hour in which it was made"),
        sa.Column("algorithm", sa.String(), nullable=False, comment="of the root: sha256 | sm3"),
        sa.Column("root", sa.LargeBinary(), nullable=False),
        sa.Column(
            "heads",
            postgresql.JSONB(astext_type=Text()),
            nullable=False,
            comment="tenant: [links, hash, hour and root of its own checkpoint]",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "at", name=op.f("pk_audit_checkpoints")),
    )
    op.create_table(
        "audit_witnesses",
        sa.Column("tenant_id", sa.Integer(), autoincrement=False, nullable=False, comment="who holds the copy"),
        sa.Column("of_tenant_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("root", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "of_tenant_id", "at", name=op.f("pk_audit_witnesses")),
    )
    script(FUNCTIONS)
    for table in ("audit_checkpoints", "audit_witnesses"):
        lock(table, "select")
        op.execute(f"create policy app_read on {table} for select to {APP} using (tenant_id = (select scope_tenant()))")
        op.execute(f"grant select on {table} to tiaojie_auditor")
        op.execute(f"create policy auditor_read on {table} for select to tiaojie_auditor using (true)")
    op.execute("grant select (id, parent_id) on tenants to tiaojie_auditor")
    op.execute("create policy auditor_tree on tenants for select to tiaojie_auditor using (true)")
    for table in ("audit_log", "audit_checkpoints", "audit_witnesses"):
        op.execute(
            f"create trigger never_changes before update or delete or truncate on {table}"
            " for each statement execute function audit_never_changes()"
        )


# Both functions answer the province's scope alone: what they show and keep is of all tenants.
FUNCTIONS = """
-- A proof of millions of links may use more than one processor.
alter function audit_link parallel safe;

create function audit_never_changes() returns trigger language plpgsql as
$$ begin raise exception 'the audit is only ever appended to (%)', tg_table_name using errcode = '42501'; end $$;

create function checkpoint_heads()
returns table (tenant_id int, parent_id int, seq bigint, hash text, last_at timestamptz, last_root text)
language sql stable security definer set search_path = public, pg_temp as
$$ select t.id, t.parent_id, coalesce(h.seq, 0), coalesce(encode(h.hash, 'hex'), ''), c.at, encode(c.root, 'hex')
   from tenants t left join audit_heads h on h.tenant_id = t.id
   left join lateral (select k.at, k.root from audit_checkpoints k where k.tenant_id = t.id
                      order by k.at desc limit 1) c on true
   where scope_is_province() $$;

create function checkpoint_keep(p_tenant int, p_at timestamptz, p_algorithm text, p_root bytea, p_heads jsonb)
returns void
language plpgsql security definer set search_path = public, pg_temp as
$$
begin
    if not scope_is_province() or p_at <> date_trunc('hour', p_at, 'UTC') or p_at > scope_now() then
        raise exception 'a checkpoint is kept by the province, for an hour that has begun' using errcode = '42501';
    end if;
    if exists (select from jsonb_each(p_heads) l where (l.value ->> 0)::bigint > 0 and not exists (
            select from audit_log a where a.tenant_id = l.key::int and a.seq = (l.value ->> 0)::bigint
            and encode(a.hash, 'hex') = l.value ->> 1)) then
        raise exception 'a checkpoint names a head that never was' using errcode = '22000';
    end if;
    insert into audit_checkpoints (tenant_id, at, algorithm, root, heads)
    values (p_tenant, p_at, p_algorithm, p_root, p_heads);
    insert into audit_witnesses (tenant_id, of_tenant_id, at, root)
    select l.key::int, p_tenant, p_at, p_root from jsonb_each(p_heads) l
    where l.key::int <> p_tenant and exists (select from tenants t where t.id = p_tenant and t.parent_id is null);
end
$$;

revoke all on function checkpoint_heads, checkpoint_keep from public;
grant execute on function checkpoint_heads, checkpoint_keep to tiaojie_app;
"""
