"""Facts for the payer table, read from the case, its agreement and the findings. What nobody recorded stays unknown."""

from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from cases.classes import MAJOR
from cases.models import Case
from cases.papers import Paper
from cases.parties import Party
from dossiers.performance import in_default
from foundation.clock import local_date
from foundation.store import instant
from funding import undertakings
from funding.custody import holder_on
from funding.facts import Facts, Found
from funding.finding_form import FindingForm, ShareRow
from funding.findings import Finding, in_force
from funding.words import CaseClass, CostKind, Earlier, Outcome, Producer, Recipient
from teams.agreement import Status, in_status
from teams.analysis import ANALYSIS
from teams.investigation import INVESTIGATION
from teams.mediation_session import SESSION_PAPER
from tenants.models import Place, Tenant
from tenants.tiers import Tier

OUTCOMES = {"refused": Outcome.NOT_ACCEPTED} | {outcome.value: outcome for outcome in Outcome}
"""`cases.outcome` in the words of the table."""
WORK = (SESSION_PAPER.code, INVESTIGATION.code, ANALYSIS.code)
"""Papers that show that work was done (A15)."""


async def subsidy_facts(session: AsyncSession, case: Case, recipient: Recipient, *, split: bool) -> Facts:
    """六(四)1; incurred on the day the case was closed. Nothing earlier: the second settlement never comes here."""
    day = local_date(case.closed_at or instant(session))
    return Facts(
        cost=CostKind.SUBSIDY,
        outcome=await _outcome(session, case),
        earlier=Earlier.NOTHING,
        split_dispute=split or case.parent_case_id is not None,
        recipient=recipient,
        work_shown=await _work_shown(session, case),
        **await common(session, case, day),
        **await producer_facts(session, case),
    )


async def common(session: AsyncSession, case: Case, day: date) -> dict[str, Any]:
    """Whose finance, where, and the class."""
    holder = await holder_on(session, case, day)
    place = await session.get_one(Place, case.place_id)
    county = select(Tenant.id).where(Tenant.place_id == place.county_id, Tenant.tier == Tier.COUNTY)
    return {
        "incurred_on": day,
        "tier": Tier(holder.tier),
        "tenant": holder.id,
        "prefecture": holder.prefecture_id,
        "county": holder.county_id,
        "zone": holder.kind == "zone",
        "place_county": await session.scalar(county),
        "case_class": _class(case),
    }


async def producer_facts(session: AsyncSession, case: Case) -> dict[str, Any]:
    """What the finding in force says of who produced the problem (A)."""
    found = await in_force(session, case.id)
    facts: dict[str, Any] = {"team_at_fault": found.team_at_fault}
    return facts if found.producer is None else facts | await _producer(session, case, found.producer)


async def fault_facts(session: AsyncSession, case: Case) -> dict[str, Any]:
    """What the finding in force says of the party at fault (B, C)."""
    found = (await in_force(session, case.id)).fault
    return {} if found is None else await _fault(session, found)


def share_facts(facts: Facts, share: ShareRow) -> dict[str, Any]:
    """The facts by which one share is decided again."""
    return {
        "producer": share.kind,
        "stopped": share.stopped,
        "unable": share.unable_proof is not None,
        "unable_evidence": share.unable_proof is not None,
        "producer_is_party": share.is_party,
        "undertaking": share.undertaking,
        "resolution": share.undertaking if share.kind is Producer.COLLECTIVE else facts.resolution,
    }


async def _producer(session: AsyncSession, case: Case, finding: Finding) -> dict[str, Any]:
    """An enterprise that is a party undertakes the cost in the agreement that it signed, or in a paper of its own."""
    form = finding.form
    return _stated(form) | {
        "producer": form.producer,
        "producer_found": found_by(finding),
        "has_successor": form.has_successor,
        "successor": form.successor,
        "shares_recorded": bool(form.shares),
        "resolution": form.resolution,
        "producer_is_party": finding.producer_party_id is not None,
        "undertaking": await undertakings.given(session, case.id, finding.producer_party_id),
    }


async def _fault(session: AsyncSession, finding: Finding) -> dict[str, Any]:
    form = finding.form
    party = None if finding.fault_party_id is None else await session.get_one(Party, finding.fault_party_id)
    return _stated(form) | {
        "fault": form.fault,
        "fault_found": found_by(finding),
        "fault_is_petitioner": None if party is None else party.side == "petitioner",
        "poor_category": form.poor_category,
        "poor_from": form.poor_from,
        "poor_until": form.poor_until,
        "shares_recorded": bool(form.shares),
    }


def found_by(finding: Finding) -> Found:
    """Who found it, and by which paper or file."""
    return Found(
        by=finding.recorded_by,
        on=local_date(finding.recorded_at),
        basis=finding.form.basis,
        reference=finding.form.reference,
        paper=finding.paper_id,
        file=finding.proof_id,
    )


def _stated(form: FindingForm) -> dict[str, Any]:
    return {"stopped": form.stopped, "unable": form.unable, "unable_evidence": bool(form.unable_proof)}


async def _outcome(session: AsyncSession, case: Case) -> Outcome | None:
    """A void agreement, or one in default, has not settled the dispute (A18)."""
    outcome = OUTCOMES.get(case.outcome or "")
    if outcome in (Outcome.AGREED, Outcome.ORAL):
        void = await in_status(session, case.id, Status.EFFECTIVE) is None
        if void or await in_default(session, case):
            return Outcome.AGREEMENT_FELL
    return outcome


async def _work_shown(session: AsyncSession, case: Case) -> bool:
    query = select(Paper.id).where(Paper.case_id == case.id, Paper.kind.in_(WORK)).limit(1)
    return await session.scalar(query) is not None


def _class(case: Case) -> CaseClass | None:
    if case.case_class is None:
        return None
    return CaseClass.MAJOR if case.case_class in MAJOR else CaseClass.GENERAL
