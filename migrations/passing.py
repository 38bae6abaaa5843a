"""What was passed on, in SQL: how long it had been held, whether it went round in a loop, counters (decision 0038)."""

HELD_SINCE = """
-- Since when the present holder has it: its last coming, by which no row that is being written came about.
create function case_held_since(wanted uuid, at timestamptz, but text) returns timestamptz
language sql stable security definer set search_path = public, pg_temp as
$$ select coalesce((select m.recorded_at from custody_moves m where m.case_id = wanted and m.source <> but
                    and m.recorded_at <= at order by m.number desc limit 1),
                   (select c.filed_at from cases c where c.id = wanted)) $$;
revoke all on function case_held_since from public;

create function write_held_since() returns trigger
language plpgsql security definer set search_path = public, pg_temp as
$$
begin
    new.held_since := case_held_since(new.case_id, new.recorded_at, tg_table_name || ':' || new.id);
    return new;
end
$$;

update handover_offers o set held_since = case_held_since(o.case_id, o.recorded_at, 'handover_offers:' || o.id);
update holder_disputes d set held_since = case_held_since(d.case_id, d.recorded_at, 'holder_disputes:' || d.id);

create trigger held_since before insert on handover_offers for each row execute function write_held_since();
create trigger held_since before insert on holder_disputes for each row execute function write_held_since();
"""

LOOPS = """
-- A case that is back where it was, by offers and namings: to the last holder but one, or after a round of several.
-- What a tree plan moved is left out of the way it went.
create function custody_loop() returns trigger
language plpgsql security definer set search_path = public, pg_temp as
$$
declare way int[]; begun int;
begin
    if new.source like 'tree_plans:%' then
        return null;
    end if;
    select array_agg(m.from_office_id order by m.number) into way from custody_moves m
        where m.case_id = new.case_id and m.number <= new.number and m.source not like 'tree_plans:%';
    begun := (select max(place) from unnest(way) with ordinality as gone(office, place)
              where office = new.to_office_id);
    if begun is not null then
        insert into custody_loops (case_id, number, kind, path, from_tenant_id, recorded_at)
        values (new.case_id, new.number,
                case when cardinality(way) - begun = 1 then 'ping_pong' else 'cycle' end,
                way[begun:] || new.to_office_id, new.from_tenant_id, new.recorded_at);
    end if;
    return null;
end
$$;

create trigger custody_loop after insert on custody_moves for each row execute function custody_loop();
"""

# In the order of the key, so that two statements can't wait for each other's counters. Only what was decided counts.
COUNTING = """
create function held_days(since timestamptz, at timestamptz) returns int language sql immutable as
$$ select greatest(0, (at at time zone 'Asia/Shanghai')::date - (since at time zone 'Asia/Shanghai')::date) $$;

-- The rows to count, of one offer and of one dispute; none while it is open, and none that a tree plan ended.
create view passed_offers with (security_invoker = true) as
select id, from_tenant_id as tenant_id, case_month(decided_at) as month, direction, reason, state as outcome,
       case when state = 'accepted' then held_days(held_since, decided_at) else 0 end as days
from handover_offers where state not in ('open', 'reorganised') and decided_at is not null;

create view passed_namings with (security_invoker = true) as
select id, holder_tenant_id as tenant_id, case_month(decided_at) as month, 'named'::varchar as direction,
       ground as reason, case when named_office_id = holder_office_id then 'kept' else 'named' end as outcome,
       case when named_office_id = holder_office_id then 0 else held_days(held_since, decided_at) end as days
from holder_disputes where decided_by is not null and minutes_no is null;

create view passed_loops with (security_invoker = true) as
select case_id as id, number, from_tenant_id as tenant_id, case_month(recorded_at) as month,
       'loop'::varchar as direction, kind as reason, 'looped' as outcome, 0 as days
from custody_loops;

create function count_passed_on(
    p_tenant int, p_month date, p_direction text, p_reason text, p_outcome text, p_days int) returns void
language sql security definer set search_path = public, pg_temp as
$$ insert into passed_counts as c (tenant_id, month, direction, reason, outcome, cases, days)
   values (p_tenant, p_month, p_direction, p_reason, p_outcome, 1, p_days)
   on conflict (tenant_id, month, direction, reason, outcome)
   do update set cases = c.cases + 1, days = c.days + excluded.days $$;
revoke all on function count_passed_on from public;

-- Decided once, and never again: so each row is counted once.
create function count_passed_offer() returns trigger
language plpgsql security definer set search_path = public, pg_temp as
$$
begin
    perform count_passed_on(tenant_id, month, direction, reason, outcome, days) from passed_offers where id = new.id;
    return null;
end
$$;

create function count_passed_naming() returns trigger
language plpgsql security definer set search_path = public, pg_temp as
$$
begin
    perform count_passed_on(tenant_id, month, direction, reason, outcome, days) from passed_namings where id = new.id;
    return null;
end
$$;

create function count_passed_loop() returns trigger
language plpgsql security definer set search_path = public, pg_temp as
$$
begin
    perform count_passed_on(tenant_id, month, direction, reason, outcome, days) from passed_loops
        where id = new.case_id and number = new.number;
    return null;
end
$$;

create trigger count_decided after update of state on handover_offers for each row
    when (old.state = 'open' and new.state <> 'open') execute function count_passed_offer();
create trigger count_added after insert on handover_offers for each row
    when (new.state <> 'open') execute function count_passed_offer();
create trigger count_decided after update of decided_at on holder_disputes for each row
    when (old.decided_at is null and new.decided_at is not null) execute function count_passed_naming();
create trigger count_added after insert on holder_disputes for each row
    when (new.decided_at is not null) execute function count_passed_naming();
create trigger count_added after insert on custody_loops for each row execute function count_passed_loop();
"""

# What moved before there were loops and counters.
BEFORE = """
insert into passed_counts (tenant_id, month, direction, reason, outcome, cases, days)
select tenant_id, month, direction, reason, outcome, count(*), sum(days) from (
    select tenant_id, month, direction, reason, outcome, days from passed_offers
    union all select tenant_id, month, direction, reason, outcome, days from passed_namings) decided
group by 1, 2, 3, 4, 5
"""
