"""The one way by which a case goes from the office that holds it to another; and all that goes with it.

Whoever moves a case (an acceptance, a superior's naming, a plan for the tree) calls `transfer` in the transaction of
its own act: custody and columns, relations, what each room keeps about the case, the notice to the parties.
"""

from collections.abc import Callable, Mapping
from enum import StrEnum
from functools import partial
from uuid import UUID

from msgspec import Struct
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from cases import hooks
from cases.models import Case
from cases.papers import Paper
from cases.timeline import holder_tenant
from foundation import direct
from foundation.batch import write_and_keep
from foundation.errors import DomainError, Forbidden, VersionStale
from foundation.language import N_
from handover.models import Purpose
from handover.target_errors import TargetConflicted
from handover.telling import NAMED_WORD, REACHED, Reached, notice_of
from tenants.subject import Subject


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
    asks_parties: bool = False
    """Whether the parties are yet to say if they accept who was named (人民调解法 23(1))."""
    words: Mapping[str, str] = {}
    """What else the parties' notice says, by the names of its content; in place of what it would say by itself."""


class CustodyRefused(Forbidden):
    """The second lock: the caller's act let it pass, the database did not."""

    code = "custody_refused"
    message = N_("没有可以据以移转案件的有效移交、指定或者方案")


async def transfer(session: AsyncSession, subject: Subject, case: Case, what: Transfer) -> hooks.Moved:
    """Exactly one holder before and after; raises VersionStale or CustodyRefused and leaves nothing."""
    moved, notice = await hand_on(session, subject, case, what)
    await write_and_keep(session, notice)
    return moved


async def hand_on(session: AsyncSession, subject: Subject, case: Case, what: Transfer) -> tuple[hooks.Moved, Paper]:
    """The same; the notice to the parties is still to be written, with the event."""
    moved = hooks.Moved(case.holder_office_id, holder_tenant(case), what.source, what.kept)
    reached = await carry(session, case, what)
    await hooks.custody_moved(session, subject, case, moved)
    more = {**what.words, **({"your_word": NAMED_WORD} if what.asks_parties else {})}
    to, sender = what.to_office_id, moved.from_office
    notice = await notice_of(
        session, subject, case, to, what.told, what.purpose, sender_id=sender, words=more, reached=reached
    )
    return moved, notice


async def carry(session: AsyncSession, case: Case, what: Transfer) -> Reached:
    """The database's part alone: it locks the case, looks again, ends or answers the offer that stands, moves custody,
    its columns and the relations that come and go with it, and writes the row of the move.

    Returns how both offices are called and reached: who is told of the move need not ask.
    """
    asked = (case.id, what.to_office_id, case.version, what.source, sorted(what.kept), case.holder_office_id)
    try:
        (row,) = await direct.fetch(session, MOVED.format(way=what.way), *asked)
    except DBAPIError as refused:
        if error := REFUSALS.get(str(getattr(refused.orig, "sqlstate", ""))):
            raise error() from refused
        raise
    columns = dict(row)
    reached: Reached = columns.pop("reached")
    direct.renew(case, columns)
    return reached


MOVED = f"select m.*, {REACHED.format(offices='($2, $6)')} as reached from {{way}}($1, $2, $3, $4, $5) m"
REFUSALS: dict[str, Callable[[], DomainError]] = {
    "TJ412": VersionStale,
    "TJ403": CustodyRefused,
    "TJ409": partial(TargetConflicted, "office_id"),
}
"""What the three functions raise."""
