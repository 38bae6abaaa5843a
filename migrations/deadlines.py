"""Rows of `deadlines`, kept by triggers on the tables whose things have a day (decision 0055)."""

from alembic import op

from migrations.protection import script

EARLY = "45 days"
"""Before the day, more than any warning is given ahead: the first look is then, and reckons the rest."""


def watch(
    table: str, due: str, running: str, office: str = "null::int", case: str = "case_id", *, new: str = "true"
) -> None:
    """Keep a row for each row of `table` while `running` (SQL over its columns) holds and `due` is a day.

    `office`: who has to do it; `case`: whose case it is. What is there already is taken in, as what is new: as far as
    `new` holds, for what a load brings along as overdue was told long ago.
    """
    parts = _parts(table, due, running, office, case, f"interval '{EARLY}'", new)
    script(KEEPING.format(**parts) + TRIGGERS.format(table=table))
    op.execute(
        f"insert into deadlines ({COLUMNS}) select {parts['values']} from {table} where {parts['runs']} and {new}"
    )


def watch_from(early: str, table: str, due: str, running: str, *, new: str = "true") -> None:
    """From now on the first look at a case's own thing is so long (SQL over its columns) before the day."""
    anew = KEEPING.replace("create function", "create or replace function")
    script(anew.format(**_parts(table, due, running, "null::int", "case_id", early, new)))


def _parts(table: str, due: str, running: str, office: str, case: str, early: str, new: str) -> dict[str, str]:
    return {
        "table": table,
        "due": due,
        "office": office,
        "case": case,
        "new": new,
        "values": f"'{table}', id, {case}, {office}, {due}, {due} - {early}, 0",
        "runs": f"({running}) and {due} is not null",
    }


COLUMNS = "source, row_id, case_id, office_id, due_at, look_at, taken"

# Definer: who writes the thing need not see the row. Statement by statement, so that a load costs one insert. An update
# that changes neither the day, nor whether it runs, nor who has to do it leaves its row alone: what has been taken
# stays taken. Row by row in the order of the key, so that two transactions wait for each other in one order.
KEEPING = """
create function deadline_of_{table}() returns trigger
language plpgsql security definer set search_path = public, pg_temp as
$$
begin
    if tg_op = 'INSERT' then
        insert into deadlines (source, row_id, case_id, office_id, due_at, look_at, taken)
        select {values} from fresh where {runs} and {new};
        return null;
    end if;
    delete from deadlines d using (
        select id from stale where {runs} except select id from fresh where {runs}) gone
    where d.source = '{table}' and d.row_id = gone.id;
    insert into deadlines (source, row_id, case_id, office_id, due_at, look_at, taken)
    select {values} from fresh
    join (select id, {due} as was_due, {office} as was_office, ({runs}) as ran from stale) before using (id)
    where {runs} and ({due}, {office}, true) is distinct from (was_due, was_office, ran)
    order by id
    on conflict (source, row_id) do update set case_id = excluded.case_id, office_id = excluded.office_id,
        taken = case when deadlines.due_at = excluded.due_at then deadlines.taken else 0 end,
        look_at = case when deadlines.due_at = excluded.due_at then deadlines.look_at else excluded.look_at end,
        due_at = excluded.due_at;
    return null;
end
$$;
"""

TRIGGERS = """
create trigger deadline_new after insert on {table} referencing new table as fresh
    for each statement execute function deadline_of_{table}();
create trigger deadline_moved after update on {table} referencing old table as stale new table as fresh
    for each statement execute function deadline_of_{table}();
"""
