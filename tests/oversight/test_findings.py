"""质量检查: scored item by item with reasons; findings go back with a day, are answered, accepted or sent back."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select, text

from foundation.errors import Forbidden, InvalidInput
from oversight.finding_models import InspectionFinding
from oversight.inspections import inspections_of
from oversight.notice_kinds import NoticeKind
from oversight.quality_reading import open_findings, repeated
from server.recurring import mark_overdue
from tenants.models import Office
from tests.cases.build import Walk, accepted
from tests.door import Door
from tests.organisation.planning import XGLL, carried_out
from tests.oversight.papers_down import asked, done
from tests.oversight.reach import inspected
from tests.oversight.telling import deliver, notices_of
from tests.oversight.test_inspections import closed
from tests.world import World

CHECKLIST = {
    "title": "调解卷宗质量评分表",
    "items": [
        {"area": "procedure", "text": "期限内办结", "most": 40},
        {"area": "free_will", "text": "自愿告知齐全", "most": 60},
    ],
}
WRONG = {"words": "自愿告知未签名，请补正。", "answer_by": "2026-03-20"}


async def opened(world: World) -> tuple[Walk, str]:
    """An inspection by the prefecture, and its id."""
    walk = await accepted(world, persons=2)
    await inspected(walk, "diqing.supervisor")
    async with world.as_("diqing.supervisor") as (session, _):
        (inspection,) = await inspections_of(session, walk.case_id)
    return walk, str(inspection.id)


async def found(world: World, walk: Walk) -> InspectionFinding:
    async with world.owner() as session:
        query = select(InspectionFinding).where(InspectionFinding.case_id == walk.case_id)
        return (await session.scalars(query)).one()


async def test_a_finding_is_scored_sent_answered_sent_back_and_accepted(door: Door) -> None:
    world = door.world
    checklist = await done(door, "diqing.supervisor", "POST", "/checklists", **CHECKLIST)
    first, second = (one["id"] for one in checklist["items"])
    walk, inspection = await opened(world)
    row = {"item": first, "points": 41, "reason": "超期两日"}
    for wrong, field in (({}, "scores.0.points"), ({"item": inspection, "points": 1}, "scores.0.item")):
        with pytest.raises(InvalidInput) as refused:
            await walk.do("diqing.supervisor", "score-inspection", inspection_id=inspection, scores=[row | wrong])
        assert [one.field for one in refused.value.fields] == [field]
    scores = [row | {"points": 30}, {"item": second, "points": 20, "reason": "缺签名"}]
    await walk.do("diqing.supervisor", "score-inspection", inspection_id=inspection, scores=scores)
    await walk.do("diqing.supervisor", "send-finding", inspection_id=inspection, item=second, **WRONG)
    finding = await found(world, walk)
    with pytest.raises(Forbidden):
        await walk.do("xgll.intake", "answer-finding", finding=str(finding.id), words="已补")
    await walk.do("xgll.director", "answer-finding", finding=str(finding.id), words="已补签名。")
    verdict: dict[str, Any] = {"finding": str(finding.id), "words": "仍缺一人。"}
    with pytest.raises(InvalidInput) as refused:
        await walk.do("diqing.supervisor", "judge-finding", accepted=False, **verdict)
    assert [one.field for one in refused.value.fields] == ["answer_by"]
    await walk.do("diqing.supervisor", "judge-finding", accepted=False, answer_by="2026-03-25", **verdict)
    await deliver(world)
    heard = [one.kind for one in await notices_of(world, "xgll.director", walk.case_id)]
    assert heard.count(NoticeKind.FINDING_JUDGED) == 1 and NoticeKind.FINDING_ANSWERED not in heard
    await walk.do("xgll.director", "answer-finding", finding=str(finding.id), words="全部补齐。")
    await walk.do("diqing.supervisor", "judge-finding", accepted=True, **verdict)
    assert (await found(world, walk)).state == "accepted"
    path = f"/cases/{walk.case_id}/inspection-findings"
    for login in ("diqing.supervisor", "xgll.director"):
        view = await done(door, login, "GET", path)
        assert [one["points"] for one in view["scores"]] == [30, 20]
        assert [one["kind"] for one in view["findings"][0]["steps"]] == ["answered", "returned", "answered", "accepted"]
    elsewhere = await done(door, "yunnan.supervisor", "GET", path)
    assert elsewhere == {"scores": [], "findings": []}, "between the inspecting office and the holder"
    assert (await asked(door, "deqin.director", "GET", path)).status_code == 404
    async with await door.browser("xgll.director") as browser:
        page = (await browser.get(f"/cases/{walk.case_id}")).text
    assert "自愿告知未签名" in page and "全部补齐" in page


async def test_a_draw_says_which_checklist_scores_it_whatever_follows(own_world: World, own_door: Door) -> None:
    world, door = own_world, own_door
    for _ in range(2):
        await closed(world)
    above = await done(door, "diqing.supervisor", "POST", "/checklists", **(CHECKLIST | {"title": "州评分表"}))
    draw = {"since": "2026-01-01", "until": "2026-03-02", "size": 1}
    refused = await asked(door, "xgll.lgo", "POST", "/inspection-draws", **draw, checklist_id=str(uuid4()))
    assert [one["field"] for one in refused.json()["errors"]] == ["checklist_id"]
    drawn = await done(door, "xgll.lgo", "POST", "/inspection-draws", **draw)
    assert (drawn["checklist"], len(drawn["cases"])) == ("州评分表", 1)
    case_id = drawn["cases"][0]["case_id"]
    own = await done(door, "xgll.lgo", "POST", "/checklists", **(CHECKLIST | {"title": "市评分表"}))
    async with world.as_("xgll.lgo") as (session, _):
        (inspection,) = await inspections_of(session, UUID(case_id))
    row = {"points": 30, "reason": "两日内补正"}
    walk = Walk(world, UUID(case_id), ())
    with pytest.raises(InvalidInput):  # made after the draw
        scores = [row | {"item": own["items"][0]["id"]}]
        await walk.do("xgll.lgo", "score-inspection", inspection_id=str(inspection.id), scores=scores)
    scores = [row | {"item": above["items"][0]["id"]}]
    await walk.do("xgll.lgo", "score-inspection", inspection_id=str(inspection.id), scores=scores)
    (again,) = (await done(door, "xgll.lgo", "GET", "/inspection-draws"))["draws"]
    assert (again["cases"][0]["points"], again["cases"][0]["most"]) == (30, 40) and again["cases"][0]["number"]
    async with await door.browser("xgll.lgo") as browser:
        page = (await browser.get("/inspections")).text
    assert "州评分表" in page and "市评分表 · 香格里拉市" in page and "30/40" in page


async def test_what_comes_again_shows_by_tenant_and_item_and_a_late_answer_is_told_once(door: Door) -> None:
    world = door.world
    checklist = await done(door, "diqing.supervisor", "POST", "/checklists", **CHECKLIST)
    item = checklist["items"][0]["id"]
    walks = [await opened(world) for _ in range(2)]
    for walk, inspection in walks:
        await walk.do("diqing.supervisor", "send-finding", inspection_id=inspection, item=item, **WRONG)
    async with world.as_("diqing.supervisor") as (session, subject):
        again = [one for one in await repeated(session, subject) if one.item == "期限内办结"]
        assert [(one.tenant, one.inspections) for one in again] == [("香格里拉市", 2)]
        assert not {"person_id", "person", "name", "case_id"} & set(again[0].__struct_fields__)
        assert {walk.case_id for walk, _ in walks} <= {
            one.case_id for one in (await open_findings(session, subject)).findings
        }
    async with await door.browser("diqing.supervisor") as browser:
        page, table = await browser.get("/quality"), await browser.get("/quality.csv")
    assert "期限内办结" in page.text and "香格里拉市" in table.text
    for login in ("xgll.handler", "deqin.director"):
        assert (await asked(door, login, "GET", "/quality")).status_code == 403
        async with await door.browser(login) as browser:
            assert (await browser.get("/quality")).status_code == 403
    world.clock.advance(days=30)
    for _ in range(2):
        await mark_overdue(world.store)
    async with world.owner() as session:
        causes = list(
            await session.scalars(
                text(
                    "select payload->>'cause' from outbox o join inspection_findings f"
                    " on payload->>'cause' like 'inspection_findings:' || f.id || '%overdue'"
                    " where f.case_id = any(:cases)"
                ),
                {"cases": [walk.case_id for walk, _ in walks]},
            )
        )
    assert len(causes) == len(set(causes)) == 2


async def test_after_a_county_moves_the_heir_judges_findings_that_wait_and_those_judged_stay(
    own_door: Door,
) -> None:
    """The county goes to another prefecture: whose office does there what the inspecting one did carries it on."""
    world = own_door.world
    checklist = await done(own_door, "diqing.supervisor", "POST", "/checklists", **CHECKLIST)
    item = checklist["items"][0]["id"]
    (walk, inspection), (over, earlier) = await opened(world), await opened(world)
    for one, of in ((walk, inspection), (over, earlier)):
        await one.do("diqing.supervisor", "send-finding", inspection_id=of, item=item, **WRONG)
    judged = await found(world, over)
    await over.do("xgll.director", "answer-finding", finding=str(judged.id), words="已补签名。")
    await over.do("diqing.supervisor", "judge-finding", finding=str(judged.id), accepted=True, words="属实。")
    await carried_out(world, {"operation": "move", "code": XGLL, "parent_code": "533300"}, by="yunnan.admin")
    case, waits, stays = await world.case(walk.case_id), await found(world, walk), await found(world, over)
    assert waits.tenant_id == case.prefecture_id != judged.tenant_id
    async with world.owner() as session:
        heir = await session.get_one(Office, waits.office_id)
    assert (heir.tenant_id, heir.kind) == (case.prefecture_id, "leading_group")
    assert (stays.office_id, stays.tenant_id) == (judged.office_id, judged.tenant_id)
    async with world.as_("diqing.supervisor") as (session, subject):
        assert (await open_findings(session, subject)).findings == []
