"""Which cases a tenant passed on, the newest first: status alone, and only those that the reader may still see."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from msgspec import Struct
from sqlalchemy import Select, and_, false, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from cases.custody import CustodyMove
from cases.models import Case
from foundation.clock import local_date
from foundation.errors import invalid
from foundation.language import N_
from handover.chain import came_by
from handover.models import CustodyLoop, HandoverOffer, HolderDispute
from policies import gate
from policies.actions import Action
from tenants import names
from tenants.subject import Subject

PAGE = 50
MOST = 20
"""Cases that came round, on a page."""


class PassedCase(Struct, frozen=True):
    """One move away from the tenant. `days`: that it had been held; `reason`: of the offer, or the dispute's ground."""

    case_id: UUID
    number: str
    state: str
    moved_at: datetime
    sender: str
    receiver: str
    came_by: str
    direction: str | None
    reason: str | None
    days: int | None
    loop: str | None


class PassedCases(Struct, frozen=True):
    cases: tuple[PassedCase, ...]
    after: str | None
    """What to ask the next page with."""


async def passed_cases(
    session: AsyncSession, subject: Subject, tenant_id: int, after: str | None = None
) -> PassedCases:
    """Of one tenant, which the caller has found to be the subject's own or below it. Raises InvalidInput."""
    query = _moves(subject).where(CustodyMove.from_tenant_id == tenant_id)
    order = (CustodyMove.recorded_at, CustodyMove.case_id, CustodyMove.number)
    if after:
        query = query.where(tuple_(*order) < tuple_(*_read(after)))
    rows = (await session.execute(query.order_by(*(one.desc() for one in order)).limit(PAGE + 1))).all()
    told = [(move, case, loop) for move, case, loop in rows[:PAGE]]
    last = told[-1][0] if len(rows) > PAGE else None
    mark = f"{last.recorded_at.isoformat()}~{last.case_id}~{last.number}" if last else None
    return PassedCases(await _told(session, told), mark)


async def came_round(session: AsyncSession, subject: Subject, tenants: Select[int]) -> tuple[PassedCase, ...]:
    """The newest cases that one of these tenants passed back to who had them before."""
    query = _moves(subject).where(CustodyLoop.kind.is_not(None), CustodyLoop.from_tenant_id.in_(tenants))
    newest = query.order_by(CustodyLoop.recorded_at.desc(), CustodyLoop.case_id).limit(MOST)
    return await _told(session, [(move, case, loop) for move, case, loop in await session.execute(newest)])


def _moves(subject: Subject) -> Select[CustodyMove, Case, str | None]:
    """None for who reads figures and no case, as the statistics' readers."""
    seen = gate.visible(subject, Action.CASE_STATUS) if gate.may(subject, Action.CASE_STATUS) else []
    return (
        select(CustodyMove, Case, CustodyLoop.kind)
        .join(Case, Case.id == CustodyMove.case_id)
        .outerjoin(
            CustodyLoop,
            and_(CustodyLoop.case_id == CustodyMove.case_id, CustodyLoop.number == CustodyMove.number),
        )
        .where(or_(false(), *seen))
    )


async def _told(session: AsyncSession, rows: Sequence[tuple[CustodyMove, Case, str | None]]) -> tuple[PassedCase, ...]:
    facts = await _facts(session, [move.source for move, _, _ in rows])
    called = await names.offices(
        session, {office for move, _, _ in rows for office in (move.from_office_id, move.to_office_id)}
    )
    return tuple(
        PassedCase(
            case_id=case.id,
            number=case.case_no or case.registration_no,
            state=case.state,
            moved_at=move.recorded_at,
            sender=called[move.from_office_id],
            receiver=called[move.to_office_id],
            came_by=came_by(move.source),
            direction=fact.direction,
            reason=fact.reason,
            days=fact.days(move.recorded_at),
            loop=loop,
        )
        for (move, case, loop), fact in ((row, facts.get(row[0].source, NOTHING)) for row in rows)
    )


class Fact(Struct, frozen=True):
    """Of the row that made a move."""

    direction: str | None = None
    reason: str | None = None
    held_since: datetime | None = None

    def days(self, until: datetime) -> int | None:
        return None if self.held_since is None else max(0, (local_date(until) - local_date(self.held_since)).days)


NOTHING = Fact()


async def _facts(session: AsyncSession, sources: Sequence[str]) -> dict[str, Fact]:
    offers = select(HandoverOffer.id, HandoverOffer.direction, HandoverOffer.reason, HandoverOffer.held_since)
    disputes = select(HolderDispute.id, HolderDispute.ground, HolderDispute.held_since)
    found = {
        f"handover_offers:{key}": Fact(direction, reason, since)
        for key, direction, reason, since in await session.execute(
            offers.where(HandoverOffer.id.in_(_ids(sources, "handover_offers")))
        )
    }
    named = await session.execute(disputes.where(HolderDispute.id.in_(_ids(sources, "holder_disputes"))))
    return found | {f"holder_disputes:{key}": Fact("named", ground, since) for key, ground, since in named}


def _ids(sources: Sequence[str], table: str) -> list[UUID]:
    parts = (source.partition(":") for source in sources)
    return [UUID(key) for name, _, key in parts if name == table]


def _read(after: str) -> tuple[datetime, UUID, int]:
    moment, _, rest = after.partition("~")
    case_id, _, number = rest.partition("~")
    try:
        at = datetime.fromisoformat(moment)
        if at.tzinfo is None:
            raise ValueError("naive")
        return at, UUID(case_id), int(number)
    except ValueError:
        raise invalid("after", "malformed", N_("翻页标记不对，请从第一页开始")) from None
