"""Paying: when, to whom, and what the ledger keeps."""

from collections import defaultdict

import pytest
from sqlalchemy.exc import DBAPIError

from cases.models import Case
from dossiers.closing import PressureComplaint
from foundation.ids import new_id
from foundation.store import instant
from funding import ledger, payouts
from funding.ledger import Account, Booking, LedgerEntry
from funding.purposes import Ground, Purpose
from funding.settlement import SettlementShare
from funding.share_payouts import PressureFound, VisitFirst
from oversight.complaints import Complaint
from tests.dossiers.build import Built
from tests.dossiers.following import nobody_in_hardship, visit
from tests.funding.build import agreed, approve, approved, closed_unvisited, pay, propose, review, rows, seen
from tests.world import World

PROMISES = (Account.COMMITTED, Account.COMMITMENTS)
BALANCES = "a transaction of the ledger does not balance"


def balance(entries: list[LedgerEntry]) -> dict[str, int]:
    """Debit minus credit of each account; promises, a memorandum, left out."""
    totals: dict[str, int] = defaultdict(int)
    for entry in entries:
        if entry.account not in PROMISES:
            totals[entry.account] += entry.debit_fen - entry.credit_fen
    return dict(totals)


async def test_every_transaction_of_a_payment_balances(world: World, closed: Built) -> None:
    await approved(world, closed)
    await pay(world, closed)
    entries = await rows(world, LedgerEntry, closed)
    sums: dict[object, int] = defaultdict(int)
    for entry in entries:
        sums[entry.transaction_id] += entry.debit_fen - entry.credit_fen
    assert set(sums.values()) == {0}
    assert len({entry.transaction_id for entry in entries if entry.account not in PROMISES}) == 3


async def test_what_the_payer_has_not_paid_yet_stays_receivable(world: World, closed: Built) -> None:
    await approved(world, closed)
    await pay(world, closed)
    entries = await rows(world, LedgerEntry, closed)
    assert balance(entries) == {"receivable": 400_000, "subsidy": 0, "cash": -400_000}
    assert {entry.payer_name for entry in entries if entry.account == "receivable"} == {"云岭路桥建设有限公司"}


async def test_the_ledger_names_year_books_and_who_received(world: World, closed: Built) -> None:
    await approved(world, closed)
    await pay(world, closed)
    entries = await rows(world, LedgerEntry, closed)
    people = {(await world.subject(login)).person_id for login in ("xgll.mediator", "xgll.handler")}
    assert {entry.person_id for entry in entries if entry.account == "subsidy" and entry.debit_fen} == people
    assert {(entry.year, entry.tenant_id) for entry in entries} == {
        (2026, (await world.subject("xgll.payer")).tenant_id)
    }
    assert len((await seen(world, closed.case_id)).ledger) == len(entries)


async def test_nothing_is_paid_before_the_return_visit(world: World) -> None:
    built = await closed_unvisited(world)
    await approved(world, built)
    with pytest.raises(VisitFirst):
        await pay(world, built)
    assert balance(await rows(world, LedgerEntry, built)) == {}


async def test_a_complaint_about_pressure_freezes_the_payment(world: World) -> None:
    built = await agreed(world)
    await nobody_in_hardship(world, built)
    for party in range(len(built.petitioners)):
        await visit(world, built, party, pressure="complained")
    async with world.owner() as session:
        case = await session.get_one(Case, built.case_id)
        case.state, case.step, case.closed_at = "closed", 8, instant(session)
    await approved(world, built)
    with pytest.raises(PressureComplaint):
        await pay(world, built)


async def complained(world: World, built: Built, finding: str) -> None:
    """Of pressure, to the tier above, which has decided so."""
    world.clock.advance(seconds=1)
    async with world.owner() as session:
        now, above = instant(session), await world.subject("yunnan.supervisor")
        row = {"id": new_id(now), "case_id": built.case_id, "party_id": built.petitioners[0], "about": "process"}
        told = {"kind": "pressure", "oral": False, "text": "有人催我签字", "recorded_by": built.company}
        heard = {"tenant_id": above.tenant_id, "office_id": above.office_id, "answer_by": now, "recorded_at": now}
        answer = {"decided_at": now, "decided_by": above.person_id, "finding": finding, "answer": "已查"}
        session.add(Complaint(**row, **told, **heard, **answer))
    world.clock.advance(seconds=1)


@pytest.mark.obligation("N8")
async def test_pressure_that_proved_true_holds_what_was_signed_before_until_it_is_signed_anew(
    world: World, closed: Built
) -> None:
    await approved(world, closed)
    await complained(world, closed, "partly")
    with pytest.raises(PressureFound):
        await pay(world, closed)
    await approve(world, closed, "justice", verdict="return", reason="投诉属实，重新评定")
    await propose(world, closed)
    await review(world, closed)
    for side in ("justice", "petition"):
        await approve(world, closed, side)
    assert (await pay(world, closed)).funding_position == "paid"


@pytest.mark.obligation("N8")
async def test_heads_who_know_of_it_sign_once_more_and_one_signature_is_not_enough(world: World, closed: Built) -> None:
    await approved(world, closed)
    await complained(world, closed, "upheld")
    await approve(world, closed, "justice")
    with pytest.raises(PressureFound):
        await pay(world, closed)
    await approve(world, closed, "petition")
    assert (await pay(world, closed)).funding_position == "paid"


@pytest.mark.obligation("N8")
async def test_of_what_is_partly_paid_the_rest_is_held_and_a_head_may_let_it_lapse(world: World, closed: Built) -> None:
    await approved(world, closed, producer="unclear")
    share = (await rows(world, SettlementShare, closed))[0]
    async with world.as_("xgll.cashier") as (session, subject):
        first = await payouts.unpaid(session, Ground.SETTLEMENT, share.id)
        assert first is not None
        await payouts.paid(session, subject, first, "付1")
    await complained(world, closed, "upheld")
    async with world.as_("xgll.cashier") as (session, subject):
        assert [one for one in await payouts.due(session, subject) if one.case_id == closed.case_id] == []
    assert (await approve(world, closed, "justice", verdict="return", reason="投诉属实")).funding_position == "paid"
    async with world.as_("xgll.cashier") as (session, subject):
        assert [one for one in await payouts.waiting(session, subject) if one.payout.case_id == closed.case_id] == []


async def test_pressure_that_did_not_prove_true_holds_nothing(world: World, closed: Built) -> None:
    await approved(world, closed)
    await complained(world, closed, "not_upheld")
    assert (await pay(world, closed)).funding_position == "paid"


def booking(case: Case, tenant: int) -> Booking:
    return Booking(
        case=case,
        debit=Account.SUBSIDY,
        credit=Account.CASH,
        amount_fen=100,
        tenant_id=tenant,
        purpose=Purpose.SUBSIDY,
        ground=Ground.SETTLEMENT,
        source="test",
        payer="finance",
    )


async def test_the_database_refuses_a_transaction_that_does_not_balance(world: World, closed: Built) -> None:
    with pytest.raises(DBAPIError, match=BALANCES):
        async with world.as_("xgll.cashier") as (session, subject):
            case = await session.get_one(Case, closed.case_id)
            assert subject.tenant_id is not None
            one_sided = ledger.sides(session, subject, booking(case, subject.tenant_id), "F")[0]
            session.add(one_sided)
            await session.flush()


async def test_the_ledger_is_append_only_for_the_application_and_for_its_owner(world: World, closed: Built) -> None:
    await approved(world, closed)
    await pay(world, closed)
    entry = (await rows(world, LedgerEntry, closed))[0]
    with pytest.raises(DBAPIError, match="permission denied"):
        async with world.as_("xgll.cashier") as (session, _):
            await session.delete(await session.get_one(LedgerEntry, entry.id))
            await session.flush()
    with pytest.raises(DBAPIError, match="append-only"):
        async with world.owner() as session:
            (await session.get_one(LedgerEntry, entry.id)).debit_fen = 1
            await session.flush()


async def test_an_entry_stands_on_one_side_only(world: World, closed: Built) -> None:
    with pytest.raises(DBAPIError, match="one_side"):
        async with world.as_("xgll.cashier") as (session, subject):
            case = await session.get_one(Case, closed.case_id)
            assert subject.tenant_id is not None
            entry = ledger.sides(session, subject, booking(case, subject.tenant_id), "F")[0]
            entry.id, entry.credit_fen = new_id(instant(session)), 100
            session.add(entry)
            await session.flush()
