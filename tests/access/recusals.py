"""What the tests of recusal share: who sees the case, what is on record, and acting as a petitioner."""

from typing import Any
from uuid import UUID

from sqlalchemy import select

from access.recusal import Recusal
from cases.history import Event
from cases.models import Case, CaseRelation
from cases.petitioner import petitioner
from policies import gate
from tests.cases.build import Walk
from tests.world import World

FACT = {"ground": "kinship", "fact": "申请人之一是本人的近亲属"}


async def actions(world: World, login: str, walk: Walk, role: str | None = None) -> frozenset[str]:
    """Empty: the case is a 404 for that person in that post."""
    async with world.as_(login, role) as (session, subject):
        case = await session.get(Case, walk.case_id)
        return frozenset() if case is None else (await gate.permissions(session, subject, case)).actions


async def declare(walk: Walk, login: str, *, post: str | None = None) -> None:
    await walk.do(login, "declare-conflict", post=post, **FACT)


async def ask(walk: Walk, login: str, *, ordinal: int = 1, **changes: Any) -> None:
    """By that petitioner's own page, about the person of `login`."""
    party = next(one for one in await walk.petitioners() if one.ordinal == ordinal)
    about = str((await walk.world.subject(login)).person_id)
    form = {"person_id": about, **FACT, **changes}
    await walk.world.do_as(petitioner(party.id), walk.case_id, "ask-recusal", **form)


async def decide(walk: Walk, login: str, verdict: str, *, post: str | None = None) -> None:
    """On the newest request that a party made."""
    recusal = [one for one in await recusals(walk) if one.party_id is not None][-1]
    await walk.do(
        login, "decide-recusal", post=post, recusal_id=str(recusal.id), verdict=verdict, reason="已核对亲属关系证明"
    )


async def recusals(walk: Walk) -> list[Recusal]:
    query = select(Recusal).where(Recusal.case_id == walk.case_id).order_by(Recusal.recorded_at)
    async with walk.world.owner() as session:
        return list(await session.scalars(query))


async def removed(walk: Walk) -> list[tuple[str, int | None, UUID | None]]:
    """The rows in force that take away."""
    query = select(CaseRelation).where(
        CaseRelation.case_id == walk.case_id,
        CaseRelation.relation.in_(("excluded", "complained_of")),
        CaseRelation.until > walk.world.clock.now(),
    )
    async with walk.world.owner() as session:
        return [(row.relation, row.tenant_id, row.person_id) for row in await session.scalars(query)]


async def events(walk: Walk, act: str) -> list[Event]:
    query = select(Event).where(Event.case_id == walk.case_id, Event.act == act).order_by(Event.recorded_at)
    async with walk.world.owner() as session:
        return list(await session.scalars(query))
