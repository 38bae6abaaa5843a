"""Bearer tokens of programs."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.protection import APP, lock, script

revision = "0013_tokens"
down_revision = "0012_sign_in"

READABLE = "id, account_id, post_id, name, scopes, made_at, ends_at, revoked_at, last_used_at"


def upgrade() -> None:
    op.create_table(
        "tokens",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False, comment="read by a definer function only"),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("post_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False, comment="the person's own word for the program"),
        sa.Column("scopes", postgresql.ARRAY(sa.String()), nullable=False, comment="read act files money"),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True, comment="to the minute"),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_tokens_account_id")),
        sa.ForeignKeyConstraint(["post_id"], ["posts.id"], name=op.f("fk_tokens_post_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tokens")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_tokens_token_hash")),
    )
    op.create_index(op.f("ix_tokens_account_id"), "tokens", ["account_id"], unique=False)
    op.create_index(op.f("ix_tokens_post_id"), "tokens", ["post_id"], unique=False)
    lock("tokens", f"insert, select ({READABLE}), update (revoked_at)")
    op.execute(f"create policy app_read on tokens for select to {APP} using ({OWN} or {BELOW})")
    op.execute(f"create policy app_insert on tokens for insert to {APP} with check ({OWN} and revoked_at is null)")
    op.execute(
        f"create policy app_revoke on tokens for update to {APP}"
        f" using ({OWN} or {BELOW}) with check (revoked_at is not null)"
    )
    script(LOOK_UP)


OWN = (
    "exists (select from accounts a join posts w on w.person_id = a.person_id"
    " where a.id = account_id and w.id = post_id and a.person_id = (select scope_person()))"
)
BELOW = "exists (select from posts w where w.id = post_id and office_below(w.office_id))"

LOOK_UP = """
-- Touches `last_used_at` at most once a minute. A token has its post or nothing: without it there is no row.
create function token_subject(p_token bytea)
returns table (token_id uuid, scopes varchar[], account_id uuid, person_id uuid, name varchar, post_id uuid,
               role varchar, office_id int, office_kind varchar, tenant_id int, tier varchar)
language plpgsql security definer set search_path = public, pg_temp as
$$
begin
    update tokens k set last_used_at = scope_now() where k.token_hash = p_token and k.ends_at > scope_now()
        and k.revoked_at is null
        and (k.last_used_at is null or k.last_used_at <= scope_now() - interval '1 minute');
    return query
        select k.id, k.scopes, a.id, p.id, p.name, w.id, w.role, o.id, o.kind, t.id, t.tier
        from tokens k join accounts a on a.id = k.account_id join persons p on p.id = a.person_id
        join posts w on w.id = k.post_id and w.person_id = p.id
        join offices o on o.id = w.office_id join tenants t on t.id = o.tenant_id
        where k.token_hash = p_token and k.ends_at > scope_now() and k.revoked_at is null
        and a.disabled_at is null
        and w.since <= scope_now() and (w.until is null or w.until > scope_now())
        and (o.valid_to is null or o.valid_to > (scope_now() at time zone 'Asia/Shanghai')::date);
end
$$;

revoke all on function token_subject from public;
grant execute on function token_subject to tiaojie_app;
"""
