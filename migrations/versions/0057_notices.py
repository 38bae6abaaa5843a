"""Notices to persons, one for each cause, and which rows of the routing an office's tenant has switched off."""

import sqlalchemy as sa
from alembic import op

from migrations.protection import APP, lock, protect_tenant, script

revision = "0057_notices"
down_revision = "0056_signals"


def upgrade() -> None:
    """A notice is read and ticked by its person and seen by who told it; only the worker makes one."""
    _notices()
    _switches()
    lock("notices", "select")
    script(NOTICES)
    script(BELL)
    protect_tenant("notice_switches")


NOTICES = f"""
grant update (read_at) on notices to {APP};
create policy app_read on notices for select to {APP}
    using (person_id = (select scope_person()) or told_by = (select scope_person()));
create policy app_tick on notices for update to {APP}
    using (person_id = (select scope_person())) with check (person_id = (select scope_person()));

-- Definer: nobody who signs in may write a notice. The worker's named subjects have the person of nobody.
create function make_notices(p_rows jsonb) returns table (id uuid, person_id uuid, kind varchar)
language sql security definer set search_path = public, pg_temp as
$$ insert into notices (id, person_id, cause, kind, case_id, address, office_id, post_id, told_by, made_at, ends)
   select r.id, r.person_id, r.cause, r.kind, r.case_id, r.address, r.office_id, r.post_id, r.told_by, r.made_at, r.ends
   from jsonb_populate_recordset(null::notices, p_rows) r
   where scope_person() = '00000000-0000-0000-0000-000000000000'
   order by r.person_id, r.cause
   on conflict (person_id, cause) do nothing
   returning notices.id, notices.person_id, notices.kind $$;

create function forget_notices(p_before timestamptz) returns bigint
language sql security definer set search_path = public, pg_temp as
$$ with gone as (delete from notices where ends < p_before returning 1) select count(*) from gone $$;

revoke all on function make_notices, forget_notices from public;
grant execute on function make_notices to {APP};
grant execute on function forget_notices to tiaojie_relay;
"""

BELL = f"""
-- Definer: asked together with who the session stands for, before any scope is set. No more than the bell shows.
create function unread_notices(p_person uuid) returns integer
language sql stable security definer set search_path = public, pg_temp as
$$ select count(*)::integer from (select from notices n
   where n.person_id = p_person and n.read_at is null and n.ends > scope_now() limit 100) capped $$;

-- Definer: which of these sessions stand now, without touching them: an open stream keeps no session from its idle end.
create function sessions_alive(p_tokens bytea[], p_idle interval) returns table (token_hash bytea, person_id uuid)
language sql stable security definer set search_path = public, pg_temp as
$$ select s.token_hash, a.person_id
   from sign_ins s join accounts a on a.id = s.account_id
   join posts w on w.id = s.post_id and w.person_id = a.person_id join offices o on o.id = w.office_id
   where s.token_hash = any (p_tokens) and s.ends_at > scope_now() and s.seen_at > scope_now() - p_idle
   and a.disabled_at is null and w.since <= scope_now() and (w.until is null or w.until > scope_now())
   and (o.valid_to is null or o.valid_to > (scope_now() at time zone 'Asia/Shanghai')::date) $$;

revoke all on function unread_notices, sessions_alive from public;
grant execute on function unread_notices, sessions_alive to {APP};
"""


def _notices() -> None:
    op.create_table(
        "notices",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("cause", sa.String(), nullable=False, comment="names the fact itself, without anything personal"),
        sa.Column("kind", sa.String(), nullable=False, comment="code of NoticeKind"),
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.Column("address", sa.String(), nullable=False, comment="path of the page to open; empty = the case's"),
        sa.Column("office_id", sa.Integer(), nullable=True, comment="of the post by which the person hears of it"),
        sa.Column("post_id", sa.Uuid(), nullable=True, comment="null = told by name"),
        sa.Column("told_by", sa.Uuid(), nullable=True, comment="whose act it was; sees the receipts"),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends", sa.DateTime(timezone=True), nullable=False, comment="when it is of no use any more"),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_notices_case_id")),
        sa.ForeignKeyConstraint(["office_id"], ["offices.id"], name=op.f("fk_notices_office_id")),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_notices_person_id")),
        sa.ForeignKeyConstraint(["post_id"], ["posts.id"], name=op.f("fk_notices_post_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notices")),
        sa.UniqueConstraint("person_id", "cause", name=op.f("uq_notices_person_id_cause")),
    )
    op.create_index("ix_notices_inbox", "notices", ["person_id", "id"])
    op.create_index("ix_notices_unread", "notices", ["person_id", "id"], postgresql_where=sa.text("read_at is null"))
    op.create_index("ix_notices_told", "notices", ["told_by", "id"], postgresql_where=sa.text("told_by is not null"))
    op.create_index("ix_notices_ends", "notices", ["ends"])


def _switches() -> None:
    op.create_table(
        "notice_switches",
        sa.Column("tenant_id", sa.Integer(), nullable=False, comment="whose own offices no longer hear of it"),
        sa.Column("route", sa.String(), nullable=False, comment="Route.code of oversight.notice_routes"),
        sa.Column("is_off", sa.Boolean(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_notice_switches_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "route", name=op.f("pk_notice_switches")),
    )
