"""What other rooms and the pages read of this one, each cut to the field groups that the gate gave."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from cases.models import Case
from dossiers import closing, performance, relief, visits
from dossiers.contents import contents, missing
from dossiers.evidence import Evidence
from dossiers.items import items
from dossiers.performance import PerformanceRow
from dossiers.referrals import Referral
from dossiers.referrals import referrals_of as all_referrals_of
from dossiers.relief import ReliefReferral
from dossiers.retention import result_of
from dossiers.visits import ReturnVisit
from dossiers.volume import Dossier, DossierItem, dossier_of, lines_of
from policies.actions import Action
from policies.gate import Permissions


async def evidence_of(session: AsyncSession, case_id: UUID, permissions: Permissions) -> Sequence[Evidence]:
    if Action.CASE_READ_STATEMENT not in permissions.actions:
        return ()
    query = select(Evidence).where(Evidence.case_id == case_id).order_by(Evidence.recorded_at, Evidence.id)
    return (await session.scalars(query)).all()


async def referrals_of(session: AsyncSession, case: Case, permissions: Permissions) -> Sequence[Referral]:
    if Action.CASE_READ_STATEMENT not in permissions.actions:
        return ()
    return await all_referrals_of(session, case)


async def performances_of(session: AsyncSession, case: Case, permissions: Permissions) -> Sequence[PerformanceRow]:
    if Action.CASE_READ_OPINION not in permissions.actions:
        return ()
    return await performance.performances_of(session, case)


async def visits_of(session: AsyncSession, case_id: UUID, permissions: Permissions) -> Sequence[ReturnVisit]:
    if Action.CASE_READ_STATEMENT not in permissions.actions:
        return ()
    return await visits.visits_of(session, case_id)


async def relief_of(session: AsyncSession, case: Case, permissions: Permissions) -> Sequence[ReliefReferral]:
    """Kinds and answers; the hardship itself is sensitive and stays with its check."""
    if Action.CASE_READ_STATEMENT not in permissions.actions:
        return ()
    return await relief.referrals_of(session, case)


async def volume_of(
    session: AsyncSession, case_id: UUID, permissions: Permissions
) -> tuple[Dossier, list[DossierItem]] | None:
    """Cover data and inside list, or None before the first check."""
    if Action.CASE_READ_FINAL not in permissions.actions or (dossier := await dossier_of(session, case_id)) is None:
        return None
    return dossier, await lines_of(session, dossier.id)


async def standard_forms(session: AsyncSession, case: Case) -> tuple[int, int]:
    """Of the standard forms that the case's result demands: how many are there, and how many it demands."""
    result = await result_of(session, case)
    demanded = sum(result.value in item.needed_when for item in items())
    lacking = await missing(session, case, await contents(session, case))
    return demanded - len(lacking), demanded


async def payout_frozen(session: AsyncSession, case_id: UUID) -> bool:
    """An open complaint about pressure freezes every payout of the case (N8)."""
    return await visits.pressure_open(session, case_id)


async def visited(session: AsyncSession, case: Case) -> bool:
    """Payout waits for the return visits."""
    return await closing.unvisited(session, case) == 0


async def performed(session: AsyncSession, case: Case) -> bool:
    """Every term performed, or in default with the creditor's way recorded."""
    return await closing.open_terms(session, case) == 0
