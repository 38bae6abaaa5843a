"""Acts beside the case hold no version of it; yet whoever acts on the case itself waits for them, and they for it."""

from typing import Any
from uuid import UUID

import msgspec
import pytest
from sqlalchemy import select

from access.recusal import Ground
from access.recusal_declare import ConflictForm
from cases.acts import perform
from foundation.errors import InvalidInput
from handover.assistance_leave import LeaveForm
from teams.models import TeamMember
from tests.cases.build import Walk, assessing
from tests.handover.racing import Act, waiting
from tests.handover.test_directions import assistance, lend, offer
from tests.handover.test_protocol_staying import RECEIVER, SENDER
from tests.oversight.reach import actions
from tests.teams import build
from tests.world import World

DECLARER = "diqing.intake"
DECLARED: dict[str, Any] = {"ground": next(iter(Ground)), "fact": "系当事人近亲属之同学"}


async def refused_after(walk: Walk, login: str, name: str, form: object, act: Act) -> set[tuple[str, str]]:
    """The fields and rules by which `act` is refused, begun while `login` has done `name` and not yet committed."""
    world = walk.world
    async with world.as_(login) as (session, subject):
        await perform(session, subject, world.catalogue, walk.case_id, name, form, None)  # type: ignore[arg-type]  # any form
        async with world.owner() as watching:
            started = await waiting(watching, act, ahead=0)
    with pytest.raises(InvalidInput) as refused:
        await started
    return {(error.field, error.rule) for error in refused.value.fields}


@pytest.mark.obligation("62")
async def test_an_acceptance_keeps_no_assistance_that_is_just_being_given_back(world: World) -> None:
    walk = await assessing(world, persons=1)
    await lend(walk, office_id=await world.office("deqin.director"))
    kept = await assistance(walk)
    await offer(walk, "xgll.director", RECEIVER)
    world.clock.advance(seconds=1)

    async def accept() -> None:
        await walk.do(RECEIVER, "accept-handover", no_conflict=True, keep_assistances=[kept])

    leaving = LeaveForm(assistance_id=UUID(kept), reason="力量不足")
    refused = await refused_after(walk, "deqin.director", "leave-assistance", leaving, accept)
    assert refused == {("keep_assistances.0", "not_a_choice")}
    assert await actions(world, "deqin.director", walk.case_id) == frozenset()


async def to_be_staffed(world: World) -> tuple[Walk, list[dict[str, Any]]]:
    """A case without a team, and the team that is to be formed, of whom `DECLARER` has sight of it already."""
    walk = await build.entrusted(world)
    await walk.do(SENDER, "offer-handover", to_office_id=await world.office(RECEIVER), reason="major")
    await walk.do(RECEIVER, "accept-handover", no_conflict=True)
    world.clock.advance(seconds=1)
    return walk, await build.rows(world, {DECLARER: "handler", "diqing.mediator": "mediator"})


async def test_nobody_is_put_on_a_team_who_is_just_declaring_a_conflict(world: World) -> None:
    walk, members = await to_be_staffed(world)

    async def form_team() -> None:
        await walk.do(RECEIVER, "form-team", members=members)

    refused = await refused_after(walk, DECLARER, "declare-conflict", ConflictForm(**DECLARED), form_team)
    assert refused == {("members.0.person_id", "excluded")}


async def test_who_declares_a_conflict_while_being_put_on_a_team_gives_up_that_seat(world: World) -> None:
    walk, members = await to_be_staffed(world)
    form = msgspec.convert({"members": members}, world.catalogue["form-team"].form)

    async def declare() -> None:
        await walk.do(DECLARER, "declare-conflict", **DECLARED)

    async with world.as_(RECEIVER) as (session, subject):
        version = (await world.case(walk.case_id)).version
        await perform(session, subject, world.catalogue, walk.case_id, "form-team", form, version)
        async with world.owner() as watching:
            started = await waiting(watching, declare, ahead=0)
    await started
    declarer = (await world.subject(DECLARER)).person_id
    async with world.owner() as session:
        seats = (await session.scalars(select(TeamMember).where(TeamMember.case_id == walk.case_id))).all()
    assert {one.until is None for one in seats if one.person_id == declarer} == {False}
    assert (await world.case(walk.case_id)).handler_id != declarer
