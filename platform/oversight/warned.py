"""What a warned office reads: dispute, place, what help is asked, until when. No identity, no case (54, N6)."""

from datetime import datetime
from uuid import UUID

from msgspec import Struct
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from cases.models import Case
from foundation.store import instant
from oversight.models import CaseWarning
from oversight.warning_receipts import WarningReceipt
from policies import gate
from policies.actions import Action
from policies.relations import Relation
from tenants.models import Office, Place
from tenants.subject import Subject

MOST = 100


class WarningView(Struct, frozen=True):
    """The whole of what is shown; it is gone when `ends_at` has passed."""

    id: UUID
    sender: str
    place: str
    dispute_type: int
    help_needed: str
    issued_at: datetime
    ends_at: datetime
    case_id: UUID
    received: bool


async def warnings_to(session: AsyncSession, subject: Subject) -> list[WarningView]:
    """Warnings in force to the subject's office, those that end first at the top."""
    if subject.office_id is None or not gate.may(subject, Action.WARNING_READ, Relation.WARNED):
        return []
    query = (
        select(
            CaseWarning.id,
            Office.name,
            Place.name,
            Case.dispute_type,
            CaseWarning.help_needed,
            CaseWarning.recorded_at,
            CaseWarning.ends_at,
            CaseWarning.case_id,
            select(WarningReceipt.id).where(WarningReceipt.warning_id == CaseWarning.id).exists(),
        )
        .join(Case, Case.id == CaseWarning.case_id)
        .join(Place, Place.id == Case.place_id)
        .join(Office, Office.id == Case.holder_office_id)
        .where(CaseWarning.receiver_office_id == subject.office_id, CaseWarning.ends_at > instant(session))
        .order_by(CaseWarning.ends_at, CaseWarning.id)
        .limit(MOST)
    )
    return [WarningView(*row) for row in (await session.execute(query)).all()]
