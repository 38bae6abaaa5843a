"""Asking for sight of the reference dispute, and what those above answer."""

from typing import Any
from uuid import UUID

from access.requests import Asked, RequestForm, ask, asked_by
from cases.models import Case
from foundation.forms import parse
from policies import gate
from policies.gate import Permissions
from tests.cases.build import Walk
from tests.world import World

ASKER = "weixi.director"
"""Of a sister county: no relation to the case at all."""
REVIEWER = "diqing.supervisor"
FORM: dict[str, Any] = {
    "purpose": "coordination",
    "reason": "同一工程在本县也有纠纷，需要了解办理情况",
    "groups": ["timeline", "statement"],
    "until": "2026-03-06",
}


async def ask_for(world: World, number: str, login: str = ASKER, **other: Any) -> Asked:
    world.clock.advance(seconds=1)
    form = parse(RequestForm, {**FORM, "number": number, **other}, strict=True)
    async with world.as_(login) as (session, subject):
        return await ask(session, subject, form)


async def told(world: World, asked: Asked, login: str = ASKER) -> Asked:
    """What the asker is told of the request now."""
    async with world.as_(login) as (session, subject):
        return next(one for one in await asked_by(session, subject) if one.id == asked.id)


async def number_of(walk: Walk) -> str:
    async with walk.world.owner() as session:
        return (await session.get_one(Case, walk.case_id)).registration_no


async def granted(walk: Walk, login: str = ASKER, **other: Any) -> Asked:
    asked = await ask_for(walk.world, await number_of(walk), login, **other)
    await decide(walk, asked.id)
    return asked


async def decide(walk: Walk, request_id: UUID, login: str = REVIEWER, verdict: str = "granted", **other: Any) -> None:
    await walk.do(login, "decide-access", request_id=str(request_id), verdict=verdict, ground="确有必要", **other)


async def rights(world: World, case_id: UUID, login: str = ASKER) -> Permissions:
    """Nothing at all where row-level security shows no case."""
    async with world.as_(login) as (session, subject):
        case = await gate.opened().source.load(session, case_id, lock=False)
        return Permissions(frozenset(), frozenset()) if case is None else await gate.permissions(session, subject, case)
