"""What a party may know of its case on the way: in transfer, arrived with a new contact, or left where it was."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from msgspec import Struct
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from cases.history import Event
from cases.models import Case
from foundation.choice import Choice
from foundation.language import N_, translate
from foundation.store import instant
from handover.reading import transfer_of
from tenants.contacts import contact_of
from tenants.models import Office


class Way(Choice):
    MOVING = (
        "moving",
        N_("移交中：自%(since)s起，由%(sender)s移交%(receiver)s。对方接收前仍由原机构负责，法定期限照常计算。"),
    )
    ARRIVED = "arrived", N_("已移交：%(until)s起由%(receiver)s办理，案号不变，登记号和查询码照常可用。")
    STAYED = "stayed", N_("移交未成：%(until)s起仍由%(sender)s办理，法定期限照常计算。")


BEGINNING = frozenset({"offer-handover", "claim-dispute"})
ARRIVING = frozenset({"accept-handover", "name-holder", "coordinate-dispute"})
STAYING = frozenset({"return-handover", "withdraw-handover", "expire-handover"})
SAID_FOR = timedelta(days=30)
"""So long it is said that a transfer came to nothing."""


class Journey(Struct, frozen=True):
    """The last handover as far as it concerns a party; `until` = when it was answered."""

    way: Way
    since: datetime
    until: datetime | None
    sender: str
    receiver: str


async def journey_of(session: AsyncSession, case: Case, events: Sequence[Event]) -> Journey | None:
    """From the open offer and, once it is answered, from what the party reads in its timeline (newest first).

    None for a case that nobody ever offered; what came to nothing is forgotten after a while.
    """
    if moving := await transfer_of(session, case.id):
        return Journey(Way.MOVING, moving.since, None, moving.sender, moving.receiver)
    ended = next((at for at, one in enumerate(events) if one.act in ARRIVING | STAYING), None)
    if ended is None:
        return None
    last, earlier = events[ended], events[ended + 1 :]
    way = Way.ARRIVED if last.act in ARRIVING and last.data.get("from") != last.data.get("to") else Way.STAYED
    if way is Way.STAYED and last.recorded_at < instant(session) - SAID_FOR:
        return None
    begun = next((one.recorded_at for one in earlier if one.act in BEGINNING), last.recorded_at)
    sender, receiver = await _between(session, case, last, way)
    return Journey(way, begun, last.recorded_at, sender, receiver)


async def _between(session: AsyncSession, case: Case, last: Event, way: Way) -> tuple[str, str]:
    """Names of who had the case and of whom it was offered to or came to; what is not told is the present holder."""
    here = case.holder_office_id
    sender = last.data.get("from", here) if way is Way.ARRIVED else here
    receiver = here if way is Way.ARRIVED else last.data.get("to", here)
    query = select(Office.id, Office.name).where(Office.id.in_({here, sender, receiver}))
    named = {office.id: office.name for office in await session.execute(query)}
    return named.get(sender, named[here]), named.get(receiver, named[here])


async def contact_for_party(session: AsyncSession, office_id: int) -> str:
    """Where the present holder is reached, in the reader's language."""
    return translate(await contact_of(session, office_id))
