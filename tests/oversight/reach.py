"""The reference dispute as overseers, complaint officers and petition offices meet it."""

from typing import Any
from uuid import UUID

from cases.models import Case
from cases.register import Registered
from policies import gate
from tests.cases.build import Walk
from tests.people import registration
from tests.world import World

FACTS = {"case:read.statement", "case:read.identity", "case:read.identity_masked", "party:reveal"}


async def actions(world: World, login: str, case_id: UUID, role: str | None = None) -> frozenset[str]:
    async with world.as_(login, role) as (session, subject):
        case = await session.get(Case, case_id)
        return (await gate.permissions(session, subject, case)).actions if case else frozenset()


async def inspected(walk: Walk, login: str, **form: Any) -> None:
    plain: dict[str, Any] = {"reason": "overdue", "items": ["procedure"], "ends_on": "2026-03-20"}
    await walk.do(login, "open-inspection", **(plain | form))


async def referred(world: World, login: str = "xgll.intake", **form: Any) -> Registered:
    plain = await registration(world, persons=2)
    return await world.register(login, **(plain | {"source": "petition_office"} | form))
