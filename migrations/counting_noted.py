"""What a transaction noted in `count_changes` is added up just before its commit: only the counters it noted (0046)."""

COUNTERS = {
    "tenant_counts": {"tenant_id": "int", "state": "text", "ending": "text"},
    "due_counts": {"tenant_id": "int", "due_on": "date"},
    "place_counts": {"place_id": "int", "dispute_type": "smallint", "ending": "text"},
    "suitable_counts": {"tenant_id": "int", "accepted_month": "date", "ending": "text"},
    "acceptance_counts": {"tenant_id": "int", "accepted_month": "date", "ending": "text"},
    "goal_counts": {"tenant_id": "int", "accepted_month": "date", "measure": "text"},
    "passed_counts": {"tenant_id": "int", "month": "date", "direction": "text", "reason": "text", "outcome": "text"},
}
"""By table, its key as it stands in `count_changes.key`; in this order every transaction locks its rows."""
# Days pass for ever: a day on which nothing is due any more leaves no row.
AFTERWARDS = {
    "due_counts": """
        delete from due_counts c where c.cases = 0 and (c.tenant_id, c.due_on) in (
            select key[1]::int, key[2]::date from unnest(noted) where counter = 'due_counts');"""
}
ADDING = """
create or replace function count_now() returns trigger
language plpgsql security definer set search_path = public, pg_temp as
$$
declare noted count_changes[]; counters text[];
begin
    if new.id <= nullif(current_setting('app.counted', true), '')::bigint then
        return null;
    end if;
    with gone as (delete from count_changes where transaction_id = new.transaction_id returning *)
    select array_agg(gone::count_changes), array_agg(distinct gone.counter) into noted, counters from gone;
    perform set_config('app.counted', max(id)::text, true) from unnest(noted);
{each}
    return null;
end
$$;
"""
EACH = """
    if '{table}' = any(counters) then
        insert into {table} as c ({names}, {sums})
        select {key}, {added} from unnest(noted) where counter = '{table}'
        group by {places}{having} order by {places}
        on conflict ({names}) do update set {summed};{afterwards}
    end if;"""


def adding(counters: dict[str, dict[str, str]]) -> str:
    """`count_now`, for these tables."""
    return ADDING.replace("{each}", "".join(_each(table, key) for table, key in counters.items()))


def _each(table: str, key: dict[str, str]) -> str:
    sums, having = (["cases", "days"], "") if table == "passed_counts" else (["cases"], " having sum(cases) <> 0")
    return EACH.format(
        table=table,
        names=", ".join(key),
        sums=", ".join(sums),
        key=", ".join(f"key[{place}]::{kind}" for place, kind in enumerate(key.values(), start=1)),
        added=", ".join(f"sum({name})" for name in sums),
        having=having,
        places=", ".join(str(place) for place in range(1, len(key) + 1)),
        summed=", ".join(f"{name} = c.{name} + excluded.{name}" for name in sums),
        afterwards=AFTERWARDS.get(table, ""),
    )
