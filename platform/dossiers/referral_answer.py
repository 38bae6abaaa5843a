"""answer-referral: what came of a party's own application, with the organ's receipt and number; only recorded here."""

from datetime import date
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct
from sqlalchemy.ext.asyncio import AsyncSession

from cases import timers
from cases.catalogue import Act, Done, Option
from cases.facts import Fact, by_facts
from cases.models import Case
from dossiers.referral_rules import check_receipt
from dossiers.referrals import OF_ONE_PERSON, OPEN_RESULTS, Channel, Referral, ReferralResult, referrals_of
from foundation.clock import local_date
from foundation.errors import Conflict, DomainError, invalid
from foundation.language import N_, translate
from foundation.store import instant
from policies.actions import Action
from tenants.subject import Subject

WAITING = Fact(
    "select exists (select from referrals where case_id = :case and result in ('pending', 'accepted')"
    " and channel <> 'own_lawyer')"
)


class NoOpenReferral(Conflict):
    code = "no_open_referral"
    message = N_("没有等待结果的申请")


class ReferralAnswerForm(Struct, frozen=True, kw_only=True):
    referral: Annotated[UUID, Meta(title=N_("申请"), extra={"options": "open_referrals"})]
    result: Annotated[ReferralResult, Meta(title=N_("结果"))]
    answered_on: Annotated[date, Meta(title=N_("结果日期"))]
    receipt_no: Annotated[str, Meta(title=N_("回执编号"), max_length=80)] | None = None
    document_no: (
        Annotated[str, Meta(title=N_("文书编号"), description=N_("如裁定书、决定书、公证书编号"), max_length=80)] | None
    ) = None


async def answer_referral(session: AsyncSession, subject: Subject, case: Case, form: ReferralAnswerForm) -> Done:
    """The court, body or centre decides; nothing of it is decided, granted or refused here."""
    referral = next((one for one in await open_referrals(session, case) if one.id == form.referral), None)
    if referral is None:
        raise invalid("referral", "not_a_choice", N_("请从所列项目中选择"))
    if form.result is ReferralResult.AID_ENDED:
        raise invalid("result", "not_a_choice", N_("法律援助因自行委托律师而终止的，由选择律师的登记带出"))
    if form.answered_on < referral.applied_on:
        raise invalid("answered_on", "before_application", N_("答复日期不得早于申请日期"))
    if form.answered_on > local_date(instant(session)):
        raise invalid("answered_on", "in_future", N_("日期不得晚于今天"))
    referral.receipt_no = form.receipt_no or referral.receipt_no
    check_receipt(referral.receipt_no, form.result)
    referral.result, referral.answered_on = form.result.value, form.answered_on
    referral.document_no = form.document_no or referral.document_no
    if referral.channel == Channel.LEGAL_AID:
        await legal_aid_terms(session, case, referral)
    data = {"channel": referral.channel, "result": referral.result, "referral": str(referral.id)}
    return Done(data=data, audience="internal" if referral.channel in OF_ONE_PERSON else "parties")


async def legal_aid_terms(session: AsyncSession, case: Case, referral: Referral) -> None:
    """法律援助法 43: seven days to decide, then three to assign; the centre's terms, shown as information.
    Aid ahead of the check (44) has no days at all: it waits from the application to the first answer."""
    await timers.finish(session, case, "legal_aid_decision")
    if referral.result in OPEN_RESULTS:
        await timers.start(session, case, "legal_aid_decision")
        return
    await timers.finish(session, case, "legal_aid_first")
    if referral.result == ReferralResult.GRANTED:
        await timers.start(session, case, "legal_aid_assignment")


async def open_referrals(session: AsyncSession, case: Case) -> list[Referral]:
    """Applications of which more is to come; a choice of lawyer has no answer."""
    found = await referrals_of(session, case)
    return [one for one in found if one.result in OPEN_RESULTS and one.channel != Channel.OWN_LAWYER]


async def open_referral_options(session: AsyncSession, subject: Subject, case: Case) -> list[Option]:
    return [
        Option(str(one.id), f"{translate(Channel(one.channel).label)} {one.organ} {one.applied_on}")
        for one in await open_referrals(session, case)
    ]


@by_facts(WAITING)
def referral_open(subject: Subject, case: Case, waiting: bool) -> DomainError | None:
    return None if waiting else NoOpenReferral()


ACTS = (
    Act(
        "answer-referral",
        N_("登记途径结果"),
        Action.REFERRAL_RECORD,
        ReferralAnswerForm,
        answer_referral,
        step=6,
    ),
)
GUARDS = {"referral_open": referral_open}
OPTIONS = {"open_referrals": open_referral_options}
