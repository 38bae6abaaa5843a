"""The one way by which a case goes from the office that holds it to another; and all that goes with it.

Whoever moves a case (an acceptance, a superior's naming, a plan for the tree) calls `transfer` in the transaction of
its own act: custody and columns, relations, what each room keeps about the case, the notice to the parties.
"""

from collections.abc import Callable
from enum import StrEnum
from functools import partial
from uuid import UUID

from msgspec import Struct
from sqlalchemy import TextClause, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from cases import hooks, relations
from cases.exclusion import take_away
from cases.models import Case
from cases.timeline import holder_tenant
from foundation.errors import DomainError, Forbidden, VersionStale
from foundation.language import N_
from handover.models import Purpose
from handover.target_errors import TargetConflicted
from handover.telling import tell_parties
from policies.relations import Relation
from tenants.models import Office
from tenants.subject import Subject

CONFLICTED = text("select tenant_conflicted(:case, :tenant)")


class Way(StrEnum):
    """By whose word: each is a function of the database (migration 0039), which looks at everything again."""

    OFFER = "move_custody"
    """The office that an open offer is addressed to takes the case."""
    NAMING = "name_custody"
    """The nearest common superior decides a dispute."""
    PLAN = "plan_custody"
    """A tree plan in execution puts another office in the holder's place."""


class Transfer(Struct, frozen=True):
    """`source` names the row that makes the move (`handover_offers:<id>`); `told` is why, in the parties' notice."""

    way: Way
    to_office_id: int
    source: str
    told: str
    kept: frozenset[UUID] = frozenset()
    """Members of the former holder's team who stay in their parts, by the receiver's choice."""
    purpose: str = Purpose.WHOLE
    """What the receiver is to do with the case, as the parties are told."""


class CustodyRefused(Forbidden):
    """The second lock: the caller's act let it pass, the database did not."""

    code = "custody_refused"
    message = N_("没有可以据以移转案件的有效移交、指定或者方案")


async def transfer(session: AsyncSession, subject: Subject, case: Case, what: Transfer) -> hooks.Moved:
    """Exactly one holder before and after; raises VersionStale or CustodyRefused and leaves nothing."""
    moved = hooks.Moved(case.holder_office_id, holder_tenant(case), what.source, what.kept)
    await carry(session, case, what)
    receiver = await session.get_one(Office, what.to_office_id)
    await relations.end(session, case, Relation.SENT, tenant_id=receiver.tenant_id)
    await _leave_behind(session, case, moved)
    await hooks.custody_moved(session, subject, case, moved)
    await tell_parties(session, subject, case, receiver, what.told, what.purpose)
    return moved


async def carry(session: AsyncSession, case: Case, what: Transfer) -> None:
    """The database's part alone: it locks the case, looks again, and ends an offer that stands."""
    await session.flush()
    asked = {"case": case.id, "office": what.to_office_id, "version": case.version}
    try:
        await session.execute(_CALLS[what.way], {**asked, "source": what.source, "kept": sorted(what.kept)})
    except DBAPIError as refused:
        if error := REFUSALS.get(str(getattr(refused.orig, "sqlstate", ""))):
            raise error() from refused
        raise
    await session.refresh(case)


async def _leave_behind(session: AsyncSession, case: Case, moved: hooks.Moved) -> None:
    """The former holder keeps the timeline up to now and the final result; a conflicted one keeps nothing."""
    await relations.end(session, case, Relation.ENTRUSTS)
    tenant, source = moved.from_tenant, moved.source
    if await session.scalar(CONFLICTED, {"case": case.id, "tenant": tenant}):
        await take_away(session, case, Relation.COMPLAINED_OF, tenant_id=tenant, source=source)
    else:
        await relations.grant(
            session, case, Relation.SENT, tenant_id=tenant, office_id=moved.from_office, source=source
        )


def _call(way: Way) -> TextClause:
    return text(f"select {way}(:case, :office, :version, :source, cast(:kept as uuid[]))")


_CALLS = {way: _call(way) for way in Way}
REFUSALS: dict[str, Callable[[], DomainError]] = {
    "TJ412": VersionStale,
    "TJ403": CustodyRefused,
    "TJ409": partial(TargetConflicted, "office_id"),
}
"""What the three functions raise."""
