"""委托, step three of the eight: a sealed deed with the unit, or with the petition office; silence is no veto."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from cases.term_settings import TermSetting
from foundation.clock import local_date
from tests.door import Door
from tests.people import NAMES
from tests.steps.assessing import DIRECTOR, accepted, paper, ready, wrong
from tests.walk.walker import API, Walker, lacking

SCOPE = "墙体修复和租金两项诉求"
UNIT: dict[str, Any] = {"capacity": "unit", "signed_name": "公司授权代表", "sealed": True}
COMMITTEE: dict[str, Any] = {"capacity": "committee", "signed_name": "调委会主任", "sealed": True}
PETITION_OFFICE: dict[str, Any] = {"capacity": "petition_office", "signed_name": "信访局经办人", "sealed": True}


async def proposed(door: Door, *, unit_clear: bool = True, **changes: Any) -> Walker:
    walk = await accepted(door)
    await walk.do(DIRECTOR, "propose-entrustment", unit_clear=unit_clear, scope=SCOPE, **changes)
    return walk


async def signs(walk: Walker, who: dict[str, Any], login: str = DIRECTOR) -> None:
    await walk.do(login, "sign-entrustment", **who)


@pytest.mark.obligation("23")
async def test_there_is_no_deed_before_the_case_is_accepted_and_no_handling_before_the_deed_is_signed(
    door: Door,
) -> None:
    walk = await ready(door)
    await walk.refused(DIRECTOR, "propose-entrustment", "move_refused", scope=SCOPE)
    await walk.do(DIRECTOR, "accept-case", arrangement="三十日内办结")
    assert (await lacking(walk, DIRECTOR))["sign-entrustment"] == "deed_missing"
    await walk.refused(DIRECTOR, "sign-entrustment", "deed_missing", **UNIT)
    for act in ("form-team", "record-investigation", "issue-opinion"):
        assert act not in {one["name"] for one in (await walk.read(DIRECTOR))["available_actions"]}
    await walk.refused(DIRECTOR, "confirm-team", "move_refused")


@pytest.mark.obligation("23")
async def test_there_is_no_deed_while_a_side_has_taken_its_consent_back(door: Door) -> None:
    walk = await accepted(door)
    await walk.do(DIRECTOR, "propose-entrustment", unit_clear=True, scope=SCOPE)
    await signs(walk, COMMITTEE)
    await walk.do(DIRECTOR, "record-consent", party_ids=[await walk.company()], kind="mediation", given=False)
    assert (await walk.read(DIRECTOR))["state"] == "guided"
    await walk.refused(DIRECTOR, "sign-entrustment", "move_refused", **UNIT)


@pytest.mark.obligation("23", "N3c")
async def test_there_is_no_deed_while_a_petitioner_is_not_to_be_named_to_the_other_side(
    door: Door,
) -> None:
    walk = await accepted(door)
    answer: dict[str, Any] = {"party_ids": (await walk.petitioners())[:1], "kind": "disclosure", "given": True}
    await walk.do(DIRECTOR, "record-consent", **answer, gives=["claims"])
    await walk.refused(DIRECTOR, "propose-entrustment", "consent_missing", scope=SCOPE)
    await walk.do(DIRECTOR, "record-consent", **answer)
    await walk.do(DIRECTOR, "propose-entrustment", unit_clear=True, scope=SCOPE)
    await walk.do(DIRECTOR, "record-consent", **answer, gives=["claims"])
    await walk.refused(DIRECTOR, "sign-entrustment", "consent_missing", **UNIT)


@pytest.mark.obligation("23", "N3b", "N3c")
async def test_the_deed_is_numbered_and_names_both_sides_its_scope_and_its_dates_and_no_person(door: Door) -> None:
    walk = await proposed(door)
    deed = await paper(walk, "deed")
    said, today = deed["content"], local_date(door.world.clock.now())
    assert deed["paper"]["number"].startswith("委〔2026〕")
    assert (said["entruster"], said["trustee"]) == ("云岭路桥建设有限公司", "驻香格里拉市信访局人民调解委员会")
    assert (said["scope"], said["claims"]) == (SCOPE, [1, 2])
    assert (said["begins_on"], said["ends_on"]) == (str(today), str(today + timedelta(days=30)))
    assert len(said["petitioners"]) == 2
    assert not any(name in str(said) for name in NAMES)
    async with await door.browser(DIRECTOR) as browser:
        printed = (await browser.get(f"/cases/{walk.case}/papers/{deed['paper']['id']}")).text
    for words in ("信访案件办理委托书", deed["paper"]["number"], "委托方", "受托方", SCOPE, "委托截止日", "印章"):
        assert words in printed, words
    assert "和春生" not in printed


@pytest.mark.obligation("23", "N3c")
async def test_only_petitioners_who_agreed_to_be_named_stand_in_the_deed(door: Door) -> None:
    walk = await proposed(door)
    leaving = (await walk.petitioners())[0]
    await walk.do(DIRECTOR, "withdraw-consent", party_id=leaving)
    await walk.do(DIRECTOR, "propose-entrustment", unit_clear=True, scope=SCOPE)
    named = (await paper(walk, "deed"))["content"]["petitioners"]
    assert leaving not in named and len(named) == 1


@pytest.mark.obligation("23")
async def test_dates_that_can_not_be_are_refused_at_their_field(door: Door) -> None:
    walk = await accepted(door)
    form: dict[str, Any] = {"unit_clear": True, "scope": SCOPE}
    before = await wrong(walk, "propose-entrustment", **form, begins_on="2026-03-01")
    assert before == {("begins_on", "out_of_range")}
    backwards = await wrong(walk, "propose-entrustment", **form, begins_on="2026-03-10", ends_on="2026-03-05")
    assert backwards == {("ends_on", "out_of_range")}
    await walk.do(DIRECTOR, "propose-entrustment", **form, begins_on="2026-03-10", ends_on="2026-03-31")


@pytest.mark.obligation("23")
async def test_both_sign_and_seal_and_the_page_of_signatures_is_issued(door: Door) -> None:
    walk = await proposed(door)
    unsealed = await wrong(walk, "sign-entrustment", **{**UNIT, "sealed": False})
    assert unsealed == {("sealed", "required")}
    await signs(walk, UNIT)
    assert (await walk.read(DIRECTOR))["state"] == "accepted"
    await walk.refused(DIRECTOR, "sign-entrustment", "already_signed", **UNIT)
    await signs(walk, COMMITTEE)
    assert (await walk.read(DIRECTOR))["state"] == "entrusted"
    signed = (await paper(walk, "deed_signed"))["content"]
    assert [(one["capacity"], one["sealed"]) for one in signed["signatures"]] == [("unit", True), ("committee", True)]
    assert signed["deed_number"] == (await paper(walk, "deed"))["paper"]["number"]


@pytest.mark.obligation("23", "20")
async def test_when_the_subject_is_unclear_the_petition_office_of_that_level_entrusts_at_once(door: Door) -> None:
    walk = await proposed(door, unit_clear=False)
    assert (await paper(walk, "deed"))["content"]["entruster"] == "香格里拉市信访局"
    await signs(walk, PETITION_OFFICE, "xgll.signatory")
    await signs(walk, COMMITTEE)
    assert (await walk.read(DIRECTOR))["state"] == "entrusted"


@pytest.mark.obligation("23")
async def test_no_unit_signs_in_the_place_of_the_petition_office_when_the_subject_is_unclear(door: Door) -> None:
    walk = await proposed(door, unit_clear=False)
    assert await wrong(walk, "sign-entrustment", **UNIT) == {("capacity", "unfit")}
    await signs(walk, COMMITTEE)
    assert (await walk.read(DIRECTOR))["state"] == "accepted"


@pytest.mark.obligation("23", "N2")
@pytest.mark.parametrize("way", ["leave-mediation", "withdraw-consent", "terminate"])
async def test_no_term_to_sign_runs_on_when_mediation_has_ended(door: Door, way: str) -> None:
    walk = await proposed(door)
    for person, code in zip(await walk.petitioners(), walk.codes, strict=True):
        if way == "leave-mediation":
            await own_act(door, walk.number, code, way)
        elif way == "withdraw-consent":
            await walk.do(DIRECTOR, way, party_id=person)
    if way == "terminate":
        suit = {"way": "civil_suit", "organ": "香格里拉市人民法院", "last_day": "2029-03-01"}
        await walk.do(DIRECTOR, way, ground="failed", channels=[suit], papers_returned=True)
    assert (await walk.read(DIRECTOR))["state"] == "guided"
    running = {one["kind"] for one in await walk.read(DIRECTOR, "timers") if not one["done"]}
    assert not {"mediation", "unit_signature"} & running


async def own_act(door: Door, number: str, code: str, act: str) -> None:
    async with door.client() as client:
        key = {"registration_no": number, "code": code, "form": {}}
        done = await client.post(f"{API}/petitioner/acts/{act}", json=key)
    assert done.status_code == 200, done.text


@pytest.mark.obligation("23")
async def test_a_clear_subject_must_be_named(door: Door) -> None:
    walk = await accepted(door, visited_unit=None)
    form: dict[str, Any] = {"unit_clear": True, "scope": SCOPE}
    assert await wrong(walk, "propose-entrustment", **form) == {("unit_name", "required")}
    await walk.do(DIRECTOR, "propose-entrustment", **form, unit_name="云岭路桥建设有限公司")


@pytest.mark.obligation("23", "31b")
async def test_nobody_signs_for_another_side(door: Door) -> None:
    walk = await proposed(door, unit_clear=False)
    await walk.refused(DIRECTOR, "sign-entrustment", "not_your_signature", **PETITION_OFFICE)
    await walk.refused("xgll.signatory", "sign-entrustment", "not_your_signature", **COMMITTEE)
    assert (await walk.attempt("xgll.payer", "sign-entrustment", **COMMITTEE)).status_code in (403, 404)


async def last_day_to_sign(walk: Walker) -> date:
    (term,) = [one for one in await walk.read(DIRECTOR, "timers") if one["kind"] == "unit_signature"]
    return date.fromisoformat(term["due_at"][:10])


@pytest.mark.obligation("23a")
async def test_a_unit_that_agrees_and_does_not_sign_in_five_working_days_has_no_veto(door: Door) -> None:
    """Monday 2 March 2026: the fifth working day is Monday the 9th."""
    walk = await proposed(door)
    await signs(walk, COMMITTEE)
    assert await last_day_to_sign(walk) == date(2026, 3, 9)
    await walk.days_pass(7)
    early = await walk.attempt("xgll.signatory", "sign-entrustment", **PETITION_OFFICE)
    assert (early.json()["code"], "2026-03-09" in early.json()["detail"]) == ("unit_still_has_time", True)
    await walk.days_pass(1)
    await signs(walk, PETITION_OFFICE, "xgll.signatory")
    assert (await walk.read(DIRECTOR))["state"] == "entrusted"
    assert (await paper(walk, "deed_signed"))["content"]["signatures"][1]["capacity"] == "petition_office"


@pytest.mark.obligation("23a")
async def test_the_days_a_unit_has_are_a_setting_of_the_tenant(door: Door) -> None:
    subject = await door.world.subject(DIRECTOR)
    async with door.world.owner() as session:
        given = {"kind": "unit_signature", "length": 2, "valid_from": date(2026, 1, 1), "reason": "市级规定"}
        session.add(TermSetting(tenant_id=subject.tenant_id, **given))
    try:
        assert await last_day_to_sign(await proposed(door)) == date(2026, 3, 4)
    finally:
        async with door.world.owner() as session:
            query = select(TermSetting).where(TermSetting.tenant_id == subject.tenant_id)
            for row in await session.scalars(query):
                await session.delete(row)


REFUSES: dict[str, Any] = {
    "manner": "written",
    "channels": [{"way": "civil_suit", "organ": "香格里拉市人民法院", "last_day_unknown": True}],
}


@pytest.mark.obligation("23a", "5a", "1a", "N2")
async def test_a_unit_that_refuses_mediation_ends_it_and_everyone_gets_the_remedies_the_same_day(door: Door) -> None:
    walk = await proposed(door)
    silent = [{"way": "civil_suit", "organ": "香格里拉市人民法院"}]
    unsaid = await wrong(walk, "record-unit-refusal", **{**REFUSES, "channels": silent})
    assert unsaid == {("channels.0.last_day", "required")}
    await walk.do(DIRECTOR, "record-unit-refusal", **REFUSES)
    view = await walk.read(DIRECTOR)
    assert (view["state"], view["outcome"], view["due_at"]) == ("guided", "withdrawn", None)
    notices = [one for one in await walk.read(DIRECTOR, "papers") if one["kind"] == "remedy_notice"]
    parties = await walk.read(DIRECTOR, "parties")
    assert {one["party_id"] for one in notices} == {one["id"] for one in parties}
    today = str(local_date(door.world.clock.now()))
    assert {one["issued_at"][:10] for one in notices} == {today}
    running = [one["kind"] for one in await walk.read(DIRECTOR, "timers") if not one["done"]]
    assert not {"mediation", "unit_signature"} & set(running)


@pytest.mark.obligation("23a")
async def test_the_petition_office_is_told_of_the_refusal_and_may_urge_the_unit(door: Door) -> None:
    """条例 40: 推诿, if so; the unit is urged, not the workroom."""
    walk = await proposed(door)
    assert await walk.status("xgll.referrer") == 404
    await walk.do(DIRECTOR, "record-unit-refusal", **REFUSES, shuffling="两次约定时间均未到场")
    assert (await walk.read("xgll.referrer"))["outcome"] == "withdrawn"
    offered = {one["name"] for one in (await walk.read("xgll.inspector"))["available_actions"]}
    assert "urge-unit" in offered
    late = await walk.attempt("xgll.signatory", "sign-entrustment", **PETITION_OFFICE)
    assert late.status_code in (403, 404, 409)


@pytest.mark.obligation("23")
async def test_a_later_deed_voids_the_earlier_one_and_its_signatures(door: Door) -> None:
    walk = await proposed(door)
    await signs(walk, UNIT)
    await walk.do(DIRECTOR, "propose-entrustment", unit_clear=True, scope="只委托墙体修复")
    await signs(walk, UNIT)
    await signs(walk, COMMITTEE)
    numbers = [one["number"] for one in await walk.read(DIRECTOR, "papers") if one["kind"] == "deed"]
    assert len(set(numbers)) == 2
    assert (await paper(walk, "deed_signed"))["content"]["deed_number"] == numbers[-1]
