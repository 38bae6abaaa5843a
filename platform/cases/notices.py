"""Notices to a petitioner. Each shows the remedy clock and the free helpers (N11), on the same day (5a, N2)."""

from datetime import date
from uuid import UUID

from msgspec import Struct
from sqlalchemy.ext.asyncio import AsyncSession

from cases.issue import issue
from cases.models import Case
from cases.papers import Group, Paper, PaperKind
from cases.remedy_clock import FREE_HELPERS, MEDIATION_STOPS_NOTHING, clock_and_helpers
from foundation.language import N_
from tenants.subject import Subject

REMEDY_NOTICE = PaperKind("remedy_notice", N_("权利救济告知书"), Group.FINAL)
TRANSFER_NOTICE = PaperKind("transfer_notice", N_("移交告知书"), Group.FINAL)

__all__ = ["FREE_HELPERS", "MEDIATION_STOPS_NOTHING", "clock_and_helpers", "remedy_notice"]

LAST_DAY_UNKNOWN = N_("不明，请尽早向受理机关查询")


class Channel(Struct, frozen=True):
    """A lawful way that stays open: what it is, before whom, until when as far as known."""

    name: str
    organ: str
    last_day: date | None = None

    @property
    def last_known(self) -> str:
        """The day, or that nobody knows it: a blank would read as "no hurry" (5a)."""
        return str(self.last_day) if self.last_day else LAST_DAY_UNKNOWN


async def remedy_notice(
    session: AsyncSession,
    subject: Subject,
    case: Case,
    party_id: UUID | None,
    reason: str,
    channels: tuple[Channel, ...] = (),
    legal_basis: str = "",
) -> Paper:
    """Issue the notice to one party (None = to all); `reason` is a msgid or the words of the decision."""
    content = {
        "reason": reason,
        "legal_basis": legal_basis,
        "channels": [{"name": c.name, "organ": c.organ, "last_day": c.last_known} for c in channels],
        **await clock_and_helpers(session, case.id),
    }
    return await issue(session, subject, case, REMEDY_NOTICE, content, party_id=party_id)
