"""The receiver may keep members of the present team: shown to it alone at acceptance, and under its own rules."""

from typing import Any

import pytest
from sqlalchemy import text

from foundation.errors import InvalidInput
from handover.staying import staying_options
from policies import gate
from policies.actions import Action
from tests.cases.build import Walk
from tests.door import Door
from tests.handover.racing import raced
from tests.oversight.reach import actions
from tests.teams import build
from tests.world import World

SENDER, RECEIVER = "xgll.director", "diqing.director"
UNNUMBERED = text("update cases set case_no = null where id = :case")
BEGUN = text(
    "insert into number_series (series, office_id, year, last) values ('case', :office, 2026, 0) on conflict do nothing"
)
SERIES = text("select from number_series where series = 'case' and office_id = :case for update")


async def offered(world: World) -> Walk:
    walk = await build.confirmed(world)
    await walk.do(SENDER, "offer-handover", to_office_id=await world.office(RECEIVER), reason="major")
    return walk


async def person(world: World, login: str) -> str:
    return str((await world.subject(login)).person_id)


async def accept(walk: Walk, *keep: str, **form: Any) -> None:
    kept = [await person(walk.world, login) for login in keep]
    plain = {"no_conflict": True, "keep": kept, "kept_agree": True}
    await walk.do(RECEIVER, "accept-handover", **(plain | form))


async def listed(walk: Walk, login: str) -> list[str]:
    async with walk.world.as_(login) as (session, subject):
        case = await gate.opened().source.load(session, walk.case_id, lock=False)
        return [] if case is None else [one.label for one in await staying_options(session, subject, case)]


async def test_only_who_is_offered_the_case_is_shown_the_team_by_name_and_part(world: World) -> None:
    walk = await offered(world)
    shown = await listed(walk, RECEIVER)
    assert len(shown) == len(build.TEAM) and any("律师" in one for one in shown)
    assert not await listed(walk, "deqin.director") and not await listed(walk, "yunnan.director")
    await walk.do(RECEIVER, "return-handover", reason="local", proof="州工作室会商纪要〔2026〕3号")
    world.clock.advance(seconds=1)
    assert not await listed(walk, RECEIVER)
    unit = {"role": "visited", "name": "香格里拉市人民政府", "kind": "department", "found_by": "接谈登记"}
    await walk.do(SENDER, "record-unit", own_organ=True, **unit)
    assert not await listed(walk, RECEIVER), "nobody of a house that a conflict keeps away stays"


async def test_who_is_kept_goes_on_at_once_and_all_others_sight_ends(world: World) -> None:
    walk = await offered(world)
    number = (await world.case(walk.case_id)).case_no
    await accept(walk, "xgll.lawyer")
    world.clock.advance(seconds=1)
    members = await build.members(walk)
    assert set(members) == {"lawyer"}
    assert Action.CASE_READ_STATEMENT in await actions(world, "xgll.lawyer", walk.case_id)
    for login in ("xgll.handler", "xgll.mediator", "xgll.notary_a", "xgll.traffic"):
        assert Action.CASE_READ not in await actions(world, login, walk.case_id), login
    case = await world.case(walk.case_id)
    assert (case.case_no, case.handler_id) == (number, None)
    mediator = await person(world, "diqing.mediator")
    await walk.do(RECEIVER, "fill-seat", role="mediator", person_id=mediator, no_conflict=True)


async def test_keeping_nobody_ends_the_team(world: World) -> None:
    walk = await offered(world)
    await accept(walk)
    assert await build.members(walk) == {}


REFUSED = {
    "who serves no more": ("xgll.notary_b", {}, ("keep.0", "not_a_choice")),
    "without their word": ("xgll.lawyer", {"kept_agree": False}, ("kept_agree", "required")),
    "who answers for the case works for its holder": ("xgll.handler", {}, ("keep.0", "not_own")),
    "a mediator of another committee": ("xgll.mediator", {}, ("keep.0", "not_appointed")),
}


@pytest.mark.parametrize("case", REFUSED)
async def test_whom_the_receivers_rules_refuse_is_named_and_nothing_moves(world: World, case: str) -> None:
    login, form, expected = REFUSED[case]
    walk = await offered(world)
    with pytest.raises(InvalidInput) as refused:
        await accept(walk, login, **form)
    assert expected in {(error.field, error.rule) for error in refused.value.fields}
    held = await world.case(walk.case_id)
    assert held.holder_office_id == await world.office(SENDER) and held.offer_id is not None


async def test_an_official_stays_only_as_invited_and_while_the_parties_accept_it(world: World) -> None:
    walk = await offered(world)
    await accept(walk, "xgll.traffic")
    assert set(await build.members(walk)) == {"invited_official"}


async def test_page_and_api_offer_the_list_and_take_the_choice(door: Door) -> None:
    walk = await offered(door.world)
    page = (await (await door.browser(RECEIVER)).get(f"/cases/{walk.case_id}/acts/accept-handover")).text
    assert "留任的原小组成员" in page and "律师" in page
    program = await door.program(RECEIVER)
    address = f"/api/v1/cases/{walk.case_id}"
    options = (await program.get(f"{address}/options/accept-handover")).json()["staying_members"]
    assert len(options) == len(build.TEAM)
    others = await door.program("diqing.supervisor")
    assert (await others.get(f"{address}/options/accept-handover")).status_code == 403
    version = (await program.get(f"{address}/handover")).headers["ETag"]
    form = {"no_conflict": True, "kept_agree": True, "keep": [await person(door.world, "xgll.lawyer")]}
    done = await program.post(f"{address}/acts/accept-handover", json=form, headers={"If-Match": version})
    assert done.status_code == 200, done.text
    assert set(await build.members(walk)) == {"lawyer"}


async def test_who_is_kept_in_a_case_without_number_and_a_new_team_wait_for_one_number_and_not_for_each_other(
    world: World,
) -> None:
    """As from a township, which numbers no case: all take numbers before counters, whoever comes first."""
    walk, other = await offered(world), await build.entrusted(world)
    office = await world.office(RECEIVER)
    await other.do(SENDER, "offer-handover", to_office_id=office, reason="major")
    await other.do(RECEIVER, "accept-handover", no_conflict=True)
    async with world.owner() as session:
        await session.execute(UNNUMBERED, {"case": walk.case_id})
        await session.execute(BEGUN, {"office": office})
    parts = [await build.rows(world, {"diqing.mediator": role}) for role in ("handler", "mediator")]
    outcomes = await raced(
        world,
        office,
        [lambda: other.do(RECEIVER, "form-team", members=[*parts[0], *parts[1]]), lambda: accept(walk, "xgll.lawyer")],
        SERIES,
    )
    assert outcomes == [None, None]
    numbers = {(await world.case(one.case_id)).case_no for one in (walk, other)}
    assert len(numbers) == 2 and None not in numbers
