"""Sealing: the committee's seal, not the workroom's, closes the agreement; it binds from then on (调解法 29–33)."""

from collections.abc import Sequence
from datetime import datetime, time
from typing import Annotated

import msgspec
from msgspec import Meta, Struct
from sqlalchemy.ext.asyncio import AsyncSession

from cases import timers
from cases.catalogue import Act, Done
from cases.issue import issue
from cases.models import Case
from cases.notices import clock_and_helpers
from cases.numbers import next_number
from cases.parties import Party
from cases.steps import State
from foundation.clock import SHANGHAI
from foundation.errors import Conflict, DomainError, Forbidden, invalid
from foundation.language import N_
from foundation.store import instant
from policies.actions import Action
from teams.agreement import (
    Agreement,
    AgreementTerm,
    Manner,
    Status,
    in_status,
    signatures_of,
    terms_of,
)
from teams.agreement_text import AGREEMENT_PAPER, agreement_text
from teams.draft import AgreementMissing
from teams.free_will import all_free
from teams.mediating import at_the_table
from teams.roles import TeamRole
from teams.stations import committee_of
from teams.table import seated
from tenants.subject import Subject

OUTCOME = {Manner.WRITTEN.value: "agreed", Manner.ORAL.value: "oral"}


class SealForm(Struct, frozen=True, kw_only=True):
    copies: Annotated[int, Meta(title=N_("份数"), description=N_("当事人各一份，人民调解委员会留存一份"), ge=1, le=500)]


class WrongCommittee(Forbidden):
    code = "wrong_committee"
    message = N_("只有派驻本站点的人民调解委员会可以盖章")


class SignaturesMissing(Conflict):
    code = "signatures_missing"
    message = N_("还缺 %(parties)s 名当事人或者调解员的签名")


class DraftOutdated(Conflict):
    code = "draft_outdated"
    message = N_("协议中有当事人已退出调解，须重新起草")


class FreeWillMissing(Conflict):
    code = "free_will_missing"
    message = N_("还有当事人没有单独书面确认自愿")


async def seal_agreement(session: AsyncSession, subject: Subject, case: Case, form: SealForm) -> Done:
    """Effective at once; an oral agreement from the day it was reached (30). The 30 days of 33 begin."""
    committee = await committee_of(session, case)
    if subject.office_id != committee:
        raise WrongCommittee
    agreement = await in_status(session, case.id, Status.DRAFT)
    if agreement is None:
        raise AgreementMissing
    parties = await at_the_table(session, case.id)
    if agreement.manner == Manner.WRITTEN and form.copies <= len(parties):
        raise invalid("copies", "too_few", N_("当事人各一份，人民调解委员会留存一份"))
    await _make_effective(session, agreement, committee)
    terms = await terms_of(session, agreement.id)
    await _start_terms(session, case, agreement, terms)
    await _issue(session, subject, case, agreement, terms, form.copies)
    _settle(case, agreement, parties, instant(session))
    return Done(to=State.GUIDED, data={"number": agreement.number, "terms": len(terms)}, audience="parties")


async def _make_effective(session: AsyncSession, agreement: Agreement, committee: int) -> None:
    year, number = await next_number(session, "agreement", committee)
    agreement.status = Status.EFFECTIVE.value
    agreement.committee_id = committee
    agreement.number = f"（{year}）人调字第{committee}-{number:05d}号"
    agreement.effective_at = instant(session)
    if agreement.agreed_on is not None:
        agreement.effective_at = datetime.combine(agreement.agreed_on, time(), SHANGHAI)
    await session.flush()


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
    """信访了结 for those who signed, for the matters agreed (26a)."""
    case.outcome = OUTCOME[agreement.manner]
    case.guided_at = now
    for party in parties:
        if party.side == "petitioner":
            party.status = "settled"


async def agreement_fully_signed(session: AsyncSession, subject: Subject, case: Case) -> DomainError | None:
    """Each party at the table signed this very text and is free; a mediator of the team signed too."""
    agreement = await in_status(session, case.id, Status.DRAFT)
    if agreement is None:
        return AgreementMissing()
    here = {party.id for party in await at_the_table(session, case.id)}
    if not {one for term in await terms_of(session, agreement.id) for one in (term.party_id, term.obligor_id)} <= here:
        return DraftOutdated()
    signatures = await signatures_of(session, agreement.id)
    mediators = {one.person_id for one in await seated(session, case) if one.role == TeamRole.MEDIATOR}
    missing = len(here - {one.party_id for one in signatures})
    missing += mediators.isdisjoint(one.person_id for one in signatures)
    if missing:
        return SignaturesMissing(parties=missing)
    return None if await all_free(session, case, agreement) else FreeWillMissing()


ACTS = (Act("seal-agreement", N_("人民调解委员会盖章"), Action.AGREEMENT_SEAL, SealForm, seal_agreement, step=6),)
GUARDS = {"agreement_fully_signed": agreement_fully_signed}
