"""Payouts: once each, by hand or by batch; held until the visit, frozen by pressure, never an official's."""

import asyncio
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select, text

from dossiers.closing import PressureComplaint
from dossiers.visits import ReturnVisit
from foundation.clock import local_date
from foundation.errors import Conflict
from foundation.ids import new_id
from foundation.jobs import Message
from foundation.store import instant
from funding import payouts, recovery_job
from funding.budget_lines import BudgetHold
from funding.claims_board import Owed, board
from funding.ledger import LedgerEntry
from funding.payouts import AlreadyPaid, PaidOut, Payout
from funding.recoveries import AlreadyRepaid, RepaidForm, repaid
from funding.refusals import RecipientOfficial
from funding.settlement import SettlementCharge
from funding.share_payouts import VisitFirst
from organisation.officials import (
    OfficialEndForm,
    OfficialForm,
    OfficialKind,
    end_official_status,
    set_official_status,
)
from server.handlers import HANDLERS
from tenants.models import OfficialStatus
from tests.dossiers.build import Built
from tests.funding.books import wrong
from tests.funding.build import (
    approve,
    approved,
    closed_unvisited,
    find,
    pay,
    propose,
    review,
    rows,
    settlement,
    share,
)
from tests.funding.conftest import Officials
from tests.funding.test_payment import balance
from tests.world import World

UNABLE = {
    "producer": "enterprise", "unit_name": "云岭路桥建设有限公司", "stopped": True, "unable": True,
    "unable_proof": "人民法院终结本次执行裁定",
}  # fmt: skip


async def due(world: World, built: Built) -> list[Payout]:
    async with world.as_("xgll.cashier") as (session, subject):
        return [one for one in await payouts.due(session, subject) if one.case_id == built.case_id]


async def held(world: World, built: Built) -> set[type[object]]:
    async with world.as_("xgll.cashier") as (session, subject):
        found = await payouts.waiting(session, subject)
    return {type(one.hindrance) for one in found if one.payout.case_id == built.case_id}


async def paid(world: World, payout: Payout, voucher: str = "批2026-01") -> PaidOut:
    world.clock.advance(seconds=1)
    async with world.as_("xgll.cashier") as (session, subject):
        return await payouts.paid(session, subject, payout, voucher)


async def bounced(world: World, payout: Payout) -> None:
    world.clock.advance(seconds=1)
    async with world.as_("xgll.cashier") as (session, subject):
        await payouts.bounced(session, subject, payout, "账户已销户")


async def financed(world: World, built: Built) -> None:
    """Borne by the finance of the city, and approved."""
    await find(world, built, **UNABLE)
    await propose(world, built)
    await review(world, built)
    for side in ("justice", "petition"):
        await approve(world, built, side)


async def said(world: World, built: Built, pressure: str) -> None:
    """Told by a petitioner after the case was closed, and found out about."""
    world.clock.advance(seconds=1)
    async with world.owner() as session:
        now = instant(session)
        row = {"id": new_id(now), "case_id": built.case_id, "party_id": built.petitioners[0], "refused": False}
        session.add(ReturnVisit(**row, pressure=pressure, recorded_at=now, recorded_by=built.company))


async def holds(world: World, built: Built) -> tuple[int, int]:
    """In fen: what the charge holds of its line, and what of it is spent."""
    (charge,) = await rows(world, SettlementCharge, built)
    async with world.owner() as session:
        hold = await session.scalar(select(BudgetHold).where(BudgetHold.ground_id == charge.id))
    return (0, 0) if hold is None else (hold.reserved_fen, hold.spent_fen)


async def recovered(world: World, built: Built, login: str = "xgll.cashier") -> list[Owed]:
    async with world.as_(login) as (session, subject):
        return [one for one in (await board(session, subject)).recoveries if one.case_id == built.case_id]


async def test_shares_are_paid_one_by_one_once_each_and_what_bounces_waits_again(world: World, closed: Built) -> None:
    await financed(world, closed)
    assert await holds(world, closed) == (400_000, 0)
    first, second = await due(world, closed)
    await paid(world, first)
    assert (await settlement(world, closed)).status == "paying" and await holds(world, closed) == (200_000, 200_000)
    with pytest.raises(AlreadyPaid):
        await paid(world, first)
    await said(world, closed, "complained")
    assert await due(world, closed) == [] and await held(world, closed) == {PressureComplaint}
    async with world.as_("xgll.cashier") as (session, _):
        with pytest.raises(PressureComplaint):
            await payouts.check(session, second)
    await paid(world, second)  # the bank had paid before the complaint came: a fact is recorded
    assert (await settlement(world, closed)).status == "paid" and await holds(world, closed) == (0, 400_000)
    await said(world, closed, "cleared")
    await bounced(world, first)
    assert await due(world, closed) == [first] and await holds(world, closed) == (200_000, 200_000)
    assert (await pay(world, closed)).funding_position == "paid"
    assert balance(await rows(world, LedgerEntry, closed)) == {"subsidy": 400_000, "cash": -400_000}


async def test_of_two_who_pay_the_same_share_at_once_one_does(world: World, closed: Built) -> None:
    await approved(world, closed)
    share_due = (await due(world, closed))[0]
    outcomes = await asyncio.gather(*(paid(world, share_due) for _ in range(2)), return_exceptions=True)
    assert sorted(isinstance(one, PaidOut) for one in outcomes) == [False, True]
    assert any(isinstance(one, Conflict) for one in outcomes)
    entries = await rows(world, LedgerEntry, closed)
    assert sum(one.debit_fen for one in entries if one.source == f"settlement_shares:{share_due.ground_id}") == 200_000


async def test_a_payout_waits_for_the_return_visit_and_a_returned_one_gives_the_budget_back(world: World) -> None:
    built = await closed_unvisited(world)
    await financed(world, built)
    assert await due(world, built) == [] and await held(world, built) == {VisitFirst}
    await approve(world, built, "petition", verdict="return", reason="回访未完成")
    assert await holds(world, built) == (0, 0)
    assert balance(await rows(world, LedgerEntry, built)) == {}


@pytest.mark.obligation("49")
async def test_a_status_that_comes_to_light_lists_what_was_paid_and_recovers_it(
    world: World, closed: Built, officials: Officials
) -> None:
    await financed(world, closed)
    await pay(world, closed)
    await officials.make("xgll.mediator")
    person = (await world.subject("xgll.mediator")).person_id
    message = Message(id=uuid4(), topic="official.changed", payload={"person": str(person)})
    for _ in range(2):  # delivered twice, entered once
        for handler in HANDLERS["official.changed"]:
            await handler(world.store, message)
    (owed,) = await recovered(world, closed)
    assert (owed.amount_fen, owed.repaid_at) == (200_000, None)
    assert balance(await rows(world, LedgerEntry, closed))["recoverable"] == 200_000
    assert await recovered(world, closed, "xgll.reviewer") == [owed]
    assert await recovered(world, closed, "diqing.reviewer") == []
    world.clock.advance(seconds=1)
    async with world.as_("xgll.cashier") as (session, subject):
        await repaid(session, subject, owed.id, RepaidForm(receipt_no="收2026-007"))
        with pytest.raises(AlreadyRepaid):
            await repaid(session, subject, owed.id, RepaidForm(receipt_no="收2026-008"))
    assert balance(await rows(world, LedgerEntry, closed)) == {"subsidy": 200_000, "cash": -200_000, "recoverable": 0}
    assert await holds(world, closed) == (0, 200_000)
    async with world.owner() as session:
        told = "select count(*) from audit_log where action = 'subsidy:recoverable' and object_id = :id"
        assert await session.scalar(text(told), {"id": str(owed.id)}) == 1


async def test_what_is_left_to_an_official_goes_back_and_the_settlement_ends(
    world: World, closed: Built, officials: Officials
) -> None:
    """One share was paid when it came to light that the other one's recipient was an official."""
    await financed(world, closed)
    mediator = (await world.subject("xgll.mediator")).person_id
    shares = {one.person_id == mediator: one for one in await due(world, closed)}
    await paid(world, shares[False])
    with pytest.raises(Conflict):
        await approve(world, closed, "justice", verdict="return", reason="其余份额不再支付")
    await officials.make("xgll.mediator")
    with pytest.raises(RecipientOfficial):
        await pay(world, closed)
    await approve(world, closed, "justice", verdict="return", reason="领取人为公职人员，其余份额不再支付")
    assert (await settlement(world, closed)).status == "paid" and await held(world, closed) == set()
    assert await holds(world, closed) == (0, 200_000)
    assert await wrong(world) == []


async def test_what_a_bank_sends_back_or_a_shorter_status_clears_is_recovered_from_nobody(
    world: World, closed: Built, officials: Officials
) -> None:
    """The entries of the recovery are reversed; the payment that came back waits, hindered by the status."""
    await financed(world, closed)
    mediator = (await world.subject("xgll.mediator")).person_id
    (mediators,) = [one for one in await due(world, closed) if one.person_id == mediator]
    await pay(world, closed)
    for login in ("xgll.mediator", "xgll.handler"):
        await officials.make(login)
        person = str((await world.subject(login)).person_id)
        message = Message(id=uuid4(), topic="official.changed", payload={"person": person})
        await recovery_job.on_official(world.store, message)
    assert balance(await rows(world, LedgerEntry, closed))["recoverable"] == 400_000
    await bounced(world, mediators)
    assert [one.amount_fen for one in await recovered(world, closed)] == [200_000]
    async with world.owner() as session:  # the handler's status had ended long before
        ended = "update official_statuses set since = '2001-01-01', until = '2001-12-31'"
        theirs = " where person_id = cast(:person as uuid) and evidence = '测试任命'"
        await session.execute(text(ended + theirs), {"person": person})
    await recovery_job.on_official(world.store, message)
    assert await recovered(world, closed) == []
    assert balance(await rows(world, LedgerEntry, closed))["recoverable"] == 0
    assert await held(world, closed) == {RecipientOfficial}


async def test_a_status_that_was_entered_by_mistake_holds_nobody_s_payment_and_asks_nothing_back(
    world: World, closed: Built, officials: Officials
) -> None:
    """Entered of the wrong person on a day of the work; what else ends it would leave that day standing."""
    await approved(world, closed)
    admin, person = await world.subject("xgll.admin"), (await world.subject("xgll.mediator")).person_id
    today = local_date(world.clock.now())
    async with world.store.scoped(admin.scope) as session:
        mistaken = OfficialForm(person, OfficialKind.CIVIL_SERVANT, today, "测试任命")
        await set_official_status(session, admin, mistaken)
    with pytest.raises(RecipientOfficial):
        await pay(world, closed)
    for until in (today, today - timedelta(days=1)):
        async with world.store.scoped(admin.scope) as session:
            kept = await end_official_status(session, admin, OfficialEndForm(person, until, "登记有误"))
    async with world.owner() as session:
        (await session.get_one(OfficialStatus, kept.id)).evidence = "测试任命"  # the fixture takes it away
    assert (await pay(world, closed)).funding_position == "paid"
    await recovery_job.on_official(world.store, Message(id=uuid4(), topic="", payload={"person": str(person)}))
    assert await recovered(world, closed) == []


async def test_nobody_recovers_what_was_paid_to_who_was_no_official_then(
    world: World, closed: Built, officials: Officials
) -> None:
    """A status that begins after the work asks nothing back."""
    await find(world, closed)
    await propose(world, closed, await share(world, "xgll.handler", 100))
    await review(world, closed)
    for side in ("justice", "petition"):
        await approve(world, closed, side)
    await pay(world, closed)
    await officials.make("xgll.mediator")
    mediator = (await world.subject("xgll.mediator")).person_id
    await recovery_job.on_official(world.store, Message(id=uuid4(), topic="", payload={"person": str(mediator)}))
    assert await recovered(world, closed) == []
