"""费随案走 in the books: what is promised moves with the case, what was incurred stays, and both sides show it; what
finance advanced comes back; one matter is paid once."""

import pytest

from foundation.errors import InvalidInput
from foundation.files import FileStore
from funding.fee_payments import FeePayment, NoSuchFee
from funding.fees import Fee
from funding.refusals import AlreadySettled
from funding.totals import totals_of
from tests.dossiers.build import Built, table_case
from tests.funding.books import balances, bill, by_tenant, wrong
from tests.funding.build import agreed, approved, closed_case, find, pay, propose, rows
from tests.funding.test_travel import answer, request
from tests.world import World

TRIP = 180_000


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


async def test_what_finance_advanced_is_billed_to_whoever_is_at_fault_and_comes_back(
    own_world: World, files: FileStore
) -> None:
    world, built = own_world, await agreed(own_world)
    fee = {"fee": "appraisal", "institution": "迪庆某鉴定中心", "actual_fen": 300_000, "incurred_on": "2026-03-01"}
    await world.do("xgll.handler", built.case_id, "record-fee", **fee, advancer="finance", advance_approved=True)
    (recorded,) = await rows(world, Fee, built)
    told = {"fee_id": str(recorded.id), "reason": "鉴定必需，过错待定"}
    await world.do("xgll.reviewer", built.case_id, "approve-fee", **told)
    with pytest.raises(NoSuchFee):
        await world.do("xgll.reviewer", built.case_id, "approve-fee", **told)
    (advance,) = await rows(world, FeePayment, built)
    voucher = {"payment_id": str(advance.id), "voucher_no": "付2026-1"}
    await world.do("xgll.cashier", built.case_id, "pay-fee", **voucher)
    assert await balances(world, built) == {"advance": 300_000, "cash": -300_000}
    assert await wrong(world) == []
    await find(world, built)
    assert await balances(world, built) == {"receivable": 300_000, "cash": -300_000}
    sent = await bill(world, built)
    assert (sent.ground, sent.name, sent.line) == ("fee", "云岭路桥建设有限公司", "B1")
    receipt = {"bill_id": str(sent.id), "amount_fen": 300_000, "voucher_no": "到2026-1"}
    await world.do("xgll.cashier", built.case_id, "record-receipt", **receipt)
    assert await balances(world, built) == {}
    assert await wrong(world) == []


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


async def tenant(world: World, login: str) -> int:
    found = (await world.subject(login)).tenant_id
    assert found is not None
    return found


async def handed(world: World, built: Built, sender: str, receiver: str) -> None:
    to = await world.office(receiver)
    await world.do(sender, built.case_id, "offer-handover", to_office_id=to, reason="company")
    world.clock.advance(days=2)
    await world.do(receiver, built.case_id, "accept-handover", no_conflict=True)
