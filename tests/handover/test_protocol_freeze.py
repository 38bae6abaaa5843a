"""While a case is offered nobody changes it: asked of every act of the catalogue, page and API; and it thaws whole."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from msgspec import Struct

from cases.acts import CaseFrozen, available, perform
from cases.catalogue import Catalogue
from cases.history import Timer
from cases.models import Case
from foundation.clock import local_date
from policies import gate
from server.recurring import mark_overdue, take_back_offers
from tenants.subject import Subject
from tests.cases.build import Walk
from tests.door import Door
from tests.teams import build
from tests.world import World

SENDER, RECEIVER, SISTER = "xgll.director", "diqing.director", "deqin.director"
PASS = {
    "write-note": "notes are no part of the file",
    "issue-warning": "safety warnings pass",
    "withdraw-consent": "a party leaves when it wants to (N2)",
    "record-recusal": "a party's right",
    "decide-recusal": "who must leave leaves",
    "end-assistance": "what was lent is taken back at any time, as a delegation is",
    "answer-transfer": "the parties' word on the receiver (人民调解法23(1))",
    "withdraw-handover": "ends the freeze",
    "expire-handover": "ends the freeze",
    "accept-handover": "ends the freeze",
    "return-handover": "ends the freeze",
}
"""Writing acts that a pending handover does not hold up, each with its reason: a new one is decided here."""
PEOPLE = (
    SENDER, "xgll.handler", "xgll.mediator", "xgll.lawyer", "xgll.chair", "xgll.intake", "xgll.archivist",
    "xgll.payer", "xgll.reviewer", "xgll.cashier", "xgll.justice", "diqing.expert_a",
)  # fmt: skip


class Anything(Struct):
    """A form that nobody gets to read."""


async def frozen(world: World, receiver: str = RECEIVER) -> Walk:
    walk = await build.confirmed(world)
    expert = str((await world.subject("diqing.expert_a")).person_id)
    lent = {"person_id": expert, "role": "panel_expert", "purpose": "会诊", "until": "2026-03-20"}
    await walk.do(SENDER, "lend-assistance", **lent)
    reason = "major" if receiver == RECEIVER else "near"
    await walk.do(SENDER, "offer-handover", to_office_id=await world.office(receiver), reason=reason)
    return walk


def held_up(catalogue: Catalogue) -> set[str]:
    return {name for name, act in catalogue.acts.items() if act.writes and name not in PASS}


async def doers(walk: Walk) -> dict[str, str]:
    """Each action, and who of PEOPLE may do it in this case."""
    found: dict[str, str] = {}
    for login in reversed(PEOPLE):
        async with walk.world.as_(login) as (session, subject):
            case = await session.get_one(Case, walk.case_id)
            found |= dict.fromkeys((await gate.permissions(session, subject, case)).actions, login)
    return found


async def attempt(walk: Walk, subject: Subject, act: str) -> None:
    async with walk.world.store.scoped(subject.scope) as session:
        case = await session.get_one(Case, walk.case_id)
        await perform(session, subject, walk.world.catalogue, walk.case_id, act, Anything(), case.version)


@pytest.mark.obligation("62")
async def test_every_writing_act_is_refused_by_name_and_offered_to_nobody(world: World) -> None:
    walk = await frozen(world)
    may, acts = await doers(walk), held_up(world.catalogue)
    assert {name for name, act in world.catalogue.acts.items() if act.writes and act.while_frozen} == PASS.keys()
    without = {name for name in acts if world.catalogue[name].action not in may}
    assert not without, "nobody here could try"
    for name in sorted(acts):
        with pytest.raises(CaseFrozen):
            await attempt(walk, await world.subject(may[world.catalogue[name].action]), name)
    for login in PEOPLE:
        async with world.as_(login) as (session, subject):
            case = await session.get_one(Case, walk.case_id)
            offered = {one.act.name for one in await available(session, subject, world.catalogue, case)}
        assert not offered & acts, login


async def test_page_and_api_show_no_button_and_say_why(door: Door) -> None:
    walk = await frozen(door.world)
    acts, address = held_up(door.world.catalogue), f"/cases/{walk.case_id}"
    for login in (SENDER, "xgll.handler"):
        program, browser = await door.program(login), await door.browser(login)
        seen = (await program.get(f"/api/v1{address}")).json()
        assert seen["frozen"] and not acts & {one["name"] for one in seen["available_actions"]}
        page = (await browser.get(address)).text
        assert "移交" in page and not [name for name in acts if f'/acts/{name}"' in page]
    program, browser = await door.program(SENDER), await door.browser(SENDER)
    assert "暂停办理" in (await browser.get(f"{address}/acts/dissolve-team")).text
    headers = {"If-Match": f'"{seen["version"]}"', "Idempotency-Key": str(uuid4())}
    told = await program.post(f"/api/v1{address}/acts/dissolve-team", json={"reason": "done"}, headers=headers)
    assert (told.status_code, told.json()["code"]) == (409, "case_frozen")


async def warning(walk: Walk) -> dict[str, Any]:
    receiver = await walk.world.office("jiantang.head")
    return {"receiver_office_id": receiver, "help_needed": "请派车协助转移受损房屋内的物品", "ends_on": "2026-03-20"}


async def test_what_passes_passes_and_the_clock_goes_on(world: World) -> None:
    walk = await frozen(world, SISTER)
    before = await build.timer(walk, "mediation")
    people = await build.table(walk)
    await walk.do(SENDER, "write-note", text="已电话告知对方")
    await walk.do(SENDER, "issue-warning", **await warning(walk))
    deqin, lawyer = await world.office(SISTER), str((await world.subject("xgll.lawyer")).person_id)
    await walk.do(SENDER, "answer-transfer", office_id=deqin, party_ids=people, accepted=True)
    asked = {"party_id": people[0], "person_id": lawyer, "ground": "kinship", "fact": "与对方负责人是亲属"}
    await walk.do("xgll.handler", "record-recusal", **asked)
    await walk.do(SENDER, "withdraw-consent", party_id=people[0])
    after = await build.timer(walk, "mediation")
    assert isinstance(after, Timer) and (after.due_at, after.paused_at) == (before.due_at, None)


async def test_the_deadlines_job_marks_what_runs_out_while_the_case_is_on_its_way(own_world: World) -> None:
    walk = await build.confirmed(own_world)
    last = str(local_date(own_world.clock.now()) + timedelta(days=60))
    above = await own_world.office(RECEIVER)
    await walk.do(SENDER, "offer-handover", to_office_id=above, reason="major", answer_by=last)
    own_world.clock.advance(days=40)
    assert await mark_overdue(own_world.store) > 0
    assert (await build.timer(walk, "mediation")).overdue_at is not None
    assert (await own_world.case(walk.case_id)).offer_id is not None


async def test_afterwards_everything_stands_open_as_before(own_world: World) -> None:
    walk = await build.confirmed(own_world)
    before = await standing_open(walk)
    for way in ("withdraw-handover", "expire-handover", "return-handover"):
        await walk.do(SENDER, "offer-handover", to_office_id=await own_world.office(RECEIVER), reason="major")
        assert not (await standing_open(walk)) & held_up(own_world.catalogue)
        await end_by(walk, way)
        own_world.clock.advance(seconds=1)
        assert (await standing_open(walk)) >= before, way
    await walk.do("xgll.handler", "write-plan", dispute="墙体开裂的原因和租金数额", measures="实地查看，分户协商")


async def end_by(walk: Walk, way: str) -> None:
    if way == "expire-handover":
        walk.world.clock.advance(days=16)
        assert await take_back_offers(walk.world.store, walk.world.catalogue) == 1
    elif way == "return-handover":
        await walk.do(RECEIVER, way, reason="local", proof="州工作室会商纪要〔2026〕3号")
    else:
        await walk.do(SENDER, way)


async def standing_open(walk: Walk) -> set[str]:
    found = set()
    for login in (SENDER, "xgll.handler"):
        async with walk.world.as_(login) as (session, subject):
            case = await session.get_one(Case, walk.case_id)
            open_ = await available(session, subject, walk.world.catalogue, case)
            found |= {one.act.name for one in open_ if one.refusal is None}
    return found
