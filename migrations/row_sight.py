"""Which rows of a case's tables show, asked of one function instead of being written out in every policy.

Written out, the policy of a child asks `cases`, whose policies ask `case_relations`, whose policy asks again: a
statement over twenty such tables was planned for 130 ms and took 8 ms to start (decision 0036). The functions are of
the owner, so that nothing is expanded in them, and say themselves what those policies say; a test compares the two.
"""

from alembic import op

from migrations.protection import NEGATIVE, PREVIEW, script, words


def make_row_sight() -> None:
    """`case_shows` and `case_sight` keep their meaning; `case_party` is the tail of `open_to_party`."""
    preview, negative = words((*PREVIEW, *NEGATIVE)), words(NEGATIVE)
    script(FUNCTIONS.format(preview=preview, negative=negative, mine=MINE, in_force=IN_FORCE))


def ask_row_sight() -> None:
    """In every policy that a migration so far has written out; where the server's text differs, it stays written out
    and says the same."""
    op.execute(REWRITE)


MINE = "(r.tenant_id = case_tenant() or r.person_id = case_person())"
IN_FORCE = "r.until > scope_now() and r.since <= scope_now()"
# Bodies are bound when they are made (begin atomic), so no search path can lead them elsewhere.
FUNCTIONS = """
create or replace function case_shows(wanted uuid) returns boolean language sql stable security definer cost 500
begin atomic
    select exists (select from cases c where c.id = wanted and (
        case_tenant() in (c.province_id, c.prefecture_id, c.county_id, c.township_id)
        or exists (select from case_relations r where r.case_id = c.id and {mine} and {in_force}
                   and r.relation not in ('serves', {negative}))))
    and not exists (select from case_relations r where r.case_id = wanted and {mine} and {in_force}
                    and r.relation in ({negative}));
end;

create or replace function case_sight(wanted uuid, at timestamptz) returns boolean
language sql stable security definer cost 500
begin atomic
    select exists (select from cases c where c.id = wanted and (
        case_tenant() in (c.province_id, c.prefecture_id, c.county_id, c.township_id)
        or exists (select from case_relations r where r.case_id = c.id and {mine} and {in_force}
                   and (r.relation not in ({preview}) or (r.relation = 'sent' and at < r.since)))))
    and not exists (select from case_relations r where r.case_id = wanted and {mine} and {in_force}
                    and r.relation in ({negative}));
end;

create function case_party(wanted uuid, p_relation text) returns boolean
language sql stable security definer cost 500
begin atomic
    select exists (select from case_relations r where r.case_id = wanted and r.person_id = case_person()
                   and {in_force} and r.relation = p_relation)
    and not exists (select from case_relations r where r.case_id = wanted and {mine} and {in_force}
                    and r.relation in ({negative}));
end;
"""

REWRITE = r"""
do $$
declare
    one record;
    tail constant text := '\(EXISTS \( SELECT\s+FROM \(cases c\s+JOIN case_relations r ON \(\(r\.case_id = c\.id\)\)\)'
        '\s+WHERE \(\(c\.id = \w+\.case_id\) AND \(r\.person_id = \( SELECT case_person\(\) AS case_person\)\)'
        ' AND \(r\.until > \( SELECT scope_now\(\) AS scope_now\)\)'
        ' AND \(r\.since <= \( SELECT scope_now\(\) AS scope_now\)\)'
        ' AND \(\(r\.relation\)::text = ''(self|respondent)''::text\)\)\)\)';
begin
    for one in select p.tablename, p.policyname from pg_policies p
        where p.schemaname = 'public' and p.policyname = 'app_read'
        and p.qual ~ '^\(EXISTS \( SELECT\s+FROM cases c\s+WHERE \(\(c\.id = \w+\.case_id\) AND '
        and p.qual ~ '\(\(r\.relation\)::text = ''sent''::text\) AND \(\w+\.recorded_at < r\.since\)+$'
    loop
        execute format('alter policy app_read on %I using (case_sight(case_id, recorded_at))', one.tablename);
    end loop;
    for one in select p.tablename, p.policyname,
            regexp_replace(p.qual, tail, format('case_party(%I.case_id, ''\1'')', p.tablename)) as asked
        from pg_policies p where p.schemaname = 'public' and p.policyname in ('app_self', 'app_respondent')
        and p.qual ~ tail
    loop
        execute format('alter policy %I on %I using (%s)', one.policyname, one.tablename, one.asked);
    end loop;
end $$
"""


# Of two policies for the same rows PostgreSQL asks the one first whose name comes later. Nearly every row is read by
# staff: policies for parties are named to come before `app_read`. A migration that opens a table to parties ends so.
STAFF_FIRST = """
do $$
declare one record;
begin
    for one in select tablename, policyname from pg_policies
               where schemaname = 'public' and policyname in ('app_self', 'app_respondent') loop
        execute format('alter policy %I on %I rename to %I', one.policyname, one.tablename,
                       regexp_replace(one.policyname, '^app_', 'app_party_'));
    end loop;
end
$$;
"""
