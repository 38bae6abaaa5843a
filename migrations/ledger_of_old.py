"""The books as they were kept until 0051, in the terms of 0052: payouts, bills, promises; finance owes itself nothing.

Until then a settlement and its trips were paid whole in one act, every charge was a receivable, also finance's own, and
nothing was entered for what was promised.
"""

PAYOUTS = """
insert into payouts (id, ground, ground_id, person_id, case_id, tenant_id, amount_fen, fate, voucher_no, transaction_id,
                     recorded_at, recorded_by)
select gen_random_uuid(), ground, split_part(source, ':', 2)::uuid, person_id, case_id, tenant_id, debit_fen, 'paid',
       voucher_no, transaction_id, recorded_at, recorded_by
from ledger_entries where account in ('subsidy', 'travel') and debit_fen > 0 and person_id is not null
and split_part(source, ':', 1) in ('settlement_shares', 'travel_requests')
on conflict do nothing
"""

BILLS = """
insert into bills (id, case_id, tenant_id, bill_no, ground, ground_id, payer, bearer, name, amount_fen, line, clause,
                   state, transaction_id, due_on, recorded_at, recorded_by)
select gen_random_uuid(), e.case_id, e.tenant_id, '账〔' || e.year || '〕' || right(w.id::text, 12), e.ground, w.id,
       e.payer, w.bearer, e.payer_name, e.debit_fen, w.line, w.clause,
       case when exists (select from ledger_entries r where r.source = e.source and r.account = 'receivable'
                         and r.credit_fen > 0) then 'settled' else 'open' end,
       e.transaction_id, (e.recorded_at at time zone 'Asia/Shanghai')::date + 30, e.recorded_at, e.recorded_by
from ledger_entries e join (
    select id, 'settlement_charges:' || id as source, bearer, line, clause from settlement_charges
    union all
    (select distinct on (about_id) about_id, 'travel_requests:' || about_id, bearer, line, clause
     from payer_decisions where about = 'travel' and bearer is not null order by about_id, recorded_at desc)
) w on w.source = e.source
where e.account = 'receivable' and e.debit_fen > 0 and e.payer <> 'finance'
"""

RECEIVED = """
insert into bill_steps (id, case_id, bill_id, kind, amount_fen, voucher_no, transaction_id, recorded_at, recorded_by)
select gen_random_uuid(), b.case_id, b.id, 'received', e.credit_fen, e.voucher_no, e.transaction_id, e.recorded_at,
       e.recorded_by
from bills b join ledger_entries e on e.source in ('settlement_charges:' || b.ground_id,
                                                   'travel_requests:' || b.ground_id)
where e.account = 'receivable' and e.credit_fen > 0
"""

SOURCES = """
update ledger_entries e set source = 'bills:' || b.id from bills b
where e.source in ('settlement_charges:' || b.ground_id, 'travel_requests:' || b.ground_id)
and exists (select from ledger_entries r where r.transaction_id = e.transaction_id and r.account = 'receivable')
"""

OWED_BY_ITSELF = """
with owed as materialized (
    select distinct on (transaction_id) transaction_id, gen_random_uuid() as reversal from ledger_entries
    where account = 'receivable' and payer = 'finance' order by transaction_id)
insert into ledger_entries (id, transaction_id, case_id, account, debit_fen, credit_fen, tenant_id, level, year,
                            purpose, ground, source, payer, payer_name, person_id, reverses, reason, recorded_at,
                            recorded_by)
select gen_random_uuid(), o.reversal, e.case_id, e.account, e.credit_fen, e.debit_fen, e.tenant_id, e.level, e.year,
       e.purpose, e.ground, e.source, e.payer, e.payer_name, e.person_id, e.transaction_id, 'payer', e.recorded_at,
       e.recorded_by
from owed o join ledger_entries e using (transaction_id)
"""

PROMISED = """
with promised as materialized (
    select gen_random_uuid() as transaction, case_id, tenant_id, 'subsidy' as purpose, 'settlement' as ground,
           'settlements:' || id as source, amount_fen as fen, greatest(justice_at, petition_at) as at, petition_by as by
    from settlements where status = 'approved'
    union all
    select gen_random_uuid(), r.case_id, case when t.tier = 'T' then t.county_id else t.id end, 'travel', 'trip',
           'travel_requests:' || r.id, r.standard_fen, r.decided_at, r.decided_by
    from travel_requests r join offices o on o.id = r.office_id join tenants t on t.id = o.tenant_id
    where r.status = 'approved')
insert into ledger_entries (id, transaction_id, case_id, account, debit_fen, credit_fen, tenant_id, level, year,
                            purpose, ground, source, recorded_at, recorded_by)
select gen_random_uuid(), p.transaction, p.case_id, s.account, s.debit * p.fen, s.credit * p.fen, p.tenant_id, t.tier,
       extract(year from p.at at time zone 'Asia/Shanghai'), p.purpose, p.ground, p.source, p.at, p.by
from promised p join tenants t on t.id = p.tenant_id
cross join (values ('committed', 1, 0), ('commitments', 0, 1)) s (account, debit, credit)
where p.fen > 0
"""

CHANGES = (PAYOUTS, BILLS, RECEIVED, SOURCES)
"""While the ledger is open to changes."""
ENTRIES = (OWED_BY_ITSELF, PROMISED)
"""New entries, when it is closed again."""
