"""After the agreement: performance is supervised, a default reopens, a visit can be refused, pressure freezes."""

import pytest

from foundation.forms import fields_of
from server.catalogue import catalogue
from tests.door import Door
from tests.steps.guidance import Sitting, days, everyone
from tests.teams.build import OWED, agreement, terms


async def closed(sitting: Sitting) -> None:
    """Paid, done, visited, closed."""
    schedule = await terms((await agreement(sitting.walk)).id, sitting.world)
    rows = [
        {"term": str(term.id), "on_date": days(sitting, 0)}
        | ({"amount_fen": OWED, "receipt_no": "转账1"} if term.kind == "money" else {})
        for term in schedule[:-1]
    ]
    sitting.later(31)
    rows.append({"term": str(schedule[-1].id), "on_date": days(sitting, 0), "defaulted": True, "path": "declined"})
    await sitting.do("xgll.handler", "record-performance", rows=rows)
    await sitting.do("xgll.handler", "check-relief", none_found=True)
    for party in [str(one.id) for one in await sitting.walk.petitioners() if one.status == "settled"]:
        await sitting.do("xgll.handler", "return-visit", party=party, performed=True)
    await sitting.do("xgll.director", "close-case", summary="债权人暂不主张修复")


@pytest.mark.obligation("26a")
async def test_what_is_not_performed_reopens_a_closed_case_with_its_history(door: Door) -> None:
    sitting = await Sitting.agreed(door)
    await closed(sitting)
    waiting = (await terms((await agreement(sitting.walk)).id, sitting.world))[-1]
    party, new_day = str(waiting.party_id), days(sitting, 20)
    row = {"term": str(waiting.id), "on_date": days(sitting, 0), "defaulted": True, "path": "grace", "new_day": new_day}
    form = {"reported_by": party, "evidence": "墙体仍未修复，照片附卷", "rows": [row]}
    not_default = form | {"rows": [{"term": str(waiting.id), "on_date": days(sitting, 0)}]}
    assert await sitting.wrong("xgll.director", "reopen-case", **not_default) == {("rows.0.defaulted", "required")}
    await sitting.do("xgll.director", "reopen-case", **form)
    view = await sitting.read("xgll.director")
    assert (view["state"], view["step"]) == ("guided", 6)
    acts = [event["act"] for event in await sitting.read("xgll.director", "/timeline")]
    assert {"close-case", "reopen-case", "seal-agreement"} <= set(acts)
    due = {timer["due_at"][:10] for timer in await sitting.read("xgll.director", "/timers") if not timer["done"]}
    assert new_day in due
    await sitting.do("xgll.handler", "check-relief", none_found=True)
    assert await sitting.refused("xgll.director", "close-case", summary="又结案") == "not_performed"


@pytest.mark.obligation("26a")
async def test_a_reopened_archived_case_gets_a_further_volume_under_its_number(door: Door) -> None:
    sitting = await Sitting.agreed(door)
    await closed(sitting)
    await archived(sitting)
    waiting = (await terms((await agreement(sitting.walk)).id, sitting.world))[-1]
    number = (await sitting.read("xgll.archivist"))["details"]["dossier_no"]
    row = {"term": str(waiting.id), "on_date": days(sitting, 0), "defaulted": True, "path": "litigation"}
    form = {"reported_by": str(waiting.party_id), "evidence": "墙体仍未修复", "rows": [row]}
    await sitting.do("xgll.director", "reopen-case", **form)
    await sitting.do("xgll.director", "check-relief", none_found=True)
    await sitting.do("xgll.director", "close-case", summary="当事人已起诉")
    await sitting.do("xgll.archivist", "archive-dossier", title="续卷")
    volumes = await sitting.papers("dossier_list")
    assert [one["content"]["dossier_no"] for one in volumes] == [number, number]
    assert [one["content"]["volumes"] for one in volumes] == [1, 2]
    first, second = ({(line["title"], line["sha256"]) for line in one["content"]["lines"]} for one in volumes)
    assert not first & {line for line in second if line[1]}


async def archived(sitting: Sitting) -> None:
    items = await sitting.options("xgll.archivist", "check-dossier", "dossier_items")
    on_paper = [{"item": int(item), "pages": 2} for item in items.values()]
    await sitting.do("xgll.archivist", "check-dossier", on_paper=on_paper)
    await sitting.do("xgll.archivist", "archive-dossier", title="施工损害纠纷")


@pytest.mark.obligation("26a")
async def test_a_grace_names_its_new_day_and_nothing_else_does(door: Door) -> None:
    sitting = await Sitting.agreed(door)
    schedule = await terms((await agreement(sitting.walk)).id, sitting.world)
    sitting.later(31)
    row = {"term": str(schedule[0].id), "on_date": days(sitting, 0), "defaulted": True}
    for wrong in ({"path": "grace"}, {"path": "litigation", "new_day": days(sitting, 9)}):
        assert await sitting.wrong("xgll.handler", "record-performance", rows=[row | wrong]) == {
            ("rows.0.new_day", "grace_day")
        }
    await sitting.do("xgll.handler", "record-performance", rows=[row | {"path": "grace", "new_day": days(sitting, 9)}])
    assert {"performance", "execution"} <= await sitting.running()


@pytest.mark.obligation("26")
async def test_the_committee_urges_and_a_dispute_about_the_agreement_opens_the_court(door: Door) -> None:
    sitting = await Sitting.agreed(door)
    schedule = await terms((await agreement(sitting.walk)).id, sitting.world)
    await sitting.do("xgll.chair", "urge-performance", terms=[str(term.id) for term in schedule])
    (letter,) = await sitting.papers("performance_urged")
    assert letter["party_id"] == str((await sitting.walk.company()).id)
    party = str(schedule[0].party_id)
    await sitting.do(
        "xgll.handler", "note-agreement-dispute", party=party, about="content", points="对修复标准理解不同"
    )
    told = [one for one in await sitting.papers("remedy_notice") if "第32条" in one["content"]["legal_basis"]]
    assert {one["party_id"] for one in told} == set(await everyone(sitting))


@pytest.mark.obligation("N8")
async def test_who_refused_a_visit_is_not_visited_again(door: Door) -> None:
    sitting = await Sitting.agreed(door)
    party = next(str(one.id) for one in await sitting.walk.petitioners() if one.status == "settled")
    await sitting.do("xgll.handler", "return-visit", party=party, refused=True)
    assert await sitting.refused("xgll.handler", "return-visit", party=party, performed=True) == "visit_refused"


@pytest.mark.obligation("N8", "61a")
async def test_a_complaint_of_pressure_to_the_tier_above_freezes_closing(door: Door) -> None:
    sitting = await Sitting.agreed(door, persons=1)
    done = await sitting.own("file-complaint", kind="pressure", about="process", text="有人催我签字")
    assert done.status_code == 200, done.text
    schedule = await terms((await agreement(sitting.walk)).id, sitting.world)
    rows = [
        {"term": str(term.id), "on_date": days(sitting, 0)}
        | ({"amount_fen": OWED, "receipt_no": "转账1"} if term.kind == "money" else {})
        for term in schedule
    ]
    await sitting.do("xgll.handler", "record-performance", rows=rows)
    await sitting.do("xgll.handler", "check-relief", none_found=True)
    party = str((await sitting.walk.petitioners())[0].id)
    await sitting.do("xgll.handler", "return-visit", party=party, performed=True)
    assert await sitting.refused("xgll.director", "close-case", summary="已履行") == "pressure_complaint"


@pytest.mark.obligation("N5")
async def test_no_form_of_guidance_or_relief_asks_a_party_for_money(door: Door) -> None:

    paid = {
        (name, field.name)
        for name, act in catalogue().acts.items()
        if act.step in (5, 6, 7)
        for field in fields_of(act.form)
        if "fee" in field.name or "pay" in field.name
    }
    assert paid == set()
