"""Rules of the books that no single sum shows, each a question whose rows are (what differs, expected, found)."""

CHECKS = {
    "balance": """
        select transaction_id::text, sum(debit_fen), sum(credit_fen) from ledger_entries
        group by 1 having sum(debit_fen) <> sum(credit_fen) or count(*) <> 2""",
    "reversal": """
        select r.reverses::text, sum(r.credit_fen - r.debit_fen), coalesce(sum(e.debit_fen - e.credit_fen), 0)
        from ledger_entries r left join ledger_entries e on e.transaction_id = r.reverses and e.account = r.account
            and e.tenant_id = r.tenant_id and e.source = r.source
        where r.reverses is not null group by r.reverses, r.account
        having sum(r.credit_fen - r.debit_fen) is distinct from sum(e.debit_fen - e.credit_fen)""",
    "books": """
        select e.source, b.tenant_id, e.tenant_id from ledger_entries e
        join bills b on e.source = 'bills:' || b.id where b.tenant_id <> e.tenant_id
        union
        select e.source, p.tenant_id, e.tenant_id from ledger_entries e join payouts p
            on p.transaction_id = e.transaction_id where p.tenant_id <> e.tenant_id""",
    "level": """
        select e.id::text, 0, 0 from ledger_entries e join tenants t on t.id = e.tenant_id where t.tier <> e.level""",
    "year": """
        select id::text, extract(year from recorded_at at time zone 'Asia/Shanghai'), year from ledger_entries
        where year <> extract(year from recorded_at at time zone 'Asia/Shanghai')""",
    "one settlement": """
        select 'cases:' || case_id, 1, count(*) from settlements where status not in ('returned', 'replaced')
        group by case_id having count(*) > 1""",
    "one matter": """
        select 'cases:' || l.case_id, 1, 2 from case_links l
        join cases c on c.id = l.case_id and c.outcome in ('agreed', 'oral', 'struck_off')
        join cases o on o.id = l.other_case_id and o.outcome in ('agreed', 'oral', 'struck_off')
        join settlements s on s.case_id = c.id and s.status not in ('returned', 'replaced')
        join settlements t on t.case_id = o.id and t.status not in ('returned', 'replaced')
            and greatest(s.recorded_at, t.recorded_at) > l.recorded_at
            and greatest(s.recorded_at, t.recorded_at) < coalesce(l.withdrawn_at, 'infinity')
        where l.kind = 'same_matter'""",
    "shares": """
        select 'settlements:' || s.id, s.amount_fen, coalesce(sum(h.amount_fen), 0) from settlements s
        left join settlement_shares h on h.settlement_id = s.id
        group by s.id having s.amount_fen <> coalesce(sum(h.amount_fen), 0)""",
    "charges": """
        select 'settlements:' || s.id, s.amount_fen, coalesce(sum(c.amount_fen), 0) from settlements s
        left join settlement_charges c on c.settlement_id = s.id
        group by s.id having s.amount_fen <> coalesce(sum(c.amount_fen), 0)""",
    "billed": """
        select 'settlement_charges:' || c.id, c.amount_fen, coalesce(sum(b.amount_fen), 0) from settlements s
        join settlement_charges c on c.settlement_id = s.id left join bills b on b.ground_id = c.id
        where s.status in ('paying', 'paid') and c.payer not in ('finance', 'nobody') and c.amount_fen > 0
        group by c.id having c.amount_fen is distinct from max(b.amount_fen)""",
    "approvals in the events": """
        select 'settlements:' || s.id, 2, count(distinct e.actor_id) from settlements s
        left join events e on e.case_id = s.case_id and e.act in ('approve-settlement', 'answer-appeal')
            and (e.actor_id, e.recorded_at) in ((s.justice_by, s.justice_at), (s.petition_by, s.petition_at))
        where s.status in ('approved', 'paying', 'paid') group by s.id having count(distinct e.actor_id) <> 2""",
    "receipts in the events": """
        select 'bill_steps:' || s.id, s.amount_fen, 0 from bill_steps s
        where s.kind in ('received', 'taken_back') and not exists (
            select from events e where e.case_id = s.case_id and e.recorded_at = s.recorded_at
            and (e.act = case s.kind when 'received' then 'record-receipt' else 'take-back-receipt' end
                 and (e.data ->> 'amount_fen')::bigint = s.amount_fen
                 or e.act = 'pay-settlement' and (e.data ->> 'received')::boolean))""",
    "fees in the events": """
        select 'fee_payments:' || f.id, f.amount_fen, coalesce(sum((e.data ->> 'amount_fen')::bigint), 0)
        from fee_payments f left join events e on e.case_id = f.case_id and e.act = 'pay-fee'
            and e.recorded_at = f.paid_at
        where f.paid_at is not null group by f.id
        having f.amount_fen is distinct from sum((e.data ->> 'amount_fen')::bigint)""",
    "trips in the events": """
        select 'travel_requests:' || t.id, 1, 0 from travel_requests t
        where t.status in ('approved', 'paid') and not exists (
            select from events e where e.case_id = t.case_id and e.act = 'approve-travel'
            and e.recorded_at = t.decided_at)""",
}
"""By name, as the report gives it. Until 0051 a receipt could be named with the payment itself."""

PAID_TWICE = """
select coalesce(a.case_no, a.registration_no), p.first_fen, coalesce(b.case_no, b.registration_no), p.second_fen
from paid_twice p join cases a on a.id = p.first_case join cases b on b.id = p.second_case order by 1, 3
"""
"""What was linked only after both had been paid: nobody could refuse it then (0066)."""
