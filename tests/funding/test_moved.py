"""Money of a case that has gone on before it was paid: the tenant pays whose budget bears it, without sight of it."""

from typing import Any
from uuid import UUID

import msgspec
import pytest

from cases.history import Event
from cases.models import Case
from cases.steps import STEP_OF, State
from foundation.errors import NotFound
from foundation.store import instant
from funding import gone_fees, payouts
from funding.claims_board import board
from funding.fee_payments import FeeElsewhere, FeePayment
from funding.fees import Fee
from funding.ledger import LedgerEntry
from funding.payment_making import waiting_outside
from funding.payment_reading import due_list
from funding.settlement import BooksElsewhere, SettlementShare
from tenants.subject import Subject
from tests.door import Door
from tests.dossiers.build import Built, table_case
from tests.funding.books import by_tenant
from tests.funding.build import approved, closed_case, rows, settlement
from tests.funding.conftest import Officials
from tests.funding.duty import has_account
from tests.funding.test_payments import _gone, _make, _proved, _read, _reconcile, _send
from tests.world import World

CASHIER = "xgll.cashier"
FEE = 300_000


async def _above(world: World) -> Subject:
    """The prefecture's cashier; the demonstration has none."""
    return msgspec.structs.replace(await world.subject("diqing.reviewer"), role="cashier")


async def _closed_there(world: World, built: Built) -> None:
    async with world.owner() as session:
        case = await session.get_one(Case, built.case_id)
        case.state, case.step, case.closed_at = State.CLOSED, STEP_OF[State.CLOSED], instant(session)


@pytest.mark.obligation("38", "50")
async def test_a_share_is_paid_by_the_books_that_bear_it_wherever_the_case_has_gone(own_world: World) -> None:
    world = own_world
    built = await closed_case(world)
    await approved(world, built, producer="unclear")
    for login in ("xgll.handler", "xgll.mediator"):
        await has_account(world, login)
    await _gone(world, built.case_id, "diqing")
    await _closed_there(world, built)
    above = await _above(world)
    async with world.store.scoped(above.scope) as session:
        assert await waiting_outside(session, above) == []
    with pytest.raises(BooksElsewhere):
        await world.do_as(above, built.case_id, "pay-settlement", voucher_no="付1")
    async with world.as_(CASHIER) as (session, subject):
        found = await payouts.due(session, subject)
        assert {one.ground_id for one in found} == {one.id for one in await rows(world, SettlementShare, built)}
        told = await board(session, subject)
        assert [(one.gone, one.case_id) for one in told.waiting] == [(True, None)] * 2
        assert await session.get(Case, built.case_id) is None
    await Officials(world).make("xgll.mediator")
    async with world.as_(CASHIER) as (session, subject):
        (only,) = await payouts.due(session, subject)  # what hinders is asked where the case is now
        assert {(one.gone, one.case_id, one.case_number) for one in await due_list(session, subject)} == {
            (True, None, None)
        }
    batch = await _make(world, f"settlement:{only.ground_id}")
    await _send(world, batch)
    (line,) = (await _read(world, batch)).lines
    await _reconcile(world, batch, (line.reference, f"{line.fen / 100:.2f}", "失败", "账户异常", ""))
    again = await _make(world, f"settlement:{only.ground_id}")  # it failed after the case had left: sent once more
    await _send(world, again)
    (line,) = (await _read(world, again)).lines
    await _reconcile(world, again, (line.reference, f"{line.fen / 100:.2f}", "成功", "", ""))
    assert (await settlement(world, built)).status == "paying"
    paid = [one for one in await rows(world, LedgerEntry, built) if one.account == "cash"]
    assert {one.tenant_id for one in paid} == {(await world.subject(CASHIER)).tenant_id}
    await _proved(world)


@pytest.mark.obligation("38", "47")
async def test_an_approved_fee_is_paid_by_the_books_that_approved_it_wherever_the_case_has_gone(
    own_door: Door, own_world: World
) -> None:
    """Incurred, so it stays: a payable of the county at the move; the new holder's cashier cannot draw on it."""
    world, built = own_world, await table_case(own_world)
    payment = await _approved_fee(world, built)
    giver = (await world.subject(CASHIER)).tenant_id
    assert await by_tenant(world, built.case_id) == {(giver, "committed"): FEE, (giver, "commitments"): -FEE}
    async with world.as_(CASHIER) as (session, subject):
        assert await gone_fees.gone_fees(session, subject) == []
    await _gone(world, built.case_id, "diqing")
    assert await by_tenant(world, built.case_id) == {(giver, "advance"): FEE, (giver, "payable"): -FEE}
    above = await _above(world)
    with pytest.raises(FeeElsewhere):
        await world.do_as(above, built.case_id, "pay-fee", payment_id=str(payment), voucher_no="付1")
    voucher = gone_fees.VoucherForm(voucher_no="付2026-9")
    async with world.store.scoped(above.scope) as session:
        with pytest.raises(NotFound):
            await gone_fees.pay(session, above, payment, voucher)
    address = f"/funding/payments/fees/{payment}/paid"
    async with await own_door.browser(CASHIER) as browser:
        assert "迪庆某鉴定中心" in (await browser.get("/funding/payments")).text
        form = (await browser.get(address)).text
        assert "迪庆某鉴定中心" in form and "鉴定费" in form and f"审批时间 {world.clock.now():%Y-%m-%d}" in form
    async with await own_door.browser("xgll.reviewer") as browser:
        assert (await browser.get(address)).status_code == 403
    async with await own_door.program(CASHIER) as program:
        (waits,) = (await program.get("/api/v1/funding/payments/fees")).json()
        assert (waits["id"], waits["amount_fen"]) == (str(payment), FEE)
        assert (await program.get(f"/api/v1/cases/{built.case_id}")).status_code == 404
        empty = await program.post(f"/api/v1{address}", json={"voucher_no": ""})
        assert empty.json()["errors"][0]["field"] == "voucher_no"
        assert (await program.post(f"/api/v1{address}", json={"voucher_no": "付2026-9"})).status_code == 200
        assert (await program.post(f"/api/v1{address}", json={"voucher_no": "付2026-9"})).status_code == 404
        assert (await program.get(f"/api/v1/cases/{built.case_id}")).status_code == 404
    assert await by_tenant(world, built.case_id) == {(giver, "advance"): FEE, (giver, "cash"): -FEE}
    assert [one.data["amount_fen"] for one in await rows(world, Event, built) if one.act == "pay-fee"] == [FEE]
    await _proved(world)


async def _approved_fee(world: World, built: Built) -> UUID:
    fee: dict[str, Any] = {"fee": "appraisal", "institution": "迪庆某鉴定中心", "actual_fen": FEE}
    told = fee | {"incurred_on": "2026-03-01", "advancer": "finance", "advance_approved": True}
    await world.do("xgll.handler", built.case_id, "record-fee", **told)
    (recorded,) = await rows(world, Fee, built)
    await world.do("xgll.reviewer", built.case_id, "approve-fee", fee_id=str(recorded.id), reason="鉴定必需")
    (payment,) = await rows(world, FeePayment, built)
    return payment.id
