"""What a case page and the API read of one case: each a fixed query, each cut to the field groups the gate gave."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from msgspec import Struct
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from cases.papers import Note, Paper
from cases.parties import Claim, Consent
from cases.party_reading import PartyView as PartyView  # read with the case's other parts
from cases.party_reading import called as called
from cases.party_reading import corrections_of as corrections_of
from cases.party_reading import mandates_of as mandates_of
from cases.party_reading import parties_of as parties_of
from cases.remedy_clock import PETITIONERS_OWN
from cases.reveal import Reveal
from foundation.errors import NotFound
from policies.actions import Action
from policies.gate import Permissions
from policies.relations import Relation
from tenants.models import Office

GROUP_ACTIONS = {
    "statement": Action.CASE_READ_STATEMENT,
    "opinion": Action.CASE_READ_OPINION,
    "final": Action.CASE_READ_FINAL,
    "money": Action.CASE_READ_MONEY,
    "notes": Action.CASE_READ_NOTES,
}


class Look(Struct, frozen=True):
    """Who looked at whose data, when and why: office and purpose, as the petitioner sees it too (N4)."""

    party_id: UUID
    office: str
    purpose: str
    recorded_at: datetime


async def claims_of(session: AsyncSession, case_id: UUID, permissions: Permissions) -> Sequence[Claim]:
    if Action.CASE_READ_STATEMENT not in permissions.actions:
        return ()
    return (await session.scalars(select(Claim).where(Claim.case_id == case_id).order_by(Claim.ordinal))).all()


async def consents_of(session: AsyncSession, case_id: UUID, permissions: Permissions) -> Sequence[Consent]:
    if Action.CASE_READ_STATEMENT not in permissions.actions:
        return ()
    query = select(Consent).where(Consent.case_id == case_id).order_by(Consent.recorded_at, Consent.id)
    return (await session.scalars(query)).all()


async def papers_of(session: AsyncSession, case_id: UUID, permissions: Permissions) -> Sequence[Paper]:
    """Papers of the groups the reader may read, oldest first."""
    groups = readable_groups(permissions)
    if not groups:
        return ()
    query = select(Paper).where(Paper.case_id == case_id, Paper.field_group.in_(groups))
    found = (await session.scalars(query.order_by(Paper.issued_at, Paper.id))).all()
    return _without_last_days(session, found) if Relation.RESPONDENT in permissions.relations else found


def _without_last_days(session: AsyncSession, papers: Sequence[Paper]) -> Sequence[Paper]:
    """The other side's own page: the first day's notice of rights has the petitioner's last days, not theirs (N3b)."""
    for paper in papers:
        session.expunge(paper)
        paper.content = {name: value for name, value in paper.content.items() if name not in PETITIONERS_OWN}
    return papers


def readable_groups(permissions: Permissions) -> list[str]:
    return [group for group, action in GROUP_ACTIONS.items() if action in permissions.actions]


async def paper(session: AsyncSession, case_id: UUID, paper_id: UUID, permissions: Permissions) -> Paper:
    """One paper, or 404 when its group is not the reader's."""
    found = await session.get(Paper, paper_id)
    if found is None or found.case_id != case_id or found.field_group not in readable_groups(permissions):
        raise NotFound
    return found


async def notes_of(session: AsyncSession, case_id: UUID, permissions: Permissions) -> Sequence[Note]:
    if Action.CASE_READ_NOTES not in permissions.actions:
        return ()
    return (await session.scalars(select(Note).where(Note.case_id == case_id).order_by(Note.recorded_at))).all()


async def looks_at(session: AsyncSession, case_id: UUID, party_id: UUID | None = None) -> list[Look]:
    """Newest first; for one party on the petitioner's own page."""
    query = select(Reveal, Office.name).join(Office, Office.id == Reveal.office_id, isouter=True)
    query = query.where(Reveal.case_id == case_id).order_by(Reveal.recorded_at.desc())
    if party_id is not None:
        query = query.where(Reveal.party_id == party_id)
    rows = (await session.execute(query.limit(200))).all()
    return [Look(reveal.party_id, office or "", reveal.purpose, reveal.recorded_at) for reveal, office in rows]
