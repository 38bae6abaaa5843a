"""Posts that reach beyond an office's own work begin when a second person confirms them: until then they have no begin.

Whatever asks for posts in force compares `since` with the instant, so a post without one gives nothing anywhere, also
to a query that knows nothing of grants.
"""

import sqlalchemy as sa
from alembic import op

from migrations.protection import APP, lock, script

revision = "0026_grants"
down_revision = "0025_supervision"

TWO_PERSONS = (
    "sysadmin", "secadmin", "auditadmin", "supervisor_f", "supervisor_p", "lgo_director", "joint_conference",
    "complaint_officer", "privacy_officer", "jb_guide", "po_inspector", "leader_in_charge", "lg_head_justice",
    "lg_head_petition", "fee_reviewer", "payer_decider", "cashier", "treasury", "auditor",
)  # fmt: skip
"""As `tenants.two_persons.REASONS` has them; a test holds one to the other."""


def upgrade() -> None:
    op.alter_column("posts", "since", nullable=True, comment="null = nobody has confirmed it: it gives nothing")
    waiting = sa.text("since is null and until is null")
    op.create_index(
        "uq_posts_waiting", "posts", ["person_id", "office_id", "role"], unique=True, postgresql_where=waiting
    )
    op.create_table(
        "post_grants",
        sa.Column("post_id", sa.Uuid(), nullable=False),
        sa.Column("given_by", sa.Uuid(), nullable=True, comment="person; null = the operator at the machine"),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("outcome", sa.String(), nullable=True, comment="confirmed refused; null = nobody has decided"),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.String(), nullable=True, comment="of a refusal"),
        sa.ForeignKeyConstraint(["post_id"], ["posts.id"], name=op.f("fk_post_grants_post_id")),
        sa.PrimaryKeyConstraint("post_id", name=op.f("pk_post_grants")),
    )
    lock("post_grants", "select")
    op.execute(f"create policy app_read on post_grants for select to {APP} using ({BELOW})")
    op.execute(f"revoke update on posts from {APP}")
    op.execute(f"grant update (until) on posts to {APP}")
    for part in (TERMS, GIVEN, DECIDED, OFFICE):
        script(part)


BELOW = "exists (select from posts w where w.id = post_id and office_below(w.office_id))"

TERMS = """
-- When a post binds: one that waits binds from now on, so that nobody is given what excludes it; one refused never.
create function post_term(since timestamptz, until timestamptz) returns tstzrange language sql stable as
$$ select case when since is null and until is not null then 'empty'::tstzrange
               else tstzrange(coalesce(since, scope_now()), until) end $$;

create or replace function roles_in_force(person uuid) returns table (role varchar)
language sql stable security definer set search_path = public, pg_temp as
$$ select distinct w.role from posts w where w.person_id = person and post_term(w.since, w.until) @> scope_now() $$;

-- Whoever waits belongs somewhere already: there the audit has the sign-ins.
create or replace function home_tenant(person uuid) returns int
language sql stable security definer set search_path = public, pg_temp as
$$ select o.tenant_id from posts w join offices o on o.id = w.office_id
   where w.person_id = person and post_term(w.since, w.until) @> scope_now()
   order by w.since, w.id limit 1 $$;

create or replace function exclude_roles() returns trigger
language plpgsql security definer set search_path = public, pg_temp as
$$
declare administrators constant varchar[] := array['sysadmin', 'secadmin', 'auditadmin'];
begin
    perform from persons p where p.id = new.person_id for no key update;
    if exists (select from posts w where w.person_id = new.person_id and w.id <> new.id and w.role <> new.role
               and (w.role = any (administrators) or new.role = any (administrators))
               and post_term(w.since, w.until) && post_term(new.since, new.until)) then
        raise exception 'administrators hold no other role' using errcode = '23P01', constraint = 'roles_exclude';
    end if;
    if new.role in ('secadmin', 'auditadmin') and not exists (
        select from offices o join tenants t on t.id = o.tenant_id where o.id = new.office_id and t.tier in ('P', 'F'))
    then
        raise exception 'this role stands at the province and the prefectures'
            using errcode = '23514', constraint = 'roles_at_tiers';
    end if;
    return new;
end
$$;
"""

GIVEN = f"""
create function needs_two_persons(role text) returns boolean language sql immutable as
$$ select role = any (array{list(TWO_PERSONS)}) $$;

-- The application gives such a post without a begin, every other one with it; and what has ended stays so.
create function posts_begin() returns trigger language plpgsql as
$$
begin
    if current_user <> '{APP}' then
        return new;
    end if;
    if tg_op = 'UPDATE' and old.until is not null then
        raise exception 'a post that has ended does not come back' using errcode = '42501';
    end if;
    if tg_op = 'INSERT' and needs_two_persons(new.role) <> (new.since is null) then
        raise exception 'a second person lets this post begin, or none at all' using errcode = '42501';
    end if;
    return new;
end
$$;
create trigger begins before insert or update on posts for each row execute function posts_begin();

-- Definer: nobody writes by hand who gave a post.
create function note_post_grant() returns trigger
language plpgsql security definer set search_path = public, pg_temp as
$$
begin
    insert into post_grants (post_id, given_by, given_at) values (new.id, scope_person(), scope_now());
    return null;
end
$$;
create trigger waits after insert on posts for each row when (new.since is null) execute function note_post_grant();
"""

DECIDED = f"""
-- The tier where the scope's person is security administrator in force, if the tenant lies there or below.
create function grants_for(p_tenant int) returns varchar
language sql stable security definer set search_path = public, pg_temp as
$$ select mine.tier from posts w join offices o on o.id = w.office_id join tenants mine on mine.id = o.tenant_id
   join tenants t on t.id = p_tenant
   where w.person_id = scope_person() and w.role = 'secadmin' and mine.id = scope_tenant()
   and w.since <= scope_now() and (w.until is null or w.until > scope_now())
   and mine.id in (t.province_id, t.prefecture_id, t.county_id, t.township_id) limit 1 $$;

-- The only way from a post that waits to one in force: what the application asks before is asked again here, where it
-- can't be left out. The post's row is held, so that of two words, or a word and an end, one counts.
create function decide_post_grant(p_post uuid, p_reason text) returns void
language plpgsql security definer set search_path = public, pg_temp as
$$
declare held posts; given post_grants; tier varchar;
begin
    select * into held from posts w where w.id = p_post for update;
    select grants_for(o.tenant_id) into tier from offices o where o.id = held.office_id;
    if tier is null then
        raise exception 'no such post below' using errcode = 'TJ404';
    end if;
    select * into given from post_grants g where g.post_id = p_post for update;
    if scope_person() = held.person_id or scope_person() = given.given_by then
        raise exception 'a grant takes two others' using errcode = 'TJ403';
    end if;
    if held.role = 'secadmin' and tier <> 'P' then
        raise exception 'the province confirms its security administrators' using errcode = 'TJ403';
    end if;
    if held.since is not null or held.until is not null or given.post_id is null then
        raise exception 'this post does not wait' using errcode = 'TJ409';
    end if;
    update posts set since = case when p_reason is null then scope_now() end,
                     until = case when p_reason is not null then scope_now() end where id = p_post;
    update post_grants set outcome = case when p_reason is null then 'confirmed' else 'refused' end,
        decided_by = scope_person(), decided_at = scope_now(), reason = p_reason where post_id = p_post;
end
$$;
revoke all on function decide_post_grant, grants_for from public;
grant execute on function decide_post_grant, grants_for to {APP};
"""

OFFICE = """
create or replace view subtree_posts with (security_invoker = true) as
select w.id, w.person_id, w.office_id, w.role, timezone('Asia/Shanghai', w.since) as since,
    timezone('Asia/Shanghai', w.until) as until,
    case when w.since is null and w.until is null then 'waiting' when w.since is null then 'unconfirmed'
         when w.until <= scope_now() then 'ended' else 'in_force' end::varchar as state,
    (select g.reason from post_grants g where g.post_id = w.id) as reason from posts w
where exists (select from subtree_offices o where o.id = w.office_id);
"""
