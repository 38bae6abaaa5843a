"""结案: only after performance or the way after a default, the return visits, and every answer on relief."""

from typing import Annotated

from msgspec import Meta, Struct
from sqlalchemy.ext.asyncio import AsyncSession

from cases import timers
from cases.catalogue import Act, Done
from cases.facts import by_facts
from cases.issue import issue
from cases.models import Case
from cases.papers import Group, PaperKind
from cases.steps import State
from dossiers.closing_facts import EFFECTIVE, OPEN_TERMS, PRESSED, RELIEF_UNANSWERED, RELIEF_UNSHOWN, UNVISITED
from dossiers.parties import taking_part
from dossiers.performance import has_way_out, is_performed, performances_of, schedule_of
from dossiers.referral_rules import AgreementNotEffective
from dossiers.visits import visits_of
from foundation.clock import local_date
from foundation.errors import Conflict, DomainError
from foundation.language import N_
from foundation.store import instant
from policies.actions import Action
from teams.agreement import Status, in_status
from tenants.subject import Subject


class NotPerformed(Conflict):
    code = "not_performed"
    message = N_("协议还有 %(open)s 项没有履行，也没有登记不履行后的途径")


class NotVisited(Conflict):
    code = "not_visited"
    message = N_("还有 %(open)s 名当事人没有回访")


class PressureComplaint(Conflict):
    code = "pressure_complaint"
    message = N_("有当事人反映受到压力，查清前不能结案、不能支付补助")


class ReliefOpen(Conflict):
    code = "relief_open"
    message = N_("还有困难当事人的救助没有引导或没有答复")


class NoReliefReferral(Conflict):
    code = "no_relief_referral"
    message = N_("没有等待答复的救助申请")


class CloseForm(Struct, frozen=True, kw_only=True):
    summary: Annotated[
        str,
        Meta(
            title=N_("结案情况"),
            description=N_("不写姓名、证件号、电话、住址"),
            min_length=2,
            max_length=2000,
            extra={"widget": "textarea"},
        ),
    ]


CLOSING = PaperKind("closing_report", N_("结案报告"), Group.FINAL, form=CloseForm)


async def close_case(session: AsyncSession, subject: Subject, case: Case, form: CloseForm) -> Done:
    """Closes the workroom's work for the parties who signed, for the matters agreed; nobody gives up a right (26a)."""
    now = instant(session)
    content = {"outcome": case.outcome, "closed_on": str(local_date(now)), "summary": form.summary}
    await issue(session, subject, case, CLOSING, content)
    case.closed_at = now
    await timers.finish(session, case, "mediation")
    await timers.finish(session, case, "performance")
    return Done(to=State.CLOSED, data={"outcome": case.outcome}, audience="parties")


async def open_terms(session: AsyncSession, case: Case) -> int:
    """Terms neither performed nor in default with the creditor's way recorded."""
    rows = await performances_of(session, case)
    terms = await schedule_of(session, case)
    return sum(not is_performed(term, rows) and not has_way_out(term, rows) for term in terms)


async def unvisited(session: AsyncSession, case: Case) -> int:
    """Petitioners of an agreement who were not yet asked; a refused visit counts as asked."""
    if await in_status(session, case.id, Status.EFFECTIVE) is None:
        return 0
    asked = {visit.party_id for visit in await visits_of(session, case.id)}
    return sum(party.id not in asked for party in await taking_part(session, case.id, "petitioner"))


@by_facts(OPEN_TERMS, UNVISITED, PRESSED)
def performed_and_visited(
    subject: Subject, case: Case, open_terms: int, unvisited: int, pressed: bool
) -> DomainError | None:
    if open_terms:
        return NotPerformed(open=open_terms)
    if unvisited:
        return NotVisited(open=unvisited)
    return PressureComplaint() if pressed else None


@by_facts(RELIEF_UNSHOWN, RELIEF_UNANSWERED)
def relief_answered(subject: Subject, case: Case, unshown: bool, unanswered: bool) -> DomainError | None:
    """Everyone in hardship who wants help was shown the way, and every way has its answer."""
    return ReliefOpen() if unshown or unanswered else None


@by_facts(RELIEF_UNANSWERED)
def relief_referred(subject: Subject, case: Case, unanswered: bool) -> DomainError | None:
    return None if unanswered else NoReliefReferral()


@by_facts(EFFECTIVE)
def agreement_effective(subject: Subject, case: Case, effective: bool) -> DomainError | None:
    return None if effective else AgreementNotEffective()


ACTS = (Act("close-case", N_("结案"), Action.CASE_CLOSE, CloseForm, close_case, step=7),)
GUARDS = {
    "performed_and_visited": performed_and_visited,
    "relief_answered": relief_answered,
    "relief_referred": relief_referred,
    "agreement_effective": agreement_effective,
}
