"""What an agreement's effect brings: its number, its terms, its paper, and 了结 for those who agreed (调解法 29–33)."""

from collections.abc import Sequence
from datetime import datetime, time

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from cases import timers
from cases.catalogue import Done
from cases.issue import issue
from cases.models import Case
from cases.notices import clock_and_helpers
from cases.numbers import next_number
from cases.parties import Party
from cases.steps import State
from foundation.clock import SHANGHAI
from foundation.store import instant
from teams.agreement import Agreement, AgreementTerm, Manner, Status, signatures_of, terms_of
from teams.agreement_text import AGREEMENT_PAPER, agreement_text
from teams.mediating import at_the_table
from tenants.subject import Subject

OUTCOME = {Manner.WRITTEN.value: "agreed", Manner.ORAL.value: "oral"}


async def take_effect(
    session: AsyncSession,
    subject: Subject,
    case: Case,
    agreement: Agreement,
    committee: int,
    effective_at: datetime,
    copies: int,
) -> Done:
    """The 30 days of joint judicial confirmation begin with the effect (33)."""
    await _number(session, agreement, committee)
    agreement.effective_at = effective_at
    terms = await terms_of(session, agreement.id)
    await _start_terms(session, case, agreement, terms)
    await _issue(session, subject, case, agreement, terms, copies)
    _settle(case, agreement, await at_the_table(session, case.id), instant(session))
    return Done(to=State.GUIDED, data={"number": agreement.number, "terms": len(terms)}, audience="parties")


async def _number(session: AsyncSession, agreement: Agreement, committee: int) -> None:
    year, number = await next_number(session, "agreement", committee)
    agreement.status = Status.EFFECTIVE.value
    agreement.committee_id = committee
    agreement.number = f"（{year}）人调字第{committee}-{number:05d}号"


async def _start_terms(session: AsyncSession, case: Case, agreement: Agreement, terms: Sequence[AgreementTerm]) -> None:
    await timers.finish(session, case, "mediation")
    await timers.start(session, case, "confirmation", since=agreement.effective_at)
    for day in sorted({term.due_on for term in terms}):
        end = datetime.combine(day, time(23, 59, 59), SHANGHAI)
        await timers.start(session, case, "performance", due=end)


async def _issue(
    session: AsyncSession,
    subject: Subject,
    case: Case,
    agreement: Agreement,
    terms: Sequence[AgreementTerm],
    copies: int,
) -> None:
    text = agreement_text(agreement, terms, await signatures_of(session, agreement.id), copies)
    content = msgspec.to_builtins(text) | await clock_and_helpers(session, case.id)
    paper = await issue(session, subject, case, AGREEMENT_PAPER, content, number=agreement.number)
    agreement.paper_id = paper.id


def _settle(case: Case, agreement: Agreement, parties: Sequence[Party], now: datetime) -> None:
    """信访了结 for those who agreed, for the matters agreed (26a)."""
    case.outcome = OUTCOME[agreement.manner]
    case.guided_at = now
    for party in parties:
        if party.side == "petitioner":
            party.status = "settled"
