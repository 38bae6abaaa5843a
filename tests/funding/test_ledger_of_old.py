"""Books that were kept before bills and payouts had rows of their own are told in the new terms, to the fen."""

from sqlalchemy import text

from migrations.ledger_of_old import CHANGES, ENTRIES
from tests.funding.books import balances, wrong
from tests.funding.build import approve, approved, closed_case, find, pay, propose, review
from tests.world import World

AS_OF_OLD = (
    "alter table ledger_entries disable trigger append_only",
    "update ledger_entries e set source = 'settlement_charges:' || b.ground_id from bills b"
    " where e.source = 'bills:' || b.id",
    "delete from ledger_entries where account in ('committed', 'commitments')",
    "delete from bill_steps", "delete from bills", "delete from payouts",
    # the second case's charge was finance's, which was entered as owing itself
    """insert into ledger_entries (id, transaction_id, case_id, account, debit_fen, credit_fen, tenant_id, level, year,
           purpose, ground, source, payer, recorded_at, recorded_by)
       select gen_random_uuid(), t.id, c.case_id, s.account, s.debit * c.amount_fen, s.credit * c.amount_fen,
           c.budget_tenant_id, 'C', 2026, 'subsidy', 'settlement', 'settlement_charges:' || c.id, 'finance',
           c.recorded_at, gen_random_uuid()
       from (select *, gen_random_uuid() as own from settlement_charges where payer = 'finance') c
       cross join lateral (select c.own as id) t
       cross join (values ('receivable', 1, 0), ('subsidy', 0, 1)) s (account, debit, credit)""",
)  # fmt: skip
CLOSED = "alter table ledger_entries enable trigger append_only"
COUNTED = "select recount_money()"
"""Counters came later than this conversion, and what it takes away they are never told."""


async def test_books_kept_of_old_are_told_in_bills_payouts_and_promises(own_world: World) -> None:
    world = own_world
    billed, financed, promised = [await closed_case(world) for _ in range(3)]
    await approved(world, billed)
    await pay(world, billed)
    await approved(world, promised)
    await find(world, financed, producer="unclear")
    await propose(world, financed)
    await review(world, financed)
    await approve(world, financed, "justice")
    await approve(world, financed, "petition")
    await pay(world, financed)
    for statement in (*AS_OF_OLD, *CHANGES, CLOSED, *ENTRIES, COUNTED):
        async with world.owner() as session:
            await session.execute(text(statement))
    assert await balances(world, billed) == {"receivable": 400_000, "cash": -400_000}
    assert (await balances(world, financed)).keys() == {"subsidy", "cash"}
    assert await balances(world, promised) == {"committed": 400_000, "commitments": -400_000}
    assert await wrong(world) == []
