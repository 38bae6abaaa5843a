"""Bills: raised with the payment, reminded when the term has passed, disputed, paid in parts, taken back; no step of
the case waits for any of it."""

from typing import Any

import pytest

from foundation.errors import InvalidInput
from funding.bill_disputes import PartlyPaid
from funding.bill_reminders import NotOverdue, RemindedLately
from funding.bills import BillStep, NoSuchBill
from tests.dossiers.build import Built
from tests.funding.books import balances, bill, wrong
from tests.funding.build import approved, closed_case, pay, rows
from tests.world import World


@pytest.mark.obligation("51")
async def test_a_bill_is_owed_until_paid_in_full_and_reminded_only_when_overdue_and_not_too_often(
    own_world: World,
) -> None:
    world, built = own_world, await settled(own_world)
    sent = await bill(world, built)
    assert (sent.state, sent.amount_fen, sent.name) == ("open", 400_000, "云岭路桥建设有限公司")
    assert await balances(world, built) == {"receivable": 400_000, "cash": -400_000}
    with pytest.raises(NotOverdue):
        await world.do("xgll.reviewer", built.case_id, "remind-payer", bill_id=str(sent.id))
    world.clock.advance(days=31)
    await world.do("xgll.reviewer", built.case_id, "remind-payer", bill_id=str(sent.id))
    with pytest.raises(RemindedLately):
        await world.do("xgll.reviewer", built.case_id, "remind-payer", bill_id=str(sent.id))
    await receive(world, built, 150_000, "到2026-1")
    with pytest.raises(InvalidInput):
        await receive(world, built, 250_001, "到2026-2")
    await receive(world, built, 250_000, "到2026-2")
    assert (await bill(world, built)).state == "settled"
    assert await balances(world, built) == {}
    assert await wrong(world) == []


@pytest.mark.obligation("51")
async def test_a_dispute_stops_reminders_and_a_withdrawn_bill_leaves_the_cost_to_finance(world: World) -> None:
    built = await settled(world)
    sent = str((await bill(world, built)).id)
    await world.do("xgll.handler", built.case_id, "record-bill-dispute", bill_id=sent, reason="认为责任比例不当")
    world.clock.advance(days=40)
    with pytest.raises(NoSuchBill):
        await world.do("xgll.reviewer", built.case_id, "remind-payer", bill_id=sent)
    await receive(world, built, 100_000, "到2026-1")
    answer = {"bill_id": sent, "finding": "withdrawn", "reason": "判决另行确定"}
    with pytest.raises(PartlyPaid):
        await world.do("xgll.reviewer", built.case_id, "answer-bill-dispute", **answer)
    receipt = next(one for one in await rows(world, BillStep, built) if one.kind == "received")
    await world.do(
        "xgll.reviewer", built.case_id, "take-back-receipt", receipt_id=str(receipt.id), reason="误记他案到账"
    )
    await world.do("xgll.reviewer", built.case_id, "answer-bill-dispute", **answer)
    assert (await bill(world, built)).state == "withdrawn"
    assert await balances(world, built) == {"subsidy": 400_000, "cash": -400_000}


async def settled(world: World) -> Built:
    built = await closed_case(world)
    await approved(world, built)
    await pay(world, built)
    return built


async def receive(world: World, built: Built, fen: int, voucher: str) -> None:
    told: dict[str, Any] = {"bill_id": str((await bill(world, built)).id), "amount_fen": fen, "voucher_no": voucher}
    await world.do("xgll.cashier", built.case_id, "record-receipt", **told)
