"""The counters of money also carry what was entered, reversals and all: what a page of the ledger is made of."""

COUNTED = """
-- As in 0053; and both sides as they stand in the books, nothing taken off.
create or replace function count_money() returns trigger
language plpgsql security definer set search_path = public, pg_temp as
$$
begin
    perform money_gate(tenant_id) from (select distinct tenant_id from added order by tenant_id) books;
    insert into money_counts as c
            (tenant_id, month, account, purpose, payer, case_class, debit_fen, credit_fen, entries,
             entered_debit_fen, entered_credit_fen)
        select tenant_id, money_month(recorded_at), account, purpose, coalesce(payer, ''), coalesce(case_class, ''),
               sum(case when reverses is null then debit_fen else -credit_fen end),
               sum(case when reverses is null then credit_fen else -debit_fen end), count(*),
               sum(debit_fen), sum(credit_fen)
        from added group by 1, 2, 3, 4, 5, 6 order by 1, 2, 3, 4, 5, 6
        on conflict (tenant_id, month, account, purpose, payer, case_class) do update
            set debit_fen = c.debit_fen + excluded.debit_fen, credit_fen = c.credit_fen + excluded.credit_fen,
                entries = c.entries + excluded.entries,
                entered_debit_fen = c.entered_debit_fen + excluded.entered_debit_fen,
                entered_credit_fen = c.entered_credit_fen + excluded.entered_credit_fen;
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

create or replace view counted_money with (security_invoker = true) as
select tenant_id, money_month(recorded_at) as month, account, purpose, coalesce(payer, '') as payer,
       coalesce(case_class, '') as case_class,
       sum(case when reverses is null then debit_fen else -credit_fen end)::bigint as debit_fen,
       sum(case when reverses is null then credit_fen else -debit_fen end)::bigint as credit_fen,
       count(*)::bigint as entries,
       sum(debit_fen)::bigint as entered_debit_fen, sum(credit_fen)::bigint as entered_credit_fen
from ledger_entries group by 1, 2, 3, 4, 5, 6;

create or replace function recount_money() returns void language sql as
$$ delete from money_counts; delete from unit_balances; delete from settled_counts;
   insert into money_counts (tenant_id, month, account, purpose, payer, case_class, debit_fen, credit_fen, entries,
                             entered_debit_fen, entered_credit_fen)
       select tenant_id, month, account, purpose, payer, case_class, debit_fen, credit_fen, entries,
              entered_debit_fen, entered_credit_fen
       from counted_money;
   insert into unit_balances (tenant_id, payer_name, year, charged_fen, received_fen)
       select tenant_id, payer_name, year, charged_fen, received_fen from counted_units;
   insert into settled_counts (tenant_id, month, case_class, ending, cases)
       select tenant_id, month, case_class, ending, cases from counted_settled $$;
"""
