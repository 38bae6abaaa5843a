"""引导 (五(六)): an agreement of one's own free will, or leaving; nobody is held, hurried, or gives up a right."""

from typing import Any

import pytest

from cases.models import Case
from tests.door import Door
from tests.steps.guidance import SUIT, Sitting, days, everyone
from tests.teams.build import draft_form, entrusted


@pytest.mark.obligation("1", "N8")
async def test_no_agreement_takes_effect_without_each_partys_own_written_yes(door: Door) -> None:
    sitting = await Sitting.proposed(door)
    await sitting.drafted()
    await sitting.all_sign()
    assert await sitting.refused("xgll.chair", "seal-agreement", copies=4) == "free_will_missing"


@pytest.mark.obligation("N8")
async def test_the_answer_whether_one_is_free_stays_with_the_workroom(door: Door) -> None:
    sitting = await Sitting.proposed(door)
    await sitting.drafted()
    await sitting.all_free()
    seen = {event["act"] for event in await sitting.read("diqing.supervisor", "/timeline")}
    assert "draft-agreement" in seen and "confirm-free-will" not in seen


@pytest.mark.obligation("26")
async def test_a_written_agreement_needs_every_signature_the_mediators_and_the_committees_seal(door: Door) -> None:
    sitting = await Sitting.proposed(door)
    lacks = {one["name"]: one["refusal"] for one in (await sitting.read("xgll.mediator"))["available_actions"]}
    assert lacks["sign-agreement"]["code"] == "agreement_missing"
    await sitting.drafted()
    await sitting.all_free()
    assert await sitting.refused("xgll.chair", "seal-agreement", copies=4) == "signatures_missing"
    await sitting.all_sign()
    assert await sitting.refused("xgll.director", "seal-agreement", copies=4) == "forbidden"
    await sitting.do("xgll.chair", "seal-agreement", copies=4)
    view = await sitting.read("xgll.director")
    assert (view["state"], view["outcome"]) == ("guided", "agreed")


@pytest.mark.obligation("26")
async def test_an_agreement_is_not_effective_before_its_last_signature(door: Door) -> None:
    sitting = await Sitting.proposed(door)
    await sitting.drafted()
    await sitting.all_free()
    sitting.later(3)
    await sitting.all_sign(signed_on=days(sitting, -1))
    early, ahead = days(sitting, -2), days(sitting, 1)
    code = await sitting.refused("xgll.chair", "seal-agreement", copies=4, effective_on=early)
    assert code == "effective_before_signature"
    assert await sitting.wrong("xgll.chair", "seal-agreement", copies=4, effective_on=ahead) == {
        ("effective_on", "in_future")
    }
    await sitting.do("xgll.chair", "seal-agreement", copies=4, effective_on=days(sitting, -1))
    paper = (await sitting.papers("agreement"))[0]["content"]
    assert paper["effective_on"] == days(sitting, -1)


@pytest.mark.obligation("26")
async def test_a_signature_is_dated_neither_before_the_draft_nor_ahead(door: Door) -> None:
    sitting = await Sitting.proposed(door)
    await sitting.drafted()
    party, *_ = await sitting.table()
    for day, rule in ((-1, "before_draft"), (1, "in_future")):
        form = {"capacity": "self", "party_id": party, "signed_on": days(sitting, day)}
        assert await sitting.wrong("xgll.mediator", "sign-agreement", **form) == {("signed_on", rule)}


@pytest.mark.obligation("26")
async def test_a_written_draft_names_no_day_of_effect(door: Door) -> None:
    sitting = await Sitting.proposed(door)
    form = await draft_form(sitting.walk, agreed_on=days(sitting, -1))
    assert await sitting.wrong("xgll.handler", "draft-agreement", **form) == {
        ("agreed_on", "effective_before_signature")
    }


@pytest.mark.obligation("26")
async def test_an_oral_agreement_binds_from_its_day_by_the_mediators_record_alone(door: Door) -> None:
    sitting = await Sitting.proposed(door)
    await sitting.drafted(manner="oral", agreed_on=days(sitting, 0))
    await sitting.all_free()
    assert await sitting.refused("xgll.chair", "seal-agreement", copies=4) == "oral_not_sealed"
    assert await sitting.refused("xgll.handler", "record-oral-agreement", read_back=True) == "forbidden"
    await sitting.do("xgll.mediator", "record-oral-agreement", read_back=True)
    view = await sitting.read("xgll.director")
    assert (view["state"], view["outcome"]) == ("guided", "oral")
    content = (await sitting.papers("agreement"))[0]["content"]
    assert {"facts", "matters", "terms", "manner", "effective_on"} <= content.keys()


@pytest.mark.obligation("26")
async def test_the_electronic_form_is_for_who_agreed_to_it(door: Door) -> None:
    sitting = await Sitting.proposed(door)
    form = await draft_form(sitting.walk, medium="electronic")
    assert await sitting.refused("xgll.handler", "draft-agreement", **form) == "electronic_not_agreed"
    people = await sitting.table()
    await sitting.do("xgll.handler", "record-consent", party_ids=people, kind="electronic", given=True, form="written")
    await sitting.do("xgll.handler", "draft-agreement", **form)


@pytest.mark.obligation("26")
@pytest.mark.parametrize("family", ["dispute", "matter"])
async def test_marriage_adoption_and_inheritance_fall_back_to_paper(door: Door, family: str) -> None:
    sitting = await Sitting.proposed(door)
    form = await draft_form(sitting.walk, medium="electronic", status_matter=family == "matter")
    if family == "dispute":
        async with sitting.world.owner() as session:
            (await session.get_one(Case, sitting.walk.case_id)).dispute_type = 1
    assert await sitting.wrong("xgll.handler", "draft-agreement", **form) == {("medium", "paper_only")}
    await sitting.do("xgll.handler", "draft-agreement", **form | {"medium": "paper"})


@pytest.mark.obligation("26a", "N8")
@pytest.mark.parametrize(
    ("act", "field", "form"),
    [
        ("draft-agreement", "matters", {}),
        ("terminate", "legal_basis", {"ground": "failed", "channels": [SUIT]}),
        ("record-session", "course", {}),
        ("record-referral", "organ", {"channel": "litigation", "own_application": True}),
    ],
)
async def test_no_field_of_the_agreements_side_holds_such_a_promise(
    door: Door, act: str, field: str, form: dict[str, Any]
) -> None:
    sitting = await Sitting.proposed(door)
    people = await sitting.table()
    if act == "draft-agreement":
        form = await draft_form(sitting.walk)
    elif act == "record-session":
        members = await sitting.options("xgll.mediator", act, "team_seated")
        form = {
            "held_at": "2026-03-02T09:00:00+08:00",
            "place": "工作室",
            "member_ids": list(members.values()),
            "party_ids": people,
            "rights_told": True,
            "petitioner_view": "同意",
            "respondent_view": "同意",
            "result": "agreed",
        }
    elif act == "record-referral":
        form = {**form, "applicants": [people[0]], "applied_on": days(sitting, 0)}
    login = "xgll.mediator" if act == "record-session" else "xgll.handler"
    assert (field, "renunciation") in await sitting.wrong(login, act, **form | {field: "今后不再找任何部门和领导"})


async def test_who_complains_of_such_a_promise_may_name_it(door: Door) -> None:
    sitting = await Sitting.proposed(door)
    done = await sitting.own("file-complaint", kind="pressure", about="process", text="有人要我写下不再上访的保证")
    assert done.status_code == 200, done.text


@pytest.mark.obligation("1", "5a", "N2")
async def test_a_petitioner_leaves_on_the_own_page_by_one_act_without_a_reason(door: Door) -> None:
    sitting = await Sitting.proposed(door)
    assert "leave-mediation" in {act["name"] for act in (await sitting.own_page())["acts"]}
    left = await sitting.own("leave-mediation")
    assert (left.status_code, left.json()["state"]) == (200, "guided")
    view = await sitting.read("xgll.director")
    assert (view["outcome"], view["state"]) == ("withdrawn", "guided")
    notices = await sitting.papers("remedy_notice")
    assert {notice["party_id"] for notice in notices} == set(await everyone(sitting))
    assert "leave-mediation" not in {act["name"] for act in (await sitting.own_page())["acts"]}


@pytest.mark.obligation("N2", "N9")
async def test_the_mediation_goes_on_for_the_others_and_the_class_does_not_fall(door: Door) -> None:
    sitting = await Sitting.proposed(door, persons=3)
    before = await sitting.read("xgll.director")
    assert (await sitting.own("leave-mediation")).status_code == 200
    after = await sitting.read("xgll.director")
    assert (after["state"], after["case_class"]) == ("proposed", before["case_class"])
    again = await sitting.own("leave-mediation")
    assert (again.status_code, again.json()["code"]) == (409, "not_taking_part")


@pytest.mark.obligation("N2")
@pytest.mark.parametrize("state", ["registered", "set_back", "assessing", "accepted", "entrusted", "proposed"])
async def test_one_may_leave_in_every_state_before_an_end(door: Door, state: str) -> None:
    sitting = Sitting(door, await entrusted(door.world, persons=1))
    async with sitting.world.owner() as session:
        (await session.get_one(Case, sitting.walk.case_id)).state = state
    left = await sitting.own("leave-mediation")
    assert (left.status_code, left.json()["state"]) == (200, "guided"), left.text


@pytest.mark.obligation("5a", "26")
async def test_a_failed_mediation_sends_the_remedies_the_same_day_to_each_party(door: Door) -> None:
    sitting = await Sitting.proposed(door)
    await sitting.do("xgll.handler", "terminate", ground="failed", channels=[SUIT], papers_returned=True)
    notices = await sitting.papers("remedy_notice")
    assert {notice["party_id"] for notice in notices} == set(await everyone(sitting))
    assert all(notice["content"]["channels"][0]["last_day"] == "2029-03-01" for notice in notices)
    clock = [timer for timer in await sitting.read("xgll.director", "/timers") if timer["kind"] == "civil_limitation"]
    assert "2029-03-01" in {timer["due_at"][:10] for timer in clock if not timer["done"]}
    assert "2029-03-01" in {remedy["last_day"] for remedy in (await sitting.own_page())["remedy_clock"]}


@pytest.mark.obligation("N2")
async def test_the_own_page_asks_for_no_reason_to_leave(door: Door) -> None:
    sitting = await Sitting.proposed(door)
    key = await sitting.key(1)
    async with door.client() as nobody:
        asked = await nobody.get("/status")
        token = asked.text.split('name="_csrf_token" value="')[1].split('"')[0]
        form = await nobody.post("/status/acts/leave-mediation", data={**key, "begin": "1", "_csrf_token": token})
        assert form.status_code == 200 and "不需要说明理由" in form.text and "<textarea" not in form.text
        done = await nobody.post("/status/acts/leave-mediation", data={**key, "_csrf_token": token})
    assert done.status_code == 200 and "退出调解" in done.text
    assert (await sitting.read("xgll.director"))["outcome"] == "withdrawn"
