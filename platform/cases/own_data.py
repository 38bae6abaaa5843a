"""What a party reads of itself: what is recorded of it, who acts for it, what it answered (个人信息保护法 45)."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from msgspec import Struct
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from cases.parties import Consent
from cases.party_reading import CorrectionView, MandateView, PartyView, corrections_of, mandates_of, parties_of
from policies.gate import Permissions
from tenants.subject import Subject


class OwnAnswer(Struct, frozen=True):
    """`gives`: codes of what the other side may be given; `receivers`: how many parties that is."""

    kind: str
    given: bool
    gives: Sequence[str]
    receivers: int
    recorded_at: datetime
    withdrawn_at: datetime | None


class OwnData(Struct, frozen=True):
    party: PartyView
    mandates: list[MandateView]
    answers: list[OwnAnswer]
    corrections: list[CorrectionView]


async def own_data(session: AsyncSession, subject: Subject, case_id: UUID, may: Permissions) -> OwnData | None:
    """None for who is no party. Of a joint case a party reads itself and nobody else."""
    own = [one for one in await parties_of(session, subject, case_id, may) if one.id == subject.person_id]
    if not own:
        return None
    answers = select(Consent).where(Consent.case_id == case_id, Consent.party_id == subject.person_id)
    rows = await session.scalars(answers.order_by(Consent.recorded_at, Consent.id))
    return OwnData(
        party=own[0],
        mandates=await mandates_of(session, subject, case_id, may),
        answers=[_answer(row) for row in rows if row.about is None],
        corrections=await corrections_of(session, subject, case_id, may),
    )


def _answer(row: Consent) -> OwnAnswer:
    return OwnAnswer(
        kind=row.kind,
        given=row.given,
        gives=row.gives or (),
        receivers=len(row.to_ids or ()),
        recorded_at=row.recorded_at,
        withdrawn_at=row.withdrawn_at,
    )
