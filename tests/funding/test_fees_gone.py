"""A fee or a settlement whose books, case or township went on before it was paid ends well: who bears it decides it."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import pytest
from msgspec import structs
from sqlalchemy import text

from cases.history import Event
from cases.models import Case
from cases.steps import STEP_OF, State
from foundation.errors import NotFound
from foundation.store import instant
from funding import gone_fee_reviews, gone_fees, payouts
from funding.fee_payments import FeePayment, FeeReviewedElsewhere
from funding.fees import Fee
from funding.ledger import LedgerEntry
from funding.settlement import SettlementShare
from tenants.subject import Subject
from tests.door import Door
from tests.dossiers.build import Built, table_case
from tests.funding.books import by_tenant
from tests.funding.build import approved, closed_case, rows, settlement
from tests.funding.duty import has_account
from tests.funding.test_payments import _gone, _make, _proved, _read, _reconcile, _send
from tests.handover.racing import raced
from tests.organisation.planning import DEQIN, XGLL, carried_out
from tests.organisation.planning import tenant as unit
from tests.organisation.test_tree_edges import MOVE
from tests.world import World

CASHIER, REVIEWER = "xgll.cashier", "xgll.reviewer"
FEE = 300_000
LEFT = text("select sum(reserved_fen), sum(spent_fen) from budget_lines where purpose = 'fees'")


async def _fee(world: World, built: Built) -> UUID:
    told: dict[str, Any] = {"fee": "appraisal", "institution": "迪庆某鉴定中心", "actual_fen": FEE}
    told |= {"incurred_on": "2026-03-01", "advancer": "finance", "advance_approved": True}
    await world.do("xgll.handler", built.case_id, "record-fee", **told)
    (recorded,) = await rows(world, Fee, built)
    return recorded.id


async def _in_state(world: World, built: Built, state: State) -> None:
    async with world.owner() as session:
        case = await session.get_one(Case, built.case_id)
        case.state, case.step = state, STEP_OF[state]
        case.closed_at = instant(session) if state is State.CLOSED else None


async def _heir(world: World, login: str, role: str) -> Subject:
    """The person in the post that a merger gave it at the successor."""
    before, new = await world.subject(login), await unit(world, DEQIN)
    query = text(
        "select w.id, w.office_id from posts w join offices o on o.id = w.office_id"
        " where w.person_id = :person and w.role = :role and o.tenant_id = :tenant"
    )
    async with world.owner() as session:
        values = {"person": before.person_id, "role": role, "tenant": new.id}
        post, office = (await session.execute(query, values)).one()
    return structs.replace(before, tenant_id=new.id, office_id=office, post_id=post)


async def _onward(world: World, built: Built) -> None:
    """To the prefecture and from there to a sibling county."""
    await _gone(world, built.case_id, "diqing")
    office = await world.office("deqin.director")
    await world.do("diqing.director", built.case_id, "offer-handover", to_office_id=office, reason="near")
    await world.do("deqin.director", built.case_id, "accept-handover", no_conflict=True)


async def _twice(world: World, built: Built, login: str, act: Callable[..., Awaitable[object]]) -> list[object]:
    """By the same person in two tabs, at the same moment."""

    async def one() -> object:
        async with world.as_(login) as (session, subject):
            return await act(session, subject)

    return await raced(world, built.case_id, [one, one])


@pytest.mark.obligation("38")
async def test_of_two_who_approve_or_pay_such_a_fee_at_once_one_does(own_world: World) -> None:
    world, built = own_world, await table_case(own_world)
    fee = await _fee(world, built)
    await _onward(world, built)
    opinion, voucher = gone_fee_reviews.OpinionForm(reason="鉴定必需"), gone_fees.VoucherForm(voucher_no="付2026-9")
    said = await _twice(world, built, REVIEWER, lambda s, who: gone_fee_reviews.approve(s, who, fee, opinion))
    assert [type(one) for one in said] == [gone_fee_reviews.UnreviewedFee, NotFound]
    (payment,) = await rows(world, FeePayment, built)
    said = await _twice(world, built, CASHIER, lambda s, who: gone_fees.pay(s, who, payment.id, voucher))
    assert [type(one) for one in said] == [gone_fees.GoneFee, NotFound]
    cash = [one.credit_fen for one in await rows(world, LedgerEntry, built) if one.account == "cash"]
    assert cash == [FEE]
    async with world.owner() as session:
        assert (await session.execute(LEFT)).one() == (0, FEE)


@pytest.mark.obligation("38", "61a")
async def test_who_is_kept_away_from_a_case_hears_of_no_fee_of_it(own_world: World) -> None:
    world, built = own_world, await table_case(own_world)
    fee, who = await _fee(world, built), await world.subject(REVIEWER)
    await _onward(world, built)
    away = text(
        "insert into case_relations (id, case_id, relation, person_id, since, until, source)"
        " values (gen_random_uuid(), :case, 'excluded', :person, '2020-01-01', 'infinity', 'recusals:1')"
    )
    async with world.owner() as session:
        await session.execute(away, {"case": built.case_id, "person": who.person_id})
    async with world.as_(REVIEWER) as (session, subject):
        assert await gone_fee_reviews.unreviewed_fees(session, subject) == []
        with pytest.raises(NotFound):
            await gone_fee_reviews.approve(session, subject, fee, gone_fee_reviews.OpinionForm(reason="鉴定必需"))


@pytest.mark.obligation("38", "47")
async def test_a_fee_that_nobody_had_approved_is_reviewed_where_it_arose_and_paid_there(
    own_door: Door, own_world: World
) -> None:
    """The sibling county that holds the case by now is told who decides; the giver's reviewer needs no sight of it."""
    world, built = own_world, await table_case(own_world)
    fee, giver = await _fee(world, built), (await world.subject(CASHIER)).tenant_id
    address = f"/funding/claims/fees/{fee}/approved"
    async with await own_door.program(REVIEWER) as program:
        assert (await program.get("/api/v1/funding/claims/fees")).json() == []
        assert (await program.post(f"/api/v1{address}", json={"reason": "鉴定必需"})).status_code == 404
    await _onward(world, built)
    with pytest.raises(FeeReviewedElsewhere):
        await world.do("deqin.reviewer", built.case_id, "approve-fee", fee_id=str(fee), reason="鉴定必需")
    opinion = gone_fee_reviews.OpinionForm(reason="鉴定必需")
    async with world.as_("deqin.reviewer") as (session, subject):
        with pytest.raises(NotFound):
            await gone_fee_reviews.approve(session, subject, fee, opinion)
    async with await own_door.browser(CASHIER) as browser:
        assert (await browser.get(address)).status_code == 403
    async with await own_door.browser(REVIEWER) as browser:
        assert f'href="{address}"' in (await browser.get("/funding/claims")).text
        assert "迪庆某鉴定中心 3,000.00" in (await browser.get(address)).text
    async with await own_door.program(REVIEWER) as program:
        (waits,) = (await program.get("/api/v1/funding/claims/fees")).json()
        assert (waits["id"], waits["amount_fen"]) == (str(fee), FEE)
        empty = await program.post(f"/api/v1{address}", json={"reason": ""})
        assert empty.json()["errors"][0]["field"] == "reason"
        assert (await program.post(f"/api/v1{address}", json={"reason": "鉴定必需"})).status_code == 200
        assert (await program.post(f"/api/v1{address}", json={"reason": "鉴定必需"})).status_code == 404
        assert (await program.get(f"/api/v1/cases/{built.case_id}")).status_code == 404
    async with world.owner() as session:
        assert (await session.execute(LEFT)).one() == (FEE, 0)
    (payment,) = await rows(world, FeePayment, built)
    async with await own_door.program(CASHIER) as program:
        paid = f"/api/v1/funding/payments/fees/{payment.id}/paid"
        assert (await program.post(paid, json={"voucher_no": "付2026-9"})).status_code == 200
    assert await by_tenant(world, built.case_id) == {(giver, "advance"): FEE, (giver, "cash"): -FEE}
    assert [one.act for one in await rows(world, Event, built) if one.act in ("approve-fee", "pay-fee")] == [
        "approve-fee", "pay-fee",
    ]  # fmt: skip
    await _proved(world)


@pytest.mark.obligation("38")
@pytest.mark.parametrize("early", [True, False], ids=["approved before", "approved after"])
async def test_a_fee_whose_books_were_merged_away_is_approved_and_paid_by_their_heir(
    own_world: World, early: bool
) -> None:
    world, built = own_world, await table_case(own_world)
    fee, new = await _fee(world, built), await unit(world, DEQIN)
    told = {"fee_id": str(fee), "reason": "鉴定必需"}
    if early:
        await world.do(REVIEWER, built.case_id, "approve-fee", **told)
    await carried_out(world, {"operation": "merge", "code": XGLL, "into_code": DEQIN})
    if not early:
        reviewer = await _heir(world, REVIEWER, "fee_reviewer")
        await world.do_as(reviewer, built.case_id, "approve-fee", **told)
    (payment,) = await rows(world, FeePayment, built)
    assert payment.tenant_id == new.id
    cashier = await _heir(world, CASHIER, "cashier")
    await world.do_as(cashier, built.case_id, "pay-fee", payment_id=str(payment.id), voucher_no="付2026-9")
    cash = [one.tenant_id for one in await rows(world, LedgerEntry, built) if one.account == "cash"]
    assert cash == [new.id]
    async with world.owner() as session:
        assert (await session.execute(LEFT)).one() == (0, FEE)
    await _proved(world)


@pytest.mark.obligation("38", "50")
@pytest.mark.parametrize("again", [False, True], ids=["closed", "opened again"])
async def test_a_settlement_whose_township_a_plan_moved_is_paid_by_the_county_that_approved_it(
    own_world: World, again: bool
) -> None:
    """The new county keeps the township's books from now on; this promise stays the old one's, wherever the case is."""
    world = own_world
    built = await closed_case(world)
    head = await world.subject("jiantang.head")
    async with world.owner() as session:
        case = await session.get_one(Case, built.case_id)
        case.holder_office_id, case.township_id = await world.office("jiantang.head"), head.tenant_id
    await approved(world, built, producer="unclear")
    for login in ("xgll.handler", "xgll.mediator"):
        await has_account(world, login)
    async with world.as_(CASHIER) as (session, subject):
        assert len(await payouts.due(session, subject)) == 2
    if again:
        await _in_state(world, built, State.GUIDED)
    await carried_out(world, MOVE)
    giver, taker = (await world.subject(CASHIER)).tenant_id, await unit(world, DEQIN)
    assert (await world.case(built.case_id)).county_id == (taker.id if again else giver)
    await _in_state(world, built, State.CLOSED)
    assert (await settlement(world, built)).tenant_id == giver
    taking = structs.replace(await world.subject("deqin.reviewer"), role="cashier")
    async with world.store.scoped(taking.scope) as session:
        assert await payouts.due(session, taking) == []
    batch = await _make(world, *(f"settlement:{one.id}" for one in await rows(world, SettlementShare, built)))
    await _send(world, batch)
    lines = (await _read(world, batch)).lines
    await _reconcile(world, batch, *((one.reference, f"{one.fen / 100:.2f}", "成功", "", "") for one in lines))
    assert (await settlement(world, built)).status == "paid"
    paid = {one.tenant_id for one in await rows(world, LedgerEntry, built) if one.account == "cash"}
    assert paid == {giver}
    await _proved(world)
