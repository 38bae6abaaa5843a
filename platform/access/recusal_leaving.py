"""Leaving a case: the seats, the case itself where nobody else leads it, and last the sight."""

from uuid import UUID

from msgspec import Struct
from sqlalchemy import ColumnElement, update
from sqlalchemy.ext.asyncio import AsyncSession

from access.recusal import Recusal, RecusalState, requests_of
from access.recusal_people import leads_alone
from cases import hooks, timers
from cases.exclusion import take_away
from cases.facts import Fact
from cases.hooks import Follows, HandedUp, Moved
from cases.models import Case
from foundation.store import instant
from policies.relations import Relation
from tenants.subject import Subject


class Left(Struct, frozen=True):
    """What stands empty now: seats of the team by part; `led` False = nobody leads and no tier is above."""

    parts: tuple[str, ...]
    up: HandedUp
    led: bool

    @property
    def facts(self) -> dict[str, object]:
        """For the event: what the director must fill again."""
        return {"vacant": list(self.parts), "handed_up": bool(self.up.tenants), "led": self.led}


async def leave(session: AsyncSession, subject: Subject, case: Case, person_id: UUID) -> Left:
    """All but the end of the sight, which is the last thing done: see `sight_ends`."""
    alone = await leads_alone(session, case, person_id)
    parts = await hooks.vacate_seats(session, case, person_id)
    up = HandedUp()
    if alone:
        up = await hooks.hand_up(session, subject, case, "recused")
    elif case.offer_id is not None:
        up = await hooks.answerer_leaves(session, subject, case, person_id)
    await lapse(session, case, Recusal.person_id == person_id)
    return Left(parts, up, led=not alone or bool(up.tenants))


async def sight_ends(session: AsyncSession, case: Case, recusal: Recusal, left: Left) -> None:
    """The person, whatever the post, and no longer anybody by an offer that gave way."""
    source = f"recusals:{recusal.id}"
    await take_away(session, case, Relation.EXCLUDED, person_id=recusal.person_id, source=source, ends=left.up.ends)


async def lapse(session: AsyncSession, case: Case, *which: ColumnElement[bool]) -> None:
    """Requests about who no longer takes part need no decision."""
    await session.flush()
    gone = update(Recusal).where(Recusal.case_id == case.id, Recusal.state == RecusalState.OPEN.value, *which)
    ended = gone.values(state=RecusalState.LAPSED.value, decided_at=instant(session)).returning(Recusal.id)
    if (await session.scalars(ended)).all():
        await answered(session, case)


async def answered(session: AsyncSession, case: Case) -> None:
    """The term for a decision runs until no request is open."""
    await session.flush()
    if all(one.state != RecusalState.OPEN.value for one in await requests_of(session, case.id)):
        await timers.finish(session, case, "recusal")


async def on_custody_moved(session: AsyncSession, subject: Subject, case: Case, moved: Moved) -> None:
    """The people asked to leave worked for the former holder; the receiver's are chosen anew."""
    await lapse(session, case)


follows = Follows(Fact("exists (select from recusals where case_id = :case and state = 'open')"), on_custody_moved)
