"""By what right a notice may speak of a case, and what of the case it may then show."""

from collections.abc import Collection
from uuid import UUID

from msgspec import Struct
from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from cases.models import Case
from policies import gate
from policies.actions import Action
from tenants.subject import Subject

ENTRANCES = (Action.CASE_STATUS, Action.HANDOVER_PREVIEW, Action.WARNING_READ)
"""Whoever has none of them never hears of the case."""


class Shown(Struct, frozen=True):
    """What a reader is told of the case: its number, if that may be seen, and where to go."""

    number: str
    address: str


async def shown_of(session: AsyncSession, subject: Subject, cases: Collection[UUID]) -> dict[UUID, Shown]:
    """Of those that the subject may see now, in the present post; the widest right counts."""
    found: dict[UUID, Shown] = {}
    if not cases or subject.role not in gate.opened().table.case_roles:
        return found
    for action in ENTRANCES:
        left = [case_id for case_id in cases if case_id not in found]
        if left and gate.may(subject, action):
            found |= await _seen(session, subject, action, left)
    return found


async def _seen(session: AsyncSession, subject: Subject, action: Action, cases: Collection[UUID]) -> dict[UUID, Shown]:
    branches = gate.visible(subject, action)
    if not branches:
        return {}
    query = select(Case.id, Case.registration_no, Case.case_no, Case.offer_id)
    return {
        case_id: _shown(action, case_id, case_no or registration_no, offer_id)
        for case_id, registration_no, case_no, offer_id in await session.execute(
            query.where(Case.id.in_(cases), or_(*branches))
        )
    }


def _shown(action: Action, case_id: UUID, number: str, offer_id: UUID | None) -> Shown:
    """A warned office learns no number (N6): what it may read stands among its warnings. A preview without an offer
    is that of a dispute."""
    if action is Action.WARNING_READ:
        return Shown("", "/warnings")
    if action is Action.CASE_STATUS:
        return Shown(number, f"/cases/{case_id}")
    return Shown(number, f"/handovers/{case_id}" if offer_id else f"/disputes/{case_id}")
