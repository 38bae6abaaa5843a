"""Second factor of sign-in, administrators who exclude every other role, and who reads the audit."""

import sqlalchemy as sa
from alembic import op

from migrations.protection import lock, script

revision = "0012_sign_in"
down_revision = "0011_operators"

OWN = "exists (select from accounts a where a.id = account_id and a.person_id = (select scope_person()))"


def upgrade() -> None:
    op.create_table(
        "second_factors",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.Column(
            "last_step", sa.BigInteger(), nullable=False, comment="the last time step accepted: no code works twice"
        ),
        sa.Column("enrolled_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_second_factors_account_id")),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_second_factors")),
    )
    op.create_table(
        "recovery_codes",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_recovery_codes_account_id")),
        sa.PrimaryKeyConstraint("account_id", "code_hash", name=op.f("pk_recovery_codes")),
    )
    op.create_table(
        "pending_sign_ins",
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column(
            "offered",
            sa.LargeBinary(),
            nullable=True,
            comment="secret to enrol; null = a second factor exists and is asked for",
        ),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_pending_sign_ins_account_id")),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_pending_sign_ins")),
    )
    op.create_index(op.f("ix_pending_sign_ins_account_id"), "pending_sign_ins", ["account_id"], unique=False)
    op.add_column(
        "sign_ins",
        sa.Column(
            "second_factor_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="null = only the password was shown",
        ),
    )
    for table in ("second_factors", "recovery_codes", "pending_sign_ins"):
        lock(table, "select, insert, update, delete")
        op.execute(f"create policy app_own on {table} to tiaojie_app using ({OWN}) with check ({OWN})")
    for part in (SECOND_STEP, SESSION, UPKEEP, EXCLUSIVE, AUDIT_READING):
        script(part)


SECOND_STEP = """
-- Five failures: one minute, then doubling, at most an hour. Wrong passwords and wrong codes are one count.
create function charge_failure(p_account uuid) returns void
language sql security definer set search_path = public, pg_temp as
$$ update accounts a set failures = a.failures + 1, locked_until = case when a.failures + 1 >= 5
       then scope_now() + make_interval(mins => least(60, 2 ^ least(a.failures - 4, 6))::int) end
   where a.id = p_account $$;

create or replace function account_for_sign_in(p_login text)
returns table (account_id uuid, person_id uuid, password_hash varchar, language varchar, admitted boolean,
               home_tenant_id int)
language plpgsql security definer set search_path = public, pg_temp as
$$
declare a accounts; open boolean;
begin
    select * into a from accounts where login = p_login for update;
    if not found then  -- the same work as for a known login: a write that the commit must wait for
        perform pg_logical_emit_message(true, 'sign-in', '');
        return query select null::uuid, null::uuid, null::varchar, null::varchar, false,
            (select t.id from tenants t where t.parent_id is null order by t.id limit 1);
        return;
    end if;
    open := a.disabled_at is null and a.password_hash is not null
            and (a.locked_until is null or a.locked_until <= scope_now());
    if open then
        perform charge_failure(a.id);
    end if;
    return query select a.id, a.person_id, a.password_hash, a.language, open, home_tenant(a.person_id);
end
$$;

-- No row: the token is unknown, used or too old, or the account is disabled.
create function pending_account(p_token bytea, p_charge boolean)
returns table (account_id uuid, person_id uuid, login varchar, language varchar, admitted boolean, home_tenant_id int)
language plpgsql security definer set search_path = public, pg_temp as
$$
declare a accounts; open boolean;
begin
    select x.* into a from accounts x
    where x.id = (select s.account_id from pending_sign_ins s where s.token_hash = p_token and s.ends_at > scope_now())
    and x.disabled_at is null for update;
    if not found then
        return;
    end if;
    open := a.locked_until is null or a.locked_until <= scope_now();
    if open and p_charge then
        perform charge_failure(a.id);
    end if;
    return query select a.id, a.person_id, a.login, a.language, open, home_tenant(a.person_id);
end
$$;

revoke all on function charge_failure, pending_account from public;
grant execute on function pending_account to tiaojie_app;
"""

SESSION = """
drop function session_subject(bytea, interval);
create function session_subject(p_token bytea, p_idle interval)
returns table (account_id uuid, person_id uuid, name varchar, language varchar, post_id uuid, role varchar,
               office_id int, office_kind varchar, tenant_id int, tier varchar, second_factor_at timestamptz)
language plpgsql security definer set search_path = public, pg_temp as
$$
begin
    update sign_ins s set seen_at = scope_now() where s.token_hash = p_token and s.ends_at > scope_now()
        and s.seen_at > scope_now() - p_idle and s.seen_at <= scope_now() - interval '1 minute';
    return query
        select a.id, p.id, p.name, a.language, w.post_id, w.role, w.office_id, w.kind, w.tenant_id, w.tier,
               s.second_factor_at
        from sign_ins s join accounts a on a.id = s.account_id join persons p on p.id = a.person_id
        left join lateral (
            select x.id as post_id, x.role, o.id as office_id, o.kind, t.id as tenant_id, t.tier
            from posts x join offices o on o.id = x.office_id join tenants t on t.id = o.tenant_id
            where x.id = s.post_id and x.person_id = p.id
            and x.since <= scope_now() and (x.until is null or x.until > scope_now())
            and (o.valid_to is null or o.valid_to > (scope_now() at time zone 'Asia/Shanghai')::date)) w on true
        where s.token_hash = p_token and s.ends_at > scope_now() and s.seen_at > scope_now() - p_idle
        and a.disabled_at is null;
end
$$;
revoke all on function session_subject from public;
grant execute on function session_subject to tiaojie_app;
"""

UPKEEP = """
-- For the security administrator above the person, and for the operator at the machine, who is the owner.
create function forget_second_factor(p_account uuid) returns boolean
language plpgsql security definer set search_path = public, pg_temp as
$$
begin
    perform from accounts a where a.id = p_account
        and (session_user <> 'tiaojie_app' or person_below(a.person_id)) for update;
    if not found then
        return false;
    end if;
    delete from second_factors f where f.account_id = p_account;
    if not found then
        return false;
    end if;
    delete from recovery_codes c where c.account_id = p_account;
    delete from pending_sign_ins p where p.account_id = p_account;
    delete from sign_ins s where s.account_id = p_account;
    return true;
end
$$;

-- What has ended is of no use any more; who signed in when stands in the audit.
create function purge_sign_ins(p_now timestamptz, p_idle interval, p_kept interval) returns int
language sql security definer set search_path = public, pg_temp as
$$
    with sessions as (delete from sign_ins where ends_at <= p_now or seen_at <= p_now - p_idle returning 1),
         steps as (delete from pending_sign_ins where ends_at <= p_now returning 1),
         links as (delete from invitations where coalesce(used_at, ends_at) <= p_now - p_kept returning 1)
    select ((select count(*) from sessions) + (select count(*) from steps) + (select count(*) from links))::int
$$;

revoke all on function forget_second_factor, purge_sign_ins from public;
grant execute on function forget_second_factor to tiaojie_app;
grant execute on function purge_sign_ins to tiaojie_relay;
"""

EXCLUSIVE = """
-- An administrator is that and nothing else, per person and over the whole of both terms. The person's row is held, so
-- that two transactions can't each give one half of a forbidden pair.
create function exclude_roles() returns trigger
language plpgsql security definer set search_path = public, pg_temp as
$$
declare administrators constant varchar[] := array['sysadmin', 'secadmin', 'auditadmin'];
begin
    perform from persons p where p.id = new.person_id for no key update;
    if exists (select from posts w where w.person_id = new.person_id and w.id <> new.id and w.role <> new.role
               and (w.role = any (administrators) or new.role = any (administrators))
               and tstzrange(w.since, w.until) && tstzrange(new.since, new.until)) then
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
create trigger roles_exclude before insert or update on posts for each row execute function exclude_roles();
"""

AUDIT_READING = """
-- Definer: whether the scope's person is an audit administrator of the scope's tenant, whatever posts may be read.
create function audits_here() returns boolean
language sql stable security definer set search_path = public, pg_temp as
$$ select exists (select from posts w join offices o on o.id = w.office_id
                  where w.person_id = scope_person() and w.role = 'auditadmin' and o.tenant_id = scope_tenant()
                  and w.since <= scope_now() and (w.until is null or w.until > scope_now())) $$;

-- Events without their contents: neither the detail nor the hashes are granted.
grant select (tenant_id, seq, at, actor, post_id, action, object_kind, object_id, outcome) on audit_log to tiaojie_app;
create policy app_audits on audit_log for select to tiaojie_app
    using ((select audits_here()) and (select tenant_below(audit_log.tenant_id)));
"""
