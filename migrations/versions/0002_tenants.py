"""Tenants: the tree, offices, people, accounts and sessions."""

import sqlalchemy as sa
from alembic import op

from migrations.protection import lock, open_to_all, script

revision = "0002_tenants"
down_revision = "0001_foundation"


def upgrade() -> None:
    op.create_table(
        "persons",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column(
            "profession", sa.String(), nullable=True, comment="mediator lawyer notary forensic legal_aid grassroots …"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_persons")),
    )
    op.create_table(
        "places",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("tier", sa.String(length=1), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False, comment="省 州 市 县 区 镇 乡 民族乡 街道 … or zone"),
        sa.Column("code_mca", sa.String(), nullable=True, comment="civil affairs code"),
        sa.Column("code_nbs", sa.String(), nullable=True, comment="statistics code, not portable"),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("province_id", sa.Integer(), nullable=True),
        sa.Column("prefecture_id", sa.Integer(), nullable=True),
        sa.Column("county_id", sa.Integer(), nullable=True),
        sa.Column("township_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["parent_id"], ["places.id"], name=op.f("fk_places_parent_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_places")),
    )
    op.create_index(op.f("ix_places_code_mca"), "places", ["code_mca"], unique=False)
    op.create_index(op.f("ix_places_parent_id"), "places", ["parent_id"], unique=False)
    op.create_table(
        "accounts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("login", sa.String(), nullable=False),
        sa.Column("password_hash", sa.String(), nullable=True, comment="read by a definer function only"),
        sa.Column("language", sa.String(), nullable=False, comment="zh | en"),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("locked_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_accounts_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accounts")),
        sa.UniqueConstraint("login", name=op.f("uq_accounts_login")),
        sa.UniqueConstraint("person_id", name=op.f("uq_accounts_person_id")),
    )
    op.create_table(
        "official_statuses",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("evidence", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_official_statuses_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_official_statuses")),
    )
    op.create_index(op.f("ix_official_statuses_person_id"), "official_statuses", ["person_id"], unique=False)
    op.create_table(
        "person_private",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("identity", sa.LargeBinary(), nullable=True),
        sa.Column("contact", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_person_private_person_id")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_person_private")),
    )
    op.create_table(
        "tenants",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("place_id", sa.Integer(), nullable=False),
        sa.Column("tier", sa.String(length=1), nullable=False),
        sa.Column("kind", sa.String(), nullable=False, comment="division | zone"),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column(
            "county_code", sa.String(), nullable=True, comment="six digits for the case number, of the county or above"
        ),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("province_id", sa.Integer(), nullable=True),
        sa.Column("prefecture_id", sa.Integer(), nullable=True),
        sa.Column("county_id", sa.Integer(), nullable=True),
        sa.Column("township_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["parent_id"], ["tenants.id"], name=op.f("fk_tenants_parent_id")),
        sa.ForeignKeyConstraint(["place_id"], ["places.id"], name=op.f("fk_tenants_place_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tenants")),
    )
    op.create_index(op.f("ix_tenants_parent_id"), "tenants", ["parent_id"], unique=False)
    op.create_table(
        "invitations",
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_invitations_account_id")),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_invitations")),
    )
    op.create_index(op.f("ix_invitations_account_id"), "invitations", ["account_id"], unique=False)
    op.create_table(
        "offices",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("committee_id", sa.Integer(), nullable=True, comment="obligation 18a"),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["committee_id"], ["offices.id"], name=op.f("fk_offices_committee_id")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_offices_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_offices")),
    )
    op.create_index("ix_offices_tenant_id_kind", "offices", ["tenant_id", "kind"], unique=False)
    op.create_table(
        "posts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["office_id"], ["offices.id"], name=op.f("fk_posts_office_id")),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_posts_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_posts")),
        sa.UniqueConstraint(
            "person_id", "office_id", "role", "since", name=op.f("uq_posts_person_id_office_id_role_since")
        ),
    )
    op.create_index(op.f("ix_posts_office_id"), "posts", ["office_id"], unique=False)
    op.create_table(
        "sign_ins",
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("post_id", sa.Uuid(), nullable=True),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_sign_ins_account_id")),
        sa.ForeignKeyConstraint(["post_id"], ["posts.id"], name=op.f("fk_sign_ins_post_id")),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_sign_ins")),
    )
    op.create_index(op.f("ix_sign_ins_account_id"), "sign_ins", ["account_id"], unique=False)
    script(TREE)
    script(SIGN_IN)
    for table in ("places", "tenants"):
        open_to_all(table)
    for table in ("offices", "persons"):
        open_to_all(table, "select, insert, update")
    for table in ("person_private", "official_statuses", "posts", "invitations"):
        lock(table)
    lock("sign_ins", "select, insert, update, delete")
    lock("accounts", "insert, update, select (id, person_id, login, language, failures, locked_until, disabled_at)")
    script(POLICIES)


TREE = """
create function tenant_below(tenant int) returns boolean language sql stable as
$$ select exists (select from tenants t where t.id = tenant
                  and scope_tenant() in (t.province_id, t.prefecture_id, t.county_id, t.township_id)) $$;

create function office_below(office int) returns boolean language sql stable as
$$ select exists (select from offices o join tenants t on t.id = o.tenant_id where o.id = office
                  and scope_tenant() in (t.province_id, t.prefecture_id, t.county_id, t.township_id)) $$;

-- Definer: it must see the post by which the person is below, whatever the policies on posts say.
create function person_below(person uuid) returns boolean
language sql stable security definer set search_path = public, pg_temp as
$$ select exists (select from posts w join offices o on o.id = w.office_id join tenants t on t.id = o.tenant_id
                  where w.person_id = person
                  and scope_tenant() in (t.province_id, t.prefecture_id, t.county_id, t.township_id)) $$;

-- Definer: money must be refused to an official of any tenant, also one whose status the asker may not read.
create function is_official(person uuid, day date) returns boolean
language sql stable security definer set search_path = public, pg_temp as
$$ select exists (select from official_statuses s where s.person_id = person
                  and s.since <= day and (s.until is null or s.until >= day)) $$;

-- Definer: incompatible roles are counted per person, also in tenants that the asker can't see.
create function roles_in_force(person uuid) returns table (role varchar)
language sql stable security definer set search_path = public, pg_temp as
$$ select distinct w.role from posts w
   where w.person_id = person and w.since <= scope_now() and (w.until is null or w.until > scope_now()) $$;
"""

SIGN_IN = """
create function home_tenant(person uuid) returns int
language sql stable security definer set search_path = public, pg_temp as
$$ select o.tenant_id from posts w join offices o on o.id = w.office_id
   where w.person_id = person and w.since <= scope_now() and (w.until is null or w.until > scope_now())
   order by w.since, w.id limit 1 $$;

-- One row whoever asks: an unknown login is a row of nulls, whose refusal goes to the province's audit.
-- Charges the attempt as a failure at once (five: one minute, then doubling, at most an hour); success takes it back.
create function account_for_sign_in(p_login text)
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
        update accounts set failures = a.failures + 1, locked_until = case when a.failures + 1 >= 5
            then scope_now() + make_interval(mins => least(60, 2 ^ least(a.failures - 4, 6))::int) end
        where id = a.id;
    end if;
    return query select a.id, a.person_id, a.password_hash, a.language, open, home_tenant(a.person_id);
end
$$;

create function session_subject(p_token bytea, p_idle interval)
returns table (account_id uuid, person_id uuid, name varchar, language varchar, post_id uuid, role varchar,
               office_id int, office_kind varchar, tenant_id int, tier varchar)
language plpgsql security definer set search_path = public, pg_temp as
$$
begin
    update sign_ins s set seen_at = scope_now() where s.token_hash = p_token and s.ends_at > scope_now()
        and s.seen_at > scope_now() - p_idle and s.seen_at <= scope_now() - interval '1 minute';
    return query
        select a.id, p.id, p.name, a.language, w.post_id, w.role, w.office_id, w.kind, w.tenant_id, w.tier
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

create function invitation_account(p_token bytea)
returns table (account_id uuid, person_id uuid, login varchar, home_tenant_id int)
language sql stable security definer set search_path = public, pg_temp as
$$ select a.id, a.person_id, a.login, home_tenant(a.person_id)
   from invitations i join accounts a on a.id = i.account_id
   where i.token_hash = p_token and i.used_at is null and i.ends_at > scope_now() and a.disabled_at is null $$;

revoke all on function home_tenant, account_for_sign_in, session_subject, invitation_account from public;
grant execute on function home_tenant, account_for_sign_in, session_subject, invitation_account to tiaojie_app;
"""

POLICIES = """
create policy app_insert on offices for insert to tiaojie_app with check (tenant_below(tenant_id));
create policy app_update on offices for update to tiaojie_app
    using (tenant_below(tenant_id)) with check (tenant_below(tenant_id));

create policy app_insert on persons for insert to tiaojie_app with check ((select scope_tenant()) is not null);
create policy app_update on persons for update to tiaojie_app using (person_below(id)) with check (person_below(id));

create policy app_all on person_private to tiaojie_app
    using (person_below(person_id)) with check (person_below(person_id));
create policy app_own on person_private for select to tiaojie_app using (person_id = (select scope_person()));

create policy app_all on official_statuses to tiaojie_app
    using (person_below(person_id)) with check (person_below(person_id));
create policy app_own on official_statuses for select to tiaojie_app using (person_id = (select scope_person()));

create policy app_all on posts to tiaojie_app using (office_below(office_id)) with check (office_below(office_id));
create policy app_own on posts for select to tiaojie_app using (person_id = (select scope_person()));

create policy app_all on accounts to tiaojie_app using (person_below(person_id)) with check (person_below(person_id));
create policy app_own on accounts to tiaojie_app
    using (person_id = (select scope_person())) with check (person_id = (select scope_person()));

create policy app_own on sign_ins to tiaojie_app
    using (exists (select from accounts a where a.id = account_id and a.person_id = (select scope_person())))
    with check (exists (select from accounts a where a.id = account_id and a.person_id = (select scope_person())));

create policy app_own on invitations to tiaojie_app
    using (exists (select from accounts a where a.id = account_id and a.person_id = (select scope_person())))
    with check (exists (select from accounts a where a.id = account_id and a.person_id = (select scope_person())));
create policy app_insert on invitations for insert to tiaojie_app
    with check (exists (select from accounts a where a.id = account_id and person_below(a.person_id)));
"""
