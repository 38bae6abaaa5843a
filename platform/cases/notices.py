"""Notices to a petitioner. Each shows the remedy clock and the free helpers (N11), on the same day (5a, N2)."""

from datetime import date
from typing import Any
from uuid import UUID

from msgspec import Struct
from sqlalchemy.ext.asyncio import AsyncSession

from cases.issue import issue
from cases.models import Case
from cases.papers import Group, Paper, PaperKind
from cases.timers import TERMS, running
from foundation.clock import local_date
from foundation.language import N_
from tenants.subject import Subject

REMEDY_NOTICE = PaperKind("remedy_notice", N_("权利救济告知书"), Group.FINAL)
TRANSFER_NOTICE = PaperKind("transfer_notice", N_("移交告知书"), Group.FINAL)

FREE_HELPERS = (
    N_("法律援助：可向法律援助机构申请，免费"),
    N_("12348 公共法律服务热线，免费"),
)
MEDIATION_STOPS_NOTHING = N_("调解不影响您依法通过仲裁、行政、司法途径维护权利，也不使法定期限中止")


class Channel(Struct, frozen=True):
    """A lawful way that stays open: what it is, before whom, until when as far as known."""

    name: str
    organ: str
    last_day: date | None = None


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
        "channels": [{"name": c.name, "organ": c.organ, "last_day": str(c.last_day or "")} for c in channels],
        **await clock_and_helpers(session, case.id),
    }
    return await issue(session, subject, case, REMEDY_NOTICE, content, party_id=party_id)


async def clock_and_helpers(session: AsyncSession, case_id: UUID) -> dict[str, Any]:
    """What every notice to a petitioner carries."""
    clock = [
        {"term": TERMS[timer.kind].title, "last_day": str(local_date(timer.due_at)), "source": timer.source}
        for timer in await running(session, case_id)
        if TERMS[timer.kind].remedy
    ]
    return {"remedy_clock": clock, "mediation": MEDIATION_STOPS_NOTHING, "free_helpers": list(FREE_HELPERS)}
