"""Review by justice, then approval by two heads (六(四)): justice and petition, each a person of its own."""

from typing import Annotated

from msgspec import Meta, Struct
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from cases.catalogue import Act, Done
from cases.issue import issue
from cases.models import Case
from cases.papers import Group, PaperKind
from foundation.choice import Choice
from foundation.errors import Conflict, FieldError, Forbidden, InvalidInput, invalid
from foundation.forms import REQUIRED
from foundation.language import N_
from foundation.store import instant
from funding import claiming, settlement_money, share_payouts
from funding.appeals import refuse_while_open
from funding.positions import Position
from funding.recipients import refuse_officials
from funding.same_matter import refuse_apart
from funding.scoring import Scores
from funding.separation import keep_apart, keep_director_apart
from funding.settlement import PRESSED, UNDER_APPROVAL, Settlement, advance, live_in, parts_of, recipients_of
from policies.actions import Action
from tenants.subject import Subject

JUSTICE, PETITION = "lg_head_justice", "lg_head_petition"
FOUND = text(f"select {PRESSED.sql}")
POINTS = N_("0—20分，调整评分时填写")


class Verdict(Choice):
    AGREE = "agree", N_("同意")
    RETURN = "return", N_("退回")


class ReviewVerdict(Choice):
    AGREE = "agree", N_("同意")
    ADJUST = "adjust", N_("调整评分")
    RETURN = "return", N_("退回")


class VerdictForm(Struct, frozen=True, kw_only=True):
    verdict: Annotated[Verdict, Meta(title=N_("审签意见"), description=N_("退回后须重新提出"))]
    reason: Annotated[str, Meta(title=N_("说明"), max_length=1000, extra={"widget": "textarea"})] | None = None


class ReviewForm(Struct, frozen=True, kw_only=True):
    verdict: Annotated[
        ReviewVerdict, Meta(title=N_("审签意见"), description=N_("调整、退回须说明理由；小组可以申诉一次"))
    ]
    reason: Annotated[str, Meta(title=N_("说明"), max_length=1000, extra={"widget": "textarea"})] | None = None
    quantity: Annotated[int, Meta(title=N_("工作数量（调整后）"), description=POINTS, ge=0, le=20)] | None = None
    quality: Annotated[int, Meta(title=N_("工作质量（调整后）"), description=POINTS, ge=0, le=20)] | None = None
    difficulty: Annotated[int, Meta(title=N_("难易程度（调整后）"), description=POINTS, ge=0, le=20)] | None = None
    effect: Annotated[int, Meta(title=N_("社会影响（调整后）"), description=POINTS, ge=0, le=20)] | None = None
    procedure: Annotated[int, Meta(title=N_("程序规范（调整后）"), description=POINTS, ge=0, le=20)] | None = None


REVIEW = PaperKind("settlement_review", N_("结算审核意见"), Group.MONEY, form=ReviewForm)
APPROVAL = PaperKind("settlement_approval", N_("结算批准意见"), Group.MONEY, form=VerdictForm)


class SideAlreadyApproved(Conflict):
    code = "side_already_approved"
    message = N_("这一方已经批准")


async def review_settlement(session: AsyncSession, subject: Subject, case: Case, form: ReviewForm) -> Done:
    """Agreed to, scored otherwise, or given back; who reviewed is on record in each case."""
    settlement = await live_in(session, case, Position.PROPOSED)
    await _check_signer(session, subject, case, settlement)
    if form.verdict is not ReviewVerdict.RETURN:
        await refuse_officials(session, case, await recipients_of(session, settlement))
        await refuse_apart(session, case)
    if form.verdict is not ReviewVerdict.AGREE and not form.reason:
        raise invalid("reason", "required", N_("调整、退回须说明理由"))
    if form.verdict is ReviewVerdict.ADJUST:
        settlement = await _adjusted(session, subject, case, settlement, form)
    await issue(session, subject, case, REVIEW, form)
    settlement.reviewed_by, settlement.reviewed_at = subject.person_id, instant(session)
    if form.verdict is ReviewVerdict.RETURN:
        return _give_back(subject, case, settlement)
    advance(case, settlement, Position.REVIEWED)
    return Done(data={"verdict": form.verdict.value, "amount_fen": settlement.amount_fen})


async def _adjusted(
    session: AsyncSession, subject: Subject, case: Case, settlement: Settlement, form: ReviewForm
) -> Settlement:
    """All five grounds are scored again, and a new settlement takes the place of the first."""
    given = {name: getattr(form, name) for name in Scores.__struct_fields__}
    if missing := [FieldError(name, "required", REQUIRED) for name, points in given.items() if points is None]:
        raise InvalidInput(*missing)
    claim = await claiming.claim_of(session, settlement, Scores(**given), form.reason or "")
    proposed_by = settlement.proposed_by
    return (await claiming.make(session, subject, case, claim, proposed_by=proposed_by, replaces=settlement)).settlement


async def approve_settlement(session: AsyncSession, subject: Subject, case: Case, form: VerdictForm) -> Done:
    """Each head signs for one side, in any order; the second signature makes it approved."""
    if subject.role not in (JUSTICE, PETITION):
        raise Forbidden
    if form.verdict is Verdict.RETURN:
        return await _take_back(session, subject, case, form)
    if await session.scalar(FOUND, {"case": case.id}):
        return await _sign_again(session, subject, case, form)
    settlement = await live_in(session, case, *UNDER_APPROVAL)
    if (settlement.justice_by if subject.role == JUSTICE else settlement.petition_by) is not None:
        raise SideAlreadyApproved
    await refuse_while_open(session, settlement.id)
    await _check_signer(session, subject, case, settlement)
    await refuse_officials(session, case, await recipients_of(session, settlement))
    await refuse_apart(session, case)
    await issue(session, subject, case, APPROVAL, form)
    _sign(session, subject, settlement)
    both = settlement.justice_by is not None and settlement.petition_by is not None
    half = Position.APPROVED_JUSTICE if subject.role == JUSTICE else Position.APPROVED_PETITION
    advance(case, settlement, Position.APPROVED if both else half)
    if both:
        await settlement_money.commit(session, subject, case, settlement)
    return Done(data={"verdict": form.verdict.value, "position": settlement.status})


async def _sign_again(session: AsyncSession, subject: Subject, case: Case, form: VerdictForm) -> Done:
    """A complaint about pressure has proved true since (N8): paid once each head has signed knowing it."""
    settlement = await live_in(session, case, *share_payouts.PAYABLE)
    before = settlement.justice_by if subject.role == JUSTICE else settlement.petition_by
    parts = await parts_of(session, settlement)
    keep_apart(subject, {person: part for person, part in parts.items() if person != before})
    await keep_director_apart(session, subject, case)
    await issue(session, subject, case, APPROVAL, form)
    _sign(session, subject, settlement)
    return Done(data={"verdict": form.verdict.value, "position": settlement.status})


async def _take_back(session: AsyncSession, subject: Subject, case: Case, form: VerdictForm) -> Done:
    """Until it is paid, either head may return it, the own signature included: what stops a payment is mended so.
    Of one that is partly paid the rest lapses: where only officials are left in it, who are never paid, or where a
    complaint about pressure proved true meanwhile."""
    if not form.reason:
        raise invalid("reason", "required", N_("退回须说明理由"))
    settlement = await live_in(session, case, *UNDER_APPROVAL, Position.APPROVED, Position.PAYING)
    keep_apart(subject, {settlement.proposed_by: N_("结算提出人")})
    await issue(session, subject, case, APPROVAL, form)
    held = settlement.status in share_payouts.PAYABLE
    if settlement.status == Position.PAYING:
        advance(case, settlement, Position.PAID)
        done = Done(data={"verdict": Verdict.RETURN.value, "position": settlement.status})
    else:
        done = _give_back(subject, case, settlement)
    if held:
        await settlement_money.drop(session, subject, settlement)
    return done


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


def _give_back(subject: Subject, case: Case, settlement: Settlement) -> Done:
    settlement.returned_by = subject.person_id
    advance(case, settlement, Position.RETURNED)
    return Done(data={"verdict": Verdict.RETURN.value})


ACTS = (
    Act("review-settlement", N_("审核经费结算"), Action.SUBSIDY_REVIEW, ReviewForm, review_settlement, step=8),
    Act("approve-settlement", N_("批准经费结算"), Action.SUBSIDY_APPROVE, VerdictForm, approve_settlement, step=8),
)
PAPERS = (REVIEW, APPROVAL)
