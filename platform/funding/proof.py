"""What the books should say, told again from settlements, payouts, trips, fees, bills, duty, recoveries and budgets;
and the counters, from the books.

Each row of EXPECTED is (source, account, debit − credit in fen); whatever the books say otherwise is a difference, and
so is an entry that nothing accounts for. Read as the owner: one province's books whole.
"""

from collections.abc import Iterator

from msgspec import Struct
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from funding.money_recount import MoneyDifference, recount_money
from funding.proof_checks import CHECKS, PAID_TWICE


class Difference(Struct, frozen=True):
    """`what` names the account or the rule; `row` the source or the transaction; amounts in fen."""

    what: str
    row: str
    expected: int
    booked: int


class PaidTwice(Struct, frozen=True):
    """Two cases, by their numbers, that turned out to be one dispute after both had been paid (一案一结). The books are
    right; what follows is for those who supervise. Amounts in fen."""

    first: str
    first_fen: int
    second: str
    second_fen: int


class Proved(Struct):
    """How much was compared, what differs, and what the books rightly say but should not have had to."""

    entries: int = 0
    sources: int = 0
    wrong: list[Difference] = []
    paid_twice: list[PaidTwice] = []


async def prove(session: AsyncSession) -> Proved:
    found = Proved()
    found.entries, found.sources = (await session.execute(COUNTED)).one()
    for source, account, expected, booked in await session.execute(COMPARED):
        found.wrong.append(Difference(account, source, int(expected), int(booked)))
    for what, check in CHECKS.items():
        for row, expected, booked in await session.execute(text(check)):
            found.wrong.append(Difference(what, row, int(expected), int(booked)))
    found.wrong += [one for counter in await recount_money(session) for one in _miscounted(counter)]
    found.paid_twice = [PaidTwice(*row) for row in await session.execute(text(PAID_TWICE))]
    return found


def _miscounted(counter: MoneyDifference) -> Iterator[Difference]:
    """One for each sum of the counter that its entries don't make."""
    row = f"{counter.table} {' '.join(map(str, counter.key))}"
    for name, counted, stored in zip(counter.sums, counter.counted, counter.stored, strict=True):
        if counted != stored:
            yield Difference(name, row, counted, stored)


COUNTED = text("select count(*), count(distinct source) from ledger_entries")

PAYOUTS = """
select 'settlement_shares:' || ground_id, unnest(array['subsidy', 'cash']), unnest(array[amount_fen, -amount_fen])
from payouts where ground = 'settlement' and fate = 'paid'
union all
select 'travel_requests:' || ground_id, unnest(array['travel', 'cash']), unnest(array[amount_fen, -amount_fen])
from payouts where ground = 'trip' and fate = 'paid'
union all
select 'duty_pays:' || ground_id, unnest(array['duty', 'cash']), unnest(array[amount_fen, -amount_fen])
from payouts where ground = 'duty' and fate = 'paid'
"""
"""A payment that came back is reversed in full."""

PROMISES = """
select 'settlements:' || s.id, unnest(array['committed', 'commitments']), unnest(array[left_fen, -left_fen])
from settlements s cross join lateral (
    select coalesce(sum(h.amount_fen), 0) as left_fen from settlement_shares h where h.settlement_id = s.id
    and not exists (select from payouts p where p.ground = 'settlement' and p.ground_id = h.id and p.fate = 'paid')) u
where s.status in ('approved', 'paying')
union all
select 'fee_payments:' || id, unnest(array['committed', 'commitments']), unnest(array[amount_fen, -amount_fen])
from fee_payments where state = 'approved'
union all
select 'travel_requests:' || t.id,
    unnest(case when t.begun then array['travel', 'payable'] else array['committed', 'commitments'] end),
    unnest(array[t.standard_fen, -t.standard_fen])
from (select r.*, r.status = 'approved' and exists (
          select from custody_moves m where m.case_id = r.case_id and m.from_office_id = r.office_id
          and m.recorded_at > r.decided_at
          and (m.recorded_at at time zone 'Asia/Shanghai')::date >= r.starts_on) as begun
      from travel_requests r) t
where t.status = 'approved' or (t.status = 'requested' and exists (
    select from past_rows p where p.of_table = 'travel_requests' and p.row_id = t.id
    and p.earlier ->> 'status' = 'approved'))
"""
"""Unpaid shares of approved settlements; fees approved; trips approved, or handed over after they had been. A trip that
had begun when its case was handed over is a cost of who gave the case away, still to be paid."""

COSTS = """
select 'fee_payments:' || f.id,
    unnest(array[case when f.kind = 'advance' and (f.state = 'paid' or b.id is not null) then 'advance' else 'fee' end,
                 'cash']),
    unnest(array[f.amount_fen, -f.amount_fen])
from fee_payments f left join bills b on b.ground_id = f.id and b.state <> 'withdrawn' where f.state <> 'approved'
union all
select 'recoveries:' || r.id,
    unnest(array[case p.ground when 'settlement' then 'subsidy' when 'trip' then 'travel' else 'duty' end,
                 case when r.repaid_at is null then 'recoverable' else 'cash' end]),
    unnest(array[-r.amount_fen, r.amount_fen])
from recoveries r join payouts p on p.id = r.payout_id where r.withdrawn_at is null
union all
select 'budget_requests:' || b.id, unnest(array['cash', 'budget']), unnest(array[granted, -granted])
from budget_requests b cross join lateral (
    select coalesce(sum(coalesce(i.granted_fiscal_fen, 0) + coalesce(i.granted_departmental_fen, 0)), 0) as granted
    from budget_request_items i where i.request_id = b.id) g
where b.granted_at is not null
"""

BILLS = """
select 'bills:' || b.id, unnest(array['receivable', r.relieved, 'cash']),
    unnest(array[b.amount_fen - r.received, -b.amount_fen, r.received])
from bills b cross join lateral (
    select case b.ground when 'settlement' then 'subsidy' when 'trip' then 'travel' else 'advance' end as relieved,
        coalesce(sum(case s.kind when 'received' then s.amount_fen when 'taken_back' then -s.amount_fen end), 0)
            as received
    from bill_steps s where s.bill_id = b.id) r
where b.state not in ('waiting', 'withdrawn')
"""

COMPARED = text(f"""
with told (source, account, fen) as ({PAYOUTS} union all {PROMISES} union all {COSTS} union all {BILLS}),
expected as (select source, account, sum(fen) as fen from told group by 1, 2),
booked as (select source, account, sum(debit_fen - credit_fen) as fen from ledger_entries group by 1, 2)
select source, account, coalesce(e.fen, 0), coalesce(b.fen, 0)
from expected e full join booked b using (source, account)
where coalesce(e.fen, 0) <> coalesce(b.fen, 0) order by 1, 2
""")
