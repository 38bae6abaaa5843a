"""Two claims whose dossiers are the same or alike, within one tenant's books and one year. No text and no party is read
here, only prints; cases that are on file as parts of one dispute are left out."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Select, or_, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from cases.case_links import CaseLink
from funding.dossier_prints import DossierPrint, digests_of, print_dossier
from funding.likeness import likeness
from funding.settlement import STANDS, Settlement
from funding.signals import ALIKE, Found, Ground, Kind

MOST = 200
"""Candidates that are looked at: the bands bring few, and a form letter must not bring thousands."""


async def check_dossiers(session: AsyncSession, settlement: Settlement, year: int) -> list[Found]:
    """The claim's prints are made first, so that later claims find them too."""
    printed = await print_dossier(session, settlement, year)
    same = await _same(session, settlement, year, printed)
    alike = await _alike(session, settlement, year, printed)
    linked = await _linked(session, settlement.case_id)
    claims = await _claims(session, (same.keys() | alike.keys()) - linked)
    return [
        Found(Ground.SAME, Kind.SETTLEMENT, claims[case], {"what": sorted(same[case]), "percent": 100})
        if case in same
        else Found(Ground.ALIKE, Kind.SETTLEMENT, claims[case], {"what": [alike[case][1]], "percent": alike[case][0]})
        for case in claims
    ]


async def _same(
    session: AsyncSession, settlement: Settlement, year: int, printed: Sequence[DossierPrint]
) -> dict[UUID, set[str]]:
    """Other case -> sources of what is equal in both."""
    found: dict[UUID, set[str]] = {}
    for other in await session.scalars(_others(settlement, year).where(DossierPrint.digest.in_(digests_of(printed)))):
        found.setdefault(other.case_id, set()).add(other.source)
    return found


async def _alike(
    session: AsyncSession, settlement: Settlement, year: int, printed: Sequence[DossierPrint]
) -> dict[UUID, tuple[int, str]]:
    """Other case -> percent and source of the most alike text."""
    found: dict[UUID, tuple[int, str]] = {}
    for own in printed:
        if own.sketch is None or own.bands is None:
            continue
        for other in await session.scalars(_others(settlement, year).where(DossierPrint.bands.overlap(own.bands))):
            percent = likeness(own.sketch, other.sketch) if other.sketch else 0
            if percent >= ALIKE:
                found[other.case_id] = max(found.get(other.case_id, (0, "")), (percent, own.source))
    return found


def _others(settlement: Settlement, year: int) -> Select[DossierPrint]:
    query = select(DossierPrint).where(
        DossierPrint.tenant_id == settlement.tenant_id,
        DossierPrint.year == year,
        DossierPrint.case_id != settlement.case_id,
    )
    return query.order_by(DossierPrint.recorded_at.desc(), DossierPrint.id).limit(MOST)


async def _linked(session: AsyncSession, case_id: UUID) -> set[UUID]:
    """Parts of one dispute, whichever side put the link on file: `same_matter` sees that it is paid once."""
    query = select(CaseLink.case_id, CaseLink.other_case_id).where(
        or_(CaseLink.case_id == case_id, CaseLink.other_case_id == case_id), CaseLink.withdrawn_at.is_(None)
    )
    return {one for pair in await session.execute(query) for one in pair}


async def _claims(session: AsyncSession, cases: set[UUID]) -> dict[UUID, UUID]:
    """Case -> its settlement that stands."""
    query = select(Settlement.case_id, Settlement.id).where(Settlement.case_id.in_(cases), text(STANDS))
    return {case: claim for case, claim in await session.execute(query)} if cases else {}
