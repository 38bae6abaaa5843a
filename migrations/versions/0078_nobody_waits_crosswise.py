"""Two handovers of two cases never wait for each other.

Orders are counted at the end of a transaction, as cases are: counted at once, row by row, two transactions with orders
of two kinds met crosswise. And who books in several tenants' books enters them in one order.
"""

from migrations.counting import CHANGES, TABLES
from migrations.counting_noted import COUNTERS, adding
from migrations.protection import APP, lock, script

revision = "0078_nobody_waits_crosswise"
down_revision = "0077_fewer_questions"

# Of each tenant that has the case in custody; an open order that is overdue stands in both counts.
NOTED = """
select 'order_counts', array[tenant::text, o.kind, standing], sum(n)
from ({changes}) o cross join lateral unnest(array[o.province_id, o.prefecture_id, o.county_id, o.township_id]) tenant
cross join lateral (values (o.state, true), ('overdue', o.state = 'open' and o.overdue_at is not null))
    s (standing, counts)
where tenant is not null and counts group by 2 having sum(n) <> 0
"""
NOTING = """
create function count_orders_{event}() returns trigger
language plpgsql security definer set search_path = public, pg_temp as
$$
begin
    insert into count_changes (counter, key, cases) {noted};
    return null;
end
$$;
create trigger count_{event} after {event} on supervision_orders referencing {tables}
    for each statement execute function count_orders_{event}();
"""
BEFORE = """
drop trigger counted on supervision_orders;
drop trigger counted_again on supervision_orders;
drop function orders_counted, count_orders;
drop table order_counts;
create table order_counts (
    tenant_id integer not null constraint fk_order_counts_tenant_id references tenants (id),
    kind varchar not null,
    standing varchar not null,
    cases integer not null,
    constraint pk_order_counts primary key (tenant_id, kind, standing)
);
comment on column order_counts.kind is 'code of models.OrderKind';
comment on column order_counts.standing is 'code of models.OrderState, or overdue: those of open that are';
comment on column order_counts.cases is 'how many orders';
"""
READ = f"""
create policy app_read on order_counts for select to {APP}
    using ((select case_tenant()) is not null and (select tenant_below(order_counts.tenant_id)));
"""
AGAIN = """
insert into order_counts (tenant_id, kind, standing, cases)
select key[1]::int, key[2], key[3], sum from ({noted}) noted (counter, key, sum);
"""
# Most cases are under no order: they are asked once, and no trigger of the orders begins.
FOLLOWING = """
do $$
declare body text := pg_get_functiondef('carry_custody'::regproc);
begin
    body := replace(body, 'update supervision_orders set province_id',
        'if exists (select from supervision_orders where case_id = held.id) then
        update supervision_orders set province_id');
    execute replace(body, '    -- Offers are used up;', '    end if;
    -- Offers are used up;');
end $$;
"""
# A promise that moves leaves one tenant's books and enters another's: whoever comes the other way did the reverse.
BOOKS = f"""
create function enter_books(p_case uuid, p_tenants int[]) returns void
language sql security definer set search_path = public, pg_temp as
$$ select money_gate(id) from (
       select unnest(p_tenants) as id union select tenant_id from ledger_entries where case_id = p_case order by id
   ) books where case_shows(p_case) and exists (select from ledger_entries where case_id = p_case) $$;
revoke all on function enter_books from public;
grant execute on function enter_books to {APP};
"""
# As in 0075, and whether the case has another version by now: what was read of it before the wait is old then.
# `p_alone`: for who will change the case itself, but may not write to its row; two who held it by a share could not.
WAITING = f"""
drop function case_waits(uuid);
create function case_waits(p_case uuid, p_version int, p_alone boolean) returns boolean
language plpgsql security definer set search_path = public, pg_temp as
$$
declare present int;
begin
    if case_shows(p_case) and p_alone then
        select version into present from cases where id = p_case for update;
    elsif case_shows(p_case) then
        select version into present from cases where id = p_case for key share;
    end if;
    return present <> p_version;
end
$$;
revoke all on function case_waits from public;
grant execute on function case_waits to {APP};
"""
# For the jobs that mark terms, orders, charges and matters: those that nobody is changing, nor their case, kept so.
IDLE = f"""
create function idle_cases(p_cases uuid[]) returns setof uuid
language plpgsql security definer set search_path = public, pg_temp as
$$
begin
    if not scope_is_province() or scope_person() is distinct from '00000000-0000-0000-0000-000000000000'::uuid then
        raise exception 'not for this job' using errcode = 'TJ403';
    end if;
    return query select id from cases where id = any (p_cases) order by id for key share skip locked;
end
$$;

create function idle_matters(p_matters uuid[]) returns setof uuid
language plpgsql security definer set search_path = public, pg_temp as
$$
begin
    if not scope_is_province() or scope_person() is distinct from '00000000-0000-0000-0000-000000000000'::uuid then
        raise exception 'not for this job' using errcode = 'TJ403';
    end if;
    return query select id from supervision_matters where id = any (p_matters) order by id for update skip locked;
end
$$;
revoke all on function idle_cases, idle_matters from public;
grant execute on function idle_cases, idle_matters to {APP};
"""
# Who lends a class reaches the cases before the office, as whoever writes to a case; then those that came meanwhile.
LENDING = """
do $$
declare body text := pg_get_functiondef('delegation_made'::regproc);
begin
    execute replace(body, '    -- Whoever adds a case to the office holds', '    perform from cases c
        where c.holder_office_id = new.holder_office_id and delegation_reaches(new, c) order by c.id for share;
    -- Whoever adds a case to the office holds');
end $$;
"""


def upgrade() -> None:
    script(BEFORE)
    lock("order_counts", "select")
    script(READ)
    for event, changes in CHANGES.items():
        script(NOTING.format(event=event, tables=TABLES[event], noted=NOTED.format(changes=changes).strip()))
    script(adding(COUNTERS | {"order_counts": {"tenant_id": "int", "kind": "text", "standing": "text"}}))
    script(AGAIN.format(noted=NOTED.format(changes="select *, 1 as n from supervision_orders").strip()))
    script(FOLLOWING)
    for sql in (BOOKS, WAITING, IDLE, LENDING):
        script(sql)
