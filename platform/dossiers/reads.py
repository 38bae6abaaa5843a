"""What other rooms and the pages read of this one; the gate decides before, row-level security beneath."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from cases.models import Case
from dossiers import closing, visits
from dossiers.evidence import Evidence
from dossiers.performance import PerformanceRow, performances_of
from dossiers.referrals import Referral, referrals_of
from dossiers.relief import ReliefReferral
from dossiers.relief import referrals_of as relief_referrals_of
from dossiers.volume import Dossier, DossierItem, dossier_of, lines_of


async def evidence_of(session: AsyncSession, case_id: UUID) -> list[Evidence]:
    query = select(Evidence).where(Evidence.case_id == case_id).order_by(Evidence.recorded_at, Evidence.id)
    return list(await session.scalars(query))


async def referrals(session: AsyncSession, case: Case) -> list[Referral]:
    return await referrals_of(session, case)


async def performances(session: AsyncSession, case: Case) -> list[PerformanceRow]:
    return await performances_of(session, case)


async def relief(session: AsyncSession, case: Case) -> list[ReliefReferral]:
    return await relief_referrals_of(session, case)


async def volume(session: AsyncSession, case_id: UUID) -> tuple[Dossier, list[DossierItem]] | None:
    """Cover data and inside list, or None before the first check."""
    dossier = await dossier_of(session, case_id)
    return None if dossier is None else (dossier, await lines_of(session, dossier.id))


async def payout_frozen(session: AsyncSession, case_id: UUID) -> bool:
    """An open complaint about pressure freezes every payout of the case (N8)."""
    return await visits.pressure_open(session, case_id)


async def visited(session: AsyncSession, case: Case) -> bool:
    """Payout waits for the return visits."""
    return await closing.unvisited(session, case) == 0


async def performed(session: AsyncSession, case: Case) -> bool:
    """Every term performed, or in default with the creditor's way recorded."""
    return await closing.open_terms(session, case) == 0
