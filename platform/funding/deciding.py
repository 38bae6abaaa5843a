"""Whatever of a case has a payer is decided again when the facts or the holder change (费随案走)."""

from sqlalchemy.ext.asyncio import AsyncSession

from cases.facts import Fact
from cases.hooks import Aftermath, Follows, Moved
from cases.models import Case
from funding import advances, decisions, fees, outlook, pay_fee, travel
from funding.answers import FactsMissing
from funding.decisions import About, Cause
from funding.travel_requests import TripStatus, trips_in
from tenants.subject import Subject


async def decide_again(session: AsyncSession, subject: Subject, case: Case, cause: Cause) -> None:
    """Fees and trips on file, and the subsidy to come."""
    await fees.decide_again(session, subject, case, cause)
    await advances.follow(session, subject, case)
    await travel.decide_again(session, subject, case, cause)
    await outlook.decide_again(session, subject, case, cause)


async def decide_after_move(session: AsyncSession, subject: Subject, case: Case, moved: Moved) -> None:
    """What was incurred stays with its holder of the day, on record; what lies ahead is the new holder's."""
    await _reopen_trips(session, subject, case)
    await pay_fee.accrue(session, subject, case)
    await decide_again(session, subject, case, Cause.HANDOVER)


async def _reopen_trips(session: AsyncSession, subject: Subject, case: Case) -> None:
    """A trip that must be approved again has no payer until it is (六(四)4)."""
    known = await decisions.latest(session, case.id)
    for trip in await trips_in(session, case.id, TripStatus.REQUESTED):
        if trip.id in known:
            facts, answer = await travel.answer_for(session, case, trip)
            waits = FactsMissing(row="D1", facts=("approved_before",), trace=answer.trace)
            await decisions.renew(session, subject, case, About.TRAVEL, trip.id, facts, waits, Cause.HANDOVER)


SPENDS = "exists (select from cases where id = :case and accepted_at is not null)"
COSTS = "exists (select from fees where case_id = :case)"
follows = Follows(Fact(f"({SPENDS} or {COSTS})"), decide_after_move)
"""After the trips have moved on (`custody.follows`)."""

FACTS_FOUND = "exists (select from responsibility_findings where case_id = :case)"
CHANGES_FACTS = frozenset({
    "decide-class", "seal-agreement", "sign-agreement", "record-oral-agreement", "guide-elsewhere", "terminate",
    "withdraw-consent", "record-performance", "note-agreement-dispute", "reopen-case", "record-undertaking",
})  # fmt: skip
"""Acts that say how the case is classed, how it ends, whether its agreement stands, who has undertaken to pay."""


async def decide_on_facts(session: AsyncSession, subject: Subject, case: Case) -> None:
    """Once it is found who is responsible, whatever else changes is seen in the subsidy to come."""
    await outlook.decide_again(session, subject, case, Cause.FACTS)


aftermath = Aftermath(CHANGES_FACTS, Fact(f"({SPENDS} and {FACTS_FOUND})"), decide_on_facts)
