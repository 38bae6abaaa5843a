"""办理 (五(四)) as rules, through the API: experts, inquiries, objects, the law that is cited."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from foundation.clock import local_date
from tests.door import Door
from tests.identity import identity_number
from tests.steps.handling import ANALYSIS, Room
from tests.teams import build

# 专家会诊


@pytest.mark.obligation("17", "3")
async def test_a_panel_is_convened_only_of_experts_whom_every_party_accepts(door: Door) -> None:
    room = await Room.confirmed(door)
    expert = await _lend(room, "diqing.expert_a")
    call = {"question": "裂缝成因", "material": "鉴定意见（去标识）", "experts": [expert]}
    assert await room.wrong("xgll.handler", "convene-panel", **call) == {("experts.0", "not_accepted")}
    parties = await build.table(room.walk)
    answer = {"person_id": expert, "accepted": True}
    await room.do("xgll.director", "accept-expert", party_ids=parties[:-1], **answer)
    assert await room.wrong("xgll.handler", "convene-panel", **call) == {("experts.0", "not_accepted")}
    await room.do("xgll.director", "accept-expert", party_ids=parties[-1:], **answer)
    await room.do("xgll.handler", "convene-panel", **call)
    assert await room.refused("xgll.handler", "convene-panel", **call) == "panel_open"


@pytest.mark.obligation("17")
async def test_a_panel_has_each_expert_s_opinion_and_minutes_and_only_the_called_speak(door: Door) -> None:
    room = await Room.confirmed(door)
    expert, other = [await _lend(room, login) for login in ("diqing.expert_a", "diqing.expert_b")]
    words = {"question": "裂缝成因", "opinion": "爆破所致"}
    assert await room.refused("diqing.expert_a", "panel-opinion", **words) == "panel_missing"
    parties = await build.table(room.walk)
    await room.do("xgll.director", "accept-expert", person_id=expert, party_ids=parties, accepted=True)
    await room.do("xgll.handler", "convene-panel", question="裂缝成因", material="鉴定意见", experts=[expert])
    assert await room.refused("diqing.expert_b", "panel-opinion", **words) == "not_on_panel"
    minutes = {"held_at": room.now(), "course": "逐项讨论", "conclusion": "爆破所致"}
    wrong = await room.wrong("xgll.handler", "record-panel", present=[expert, other], **minutes)
    assert wrong == {("present.0", "not_a_choice"), ("present.1", "not_a_choice")}
    await room.do("diqing.expert_a", "panel-opinion", **words)
    await room.do("xgll.handler", "record-panel", present=[expert], **minutes)
    (panel,) = await room.read("xgll.handler", "panels")
    assert panel["minutes_id"] and [one["paper_id"] is not None for one in panel["experts"]] == [True]
    assert await room.read("diqing.expert_a", "parties") == []


async def test_the_panel_s_section_names_its_experts_and_shows_to_nobody_without_the_opinions(door: Door) -> None:
    room = await Room.confirmed(door)
    expert = await _lend(room, "diqing.expert_a")
    parties = await build.table(room.walk)
    await room.do("xgll.director", "accept-expert", person_id=expert, party_ids=parties, accepted=True)
    await room.do("xgll.handler", "convene-panel", question="裂缝成因", material="鉴定意见", experts=[expert])
    name = (await room.world.subject("diqing.expert_a")).name
    shown = {}
    for login in ("xgll.handler", "xgll.director", "diqing.supervisor"):
        async with await door.browser(login) as client:
            page = await client.get(f"/cases/{room.walk.case_id}")
        shown[login] = 'id="panels-title"' in page.text and name in page.text
    assert shown == {"xgll.handler": True, "xgll.director": True, "diqing.supervisor": False}
    async with await door.browser("deqin.director") as client:
        assert (await client.get(f"/cases/{room.walk.case_id}")).status_code == 404


async def _lend(room: Room, login: str) -> str:
    until = str(local_date(room.world.clock.now()) + timedelta(days=20))
    person = await room.person(login)
    form = {"person_id": person, "role": "panel_expert", "purpose": "会诊", "until": until}
    await room.do("xgll.director", "lend-assistance", **form)
    return person


@pytest.mark.obligation("3", "25", "N8")
async def test_whoever_is_invited_to_the_conference_comes_with_both_sides_consent(door: Door) -> None:
    room = await Room.confirmed(door)
    members = await build.members(room.walk)
    views = [{"member_id": str(members[role].id), "view": "同意"} for role in ("handler", "mediator")]
    form = {"held_at": room.now(), "views": views, "conclusion": "按户协商"}
    guests = [{"name": "县人大代表", "kind": "deputy"}, {"name": "乡贤", "kind": "volunteer", "consented": True}]
    wrong = await room.wrong("xgll.handler", "confer", guests=guests, **form)
    assert wrong == {("guests.0.consented", "not_consented")}
    await room.do("xgll.handler", "confer", guests=guests[1:], **form)


# 调查


@pytest.mark.obligation("24")
async def test_an_investigation_names_who_investigated_and_who_wrote_it_down(door: Door) -> None:
    room = await Room.confirmed(door)
    handler = str((await build.members(room.walk))["handler"].id)
    visit = {"mode": "visit", "held_at": room.now(), "place": "建塘镇施工现场", "findings": "十一户墙体开裂"}
    await room.do("xgll.handler", "record-investigation", **visit)
    await room.do("xgll.mediator", "record-investigation", investigators=[handler], recorder="记录员", **visit)
    own, other = await build.papers(room.walk, "investigation")
    name = (await room.world.subject("xgll.handler")).name
    assert (own.content["investigators"], own.content["recorder"]) == ([name], name)
    assert (other.content["investigators"], other.content["recorder"]) == ([f"{name}（承办人）"], "记录员")


@pytest.mark.obligation("24")
async def test_an_inspection_on_the_spot_says_what_was_seen_and_who_stood_by(door: Door) -> None:
    room = await Room.confirmed(door)
    form = {"mode": "inspection", "held_at": room.now(), "place": "东墙", "findings": "裂缝"}
    assert await room.wrong("xgll.handler", "record-investigation", **form) == {
        ("measured", "required"),
        ("present", "required"),
    }
    seen = {"measured": "东墙裂缝七处，最宽4毫米", "present": "双方代表、村委会主任"}
    await room.do("xgll.handler", "record-investigation", **form, **seen)


@pytest.mark.obligation("24", "N4")
async def test_a_witness_is_checked_and_masked_and_stands_apart_from_the_words(door: Door) -> None:
    room = await Room.confirmed(door)
    number = identity_number()
    form: dict[str, Any] = {
        "name": "和某某",
        "checked_by": "identity_card",
        "id_number": number,
        "telephone": "13808870099",
        "standing": "邻居",
        "held_at": room.now(),
        "place": "建塘镇某村",
        "told": True,
        "statement": "放炮以后墙裂了",
        "read_back": True,
    }
    bad = form | {"id_number": number[:-1] + ("0" if number[-1] != "0" else "1"), "told": False}
    bad |= {"statement": "我和某某看见墙裂了"}
    assert await room.wrong("xgll.handler", "record-testimony", **bad) == {
        ("id_number", "identity_number"),
        ("told", "required"),
        ("statement", "names_witness"),
    }
    await room.do("xgll.handler", "record-testimony", **form)
    (paper,) = await build.papers(room.walk, "testimony")
    assert paper.content["witness"] == "证人1"
    assert "和某某" not in str(paper.content) and number not in str(paper.content)
    (clear,), (masked,) = [await room.read(login, "witnesses") for login in ("xgll.handler", "xgll.director")]
    assert clear["name"] == "和某某" and number not in str(clear) and clear["telephone"].endswith("0099")
    assert masked["name"] == "和**" and "*" in masked["id_number"] and "*" in masked["telephone"]


@pytest.mark.obligation("24", "12")
async def test_publicity_names_audience_and_material_and_nobody(door: Door) -> None:
    room = await Room.confirmed(door)
    form: dict[str, Any] = {
        "manner": "law",
        "held_on": str(local_date(room.world.clock.now())),
        "place": "建塘镇某村活动室",
        "audience": "某村村民",
        "number": 30,
        "material": "以案释法：施工损害的赔偿",
    }
    named = form | {"material": "和春生家的墙裂了", "audience": "村民，联系电话13808870001"}
    assert await room.wrong("xgll.handler", "record-publicity", **named) == {
        ("material", "names_party"),
        ("audience", "personal_number"),
    }
    await room.do("xgll.handler", "record-publicity", **form)
    assert len(await build.papers(room.walk, "publicity")) == 1


# 物证


async def received(room: Room, **changes: Any) -> dict[str, Any]:
    petitioner = str((await room.walk.petitioners())[0].id)
    form = {
        "name": "脱落的墙砖3块",
        "marks": "红砖，一角缺损",
        "from_party": petitioner,
        "keeper": await room.person("xgll.handler"),
        "kept_at": "工作室物证柜3号",
        "moved_at": room.now(),
        "both_signed": True,
    }
    return form | changes


async def the_object(room: Room) -> str:
    await room.do("xgll.handler", "receive-object", **await received(room))
    (held,) = await room.options("xgll.handler", "transfer-object", "objects_held")
    return held


@pytest.mark.obligation("24")
async def test_an_object_goes_from_hand_to_hand_and_each_link_names_both(door: Door) -> None:
    room = await Room.confirmed(door)
    held = await the_object(room)
    step: dict[str, Any] = {"exhibit": held, "moved_at": room.now(), "both_signed": True}
    move = {"to_name": "迪庆司法鉴定中心", "kept_at": "鉴定中心样品室", "reason": "送鉴定"}
    await room.do("xgll.handler", "transfer-object", **step, **move)
    end = {"ground": "failed", "channels": [{"way": "civil_suit", "organ": "香格里拉市人民法院"}]}
    assert await room.wrong("xgll.director", "terminate", **end, papers_returned=True) == {
        ("papers_returned", "objects_held")
    }
    step["moved_at"] = room.now()
    back = {"keeper": await room.person("xgll.lawyer"), "kept_at": "工作室物证柜3号", "reason": "鉴定完毕"}
    await room.do("xgll.handler", "transfer-object", **step, **back)
    step["moved_at"] = room.now()
    petitioner = str((await room.walk.petitioners())[0].id)
    await room.do("xgll.handler", "return-object", **step, change="returned", to_party=petitioner, reason="结案返还")
    (chain,) = await room.read("xgll.director", "objects")
    hands = [(link["giver"], link["receiver"]) for link in chain["links"]]
    assert [giver for giver, _ in hands[1:]] == [receiver for _, receiver in hands[:-1]]
    assert (hands[0][0], hands[-1][1], chain["held"]) == ("信访人1", "信访人1", False)
    (record,) = await build.papers(room.walk, "custody_record")
    assert len(record.content["links"]) == 4
    assert await room.refused("xgll.handler", "transfer-object", **step, **back) == "no_object_held"


@pytest.mark.obligation("24")
async def test_a_link_of_custody_without_signature_order_or_receiver_is_refused(door: Door) -> None:
    room = await Room.confirmed(door)
    wrong = await room.wrong(
        "xgll.handler", "receive-object", **await received(room, from_party=None, both_signed=False)
    )
    assert wrong == {("from_party", "one_giver"), ("both_signed", "required")}
    held = await the_object(room)
    before = (room.world.clock.now() - timedelta(hours=2)).isoformat()
    form = {"exhibit": held, "kept_at": "柜1", "reason": "换人", "moved_at": before, "both_signed": True}
    assert await room.wrong("xgll.handler", "transfer-object", **form) == {
        ("moved_at", "before_previous"),
        ("keeper", "one_receiver"),
    }


@pytest.mark.parametrize(
    "statement",
    [
        "update custody_links set kept_at = null",
        "delete from custody_links",
        "insert into custody_links (id, exhibit_id, case_id, ordinal, change, to_person_id, moved_at, recorded_at,"
        " recorded_by) select gen_random_uuid(), exhibit_id, case_id, 5, 'transferred', to_person_id, moved_at,"
        " recorded_at, recorded_by from custody_links where case_id = :case",
        "insert into custody_links (id, exhibit_id, case_id, ordinal, change, to_person_id, moved_at, recorded_at,"
        " recorded_by) select gen_random_uuid(), exhibit_id, case_id, 2, 'transferred', to_person_id,"
        " moved_at - interval '1 day', recorded_at, recorded_by from custody_links where case_id = :case",
    ],
)
@pytest.mark.obligation("24")
async def test_the_database_lets_nobody_alter_a_chain_or_leave_a_gap(door: Door, statement: str) -> None:
    room = await Room.confirmed(door)
    await the_object(room)
    parameters = {"case": room.walk.case_id} if ":case" in statement else {}
    with pytest.raises(DBAPIError):
        async with room.world.as_("xgll.handler") as (session, _):
            await session.execute(text(statement), parameters)


# 依据


@pytest.mark.obligation("2")
async def test_a_repealed_statute_is_refused_with_the_one_that_took_its_place(door: Door) -> None:
    room = await Room.confirmed(door)
    row = {"title": "信访条例", "article": "第21条"}
    answer = await room.attempt("xgll.handler", "write-analysis", **ANALYSIS, statutes=[row], facts_on="2019-05-01")
    (error,) = answer.json()["errors"]
    assert (answer.status_code, error["field"], error["rule"]) == (422, "statutes.0.title", "repealed")
    assert "信访工作条例" in error["message"] and "2022-05-01" in error["message"]


@pytest.mark.obligation("2")
async def test_of_the_law_of_the_matter_the_version_of_the_day_of_the_facts_is_cited(door: Door) -> None:
    room = await Room.confirmed(door)
    old = [{"title": "中华人民共和国合同法", "article": "第60条"}]
    new = [{"title": "民法典", "article": "第一千一百六十五条"}]
    facts = {"facts_on": "2019-05-01"}
    assert await room.wrong("xgll.lawyer", "write-analysis", **ANALYSIS, statutes=new, **facts) == {
        ("statutes.0.title", "not_in_force")
    }
    await room.do("xgll.lawyer", "write-analysis", **ANALYSIS, statutes=old, **facts)
    assert await room.wrong("xgll.lawyer", "write-analysis", **ANALYSIS, statutes=old) == {
        ("statutes.0.title", "repealed")
    }
    await room.do("xgll.lawyer", "write-analysis", **ANALYSIS, statutes=new)
    kept = [paper.content["statutes"][0] for paper in await build.papers(room.walk, "analysis")]
    assert [row["in_force_from"] for row in kept] == ["1999-10-01", "2021-01-01"]


@pytest.mark.obligation("2")
async def test_a_version_is_chosen_from_the_library_and_must_have_the_article(door: Door) -> None:
    room = await Room.confirmed(door)
    listed = await room.options("xgll.handler", "write-analysis", "statutes")
    mediation = next(value for value, label in listed.items() if "人民调解法" in label)
    row = {"statute_id": int(mediation), "article": "第36条"}
    wrong = await room.wrong("xgll.handler", "write-analysis", **ANALYSIS, statutes=[row])
    assert wrong == {("statutes.0.statute_id", "no_such_article")}
    row["article"] = "第三十五条"
    local = {"title": "香格里拉市矛盾纠纷化解办法", "article": "第五条"}
    await room.do("xgll.handler", "write-analysis", **ANALYSIS, statutes=[row, local])
    (paper,) = await build.papers(room.walk, "analysis")
    assert [one.get("in_force_from") for one in paper.content["statutes"]] == ["2011-01-01", None]


@pytest.mark.obligation("2")
async def test_the_library_says_from_when_to_when_each_version_was_in_force(door: Door) -> None:
    client = await door.program("xgll.handler")
    rows = (await client.get("/api/v1/statutes")).json()
    versions = [row for row in rows if row["code"] == "civil_procedure"]
    assert [(row["valid_from"], row["valid_to"]) for row in versions] == [
        ("2022-01-01", "2024-01-01"),
        ("2024-01-01", None),
    ]
    (old,) = [row for row in rows if row["name"] == "信访条例"]
    assert (old["valid_to"], old["successor"]) == ("2022-05-01", "信访工作条例")


# 一案一号


@pytest.mark.obligation("34")
async def test_the_number_is_kept_for_life_and_never_given_twice(door: Door) -> None:
    first = Room(door, await build.formed(door.world))
    number = (await first.read("xgll.director"))["details"]["case_no"]
    await first.do("xgll.director", "dissolve-team", reason="reformed")
    second = Room(door, await build.formed(door.world))
    await first.do("xgll.director", "form-team", members=await first.team())
    assert (await first.read("xgll.director"))["details"]["case_no"] == number
    assert (await second.read("xgll.director"))["details"]["case_no"] != number


@pytest.mark.obligation("34")
async def test_every_version_of_the_plan_stays_and_the_newest_is_first(door: Door) -> None:
    room = await Room.confirmed(door)
    for dispute in ("裂缝的成因", "租金的数额"):
        await room.do("xgll.handler", "write-plan", dispute=dispute, measures="鉴定后协商")
    assert [plan["version"] for plan in await room.read("xgll.handler", "plans")] == [2, 1]


@pytest.mark.obligation("24a")
async def test_a_party_commissions_the_appraisal_and_a_party_advances_the_fee(door: Door) -> None:
    room = await Room.confirmed(door)
    *people, company = await build.table(room.walk)
    form = {"party_id": people[0], "body": "云南某司法鉴定所", "matter": "裂缝成因"}
    assert ("advanced_by", "required") in await room.wrong("xgll.handler", "commission-appraisal", **form)
    await room.do("xgll.handler", "commission-appraisal", **form, advanced_by=company)
    timers = {timer["kind"]: timer["paused"] for timer in await room.read("xgll.handler", "timers")}
    assert [kind for kind, paused in timers.items() if paused] == ["mediation"]
