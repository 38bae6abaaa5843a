"""check-relief, refer-relief, answer-relief: judicial relief first, other help where it is not open (五(七))."""

from datetime import date
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct
from sqlalchemy.ext.asyncio import AsyncSession

from cases.catalogue import Act, Done
from cases.issue import issue
from cases.models import Case
from cases.notices import clock_and_helpers
from cases.papers import Group, PaperKind
from cases.steps import State
from dossiers.parties import party_at
from dossiers.relief import (
    ORGANS,
    Answer,
    Hardship,
    ReliefCheck,
    ReliefKind,
    ReliefReferral,
    checks_of,
    unanswered,
)
from foundation.errors import Conflict, invalid
from foundation.ids import new_id
from foundation.language import N_
from foundation.store import instant
from policies.actions import Action
from tenants.subject import Subject

GUIDANCE = PaperKind("relief_guidance", N_("救助引导告知书"), Group.STATEMENT)


class JudicialReliefNotOpen(Conflict):
    code = "judicial_relief_not_open"
    message = N_("经核查不属于涉法涉诉且依法难以解决的情形，不能引导申请国家司法救助，请引导其他社会救助")


class HardshipRow(Struct, frozen=True, kw_only=True):
    party: Annotated[UUID, Meta(title=N_("困难当事人"), extra={"options": "petitioners"})]
    hardship: Annotated[Hardship, Meta(title=N_("困难情形"))]
    facts: Annotated[
        str,
        Meta(title=N_("困难事实与依据"), min_length=2, max_length=1000, extra={"widget": "textarea"}),
    ]
    wanted: Annotated[bool, Meta(title=N_("本人希望得到救助"))]
    litigation: Annotated[bool, Meta(title=N_("属于涉法涉诉"))] = False
    unsolvable: Annotated[bool, Meta(title=N_("诉求部分合理、依法难以解决"))] = False


class CheckForm(Struct, frozen=True, kw_only=True):
    hardships: Annotated[list[HardshipRow], Meta(title=N_("逐户核查"), max_length=200)] = []
    none_found: Annotated[bool, Meta(title=N_("经逐户核查，没有困难当事人"))] = False


class ReferForm(Struct, frozen=True, kw_only=True):
    check: Annotated[UUID, Meta(title=N_("困难当事人"), extra={"options": "relief_checks"})]
    kind: Annotated[ReliefKind, Meta(title=N_("救助类别"))]
    organ: Annotated[str, Meta(title=N_("受理机关"), min_length=2, max_length=120)]
    applied_on: Annotated[date, Meta(title=N_("本人申请日期"))]


class AnswerForm(Struct, frozen=True, kw_only=True):
    referral: Annotated[UUID, Meta(title=N_("救助申请"), extra={"options": "unanswered_relief"})]
    answer: Annotated[Answer, Meta(title=N_("答复"))]
    answered_on: Annotated[date, Meta(title=N_("答复日期"))]
    note: Annotated[str, Meta(title=N_("说明"), max_length=400, extra={"widget": "textarea"})] | None = None


async def check_relief(session: AsyncSession, subject: Subject, case: Case, form: CheckForm) -> Done:
    """Judicial relief is open only for 涉法涉诉 matters that the law can hardly solve; the rest goes to other help."""
    if bool(form.hardships) == form.none_found:
        raise invalid("none_found", "contradiction", N_("请逐户列明困难当事人，或者写明经核查没有"))
    now = instant(session)
    for index, row in enumerate(form.hardships):
        await party_at(session, case, f"hardships.{index}.party", row.party)
        check = ReliefCheck(
            id=new_id(now),
            case_id=case.id,
            party_id=row.party,
            hardship=row.hardship.value,
            facts=row.facts,
            wanted=row.wanted,
            judicial=row.litigation and row.unsolvable,
            recorded_at=now,
            recorded_by=subject.person_id,
        )
        session.add(check)
    wanted = sum(row.wanted for row in form.hardships)
    return Done(to=State.RELIEVED, data={"checked": len(form.hardships), "wanted": wanted})


async def refer_relief(session: AsyncSession, subject: Subject, case: Case, form: ReferForm) -> Done:
    check = next((check for check in await checks_of(session, case) if check.id == form.check), None)
    if check is None:
        raise invalid("check", "not_a_choice", N_("请从所列项目中选择"))
    if form.kind is ReliefKind.JUDICIAL and not check.judicial:
        raise JudicialReliefNotOpen
    now = instant(session)
    referral = ReliefReferral(
        id=new_id(now),
        case_id=case.id,
        check_id=check.id,
        kind=form.kind.value,
        organ=form.organ,
        applied_on=form.applied_on,
        recorded_at=now,
        recorded_by=subject.person_id,
    )
    session.add(referral)
    await _tell(session, subject, case, form, check.party_id)
    return Done(data={"kind": form.kind.value, "referral": str(referral.id)})


async def _tell(session: AsyncSession, subject: Subject, case: Case, form: ReferForm, party_id: UUID) -> None:
    """The person gets in writing where to apply; the guidance carries the remedy clock like every notice (N11)."""
    content = {
        "kind": form.kind.label,
        "organ": form.organ,
        "where": ORGANS[form.kind],
        **await clock_and_helpers(session, case.id),
    }
    await issue(session, subject, case, GUIDANCE, content, party_id=party_id)


async def answer_relief(session: AsyncSession, subject: Subject, case: Case, form: AnswerForm) -> Done:
    waiting = {referral.id: referral for referral in await unanswered(session, case)}
    if form.referral not in waiting:
        raise invalid("referral", "not_a_choice", N_("请从所列项目中选择"))
    referral = waiting[form.referral]
    if form.answered_on < referral.applied_on:
        raise invalid("answered_on", "before_application", N_("答复日期不得早于申请日期"))
    referral.answer = form.answer.value
    referral.answered_on = form.answered_on
    referral.note = form.note
    return Done(data={"answer": form.answer.value, "referral": str(referral.id)})


ACTS = (
    Act("check-relief", N_("核查救助"), Action.RELIEF_REFER, CheckForm, check_relief, step=7),
    Act("refer-relief", N_("引导申请救助"), Action.RELIEF_REFER, ReferForm, refer_relief, step=7),
    Act("answer-relief", N_("登记救助答复"), Action.RELIEF_REFER, AnswerForm, answer_relief, step=7),
)
