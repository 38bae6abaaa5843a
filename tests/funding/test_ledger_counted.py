"""A page of the ledger is summed from counters, whatever was booked; the proof of the books asks the counters too."""

from sqlalchemy import func, select, text

from funding import reversals
from funding.ledger import Account, Booking, LedgerEntry, post
from funding.ledger_reading import Asked, Balance, books_of
from funding.proof import prove
from funding.purposes import Ground, Purpose
from tests.statements import recorded
from tests.world import World


async def booked(world: World) -> None:
    """Two amounts of duty, one of them taken back, and one of travel."""
    async with world.as_("xgll.cashier") as (session, subject):
        assert subject.tenant_id is not None
        made = [
            Booking(
                debit=account,
                credit=Account.CASH,
                amount_fen=fen,
                tenant_id=subject.tenant_id,
                purpose=purpose,
                ground=ground,
                source="duty_pays:test",
            )
            for account, purpose, ground, fen in (
                (Account.DUTY, Purpose.DUTY, Ground.DUTY, 20_000),
                (Account.DUTY, Purpose.DUTY, Ground.DUTY, 40_000),
                (Account.TRAVEL, Purpose.TRAVEL, Ground.TRIP, 5_000),
            )
        ]
        _, second, _ = await post(session, subject, made)
        await reversals.reverse(session, subject, second, reversals.Reason.AMOUNT)


async def test_a_year_of_the_books_is_read_from_counters_and_says_what_the_entries_say(own_world: World) -> None:
    """At any number of entries the same: no statement names them. Reversals stay on both sides, as entered."""
    await booked(own_world)
    own_world.clock.advance(days=31)
    await booked(own_world)
    async with own_world.as_("xgll.auditor") as (session, subject):
        with recorded(own_world.store) as statements:
            year = await books_of(session, subject, Asked())
            duty = await books_of(session, subject, Asked(purpose=Purpose.DUTY))
        assert not [one for one in statements if "ledger_entries" in one] and statements
        assert year.balances == (
            Balance(Account.TRAVEL, 10_000, 0, 10_000),
            Balance(Account.DUTY, 120_000, 80_000, 40_000),
            Balance(Account.CASH, 80_000, 130_000, -50_000),
        )
        assert duty.balances == (
            Balance(Account.DUTY, 120_000, 80_000, 40_000),
            Balance(Account.CASH, 80_000, 120_000, -40_000),
        )
        sums = select(LedgerEntry.account, func.sum(LedgerEntry.debit_fen), func.sum(LedgerEntry.credit_fen))
        rows = await session.execute(sums.group_by(LedgerEntry.account))
        entered = {account: (debit, credit) for account, debit, credit in rows}
        assert {one.account: (one.debit_fen, one.credit_fen) for one in year.balances} == entered
        source = await books_of(session, subject, Asked(source="duty_pays:test"))
        assert source.balances == year.balances and source.year is None
        assert (await books_of(session, subject, Asked(year=2025))).balances == ()


async def test_the_proof_of_the_books_names_a_counter_that_its_entries_do_not_make(own_world: World) -> None:
    await booked(own_world)
    async with own_world.owner() as session:
        before = (await prove(session)).wrong
        assert {one.row for one in before} == {"duty_pays:test"}, "entries that nothing accounts for"
        wrong = "update money_counts set entered_credit_fen = entered_credit_fen + 1 where account = 'duty'"
        await session.execute(text(wrong))
        (found,) = [one for one in (await prove(session)).wrong if one not in before]
    assert (found.what, found.expected, found.booked) == ("entered_credit_fen", 40_000, 40_001)
    assert found.row.startswith("money_counts ") and " duty " in found.row
