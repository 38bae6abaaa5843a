"""The one settlement of a case: who pays, how much, and what stands in its way."""

from typing import Any

import pytest

from foundation.errors import Forbidden, InvalidInput, NotFound
from funding.ledger import LedgerEntry
from funding.positions import Position
from funding.refusals import (
    AlreadySettled,
    FactsAreMissing,
    NothingPayable,
    RecipientOfficial,
    RuleIsMissing,
    SplitDispute,
)
from funding.settlement import NoSettlement, SettlementCharge, SettlementShare
from tests.dossiers.build import Built
from tests.funding.build import (
    approve,
    approved,
    closed_case,
    ended_as,
    find,
    money,
    pay,
    propose,
    review,
    rows,
    seen,
    settlement,
    share,
)
from tests.funding.conftest import Officials
from tests.world import World


async def test_a_settlement_goes_from_the_team_to_the_cashier_and_the_preview_tells_how_far(
    world: World, closed: Built
) -> None:
    positions = [
        (await step).funding_position
        for step in (
            find(world, closed),
            propose(world, closed),
            review(world, closed),
            approve(world, closed, "petition"),
            approve(world, closed, "justice"),
            pay(world, closed),
        )
    ]
    assert positions == ["found", "proposed", "reviewed", "approved_petition", "approved", "paid"]


async def test_a_major_case_is_paid_inside_its_range_by_the_company_that_undertook_it(world: World) -> None:
    built = await closed_case(world, case_class="complex")
    await find(world, built)
    await propose(world, built)
    money = (await seen(world, built.case_id)).settlement
    assert money is not None
    assert (money.payer.line, money.payer.bearer, money.payer.minimum_fen, money.payer.maximum_fen) == (
        "A3", "企业", 1_000_000, 3_000_000,
    )  # fmt: skip
    assert money.amount_fen == 2_000_000
    assert [(charge.name, charge.amount_fen) for charge in money.charges] == [("云岭路桥建设有限公司", 2_000_000)]


async def test_the_trace_is_readable_in_two_languages(world: World, closed: Built) -> None:
    await find(world, closed)
    await propose(world, closed)
    shown = (await seen(world, closed.case_id)).settlement
    assert shown is not None
    chinese = "\n".join(line.render("zh") for line in shown.payer.trace)
    english = "\n".join(line.render("en") for line in shown.payer.trace)
    assert "企业承担" in chinese and "按五项评分 50 分" in chinese
    ours = english.replace("协议第三条", "")  # as the finding quotes its paper
    assert "50 points" in ours and not any("\u4e00" <= sign <= "\u9fff" for sign in ours)


async def test_shares_are_of_the_amount_and_nothing_is_lost(world: World, closed: Built) -> None:
    await find(world, closed)
    people = [await share(world, login, part) for login, part in (("xgll.mediator", 34), ("xgll.handler", 33),
                                                                  ("xgll.lawyer", 33))]  # fmt: skip
    await propose(world, closed, *people)
    shares = await rows(world, SettlementShare, closed)
    assert sum(one.amount_fen for one in shares) == (await settlement(world, closed)).amount_fen == 400_000


async def test_a_case_is_settled_once(world: World, closed: Built) -> None:
    await find(world, closed)
    await propose(world, closed)
    with pytest.raises(AlreadySettled) as refusal:
        await propose(world, closed)
    assert refusal.value.status == 409


async def test_a_paid_case_is_never_settled_again(world: World, closed: Built) -> None:
    await approved(world, closed)
    await pay(world, closed)
    with pytest.raises(AlreadySettled):
        await propose(world, closed)


async def test_a_returned_settlement_may_be_proposed_anew(world: World, closed: Built) -> None:
    await find(world, closed)
    await propose(world, closed)
    case = await review(world, closed, verdict="return", reason="评分依据不足")
    assert case.funding_position == Position.RETURNED
    case = await propose(world, closed)
    assert case.funding_position == Position.PROPOSED


async def test_returning_needs_a_reason(world: World, closed: Built) -> None:
    await find(world, closed)
    await propose(world, closed)
    with pytest.raises(InvalidInput):
        await review(world, closed, verdict="return")


async def test_facts_that_are_missing_come_back_by_name_in_both_languages(world: World, closed: Built) -> None:
    with pytest.raises(FactsAreMissing) as refusal:
        await propose(world, closed)
    assert refusal.value.params["facts"] == ["producer"]
    assert "责任主体" in refusal.value.text("zh")
    assert "Responsible subject" in refusal.value.text("en")


async def test_a_rule_that_is_missing_is_a_question_to_the_province(world: World, closed: Built) -> None:
    await find(world, closed)
    await ended_as(world, closed, "struck_off")
    with pytest.raises(RuleIsMissing) as refusal:
        await propose(world, closed)
    assert refusal.value.params["row"] == "A1.1"
    assert "province" in refusal.value.text("en")


@pytest.mark.obligation("44")
async def test_a_failed_mediation_is_paid_from_nothing_up_to_its_ceiling(world: World, closed: Built) -> None:
    await find(world, closed)
    await ended_as(world, closed, "failed")
    await propose(world, closed)
    shown = (await seen(world, closed.case_id)).settlement
    assert shown is not None
    assert (shown.payer.minimum_fen, shown.payer.maximum_fen, shown.amount_fen) == (0, 500_000, 250_000)
    assert shown.payer.default_used == ("A14",)


async def test_a_case_never_accepted_yields_nothing(world: World, closed: Built) -> None:
    await find(world, closed)
    await ended_as(world, closed, "refused")
    with pytest.raises(NothingPayable):
        await propose(world, closed)


async def test_one_dispute_in_several_cases_is_settled_in_none_of_them(world: World, closed: Built) -> None:
    await find(world, closed)
    with pytest.raises(SplitDispute):
        await propose(world, closed, settled_elsewhere=True)


async def test_a_stopped_enterprise_that_is_unable_leaves_it_to_the_finance_of_the_city(
    world: World, closed: Built
) -> None:
    await find(
        world,
        closed,
        producer="enterprise",
        unit_name="云岭路桥建设有限公司",
        stopped=True,
        unable=True,
        unable_proof="人民法院终结本次执行裁定",
    )
    await propose(world, closed)
    charge = (await rows(world, SettlementCharge, closed))[0]
    city = (await world.subject("xgll.reviewer")).tenant_id
    assert (charge.line, charge.payer, charge.budget_tenant_id) == ("A4", "finance", city)


async def test_an_enterprise_that_is_a_party_pays_only_by_its_own_undertaking(world: World) -> None:
    built = await closed_case(world, undertakes=False)
    await find(world, built)
    await propose(world, built)
    charge = (await rows(world, SettlementCharge, built))[0]
    assert (charge.line, charge.payer, charge.flag_province) == ("A3.1", "finance", True)


async def test_several_producers_are_each_charged_their_share(world: World, closed: Built) -> None:
    await find(
        world,
        closed,
        producer="several",
        shares=[
            {"kind": "department", "name": "交通运输局", "percent": 60},
            {"kind": "enterprise", "name": "某公司", "percent": 40, "stopped": True, "unable_proof": "破产裁定"},
        ],
    )
    await propose(world, closed)
    charged = [(one.payer, one.name, one.amount_fen) for one in await rows(world, SettlementCharge, closed)]
    assert charged == [("producer", "交通运输局", 240_000), ("finance", None, 160_000)]


async def test_an_official_is_refused_at_the_claim(world: World, closed: Built, officials: Officials) -> None:
    await find(world, closed)
    await officials.make("xgll.mediator")
    with pytest.raises(RecipientOfficial):
        await propose(world, closed)


@pytest.mark.obligation("49")
async def test_an_official_who_comes_to_light_is_refused_at_the_approval(
    world: World, closed: Built, officials: Officials
) -> None:
    await find(world, closed)
    await propose(world, closed)
    await review(world, closed)
    await officials.make("xgll.mediator")
    with pytest.raises(RecipientOfficial):
        await approve(world, closed, "justice")


async def test_an_official_who_comes_to_light_is_refused_at_the_payment(
    world: World, closed: Built, officials: Officials
) -> None:
    await approved(world, closed)
    await officials.make("xgll.mediator")
    before = await rows(world, LedgerEntry, closed)
    with pytest.raises(RecipientOfficial):
        await pay(world, closed)
    assert len(await rows(world, LedgerEntry, closed)) == len(before)


async def test_what_cannot_be_paid_is_returned_by_a_head_and_proposed_for_others(
    world: World, closed: Built, officials: Officials
) -> None:
    await approved(world, closed)
    await officials.make("xgll.mediator")
    await approve(world, closed, "justice", verdict="return", reason="领取人为公职人员")
    case = await propose(world, closed, await share(world, "xgll.lawyer", 100))
    assert case.funding_position == Position.PROPOSED


async def test_what_was_paid_is_never_returned(world: World, closed: Built) -> None:
    await approved(world, closed)
    await pay(world, closed)
    with pytest.raises(NoSettlement):
        await approve(world, closed, "petition", verdict="return", reason="事后反悔")


async def test_only_who_worked_on_the_case_receives(world: World, closed: Built) -> None:
    await find(world, closed)
    with pytest.raises(InvalidInput) as refusal:
        await propose(world, closed, await share(world, "xgll.forensic", 100))
    assert [(broken.field, broken.rule) for broken in refusal.value.fields] == [("shares.0.person_id", "not_a_choice")]


async def test_shares_make_a_whole(world: World, closed: Built) -> None:
    await find(world, closed)
    with pytest.raises(InvalidInput):
        await propose(world, closed, await share(world, "xgll.mediator", 99))


async def test_money_is_shown_by_the_field_group_and_totals_alone_to_the_overseer(world: World, closed: Built) -> None:
    await find(world, closed)
    await propose(world, closed)
    totals = await seen(world, closed.case_id, "diqing.supervisor")
    assert (totals.position, totals.amount_fen, totals.settlement, totals.findings) == ("已提出结算", 400_000, None, [])
    assert await money(world, closed.case_id, "xgll.daily") is None


async def test_nobody_of_another_city_reaches_the_settlement(world: World, closed: Built) -> None:
    with pytest.raises(NotFound):
        await world.do("diqing.reviewer", closed.case_id, "review-settlement", verdict="agree")
    with pytest.raises((NotFound, Forbidden)):
        await world.do("deqin.director", closed.case_id, "propose-settlement", **PROPOSAL)


PROPOSAL: dict[str, Any] = {
    "quantity": 1, "quality": 1, "difficulty": 1, "effect": 1, "procedure": 1, "reason": "理由",
    "shares": [{"person_id": "01890000-0000-7000-8000-000000000000", "percent": 100}],
}  # fmt: skip
