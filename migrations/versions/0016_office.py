"""What the operators' office needs: dated rates, the tables of the asker's subtree, what keeps an office open."""

import sqlalchemy as sa
from alembic import op
from msgspec.structs import asdict

from funding.tariff import load_tariff
from migrations.protection import APP, open_to_all, script

revision = "0016_office"
down_revision = "0015_checkpoints"


def upgrade() -> None:
    rates = op.create_table(
        "tariff_rates",
        sa.Column("id", sa.Integer(), sa.Identity(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("minimum_fen", sa.BigInteger(), nullable=False),
        sa.Column("maximum_fen", sa.BigInteger(), nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("clause", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True, comment="the last day, included"),
        sa.CheckConstraint("0 <= minimum_fen and minimum_fen <= maximum_fen", name=op.f("ck_tariff_rates_range")),
        sa.CheckConstraint("valid_from <= valid_to", name=op.f("ck_tariff_rates_term")),
        sa.CheckConstraint(
            "key in ('subsidy.general', 'subsidy.major', 'duty.person_day', 'fee.agency')",
            name=op.f("ck_tariff_rates_known"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tariff_rates")),
    )
    op.create_index("ix_tariff_rates_key", "tariff_rates", ["key", "valid_from"])
    op.bulk_insert(rates, [asdict(rate) for rate in load_tariff().rates])
    open_to_all("tariff_rates", "select, insert, update, delete")
    script(TARIFF)
    script(OFFICES)
    script(SUBTREE)
    for view in SUBTREE_VIEWS:
        op.execute(f"grant select on {view} to {APP}")
    op.execute(f"grant insert, update, delete on subtree_calendar_days to {APP}")


TARIFF = """
create policy app_write on tariff_rates to tiaojie_app
    using ((select scope_is_province())) with check ((select scope_is_province()));

create trigger audit_change after insert or update or delete on tariff_rates
    for each row execute function audit_dictionary('id');

-- Money was decided by what is in force: such a row only gets an end, and a new one begins after today, so that a slip
-- of the pen can still be mended. Two rates of a key never share a day.
create function tariff_is_dated() returns trigger language plpgsql as
$$
declare today date := (scope_now() at time zone 'Asia/Shanghai')::date;
begin
    if tg_op <> 'INSERT' and old.valid_from <= today and current_user = 'tiaojie_app' then
        if tg_op = 'DELETE' or to_jsonb(new) - 'valid_to' <> to_jsonb(old) - 'valid_to'
           or coalesce(old.valid_to, 'infinity') < today or coalesce(new.valid_to, 'infinity') < today then
            raise exception 'a rate in force stays as it is' using errcode = 'TJT01';
        end if;
    elsif tg_op <> 'DELETE' and new.valid_from <= today and current_user = 'tiaojie_app' then
        raise exception 'a rate begins after today' using errcode = 'TJT02';
    end if;
    if tg_op = 'DELETE' then
        return old;
    end if;
    perform pg_advisory_xact_lock(hashtext('tariff_rates'), hashtext(new.key));
    if exists (select from tariff_rates other where other.key = new.key and other.id <> new.id
               and daterange(other.valid_from, other.valid_to, '[]')
                   && daterange(new.valid_from,
                                case when new.valid_to >= new.valid_from then new.valid_to end, '[]')) then
        raise exception 'two rates of one key on one day' using errcode = 'TJT03';
    end if;
    return new;
end
$$;

create trigger dated before insert or update or delete on tariff_rates
    for each row execute function tariff_is_dated();
"""

OFFICES = """
-- What keeps an office open, by name: cases that are not archived, offers to it, stations that its committee posts,
-- posts in force. Definer: an administrator sees no case.
create function office_in_use(p_office int) returns table (what text)
language sql stable security definer set search_path = public, pg_temp as
$$ select 'cases' where exists (select from cases c where c.holder_office_id = p_office and c.archived_at is null)
   union all
   select 'offers' where exists (select from case_relations r where r.office_id = p_office and r.relation = 'offered'
                                 and r.until > scope_now())
   union all
   select 'stations' where exists (select from offices o where o.committee_id = p_office and o.valid_to is null)
   union all
   select 'posts' where exists (select from posts w where w.office_id = p_office
                                and (w.until is null or w.until > scope_now())) $$;

revoke all on function office_in_use from public;
grant execute on function office_in_use to tiaojie_app;
"""

SUBTREE_VIEWS = (
    "subtree_tenants", "subtree_offices", "subtree_posts", "subtree_persons", "subtree_accounts",
    "subtree_calendar_days",
)  # fmt: skip

SUBTREE = """
-- The names of the whole tree are everybody's (decisions.md 23); the operators' office shows the own subtree alone.
-- The asker's own policies hold behind each view (security_invoker).
-- What stands above it has no number there, and hours are those of the wall (Asia/Shanghai).
create view subtree_tenants with (security_invoker = true) as
select t.id, case when t.id <> (select scope_tenant()) then t.parent_id end as parent_id, t.tier, t.kind, t.name,
       t.county_code, t.valid_from, t.valid_to
from tenants t
where (select scope_tenant()) in (t.province_id, t.prefecture_id, t.county_id, t.township_id);

create view subtree_offices with (security_invoker = true) as
select o.id, o.tenant_id, o.kind, o.name, o.committee_id, o.valid_from, o.valid_to from offices o
where exists (select from subtree_tenants t where t.id = o.tenant_id);

create view subtree_posts with (security_invoker = true) as
select w.id, w.person_id, w.office_id, w.role, timezone('Asia/Shanghai', w.since) as since,
    timezone('Asia/Shanghai', w.until) as until from posts w
where exists (select from subtree_offices o where o.id = w.office_id);

create view subtree_persons with (security_invoker = true) as
select p.id, p.name, p.profession from persons p
where exists (select from subtree_posts w where w.person_id = p.id);

create view subtree_accounts with (security_invoker = true) as
select a.id, a.person_id, a.login, a.language, timezone('Asia/Shanghai', a.locked_until) as locked_until,
    timezone('Asia/Shanghai', a.disabled_at) as disabled_at from accounts a
where exists (select from subtree_posts w where w.person_id = a.person_id);

-- The province's days, those of the tenants above, which count here too, and those of the subtree.
create view subtree_calendar_days with (security_invoker = true) as
select d.id, d.date, d.tenant_id, d.is_workday, d.name, d.provisional from calendar_days d
where d.tenant_id is null or exists (select from subtree_tenants t where t.id = d.tenant_id)
    or exists (select from tenants mine where mine.id = (select scope_tenant())
               and d.tenant_id in (mine.province_id, mine.prefecture_id, mine.county_id, mine.township_id));
"""
