"""What a case page and the API read of one case: each a fixed query, each cut to the field groups the gate gave."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import Struct
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from cases.history import Timer
from cases.models import Case
from cases.papers import Note, Paper
from cases.parties import Claim, Consent, Party
from cases.reveal import Reveal, revealed_to
from cases.timers import TERMS
from foundation.errors import NotFound
from foundation.identity_numbers import masked
from policies import gate
from policies.actions import Action
from policies.gate import Permissions
from tenants.models import Office
from tenants.subject import Subject

GROUP_ACTIONS = {
    "statement": Action.CASE_READ_STATEMENT,
    "opinion": Action.CASE_READ_OPINION,
    "final": Action.CASE_READ_FINAL,
    "money": Action.CASE_READ_MONEY,
    "notes": Action.CASE_READ_NOTES,
}


class PartyView(Struct, frozen=True):
    """One party as this reader may see it: `clear` tells whether name and contact are unmasked."""

    id: UUID
    side: str
    kind: str
    ordinal: int
    name: str
    id_number: str | None
    telephone: str | None
    address: str | None
    ethnic_group: str | None
    representative: bool
    status: str
    clear: bool


class TimerView(Struct, frozen=True):
    kind: str
    title: str
    source: str
    due_at: datetime
    paused: bool
    done: bool
    remedy: bool


class Look(Struct, frozen=True):
    """Who looked at whose data, when and why: office and purpose, as the petitioner sees it too (N4)."""

    party_id: UUID
    office: str
    purpose: str
    recorded_at: datetime


async def parties_of(
    session: AsyncSession, subject: Subject, case_id: UUID, permissions: Permissions
) -> list[PartyView]:
    """Empty for those who may see no party at all; masked for all who may not see them clear."""
    allowed = permissions.actions
    if not allowed & {Action.CASE_READ_IDENTITY, Action.CASE_READ_IDENTITY_MASKED}:
        return []
    revealed = await revealed_to(session, subject, case_id)
    query = select(Party).where(Party.case_id == case_id).order_by(Party.side, Party.ordinal)
    return [_party_view(party, allowed, party.id in revealed) for party in await session.scalars(query)]


async def called(session: AsyncSession, subject: Subject, case: Case) -> dict[UUID, str]:
    """Party -> `1. name` for a list to choose from; masked, or the number alone, for who may see no more (N4)."""
    permissions = await gate.permissions(session, subject, case)
    shown = {party.id: party.name for party in await parties_of(session, subject, case.id, permissions)}
    query = select(Party.id, Party.ordinal).where(Party.case_id == case.id)
    return {party: f"{number}. {shown.get(party, '')}".strip() for party, number in await session.execute(query)}


def _party_view(party: Party, allowed: frozenset[str], revealed: bool) -> PartyView:
    clear = revealed or Action.CASE_READ_IDENTITY in allowed or party.kind == "unit"
    contact_clear = revealed or Action.CASE_READ_CONTACT in allowed
    contact_shown = contact_clear or Action.CASE_READ_CONTACT_MASKED in allowed
    contact = party.contact or {} if contact_shown else {}
    return PartyView(
        id=party.id,
        side=party.side,
        kind=party.kind,
        ordinal=party.ordinal,
        name=party.name if clear else masked_name(party.name),
        id_number=_shown((party.identity or {}).get("id_number"), clear, masked),
        telephone=_shown(contact.get("telephone"), contact_clear, masked_telephone),
        address=_shown(contact.get("address"), contact_clear, masked_address),
        ethnic_group=(party.sensitive or {}).get("ethnic_group") if Action.CASE_READ_SENSITIVE in allowed else None,
        representative=party.representative,
        status=party.status,
        clear=clear,
    )


def _shown(value: str | None, clear: bool, mask: Any) -> str | None:
    return value if value is None or clear else mask(value)


def masked_name(name: str) -> str:
    return name[:1] + "*" * max(len(name) - 1, 1)


def masked_telephone(number: str) -> str:
    return "*" * max(len(number) - 4, 3) + number[-4:] if len(number) > 4 else "*" * 4


def masked_address(address: str) -> str:
    return address[:3] + "***"


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
    return (await session.scalars(query.order_by(Paper.issued_at, Paper.id))).all()


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


async def timers_of(session: AsyncSession, case_id: UUID) -> list[TimerView]:
    query = select(Timer).where(Timer.case_id == case_id).order_by(Timer.due_at)
    return [
        TimerView(
            kind=timer.kind,
            title=TERMS[timer.kind].title,
            source=timer.source,
            due_at=timer.due_at,
            paused=timer.paused_at is not None,
            done=timer.done_at is not None,
            remedy=TERMS[timer.kind].remedy,
        )
        for timer in await session.scalars(query)
    ]


async def looks_at(session: AsyncSession, case_id: UUID, party_id: UUID | None = None) -> list[Look]:
    """Newest first; for one party on the petitioner's own page."""
    query = select(Reveal, Office.name).join(Office, Office.id == Reveal.office_id, isouter=True)
    query = query.where(Reveal.case_id == case_id).order_by(Reveal.recorded_at.desc())
    if party_id is not None:
        query = query.where(Reveal.party_id == party_id)
    rows = (await session.execute(query.limit(200))).all()
    return [Look(reveal.party_id, office or "", reveal.purpose, reveal.recorded_at) for reveal, office in rows]
