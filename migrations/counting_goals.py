"""Goals over suitable cases are counted as the other counters are: noted at once, added up before the commit."""

from migrations.counting import ADDING, HOLDER

# What is true of each accepted case; the marks and the recount both read it.
TRUTHS = f"""
create view goal_truths with (security_invoker = true) as
select c.id as case_id, case_accepted_by(c.id, c.accepted_at, {HOLDER}) as tenant_id,
       case_month(c.accepted_at) as accepted_month, m.measure
from cases c
cross join lateral (values
    ('performed', suitable_ending(c.outcome) = 'settled' and goal_performed(c.id)),
    ('in_time', suitable_ending(c.outcome) = 'settled' and goal_in_time(c.id)),
    ('satisfied', suitable_ending(c.outcome) = 'settled' and goal_satisfied(c.id)),
    ('withdrawn', c.outcome = 'withdrawn' and goal_complained(c.id))) m (measure, holds)
where c.accepted_at is not null and c.outcome is not null and m.holds;
"""

# Money: paid in full. An act: done at least once (dossiers.performance). Of visits, each party's last word.
FACTS = """
create function goal_performed(of_case uuid) returns boolean language sql stable as
$$ select exists (select from agreements a where a.case_id = of_case and a.status = 'effective')
   and not exists (
     select from agreements a join agreement_terms t on t.agreement_id = a.id
     where a.case_id = of_case and a.status = 'effective' and not exists (
       select from performances p where p.term_id = t.id and not p.defaulted
       group by p.term_id having t.amount_fen is null or sum(p.amount_fen) >= t.amount_fen)) $$;

create function goal_in_time(of_case uuid) returns boolean language sql stable as
$$ select not exists (select from timers t where t.case_id = of_case and t.kind = 'mediation'
                      and (t.overdue_at is not null or t.done_at > t.due_at)) $$;

create function goal_satisfied(of_case uuid) returns boolean language sql stable as
$$ select coalesce(bool_and(satisfied), false) from (
     select distinct on (party_id) satisfied from return_visits
     where case_id = of_case and satisfied is not null order by party_id, id desc) last $$;

create function goal_complained(of_case uuid) returns boolean language sql stable as
$$ select exists (select from complaints k where k.case_id = of_case)
       or exists (select from return_visits v where v.case_id = of_case and v.pressure = 'complained') $$;
"""

MARKING = """
create function mark_goals(ids uuid[]) returns void
language plpgsql security definer set search_path = public, pg_temp as
$$
begin
    with truths as materialized (select * from goal_truths where case_id = any(ids)),
    gone as (
        delete from goal_marks g where g.case_id = any(ids)
            and not exists (select from truths t where (t.case_id, t.measure, t.accepted_month)
                                                              = (g.case_id, g.measure, g.accepted_month))
        returning g.tenant_id, g.accepted_month, g.measure),
    come as (
        insert into goal_marks (case_id, measure, tenant_id, accepted_month)
        select case_id, measure, tenant_id, accepted_month from truths
        order by case_id, measure on conflict do nothing
        returning tenant_id, accepted_month, measure)
    insert into count_changes (counter, key, cases)
    select 'goal_counts', array[tenant_id::text, accepted_month::text, measure], sum(n)
    from (select *, 1 as n from come union all select *, -1 from gone) changes
    group by 2 having sum(n) <> 0;
end
$$;
revoke all on function mark_goals from public;

create function goal_case_changed() returns trigger
language plpgsql security definer set search_path = public, pg_temp as
$$
declare ids uuid[];
begin
    if tg_op = 'INSERT' then
        select array_agg(id) into ids from fresh where accepted_at is not null and outcome is not null;
    else
        select array_agg(f.id) into ids from fresh f join stale s using (id)
        where (f.accepted_at, f.outcome) is distinct from (s.accepted_at, s.outcome);
    end if;
    if ids is not null then
        perform mark_goals(ids);
    end if;
    return null;
end
$$;
create trigger goal_insert after insert on cases referencing new table as fresh
    for each statement execute function goal_case_changed();
create trigger goal_update after update on cases referencing old table as stale new table as fresh
    for each statement execute function goal_case_changed();

create function goal_fact_changed() returns trigger
language plpgsql security definer set search_path = public, pg_temp as
$$
declare ids uuid[];
begin
    select array_agg(distinct c.id) into ids from fresh f join cases c on c.id = f.case_id
    where c.accepted_at is not null and c.outcome is not null;
    if ids is not null then
        perform mark_goals(ids);
    end if;
    return null;
end
$$;
"""
FACT_TABLES = {
    "agreements": ("insert", "update"),
    "agreement_terms": ("insert",),
    "performances": ("insert",),
    "return_visits": ("insert",),
    "complaints": ("insert",),
    "timers": ("insert", "update"),
}


def fact_triggers() -> str:
    return "\n".join(
        f"create trigger goal_{event} after {event} on {table} referencing new table as fresh"
        " for each statement execute function goal_fact_changed();"
        for table, events in FACT_TABLES.items()
        for event in events
    )


GOALS = """
    insert into goal_counts as c (tenant_id, accepted_month, measure, cases)
    select key[1]::int, key[2]::date, key[3], sum(cases) from unnest(noted) where counter = 'goal_counts'
    group by 1, 2, 3 having sum(cases) <> 0 order by 1, 2, 3
    on conflict (tenant_id, accepted_month, measure) do update set cases = c.cases + excluded.cases;

    insert into passed_counts"""
COUNT_NOW = (
    ADDING.split("create constraint trigger")[0]
    .replace("create function count_now", "create or replace function count_now")
    .replace("\n    insert into passed_counts", GOALS)
)
BEFORE = "select mark_goals(array(select id from cases where accepted_at is not null and outcome is not null))"
