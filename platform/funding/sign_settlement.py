"""Review by justice, then approval by two heads (六(四)): justice and petition, each a person of its own."""

from typing import Annotated

from msgspec import Meta, Struct
from sqlalchemy.ext.asyncio import AsyncSession

from cases.catalogue import Act, Done
from cases.issue import issue
from cases.models import Case
from cases.papers import Group, PaperKind
from foundation.choice import Choice
from foundation.errors import Conflict, Forbidden, invalid
from foundation.language import N_
from foundation.store import instant
from funding.positions import Position
from funding.recipients import refuse_officials
from funding.separation import keep_apart, keep_director_apart
from funding.settlement import UNDER_APPROVAL, Settlement, advance, live_in, parts_of, recipients_of
from policies.actions import Action
from tenants.subject import Subject

JUSTICE, PETITION = "lg_head_justice", "lg_head_petition"


class Verdict(Choice):
    AGREE = "agree", N_("同意")
    RETURN = "return", N_("退回")


class VerdictForm(Struct, frozen=True, kw_only=True):
    verdict: Annotated[Verdict, Meta(title=N_("审签意见"), description=N_("退回后须重新提出"))]
    reason: Annotated[str, Meta(title=N_("说明"), max_length=1000, extra={"widget": "textarea"})] | None = None


REVIEW = PaperKind("settlement_review", N_("结算审核意见"), Group.MONEY, form=VerdictForm)
APPROVAL = PaperKind("settlement_approval", N_("结算批准意见"), Group.MONEY, form=VerdictForm)


class SideAlreadyApproved(Conflict):
    code = "side_already_approved"
    message = N_("这一方已经批准")


async def review_settlement(session: AsyncSession, subject: Subject, case: Case, form: VerdictForm) -> Done:
    settlement = await live_in(session, case, Position.PROPOSED)
    await _check_signer(session, subject, case, settlement)
    await issue(session, subject, case, REVIEW, form)
    if _returned(form):
        return _give_back(case, settlement)
    settlement.reviewed_by, settlement.reviewed_at = subject.person_id, instant(session)
    advance(case, settlement, Position.REVIEWED)
    return Done(data={"verdict": form.verdict.value})


async def approve_settlement(session: AsyncSession, subject: Subject, case: Case, form: VerdictForm) -> Done:
    """Each head signs for one side, in any order; the second signature makes it approved."""
    if subject.role not in (JUSTICE, PETITION):
        raise Forbidden
    if _returned(form):
        return await _take_back(session, subject, case, form)
    settlement = await live_in(session, case, *UNDER_APPROVAL)
    if (settlement.justice_by if subject.role == JUSTICE else settlement.petition_by) is not None:
        raise SideAlreadyApproved
    await _check_signer(session, subject, case, settlement)
    await refuse_officials(session, case, await recipients_of(session, settlement))
    await issue(session, subject, case, APPROVAL, form)
    _sign(session, subject, settlement)
    both = settlement.justice_by is not None and settlement.petition_by is not None
    half = Position.APPROVED_JUSTICE if subject.role == JUSTICE else Position.APPROVED_PETITION
    advance(case, settlement, Position.APPROVED if both else half)
    return Done(data={"verdict": form.verdict.value, "position": settlement.status})


async def _take_back(session: AsyncSession, subject: Subject, case: Case, form: VerdictForm) -> Done:
    """Until it is paid, either head may return it, the own signature included: what stops a payment is mended so."""
    settlement = await live_in(session, case, *UNDER_APPROVAL, Position.APPROVED)
    await issue(session, subject, case, APPROVAL, form)
    return _give_back(case, settlement)


async def _check_signer(session: AsyncSession, subject: Subject, case: Case, settlement: Settlement) -> None:
    """Neither proposer nor reviewer nor the other head nor a recipient nor the director (31b)."""
    keep_apart(subject, await parts_of(session, settlement))
    await keep_director_apart(session, subject, case)


def _sign(session: AsyncSession, subject: Subject, settlement: Settlement) -> None:
    now = instant(session)
    if subject.role == JUSTICE:
        settlement.justice_by, settlement.justice_at = subject.person_id, now
    else:
        settlement.petition_by, settlement.petition_at = subject.person_id, now


def _returned(form: VerdictForm) -> bool:
    if form.verdict is Verdict.RETURN and not form.reason:
        raise invalid("reason", "required", N_("退回须说明理由"))
    return form.verdict is Verdict.RETURN


def _give_back(case: Case, settlement: Settlement) -> Done:
    advance(case, settlement, Position.RETURNED)
    return Done(data={"verdict": Verdict.RETURN.value})


ACTS = (
    Act("review-settlement", N_("审核经费结算"), Action.SUBSIDY_REVIEW, VerdictForm, review_settlement, step=8),
    Act("approve-settlement", N_("批准经费结算"), Action.SUBSIDY_APPROVE, VerdictForm, approve_settlement, step=8),
)
PAPERS = (REVIEW, APPROVAL)
