"""Issuing a paper: sealed content, its hash, and a receipt to come."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct
from sqlalchemy.ext.asyncio import AsyncSession

from cases.models import Case
from cases.papers import Paper, PaperKind
from cases.parties import Party
from cases.remedy_clock import clock_and_helpers, helpers, with_clock
from foundation.batch import write_and_keep
from foundation.digests import digest
from foundation.direct import made
from foundation.ids import new_id
from foundation.store import instant
from tenants.subject import Subject


async def issue(
    session: AsyncSession,
    subject: Subject,
    case: Case,
    kind: PaperKind,
    content: Struct | dict[str, Any],
    *,
    party_id: UUID | None = None,
    number: str | None = None,
) -> Paper:
    """Add one paper to the case. `content` is the form's own struct or a plain mapping of its fields."""
    paper = await prepare(session, subject, case, kind, content, party_id=party_id, number=number)
    await write_and_keep(session, paper)
    return paper


async def prepare(
    session: AsyncSession,
    subject: Subject,
    case: Case,
    kind: PaperKind,
    content: Struct | dict[str, Any],
    *,
    party_id: UUID | None = None,
    number: str | None = None,
) -> Paper:
    """The paper as it will be written, by whoever asked for it.

    Whatever a petitioner may read carries the remedy clock of that moment (N11); nobody need think of it.
    """
    if kind.for_parties or party_id is not None:
        others_read = kind.for_both_sides if party_id is None else await _of_other_side(session, party_id)
        clock = helpers() if others_read else await clock_and_helpers(session, case.id)
        content = with_clock(msgspec.to_builtins(content), clock, others_read)
    return paper_of(subject, case, kind, content, instant(session), party_id=party_id, number=number)


async def _of_other_side(session: AsyncSession, party_id: UUID) -> bool:
    """A petitioner on its own page sees no other party: whom it can't see gets no petitioner's clock (N3)."""
    party = await session.get(Party, party_id)
    return party is None or party.side != "petitioner"


def paper_of(
    subject: Subject,
    case: Case,
    kind: PaperKind,
    content: Struct | dict[str, Any],
    now: datetime,
    *,
    party_id: UUID | None = None,
    number: str | None = None,
) -> Paper:
    """The row of `issue`, for who writes several at once."""
    plain = msgspec.to_builtins(content)
    row = {
        "id": new_id(now),
        "case_id": case.id,
        "kind": kind.code,
        "field_group": kind.group,
        "number": number,
        "party_id": party_id,
        "content": plain,
        "sha256": digest(msgspec.json.encode(plain, order="sorted")),
        "issued_at": now,
        "issued_by": subject.person_id,
        "received_at": None,
        "recorded_at": now,
    }
    return made(Paper, row)
