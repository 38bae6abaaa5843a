"""费随案走 in the books: what is promised moves with the case, what was incurred stays, and both sides show it; what
finance advanced comes back; one matter is paid once."""

from typing import Any
from uuid import UUID

import pytest

from foundation.errors import InvalidInput
from funding.bills import Bill
from funding.budget_lines import BudgetHold
from funding.fee_payments import FeePayment, NoSuchFee
from funding.fees import Fee
from funding.refusals import AlreadySettled
from funding.same_matter import SettledApart
from funding.totals import totals_of
from tests.dossiers.build import Built, table_case
from tests.funding.books import balances, by_tenant, wrong
from tests.funding.build import agreed, approved, closed_case, find, pay, propose, review, rows
from tests.funding.test_travel import answer, request
from tests.world import World

TRIP = 180_000


@pytest.mark.obligation("38", "47")
async def test_at_a_handover_promises_move_incurred_costs_stay_and_both_sides_show_it(own_world: World) -> None:
    world, built = own_world, await table_case(own_world)
    begun = await request(world, built, starts_on="2026-03-02", ends_on="2026-03-03")
    coming = await request(world, built)
    await answer(world, built, begun)
    await answer(world, built, coming)
    giver, taker = await tenant(world, "xgll.reviewer"), await tenant(world, "diqing.reviewer")
    assert await by_tenant(world, built.case_id) == {
        (giver, "committed"): 2 * TRIP,
        (giver, "commitments"): -2 * TRIP,
    }
    await handed(world, built, "xgll.director", "diqing.director")
    assert await by_tenant(world, built.case_id) == {
        (giver, "travel"): TRIP,
        (giver, "payable"): -TRIP,
        (taker, "committed"): TRIP,
        (taker, "commitments"): -TRIP,
    }
    for login in ("xgll.reviewer", "diqing.reviewer"):
        async with world.as_(login) as (session, _):
            shown = await totals_of(session, await world.case(built.case_id))
        assert [(one.tenant_id, one.incurred, one.committed) for one in shown] == [(giver, TRIP, 0), (taker, 0, TRIP)]
    await answer(world, built, coming, "diqing.reviewer", answer="refuse", reason="可以线上调取")
    assert (taker, "committed") not in await by_tenant(world, built.case_id)
    assert await wrong(world) == []


@pytest.mark.obligation("45", "51")
async def test_what_finance_advanced_is_billed_to_whoever_is_at_fault_and_comes_back(own_world: World) -> None:
    world, built = own_world, await agreed(own_world)
    first, second = await advanced(world, built, 300_000), await advanced(world, built, 50_000)
    assert await balances(world, built) == {"advance": 350_000, "cash": -350_000}
    assert await wrong(world) == []
    await find(world, built)
    assert await balances(world, built) == {"receivable": 350_000, "cash": -350_000}
    back, kept = sorted(await rows(world, Bill, built), key=lambda one: -one.amount_fen)
    assert (back.ground_id, kept.ground_id, back.name, back.line) == (first, second, "云岭路桥建设有限公司", "B1")
    receipt: dict[str, Any] = {"bill_id": str(back.id), "amount_fen": 300_000, "voucher_no": "到2026-1"}
    await world.do("xgll.cashier", built.case_id, "record-receipt", **receipt)
    disputed = {"bill_id": str(kept.id), "reason": "判决由财政承担"}
    await world.do("xgll.handler", built.case_id, "record-bill-dispute", **disputed)
    await world.do("xgll.reviewer", built.case_id, "answer-bill-dispute", **disputed, finding="withdrawn")
    assert await balances(world, built) == {"fee": 50_000, "cash": -50_000}
    async with world.owner() as session:
        spent = [(await session.get_one(BudgetHold, ("fee", one))).spent_fen for one in (first, second)]
    assert spent == [0, 50_000], "what came back is in the line again"
    assert await wrong(world) == []


async def advanced(world: World, built: Built, fen: int) -> UUID:
    """Recorded, reviewed and paid by finance before anybody is found at fault; the payment's id."""
    fee: dict[str, Any] = {
        "fee": "appraisal",
        "institution": "迪庆某鉴定中心",
        "actual_fen": fen,
        "incurred_on": "2026-03-01",
    }
    await world.do("xgll.handler", built.case_id, "record-fee", **fee, advancer="finance", advance_approved=True)
    recorded = next(one for one in await rows(world, Fee, built) if one.actual_fen == fen)
    told = {"fee_id": str(recorded.id), "reason": "鉴定必需，过错待定"}
    await world.do("xgll.reviewer", built.case_id, "approve-fee", **told)
    with pytest.raises(NoSuchFee):
        await world.do("xgll.reviewer", built.case_id, "approve-fee", **told)
    payment = next(one for one in await rows(world, FeePayment, built) if one.fee_id == recorded.id)
    voucher = {"payment_id": str(payment.id), "voucher_no": "付2026-1"}
    await world.do("xgll.cashier", built.case_id, "pay-fee", **voucher)
    return payment.id


@pytest.mark.obligation("38")
async def test_the_same_dispute_under_another_number_is_not_paid_twice(world: World) -> None:
    first, second = await closed_case(world), await closed_case(world)
    await approved(world, first)
    await pay(world, first)
    await find(world, second)
    with pytest.raises(InvalidInput):
        await world.do("xgll.reviewer", second.case_id, "link-same-matter", number="没有这个号")
    number = (await world.case(first.case_id)).registration_no
    await world.do("xgll.reviewer", second.case_id, "link-same-matter", number=number)
    with pytest.raises(AlreadySettled):
        await propose(world, second)


@pytest.mark.obligation("38")
async def test_two_claims_that_turn_out_to_be_one_dispute_are_not_both_signed_or_paid(world: World) -> None:
    """Linked by the reviewer who reads the second, or even after both were approved: one of them has to go back."""
    first, second = await closed_case(world), await closed_case(world)
    await approved(world, first)
    await find(world, second)
    await propose(world, second)
    number = (await world.case(first.case_id)).registration_no
    await world.do("xgll.reviewer", second.case_id, "link-same-matter", number=number)
    with pytest.raises(SettledApart):
        await review(world, second)
    with pytest.raises(SettledApart):
        await pay(world, first)
    await review(world, second, verdict="return", reason="同一纠纷已经申报")
    await pay(world, first)
    with pytest.raises(AlreadySettled):
        await propose(world, second)
    assert await wrong(world) == []


async def tenant(world: World, login: str) -> int:
    found = (await world.subject(login)).tenant_id
    assert found is not None
    return found


async def handed(world: World, built: Built, sender: str, receiver: str) -> None:
    to = await world.office(receiver)
    await world.do(sender, built.case_id, "offer-handover", to_office_id=to, reason="company")
    world.clock.advance(days=2)
    await world.do(receiver, built.case_id, "accept-handover", no_conflict=True)
