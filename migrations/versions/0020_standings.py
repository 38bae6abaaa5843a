"""What a record lends by name, and from when: a relation of the future shows nothing yet."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.protection import script

revision = "0020_standings"
down_revision = "0019_accounts"


def upgrade() -> None:
    op.add_column(
        "case_relations",
        sa.Column(
            "actions",
            postgresql.ARRAY(sa.String()),
            nullable=True,
            comment="what a delegation lends by name; null = all that the role may do in this relation",
        ),
    )
    script(BEGUN)


# Every policy and function that asks whether a record is in force now asks also whether it has begun. Their texts are
# taken from the catalogue, because each was written by the revision that made its table.
BEGUN = """
do $$
declare
    one record;
    ends constant text := '(r.until > ( SELECT scope_now() AS scope_now))';
    begun constant text := '(' || ends || ' AND (r.since <= ( SELECT scope_now() AS scope_now)))';
begin
    for one in
        select tablename, policyname, qual, with_check from pg_policies
        where (strpos(qual, ends) > 0 or strpos(with_check, ends) > 0)
        and strpos(coalesce(qual, '') || coalesce(with_check, ''), 'r.since <= ') = 0
    loop
        if one.qual is not null then
            execute format('alter policy %I on %I using (%s)', one.policyname, one.tablename,
                           replace(one.qual, ends, begun));
        end if;
        if one.with_check is not null then
            execute format('alter policy %I on %I with check (%s)', one.policyname, one.tablename,
                           replace(one.with_check, ends, begun));
        end if;
    end loop;
    for one in
        select pg_get_functiondef(p.oid) as body from pg_proc p join pg_namespace n on n.oid = p.pronamespace
        where n.nspname = 'public' and p.prosrc like '%case_relations r%'
        and p.prosrc like '%r.until > (select scope_now())%' and p.prosrc not like '%r.since <= (select scope_now())%'
    loop
        execute replace(one.body, 'r.until > (select scope_now())',
                        'r.until > (select scope_now()) and r.since <= (select scope_now())');
    end loop;
end $$;
"""
