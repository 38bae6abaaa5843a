"""救助 (五(七)): hardship is looked at, the right organ shown, the answer followed up; nothing is granted here."""

from typing import Any

import pytest

from dossiers.relief import ReliefKind, conditions_of
from tests.door import Door
from tests.steps.guidance import Sitting, days
from tests.teams.build import OWED, agreement, terms


async def settled(sitting: Sitting) -> str:
    return next(str(one.id) for one in await sitting.walk.petitioners() if one.status == "settled")


async def checked(sitting: Sitting, **more: Any) -> str:
    """The petitioner who signed is in hardship; their id as the next form takes it."""
    hardship = {"party": await settled(sitting), "hardship": "illness", "facts": "住院，收入中断", "wanted": True}
    await sitting.do("xgll.handler", "check-relief", hardships=[hardship | more])
    found = await sitting.options("xgll.handler", "refer-relief", "relief_checks")
    return next(iter(found.values()), "")


def application(sitting: Sitting, check: str, kind: str = "temporary", **more: Any) -> dict[str, Any]:
    return {"check": check, "kind": kind, "organ": "建塘镇人民政府", "applied_on": days(sitting, 0), **more}


async def finished(sitting: Sitting) -> None:
    """Everything paid and done, the petitioner visited."""
    rows = [
        {"term": str(term.id), "on_date": days(sitting, 0)}
        | ({"amount_fen": OWED, "receipt_no": "转账1"} if term.kind == "money" else {})
        for term in await terms((await agreement(sitting.walk)).id, sitting.world)
    ]
    await sitting.do("xgll.handler", "record-performance", rows=rows)
    await sitting.do("xgll.handler", "return-visit", party=await settled(sitting), performed=True)


@pytest.mark.obligation("27")
async def test_judicial_relief_is_shown_the_way_to_only_where_it_can_be_open(door: Door) -> None:
    sitting = await Sitting.agreed(door)
    check = await checked(sitting)
    refused = application(sitting, check, "judicial")
    assert await sitting.refused("xgll.handler", "refer-relief", **refused) == "judicial_relief_not_open"
    await sitting.do("xgll.handler", "refer-relief", **application(sitting, check))


@pytest.mark.obligation("27")
async def test_the_competent_organ_decides_on_judicial_relief_and_the_workroom_only_records(door: Door) -> None:
    sitting = await Sitting.agreed(door)
    check = await checked(sitting, litigation=True, unsolvable=True)
    await sitting.do("xgll.handler", "refer-relief", **application(sitting, check, "judicial", organ="市人民法院"))
    (told,) = await sitting.papers("relief_guidance")
    assert "政法机关" in told["content"]["where"] and "不审批" in told["content"]["decides"]
    assert "中政委〔2014〕3号" in told["content"]["conditions"]


@pytest.mark.obligation("27")
@pytest.mark.parametrize("kind", [kind for kind in ReliefKind if kind is not ReliefKind.JUDICIAL])
async def test_each_other_help_is_told_in_writing_with_whom_it_is_meant_for(door: Door, kind: ReliefKind) -> None:
    sitting = await Sitting.agreed(door)
    await sitting.do("xgll.handler", "refer-relief", **application(sitting, await checked(sitting), kind.value))
    (told,) = await sitting.papers("relief_guidance")
    assert told["content"]["conditions"] == conditions_of(kind)
    assert told["party_id"] == await settled(sitting) and told["content"]["free_helpers"]


@pytest.mark.obligation("27")
async def test_no_case_closes_while_an_answer_is_awaited(door: Door) -> None:
    sitting = await Sitting.agreed(door)
    check = await checked(sitting)
    await finished(sitting)
    assert await sitting.refused("xgll.director", "close-case", summary="已履行") == "relief_open"
    await sitting.do("xgll.handler", "refer-relief", **application(sitting, check))
    assert await sitting.refused("xgll.director", "close-case", summary="已履行") == "relief_open"
    (waiting,) = (await sitting.options("xgll.handler", "answer-relief", "unanswered_relief")).values()
    answer = {"referral": waiting, "answer": "granted", "answered_on": days(sitting, 0)}
    await sitting.do("xgll.handler", "answer-relief", **answer)
    assert (await sitting.do("xgll.director", "close-case", summary="已履行"))["state"] == "closed"
    (outcome,) = await sitting.read("xgll.director", "/relief")
    assert (outcome["kind"], outcome["answer"]) == ("temporary", "granted")


@pytest.mark.obligation("27", "1")
async def test_who_no_longer_wishes_help_keeps_no_case_open(door: Door) -> None:
    sitting = await Sitting.agreed(door)
    check = await checked(sitting)
    await sitting.do("xgll.handler", "refer-relief", **application(sitting, check))
    (waiting,) = (await sitting.options("xgll.handler", "answer-relief", "unanswered_relief")).values()
    given_up = {"referral": waiting, "answer": "given_up", "answered_on": days(sitting, 0)}
    await sitting.do("xgll.handler", "answer-relief", **given_up)
    await checked(sitting)
    assert await checked(sitting, wanted=False) == ""
    await finished(sitting)
    assert (await sitting.do("xgll.director", "close-case", summary="已履行"))["state"] == "closed"


@pytest.mark.obligation("27")
async def test_the_desk_is_reminded_of_an_answer_until_it_comes(door: Door) -> None:
    sitting = await Sitting.agreed(door)
    check = await checked(sitting)
    form = application(sitting, check, answer_by=days(sitting, 10))
    await sitting.do("xgll.handler", "refer-relief", **form)
    assert "relief_answer" in await sitting.running()
    assert (await sitting.read("xgll.director"))["due_at"].startswith(days(sitting, 10))
    (waiting,) = (await sitting.options("xgll.handler", "answer-relief", "unanswered_relief")).values()
    answer = {"referral": waiting, "answer": "refused", "answered_on": days(sitting, 0)}
    await sitting.do("xgll.handler", "answer-relief", **answer)
    assert "relief_answer" not in await sitting.running()


@pytest.mark.obligation("27")
async def test_days_to_come_and_days_before_the_application_are_refused_at_their_field(door: Door) -> None:
    sitting = await Sitting.agreed(door)
    check = await checked(sitting)
    ahead = application(sitting, check, applied_on=days(sitting, 1))
    assert await sitting.wrong("xgll.handler", "refer-relief", **ahead) == {("applied_on", "in_future")}
    past = application(sitting, check, answer_by=days(sitting, 0))
    assert await sitting.wrong("xgll.handler", "refer-relief", **past) == {("answer_by", "too_early")}
    await sitting.do("xgll.handler", "refer-relief", **application(sitting, check))
    (waiting,) = (await sitting.options("xgll.handler", "answer-relief", "unanswered_relief")).values()
    for day, rule in ((1, "in_future"), (-1, "before_application")):
        form = {"referral": waiting, "answer": "granted", "answered_on": days(sitting, day)}
        assert await sitting.wrong("xgll.handler", "answer-relief", **form) == {("answered_on", rule)}


@pytest.mark.obligation("27")
async def test_hardship_that_comes_later_is_looked_at_later(door: Door) -> None:
    sitting = await Sitting.agreed(door)
    await sitting.do("xgll.handler", "check-relief", none_found=True)
    assert await checked(sitting) != ""


@pytest.mark.obligation("N2")
async def test_who_left_the_mediation_is_helped_all_the_same(door: Door) -> None:
    sitting = await Sitting.proposed(door)
    party, *_ = await sitting.table()
    assert (await sitting.own("leave-mediation")).status_code == 200
    hardship = {"party": party, "hardship": "illness", "facts": "住院，收入中断", "wanted": True}
    await sitting.do("xgll.director", "check-relief", hardships=[hardship])
    (check,) = (await sitting.options("xgll.director", "refer-relief", "relief_checks")).values()
    await sitting.do("xgll.director", "refer-relief", **application(sitting, check))


@pytest.mark.obligation("27", "N4")
async def test_the_other_petitioners_learn_nothing_of_ones_hardship_or_legal_aid(door: Door) -> None:
    sitting = await Sitting.agreed(door, persons=3)
    await sitting.do("xgll.handler", "refer-relief", **application(sitting, await checked(sitting)))
    aid = {"party": await settled(sitting), "centre": "香格里拉市法律援助中心", "matter": "injury"}
    await sitting.do("xgll.handler", "check-legal-aid", **aid)
    page = await sitting.own_page(2)
    assert {"跟踪救助答复", "法律援助机构作出决定"}.isdisjoint(term["title"] for term in page["terms"])
    assert {"relief_guidance", "legal_aid_check"}.isdisjoint(paper["kind"] for paper in page["papers"])
    assert {"relief_guidance", "legal_aid_check"} <= {paper["kind"] for paper in (await sitting.own_page(1))["papers"]}
