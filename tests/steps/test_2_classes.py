"""评析, the class of a case: computed from proved facts, frozen at 受理, changed by two persons only."""

from datetime import timedelta
from typing import Any

import pytest

from foundation.clock import local_date
from tests.door import Door
from tests.steps.assessing import DIRECTOR, accepted, kinds, paper, ready, wrong

PROOF = "接谈登记表"
CLASSES = [
    (2, [], "general"),
    (10, [], "mass"),
    (2, ["complicated"], "general"),
    (2, ["complicated", "hard_evidence"], "complex"),
    (10, ["complicated", "long_span"], "complex"),
    (2, ["beijing"], "beijing"),
    (2, ["beijing", "provincial"], "provincial"),
]


@pytest.mark.obligation("13", "42")
@pytest.mark.parametrize(("persons", "facts", "expected"), CLASSES)
async def test_the_class_is_computed_from_facts_each_with_its_proof(
    door: Door, persons: int, facts: list[str], expected: str
) -> None:
    rows = [{"fact": fact, "proof": f"{PROOF}，登记号2026-{number}"} for number, fact in enumerate(facts)]
    walk = await accepted(door, persons=persons, facts=rows)
    view = await walk.read(DIRECTOR)
    assert (view["case_class"], view["details"]["persons_at_acceptance"]) == (expected, persons)
    (found,) = (await walk.read(DIRECTOR, "assessment"))["classes"]
    assert (found["from_class"], found["to_class"], found["persons"]) == (None, expected, persons)
    assert (await paper(walk, "acceptance"))["content"]["facts"] == rows


@pytest.mark.obligation("42", "19")
async def test_a_fact_without_its_proof_or_stated_twice_is_refused(door: Door) -> None:
    walk = await ready(door)
    plan: dict[str, Any] = {"arrangement": "三十日内办结"}
    bare = [{"fact": "beijing", "proof": "听说"}]
    assert await wrong(walk, "accept-case", facts=bare, **plan) == {("facts.0.proof", "no_number")}
    assert await wrong(walk, "accept-case", facts=[{"fact": "beijing"}], **plan) == {("facts.0.proof", "required")}
    twice = [{"fact": "long_span", "proof": PROOF}] * 2
    assert await wrong(walk, "accept-case", facts=twice, **plan) == {("facts.1.fact", "repeated")}


@pytest.mark.obligation("N9", "N2")
async def test_a_withdrawal_never_lowers_the_class(door: Door) -> None:
    walk = await accepted(door, persons=10)
    await walk.do(DIRECTOR, "withdraw-consent", party_id=(await walk.petitioners())[0])
    view = await walk.read(DIRECTOR)
    assert (view["case_class"], view["details"]["persons_at_acceptance"]) == ("mass", 10)
    lower: dict[str, Any] = {"to_class": "general", "facts": [], "reason": "已有一人退出"}
    assert await wrong(walk, "propose-class", **lower) == {("to_class", "not_proved")}


CHANGE: dict[str, Any] = {
    "to_class": "complex",
    "facts": [
        {"fact": "complicated", "proof": "调查笔录3份"},
        {"fact": "hard_evidence", "proof": "鉴定申请〔2026〕2号"},
    ],
    "reason": "办理中发现裂缝成因复杂，须鉴定",
}


@pytest.mark.obligation("42", "31b", "N9")
async def test_a_class_is_changed_by_two_persons_who_both_see_first_what_it_does_to_money_and_deadlines(
    door: Door,
) -> None:
    walk = await accepted(door)
    shown = await walk.options(DIRECTOR, "propose-class", "classes")
    (label,) = [label for label, value in shown.items() if value == "complex"]
    until = local_date(door.world.clock.now()) + timedelta(days=30)
    for words in ("10,000–30,000 元", "须会商", f"仍到 {until}"):
        assert words in label, label
    await walk.do(DIRECTOR, "propose-class", **CHANGE)
    assert (await walk.read(DIRECTOR))["case_class"] == "general"
    await walk.refused(DIRECTOR, "propose-class", "class_proposal_pending", **CHANGE)
    (change,) = (await walk.options("xgll.deputy", "decide-class", "class_change", post="wr_deputy")).items()
    assert "3,000–5,000 元" in change[0] and "10,000–30,000 元" in change[0]
    own = await walk.attempt(DIRECTOR, "decide-class", change=change[1], verdict="confirm")
    assert (own.status_code, own.json()["code"]) == (403, "same_person")
    await walk.do("xgll.deputy", "decide-class", post="wr_deputy", change=change[1], verdict="confirm")
    assert (await walk.read(DIRECTOR))["case_class"] == "complex"
    history = (await walk.read(DIRECTOR, "assessment"))["classes"]
    steps = [(one["from_class"], one["to_class"], one["confirmed"]) for one in history]
    assert steps == [(None, "general", True), ("general", "complex", True)]
    assert history[1]["recorded_by"] != history[1]["decided_by"]
    told = [one for one in await walk.read(DIRECTOR, "papers") if one["kind"] == "class_notice"]
    assert len({one["party_id"] for one in told}) == 3
    assert "10,000–30,000" in (await paper(walk, "class_proposal"))["content"]["effect"]


@pytest.mark.obligation("31b")
async def test_a_rejected_change_needs_a_reason_and_leaves_the_class(door: Door) -> None:
    walk = await accepted(door)
    await walk.do(DIRECTOR, "propose-class", **CHANGE)
    change = next(iter((await walk.options("xgll.deputy", "decide-class", "class_change", post="wr_deputy")).values()))
    form: dict[str, Any] = {"change": change, "verdict": "reject"}
    silent = await walk.refused("xgll.deputy", "decide-class", "invalid_input", post="wr_deputy", **form)
    assert [error["field"] for error in silent["errors"]] == ["reason"]
    await walk.do("xgll.deputy", "decide-class", post="wr_deputy", **form, reason="尚无鉴定申请")
    assert (await walk.read(DIRECTOR))["case_class"] == "general"
    assert "class_notice" not in await kinds(walk)
    await walk.do(DIRECTOR, "propose-class", **CHANGE)


@pytest.mark.obligation("N9")
async def test_who_pays_entrusts_or_leads_has_no_say_in_the_class(door: Door) -> None:
    walk = await accepted(door)
    for outsider in ("xgll.payer", "xgll.justice", "xgll.petition", "xgll.daily", "xgll.signatory"):
        answer = await walk.attempt(outsider, "propose-class", **CHANGE)
        assert answer.status_code in (403, 404), outsider
