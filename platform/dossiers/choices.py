"""Lists to choose from in this room's forms; names show only to those who may do the act."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from cases import reading
from cases.catalogue import Option
from cases.models import Case
from dossiers.items import BACK_COVER, items
from dossiers.performance import schedule_of
from dossiers.relief import ReliefKind, checks_of, latest, unanswered
from foundation.language import translate
from policies import gate
from teams.agreement import AgreementTerm
from tenants.models import Person
from tenants.subject import Subject


async def agreement_terms(session: AsyncSession, subject: Subject, case: Case) -> list[Option]:
    """`1. creditor ← 1. debtor 12,000.00 元 2026-04-01`; an act shows its day only."""
    names = await _names(session, subject, case)
    return [
        Option(str(term.id), f"{_one_of(names, term.party_id)} ← {_one_of(names, term.obligor_id)}{_owed(term)}")
        for term in await schedule_of(session, case)
    ]


def _owed(term: AgreementTerm) -> str:
    """Exact: the amount is an integer of fen."""
    if term.amount_fen is None:
        return f" {term.due_on}"
    return f" {term.amount_fen // 100:,}.{term.amount_fen % 100:02d} 元 {term.due_on}"


async def relief_checks(session: AsyncSession, subject: Subject, case: Case) -> list[Option]:
    names = await _names(session, subject, case)
    return [
        Option(str(check.id), _one_of(names, check.party_id))
        for check in latest(await checks_of(session, case)).values()
        if check.wanted
    ]


async def unanswered_relief(session: AsyncSession, subject: Subject, case: Case) -> list[Option]:
    names = await _names(session, subject, case)
    party_of = {check.id: check.party_id for check in await checks_of(session, case)}
    return [
        Option(
            str(referral.id),
            f"{_one_of(names, party_of[referral.check_id])} {translate(ReliefKind(referral.kind).label)}",
        )
        for referral in await unanswered(session, case)
    ]


async def notaries(session: AsyncSession, subject: Subject, case: Case) -> list[Option]:
    """All notaries known here; one of the case's own team is refused when chosen, by name of the rule."""
    query = select(Person).where(Person.profession == "notary").order_by(Person.name, Person.id)
    return [Option(str(person.id), person.name) for person in await session.scalars(query)]


async def dossier_items(session: AsyncSession, subject: Subject, case: Case) -> list[Option]:
    return [Option(str(item.number), translate(item.title)) for item in items() if item.number != BACK_COVER]


def _one_of(names: dict[UUID, str], party_id: UUID) -> str:
    return names.get(party_id, "***")


async def _names(session: AsyncSession, subject: Subject, case: Case) -> dict[UUID, str]:
    """Masked for those who may not see them clear (N4)."""
    permissions = await gate.permissions(session, subject, case)
    parties = await reading.parties_of(session, subject, case.id, permissions)
    return {party.id: f"{party.ordinal}. {party.name}" for party in parties}


OPTIONS = {
    "agreement_terms": agreement_terms,
    "relief_checks": relief_checks,
    "unanswered_relief": unanswered_relief,
    "notaries": notaries,
    "dossier_items": dossier_items,
}
