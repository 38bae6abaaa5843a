"""Orders are counted at the end of a transaction, as cases are: two that move orders can't wait for each other.

Counted at once, row by row, whoever moved or answered an order held the province's counter until the commit, and two
transactions with orders of two kinds met crosswise: a deadlock for every second handover of cases under orders.
"""

from migrations.counting import CHANGES, TABLES
from migrations.counting_noted import COUNTERS, adding
from migrations.protection import APP, lock, script

revision = "0078_orders_counted"
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


def upgrade() -> None:
    script(BEFORE)
    lock("order_counts", "select")
    script(READ)
    for event, changes in CHANGES.items():
        script(NOTING.format(event=event, tables=TABLES[event], noted=NOTED.format(changes=changes).strip()))
    script(adding(COUNTERS | {"order_counts": {"tenant_id": "int", "kind": "text", "standing": "text"}}))
    script(AGAIN.format(noted=NOTED.format(changes="select *, 1 as n from supervision_orders").strip()))
    script(FOLLOWING)
