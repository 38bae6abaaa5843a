"""Counters at the end of a transaction, in SQL: what changed is noted at once, added up just before the commit.

Whoever counts locks the counter for everybody else until it has committed; so counting comes last (decision 0046).
"""

HOLDER = "coalesce(township_id, county_id, prefecture_id, province_id)"
OPEN = "state not in ('refused', 'closed', 'archived')"
TAKEN = "(f.accepted_at, suitable_ending(f.outcome)) is distinct from (s.accepted_at, suitable_ending(s.outcome))"

CHANGES = {
    "insert": "select *, 1 as n from fresh",
    "update": "select *, 1 as n from fresh union all select *, -1 from stale",
    "delete": "select *, -1 as n from stale",
}
ACCEPTED = {
    "insert": "select * from changes",
    "update": f"select f.*, 1 as n from fresh f join stale s using (id) where {TAKEN}"
    f" union all select s.*, -1 from fresh f join stale s using (id) where {TAKEN}",
    "delete": "select * from changes",
}
ACCEPTER = {
    "insert": HOLDER,  # what is just being written has not moved yet
    "update": f"case_accepted_by(id, accepted_at, {HOLDER})",
    "delete": f"case_accepted_by(id, accepted_at, {HOLDER})",
}
TABLES = {
    "insert": "new table as fresh",
    "update": "old table as stale new table as fresh",
    "delete": "old table as stale",
}

# One statement for all counters of cases; rows in the order of the key.
NOTING = """
create function count_case_{event}() returns trigger
language plpgsql security definer set search_path = public, pg_temp as
$$
begin
    insert into count_changes (counter, key, cases)
    with changes as ({changes}), accepted as ({accepted})
    select 'tenant_counts', array[{holder}::text, state, case_ending(outcome)], sum(n) from changes
    group by 2 having sum(n) <> 0
    union all
    select 'due_counts', array[{holder}::text, case_due_on(due_at)::text], sum(n) from changes
    where due_at is not null and {open} group by 2 having sum(n) <> 0
    union all
    select 'place_counts', array[place_id::text, dispute_type::text, case_ending(outcome)], sum(n) from changes
    group by 2 having sum(n) <> 0
    union all
    select 'suitable_counts', array[{holder}::text, case_month(accepted_at)::text, suitable_ending(outcome)], sum(n)
    from changes where accepted_at is not null group by 2 having sum(n) <> 0
    union all
    select 'acceptance_counts', array[({accepter})::text, case_month(accepted_at)::text, suitable_ending(outcome)],
           sum(n)
    from accepted where accepted_at is not null group by 2 having sum(n) <> 0;
    return null;
end
$$;

create trigger count_{event} after {event} on cases referencing {tables}
    for each statement execute function count_case_{event}();
"""

PASSED = """
create or replace function count_passed_on(
    p_tenant int, p_month date, p_direction text, p_reason text, p_outcome text, p_days int) returns void
language sql security definer set search_path = public, pg_temp as
$$ insert into count_changes (counter, key, cases, days)
   values ('passed_counts', array[p_tenant::text, p_month::text, p_direction, p_reason, p_outcome], 1, p_days) $$;
"""

# The first of a transaction's rows that is looked at takes all of them, so that the rows of every counter are locked
# in the order of their key: two transactions can't wait for each other's. It tells the others how far it came, for
# to look for what is gone takes the longer the more there was.
ADDING = """
create function count_now() returns trigger
language plpgsql security definer set search_path = public, pg_temp as
$$
declare noted count_changes[];
begin
    if new.id <= nullif(current_setting('app.counted', true), '')::bigint then
        return null;
    end if;
    with gone as (delete from count_changes where transaction_id = new.transaction_id returning *)
    select array_agg(gone::count_changes) into noted from gone;
    perform set_config('app.counted', max(id)::text, true) from unnest(noted);

    insert into tenant_counts as c (tenant_id, state, ending, cases)
    select key[1]::int, key[2], key[3], sum(cases) from unnest(noted) where counter = 'tenant_counts'
    group by 1, 2, 3 having sum(cases) <> 0 order by 1, 2, 3
    on conflict (tenant_id, state, ending) do update set cases = c.cases + excluded.cases;

    insert into due_counts as c (tenant_id, due_on, cases)
    select key[1]::int, key[2]::date, sum(cases) from unnest(noted) where counter = 'due_counts'
    group by 1, 2 having sum(cases) <> 0 order by 1, 2
    on conflict (tenant_id, due_on) do update set cases = c.cases + excluded.cases;

    -- Days pass for ever: a day on which nothing is due any more leaves no row.
    delete from due_counts c where c.cases = 0 and (c.tenant_id, c.due_on) in (
        select key[1]::int, key[2]::date from unnest(noted) where counter = 'due_counts');

    insert into place_counts as c (place_id, dispute_type, ending, cases)
    select key[1]::int, key[2]::smallint, key[3], sum(cases) from unnest(noted) where counter = 'place_counts'
    group by 1, 2, 3 having sum(cases) <> 0 order by 1, 2, 3
    on conflict (place_id, dispute_type, ending) do update set cases = c.cases + excluded.cases;

    insert into suitable_counts as c (tenant_id, accepted_month, ending, cases)
    select key[1]::int, key[2]::date, key[3], sum(cases) from unnest(noted) where counter = 'suitable_counts'
    group by 1, 2, 3 having sum(cases) <> 0 order by 1, 2, 3
    on conflict (tenant_id, accepted_month, ending) do update set cases = c.cases + excluded.cases;

    insert into acceptance_counts as c (tenant_id, accepted_month, ending, cases)
    select key[1]::int, key[2]::date, key[3], sum(cases) from unnest(noted) where counter = 'acceptance_counts'
    group by 1, 2, 3 having sum(cases) <> 0 order by 1, 2, 3
    on conflict (tenant_id, accepted_month, ending) do update set cases = c.cases + excluded.cases;

    insert into passed_counts as c (tenant_id, month, direction, reason, outcome, cases, days)
    select key[1]::int, key[2]::date, key[3], key[4], key[5], sum(cases), sum(days) from unnest(noted)
    where counter = 'passed_counts' group by 1, 2, 3, 4, 5 order by 1, 2, 3, 4, 5
    on conflict (tenant_id, month, direction, reason, outcome)
    do update set cases = c.cases + excluded.cases, days = c.days + excluded.days;
    return null;
end
$$;

create constraint trigger count_now after insert on count_changes deferrable initially deferred
    for each row execute function count_now();
"""


def noting(event: str) -> str:
    """The trigger on cases for one kind of statement."""
    parts = {
        "event": event,
        "changes": CHANGES[event],
        "accepted": ACCEPTED[event],
        "accepter": ACCEPTER[event],
        "tables": TABLES[event],
        "holder": HOLDER,
        "open": OPEN,
    }
    return NOTING.format(**parts)
