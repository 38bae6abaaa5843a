"""What a case's rows held before each change, so that any past moment of it can be told.

A trigger keeps the earlier values of the changed columns, never of sealed ones, under the instant of the transaction.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.protection import APP, full_sight, lock, script

revision = "0034_history"
down_revision = "0033_guidance"


def upgrade() -> None:
    op.create_table(
        "past_rows",
        sa.Column("row_id", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("of_table", sa.String(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("earlier", postgresql.JSONB(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_past_rows_case_id_cases")),
        sa.PrimaryKeyConstraint("row_id", "recorded_at", "of_table", name=op.f("pk_past_rows")),
    )
    op.create_index("ix_past_rows_case", "past_rows", ["case_id", "recorded_at"])
    lock("past_rows", grants="select")
    sight = full_sight("past_rows.case_id", "past_rows.recorded_at")
    op.execute(f"create policy app_read on past_rows for select to {APP} using ({sight})")
    script(KEEP_PAST)
    op.execute("select keep_past_of_all_cases()")


KEEP_PAST = """
-- Definer: the application may read what stood before, never write it. No scope, no instant: the owner's own repairs.
create function keep_past() returns trigger language plpgsql security definer set search_path = public, pg_temp as
$$
declare sealed text[] := coalesce(tg_argv::text[], '{}');
        before jsonb := to_jsonb(old) - sealed;
        after jsonb := to_jsonb(new) - sealed;
        concerned uuid := (before ->> case when tg_table_name = 'cases' then 'id' else 'case_id' end)::uuid;
        changed jsonb;
begin
    -- what is lent of a whole class concerns no one case
    if scope_now() is null or concerned is null or before = after then return null; end if;
    select jsonb_object_agg(key, value) into changed from jsonb_each(before) where value is distinct from after -> key;
    insert into past_rows (row_id, recorded_at, of_table, case_id, earlier)
    values (old.id, scope_now(), tg_table_name, concerned, changed)
    on conflict (row_id, recorded_at, of_table) do update set earlier = excluded.earlier || past_rows.earlier;
    return null;
end
$$;

-- On one table of cases; its sealed columns are left out.
create function keep_past_of(wanted text) returns void language plpgsql as
$$
declare sealed text;
begin
    select coalesce(string_agg(quote_literal(attname), ', '), '') into sealed from pg_attribute
    where attrelid = wanted::regclass and atttypid = 'bytea'::regtype and attnum > 0 and not attisdropped;
    execute format('create trigger keep_past after update on %I for each row execute function keep_past(%s)',
                   wanted, sealed);
end
$$;

-- On every table that says when each of its rows of a case was recorded, and on the cases themselves.
create function keep_past_of_all_cases() returns void language plpgsql as
$$
declare one text;
begin
    perform keep_past_of('cases');
    for one in
        select t.table_name from information_schema.tables t
        where t.table_schema = 'public' and t.table_type = 'BASE TABLE'
        and t.table_name not in ('past_rows', 'events', 'papers', 'case_relations')
        and (select count(*) from information_schema.columns c where c.table_schema = 'public'
             and c.table_name = t.table_name and (c.column_name, c.udt_name) in
                 (('id', 'uuid'), ('case_id', 'uuid'), ('recorded_at', 'timestamptz'))) = 3
        order by 1
    loop
        perform keep_past_of(one);
    end loop;
end
$$;
"""
