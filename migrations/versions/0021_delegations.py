"""What is lent. The rows by which it decides are kept in step here, in the transaction of the fact (decision 0020)."""

import sqlalchemy as sa
from alembic import op

from migrations.protection import APP, IN_FORCE, MINE, lock, script

revision = "0021_delegations"
down_revision = "0020_standings"


def upgrade() -> None:
    _table()
    _indexes()
    script(QUESTIONS.replace("{mine}", MINE).replace("{in_force}", IN_FORCE))
    script(LENDING)
    script(REACHING)
    script(LEAVING)
    script(TRIGGERS)
    lock("delegations", "select, insert")
    op.execute(f"grant update (revoked_at, revoked_by, revoke_cause, revoke_reason) on delegations to {APP}")
    op.execute(f"create policy app_read on delegations for select to {APP} using ({READ})")
    op.execute(f"create policy app_insert on delegations for insert to {APP} with check ({LEND})")
    op.execute(
        f"create policy app_update on delegations for update to {APP} using (revoked_at is null and ({LENT}))"
        f" with check ({LENT})"
    )


def _table() -> None:
    op.create_table(
        "delegations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("holder_office_id", sa.Integer(), nullable=False, comment="whose cases are meant"),
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.Column("case_class", sa.String(), nullable=True),
        sa.Column("dispute_type", sa.SmallInteger(), nullable=True),
        sa.Column("actions", sa.ARRAY(sa.String()), nullable=False, comment="with case:delegate: may be lent on"),
        sa.Column("lender_tenant_id", sa.Integer(), nullable=False),
        sa.Column("lender_office_id", sa.Integer(), nullable=False),
        sa.Column("parent_id", sa.Uuid(), nullable=True, comment="lent on from this one"),
        sa.Column("to_person_id", sa.Uuid(), nullable=True),
        sa.Column("to_tenant_id", sa.Integer(), nullable=True),
        sa.Column("to_office_id", sa.Integer(), nullable=True, comment="only this desk of it"),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column(
            "tells_parties",
            sa.Boolean(),
            nullable=False,
            comment="it reaches another processor (个人信息保护法 23)",
        ),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_by", sa.Uuid(), nullable=True, comment="null where a fact ended it"),
        sa.Column("revoke_cause", sa.String(), nullable=True),
        sa.Column("revoke_reason", sa.String(), nullable=True),
        *_checks(),
        *_references(),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delegations")),
    )


def _checks() -> list[sa.CheckConstraint]:
    checks = {
        "case_or_class": "(case_id is null) <> (case_class is null and dispute_type is null)",
        "person_or_tenant": "(to_person_id is null) <> (to_tenant_id is null)",
        "office_of_tenant": "to_office_id is null or to_tenant_id is not null",
        "begins_before_it_ends": "since < until",
    }
    return [sa.CheckConstraint(rule, name=op.f(f"ck_delegations_{name}")) for name, rule in checks.items()]


def _references() -> list[sa.ForeignKeyConstraint]:
    tables = {
        "case_id": "cases",
        "holder_office_id": "offices",
        "lender_office_id": "offices",
        "lender_tenant_id": "tenants",
        "parent_id": "delegations",
        "recorded_by": "persons",
        "to_office_id": "offices",
        "to_person_id": "persons",
        "to_tenant_id": "tenants",
    }
    return [
        sa.ForeignKeyConstraint([column], [f"{table}.id"], name=op.f(f"fk_delegations_{column}"))
        for column, table in tables.items()
    ]


def _indexes() -> None:
    for name, columns, condition in (
        ("holder", ["holder_office_id", "id"], None),
        ("lender", ["lender_office_id", "id"], None),
        ("recorder", ["recorded_by", "id"], None),
        ("person", ["to_person_id", "id"], "to_person_id is not null"),
        ("tenant", ["to_tenant_id", "id"], "to_tenant_id is not null"),
        ("case", ["case_id"], "case_id is not null"),
        ("parent", ["parent_id"], "parent_id is not null"),
        ("class", ["holder_office_id"], "case_id is null and revoked_at is null"),
    ):
        where = sa.text(condition) if condition else None
        op.create_index(f"ix_delegations_{name}", "delegations", columns, postgresql_where=where)
    op.create_index(
        "ix_case_relations_lent", "case_relations", ["source"], postgresql_where=sa.text("relation = 'delegated'")
    )


MINE_OR_BELOW = "lender_tenant_id = (select case_tenant()) or tenant_below(lender_tenant_id)"
READ = f"""
to_tenant_id = (select case_tenant()) or to_person_id = (select case_person())
or ((select case_tenant()) is not null and ({MINE_OR_BELOW}))
"""
LENT = f"recorded_by = (select case_person()) or ((select case_tenant()) is not null and ({MINE_OR_BELOW}))"
LEND = """
lender_tenant_id = (select case_tenant()) and recorded_by = (select case_person()) and revoked_at is null
and (case_id is null or (select case_shows(case_id)))
and (parent_id is not null or exists (select from offices o where o.id = holder_office_id
                                      and o.tenant_id = (select case_tenant())))
"""

# One yes or no each, and only near what the asker has been let in to: the rows themselves may lie out of its sight.
QUESTIONS = """
create function person_removed(wanted uuid, person uuid) returns boolean
language sql stable security definer set search_path = public, pg_temp as
$$ select (case_in_custody(wanted) or exists (
               select from case_relations r where r.case_id = wanted and {mine} and {in_force}))
          and exists (select from case_relations x where x.case_id = wanted and x.person_id = person
                      and x.relation = 'excluded' and x.until > scope_now()) $$;

create function delegation_lenders(wanted uuid) returns table (person_id uuid, office_id int)
language sql stable security definer set search_path = public, pg_temp as
$$ with recursive chain as (
       select d.* from delegations d where d.id = wanted
       and (d.to_person_id = case_person() or d.to_tenant_id = case_tenant())
       union all select p.* from chain c join delegations p on p.id = c.parent_id)
   select c.recorded_by, c.lender_office_id from chain c $$;
revoke all on function person_removed, delegation_lenders from public;
grant execute on function person_removed, delegation_lenders to tiaojie_app;
"""

LENDING = """
-- UUIDv7 of an instant, as foundation.ids makes them: the server's own takes the server's clock.
create function id_at(at timestamptz) returns uuid language sql volatile as
$$ select encode(set_bit(set_bit(overlay(uuid_send(gen_random_uuid())
       placing substring(int8send((extract(epoch from at) * 1000)::bigint) from 3) from 1 for 6), 52, 1), 53, 1),
       'hex')::uuid $$;

-- Whether somebody who was removed from a case lent this, or lent what it was lent on from.
create function delegation_of(wanted uuid, person uuid, tenant int) returns boolean language sql stable as
$$ with recursive chain as (
       select l.parent_id, l.recorded_by, l.lender_tenant_id from delegations l where l.id = wanted
       union all select p.parent_id, p.recorded_by, p.lender_tenant_id
       from chain k join delegations p on p.id = k.parent_id)
   select exists (select from chain where recorded_by = person or lender_tenant_id = tenant) $$;

-- Whether the case lies in the lent class. A tenant whose own organ is the unit concerned is passed over, and so is
-- a case that a lender has left for an interest in it.
create function delegation_reaches(d delegations, c cases) returns boolean language sql stable as
$$ select d.case_id is null and d.revoked_at is null and d.until > scope_now()
   and c.holder_office_id = d.holder_office_id and c.state not in ('refused', 'closed', 'archived')
   and (d.case_class is null or d.case_class = c.case_class)
   and (d.dispute_type is null or d.dispute_type = c.dispute_type)
   and not exists (select from case_units u where u.case_id = c.id and u.conflicts_tenant_id = d.to_tenant_id)
   and not exists (select from case_relations x where x.case_id = c.id and x.relation in ('excluded', 'complained_of')
                   and x.until > scope_now() and delegation_of(d.id, x.person_id, x.tenant_id)) $$;

-- The row that decides, and word to the parties where another processor gets the case.
create function delegation_grant(d delegations, c cases) returns void language plpgsql as
$$
begin
    insert into case_relations
        (id, case_id, relation, role, tenant_id, office_id, person_id, since, until, source, actions, filed_at)
    values (id_at(scope_now()), c.id, 'delegated', 'borrower', d.to_tenant_id, d.to_office_id, d.to_person_id,
            greatest(d.since, scope_now()), d.until, 'delegations:' || d.id, d.actions, c.filed_at);
    if d.case_id is null and d.tells_parties then
        insert into outbox (id, topic, payload, created_at, available_at, attempts)
        values (id_at(scope_now()), 'delegation.reached',
                jsonb_build_object('case', c.id, 'delegation', d.id, 'tenant',
                                   coalesce(c.township_id, c.county_id, c.prefecture_id, c.province_id)),
                scope_now(), scope_now(), 0);
    end if;
end
$$;

-- What it rests on may have ended while it was being lent: nobody gets more than stood when this commits.
create function delegation_made() returns trigger
language plpgsql security definer set search_path = public, pg_temp as
$$
declare one cases;
begin
    if new.parent_id is not null then
        perform from delegations p where p.id = new.parent_id and p.revoked_at is null
            and p.holder_office_id = new.holder_office_id
            and new.actions <@ p.actions and 'case:delegate' = any (p.actions)
            and new.since >= p.since and new.until <= p.until
            and (p.case_id is null or p.case_id = new.case_id)
            and (new.case_id is not null or p.case_class is null or p.case_class = new.case_class)
            and (new.case_id is not null or p.dispute_type is null or p.dispute_type = new.dispute_type) for share;
        if not found then
            raise exception 'what this was lent on from is no more' using errcode = '40001';
        end if;
    end if;
    if new.case_id is not null then
        select * into one from cases c where c.id = new.case_id and c.holder_office_id = new.holder_office_id for share;
        if not found then
            raise exception 'the case was handed over meanwhile' using errcode = '40001';
        end if;
        perform delegation_grant(new, one);
        return null;
    end if;
    -- Whoever adds a case to the office holds its key until the end: after them, all their cases are seen.
    perform from offices o where o.id = new.holder_office_id for update;
    for one in select c.* from cases c
        where c.holder_office_id = new.holder_office_id and delegation_reaches(new, c) for share
    loop
        perform delegation_grant(new, one);
    end loop;
    return null;
end
$$;

create function delegation_ended() returns trigger
language plpgsql security definer set search_path = public, pg_temp as
$$
begin
    update delegations set revoked_at = new.revoked_at, revoked_by = new.revoked_by, revoke_cause = 'above'
    where parent_id = new.id and revoked_at is null;
    update case_relations set until = new.revoked_at
    where relation = 'delegated' and source = 'delegations:' || new.id and until > new.revoked_at;
    return null;
end
$$;
"""

REACHING = """
-- New cases, once a statement: seeding by COPY adds many.
create function delegations_reach() returns trigger
language plpgsql security definer set search_path = public, pg_temp as
$$
declare one cases;
begin
    if not exists (select from delegations where case_id is null and revoked_at is null and until > scope_now()) then
        return null;
    end if;
    for one in select f.* from fresh f where f.holder_office_id in (
        select d.holder_office_id from delegations d
        where d.case_id is null and d.revoked_at is null and d.until > scope_now())
    loop
        perform delegation_grant(d, one) from delegations d
        where d.holder_office_id = one.holder_office_id and d.case_id is null and d.revoked_at is null
        and delegation_reaches(d, one);
    end loop;
    return null;
end
$$;

-- A case that changed hands, class or type, or ended: what no longer reaches it ends, what does begins.
create function delegations_follow() returns trigger
language plpgsql security definer set search_path = public, pg_temp as
$$
begin
    perform from offices o where o.id = new.holder_office_id for key share;
    if not exists (select from delegations where holder_office_id in (old.holder_office_id, new.holder_office_id)
                   and revoked_at is null and until > scope_now()) then
        return null;
    end if;
    update delegations set revoked_at = scope_now(), revoke_cause = 'custody'
    where case_id = new.id and revoked_at is null and holder_office_id <> new.holder_office_id;
    update delegations k set revoked_at = scope_now(), revoke_cause = 'left'
    from delegations p where k.case_id = new.id and k.revoked_at is null and p.id = k.parent_id
    and p.case_id is null and not delegation_reaches(p, new);
    update case_relations r set until = scope_now() from delegations d
    where r.case_id = new.id and r.relation = 'delegated' and r.until > scope_now()
    and d.id = split_part(r.source, ':', 2)::uuid and d.case_id is null and not delegation_reaches(d, new);
    perform delegation_grant(d, new) from delegations d
    where d.holder_office_id = new.holder_office_id and d.case_id is null and d.revoked_at is null
    and delegation_reaches(d, new) and not exists (
        select from case_relations r where r.case_id = new.id and r.relation = 'delegated'
        and r.source = 'delegations:' || d.id and r.until > scope_now());
    return null;
end
$$;

-- Lent to a person in the lender's tenant or below it: with the last post there, what was lent is gone.
create function delegations_of_leaver() returns trigger
language plpgsql security definer set search_path = public, pg_temp as
$$
begin
    update delegations d set revoked_at = scope_now(), revoke_cause = 'post'
    where d.to_person_id = new.person_id and d.revoked_at is null and not exists (
        select from posts w join offices o on o.id = w.office_id join tenants t on t.id = o.tenant_id
        where w.person_id = new.person_id and w.since <= scope_now() and (w.until is null or w.until > scope_now())
        and d.lender_tenant_id in (t.province_id, t.prefecture_id, t.county_id, t.township_id));
    return null;
end
$$;
"""

LEAVING = """
-- Who leaves the case for an interest in it holds nothing there that was lent, and nothing lent by them stays.
create function delegations_of_removed() returns trigger
language plpgsql security definer set search_path = public, pg_temp as
$$
begin
    update delegations d set revoked_at = scope_now(), revoke_cause = 'removed'
    where d.case_id = new.case_id and d.revoked_at is null
    and (new.person_id in (d.to_person_id, d.recorded_by) or new.tenant_id in (d.to_tenant_id, d.lender_tenant_id)
         or delegation_of(d.parent_id, new.person_id, new.tenant_id));
    -- Of a class lent by them this one case alone ends.
    update case_relations r set until = scope_now() from delegations d
    where r.case_id = new.case_id and r.relation = 'delegated' and r.until > scope_now()
    and d.id = split_part(r.source, ':', 2)::uuid and d.case_id is null
    and delegation_of(d.id, new.person_id, new.tenant_id);
    return null;
end
$$;
"""

ENDED = "in ('refused', 'closed', 'archived')"
TRIGGERS = f"""
create trigger delegation_made after insert on delegations for each row execute function delegation_made();

create trigger delegation_ended after update of revoked_at on delegations for each row
    when (old.revoked_at is null and new.revoked_at is not null) execute function delegation_ended();

create trigger delegations_reach after insert on cases referencing new table as fresh
    for each statement execute function delegations_reach();

create trigger delegations_follow after update of holder_office_id, case_class, dispute_type, state on cases
    for each row when (
        (old.holder_office_id, old.case_class, old.dispute_type, old.state {ENDED})
        is distinct from (new.holder_office_id, new.case_class, new.dispute_type, new.state {ENDED}))
    execute function delegations_follow();

create trigger delegations_of_removed after insert on case_relations for each row
    when (new.relation in ('excluded', 'complained_of')) execute function delegations_of_removed();

create trigger delegations_of_leaver after update of until on posts for each row
    when (old.until is null and new.until is not null) execute function delegations_of_leaver();
"""
