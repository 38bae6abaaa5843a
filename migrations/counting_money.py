"""Counters of money: what reports are made of, so that they cost the same however many cases there are.

A reversal counts against the side that it takes back, in the month in which it was made: so sums are what stands.
"""

COUNTERS = """
create function money_month(at timestamptz) returns date language sql immutable as
$$ select date_trunc('month', at at time zone 'Asia/Shanghai')::date $$;

-- One statement's entries at once.
create function count_money() returns trigger
language plpgsql security definer set search_path = public, pg_temp as
$$
begin
    perform money_gate(tenant_id) from (select distinct tenant_id from added order by tenant_id) books;
    insert into money_counts as c
            (tenant_id, month, account, purpose, payer, case_class, debit_fen, credit_fen, entries)
        select tenant_id, money_month(recorded_at), account, purpose, coalesce(payer, ''), coalesce(case_class, ''),
               sum(case when reverses is null then debit_fen else -credit_fen end),
               sum(case when reverses is null then credit_fen else -debit_fen end), count(*)
        from added group by 1, 2, 3, 4, 5, 6 order by 1, 2, 3, 4, 5, 6
        on conflict (tenant_id, month, account, purpose, payer, case_class) do update
            set debit_fen = c.debit_fen + excluded.debit_fen, credit_fen = c.credit_fen + excluded.credit_fen,
                entries = c.entries + excluded.entries;
    insert into unit_balances as b (tenant_id, payer_name, year, charged_fen, received_fen)
        select tenant_id, payer_name, year,
               sum(case when reverses is null then debit_fen else -credit_fen end),
               sum(case when reverses is null then credit_fen else -debit_fen end)
        from added where account = 'receivable' and payer_name is not null group by 1, 2, 3 order by 1, 2, 3
        on conflict (tenant_id, payer_name, year) do update
            set charged_fen = b.charged_fen + excluded.charged_fen,
                received_fen = b.received_fen + excluded.received_fen;
    return null;
end
$$;
create trigger counted after insert on ledger_entries referencing new table as added
    for each statement execute function count_money();

create function note_settled(p_settlement settlements, p_by int) returns void
language sql security definer set search_path = public, pg_temp as
$$ insert into settled_counts as s (tenant_id, month, case_class, ending, cases)
   select p_settlement.tenant_id, money_month(p_settlement.paid_at), p_settlement.case_class, case_ending(c.outcome),
          p_by
   from cases c where c.id = p_settlement.case_id
   on conflict (tenant_id, month, case_class, ending) do update set cases = s.cases + excluded.cases $$;

-- A case counts as settled while its settlement is paid in full.
create function count_settled() returns trigger
language plpgsql security definer set search_path = public, pg_temp as
$$
begin
    perform money_gate(new.tenant_id);
    if tg_op = 'UPDATE' and old.status = 'paid' and old.paid_at is not null then perform note_settled(old, -1); end if;
    if new.status = 'paid' and new.paid_at is not null then perform note_settled(new, 1); end if;
    return null;
end
$$;
create trigger counted_first after insert on settlements for each row
    when (new.status = 'paid') execute function count_settled();
create trigger counted_again after update of status, paid_at on settlements for each row
    when ('paid' in (old.status, new.status)) execute function count_settled();
revoke all on function count_money, note_settled, count_settled from public;
"""

RECOUNT = """
create view counted_money with (security_invoker = true) as
select tenant_id, money_month(recorded_at) as month, account, purpose, coalesce(payer, '') as payer,
       coalesce(case_class, '') as case_class,
       sum(case when reverses is null then debit_fen else -credit_fen end)::bigint as debit_fen,
       sum(case when reverses is null then credit_fen else -debit_fen end)::bigint as credit_fen,
       count(*)::bigint as entries
from ledger_entries group by 1, 2, 3, 4, 5, 6;
create view counted_units with (security_invoker = true) as
select tenant_id, payer_name, year, sum(case when reverses is null then debit_fen else -credit_fen end)::bigint
       as charged_fen, sum(case when reverses is null then credit_fen else -debit_fen end)::bigint as received_fen
from ledger_entries where account = 'receivable' and payer_name is not null group by 1, 2, 3;
create view counted_settled with (security_invoker = true) as
select s.tenant_id, money_month(s.paid_at) as month, s.case_class, case_ending(c.outcome) as ending,
       count(*)::bigint as cases
from settlements s join cases c on c.id = s.case_id
where s.status = 'paid' and s.paid_at is not null group by 1, 2, 3, 4;

-- After a load in bulk, or to set right what differs. The owner's.
create function recount_money() returns void language sql as
$$ delete from money_counts; delete from unit_balances; delete from settled_counts;
   insert into money_counts (tenant_id, month, account, purpose, payer, case_class, debit_fen, credit_fen, entries)
       select tenant_id, month, account, purpose, payer, case_class, debit_fen, credit_fen, entries
       from counted_money;
   insert into unit_balances (tenant_id, payer_name, year, charged_fen, received_fen)
       select tenant_id, payer_name, year, charged_fen, received_fen from counted_units;
   insert into settled_counts (tenant_id, month, case_class, ending, cases)
       select tenant_id, month, case_class, ending, cases from counted_settled $$;
revoke all on function recount_money from public;
revoke all on counted_money, counted_units, counted_settled from public;
"""

CLASSES = """
alter table ledger_entries disable trigger append_only;
update ledger_entries e set case_class = c.case_class from cases c where c.id = e.case_id;
alter table ledger_entries enable trigger append_only;
"""
"""What was booked before entries knew the class of their case."""
