"""Organisation: working days and dispute types, with the rows that every deployment starts from."""

import csv
from datetime import date
from pathlib import Path

import sqlalchemy as sa
from alembic import op

import organisation
from migrations.protection import lock, open_to_all, script

revision = "0004_organisation"
down_revision = "0003_files"

DATA = Path(organisation.__path__[0]) / "data"
TYPES_SINCE = date(2018, 1, 1)


def upgrade() -> None:
    days = op.create_table(
        "calendar_days",
        sa.Column("id", sa.Integer(), sa.Identity(), nullable=False),
        sa.Column("date", sa.Date(), nullable=False),
        sa.Column("tenant_id", sa.Integer(), nullable=True, comment="null = the whole province"),
        sa.Column("is_workday", sa.Boolean(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("provisional", sa.Boolean(), nullable=False, comment="no notice of the State Council yet"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_days")),
    )
    op.create_index(
        "uq_calendar_days_date_tenant_id",
        "calendar_days",
        ["date", "tenant_id"],
        unique=True,
        postgresql_nulls_not_distinct=True,
    )
    types = op.create_table(
        "dispute_types",
        sa.Column("code", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("name_zh", sa.String(), nullable=False),
        sa.Column("name_en", sa.String(), nullable=False),
        sa.Column("asks_gate", sa.Boolean(), nullable=False, comment="the suitability gate asks more"),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_dispute_types")),
    )
    op.bulk_insert(days, [_day(row) for row in _rows("cn_days_2025_2026.csv")])
    op.bulk_insert(types, [_type(row) for row in _rows("dispute_types.csv")])
    lock("calendar_days", "select, insert, update, delete")
    open_to_all("dispute_types", "select, insert, update, delete")
    script(POLICIES)
    script(TREE)


def _rows(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _day(row: dict[str, str]) -> dict[str, object]:
    return {
        "date": date.fromisoformat(row["date"]),
        "is_workday": row["is_workday"] == "1",
        "name": row["name"],
        "provisional": False,
    }


def _type(row: dict[str, str]) -> dict[str, object]:
    return {
        "code": int(row["code"]),
        "name_zh": row["name_zh"],
        "name_en": row["name_en"],
        "asks_gate": row["asks_gate"] == "1",
        "valid_from": TYPES_SINCE,
    }


POLICIES = """
create function scope_is_province() returns boolean language sql stable as
$$ select exists (select from tenants t where t.id = scope_tenant() and t.tier = 'P') $$;

create policy app_read on calendar_days for select to tiaojie_app using (true);
create policy app_write on calendar_days to tiaojie_app
    using (case when tenant_id is null then (select scope_is_province()) else tenant_below(tenant_id) end)
    with check (case when tenant_id is null then (select scope_is_province()) else tenant_below(tenant_id) end);

create policy app_write on dispute_types to tiaojie_app
    using ((select scope_is_province())) with check ((select scope_is_province()));
"""

TREE = """
-- Which of these tenants still hold cases that are not archived: they can't end.
create function tenants_in_use(p_tenants int[]) returns setof int
language sql stable security definer set search_path = public, pg_temp as
$$ select distinct o.tenant_id from cases c join offices o on o.id = c.holder_office_id
   where o.tenant_id = any (p_tenants) and c.archived_at is null $$;

-- After a tenant moved under another parent its cases follow (decisions.md 7); returns how many cases moved.
create function custody_follows_tree() returns bigint
language sql volatile security definer set search_path = public, pg_temp as
$$ with moved as (
       update cases c set province_id = t.province_id, prefecture_id = t.prefecture_id, county_id = t.county_id,
              township_id = t.township_id, version = c.version + 1, changed_at = scope_now()
       from offices o join tenants t on t.id = o.tenant_id
       where o.id = c.holder_office_id
       and (c.prefecture_id, c.county_id, c.township_id)
           is distinct from (t.prefecture_id, t.county_id, t.township_id)
       returning c.id)
   select count(*) from moved $$;

revoke all on function tenants_in_use, custody_follows_tree from public;
"""
