"""A class changed by hand: proposed on facts, confirmed by a second person, told to the parties (obligations 42, N9).

What was computed at 受理 from the number of persons is the floor: a withdrawal lowers nothing.
"""

from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct
from sqlalchemy.ext.asyncio import AsyncSession

from cases.approval import SamePerson
from cases.catalogue import Act, Done, Option
from cases.class_effect import OPTIONS as EFFECTS
from cases.class_effect import effect_of, worded
from cases.class_facts import FactRow, facts_from
from cases.class_history import found, proposed
from cases.classes import CaseClass, classify
from cases.consent import parties_of
from cases.facts import Fact, by_facts
from cases.issue import issue
from cases.models import Case
from cases.notices import clock_and_helpers
from cases.papers import Group, PaperKind
from foundation.choice import Choice
from foundation.errors import Conflict, DomainError, invalid
from foundation.language import N_, translate
from foundation.store import instant
from policies.actions import Action
from tenants.subject import Subject


class Verdict(Choice):
    CONFIRM = "confirm", N_("同意变更")
    REJECT = "reject", N_("不同意变更")


class ClassProposalForm(Struct, frozen=True, kw_only=True):
    to_class: Annotated[
        str,
        Meta(
            title=N_("变更后的类别"),
            description=N_("各类别的影响见选项"),
            extra={"options": "classes", "widget": "radio"},
        ),
    ]
    facts: Annotated[
        list[FactRow],
        Meta(title=N_("现已证明的情形"), description=N_("按现有全部情形填写，人数以受理时为准"), max_length=7),
    ] = []
    reason: Annotated[str, Meta(title=N_("变更理由"), min_length=2, max_length=1000, extra={"widget": "textarea"})]


class ClassVerdictForm(Struct, frozen=True, kw_only=True):
    change: Annotated[str, Meta(title=N_("拟变更"), extra={"options": "class_change", "widget": "radio"})]
    verdict: Annotated[Verdict, Meta(title=N_("意见"))]
    reason: Annotated[str, Meta(title=N_("说明"), max_length=1000, extra={"widget": "textarea"})] | None = None


class ClassProposalPending(Conflict):
    code = "class_proposal_pending"
    message = N_("已有类别变更等待他人确认")


class NoClassProposal(Conflict):
    code = "no_class_proposal"
    message = N_("没有等待确认的类别变更")


PROPOSAL = PaperKind("class_proposal", N_("案件类别变更审批表"), Group.OPINION, form=ClassProposalForm)
NOTICE = PaperKind("class_notice", N_("案件类别变更告知书"), Group.FINAL)
UNTOUCHED = N_("类别只涉及办案成本补助和会商要求，不影响您的权利、期限和救助")


async def propose_class(session: AsyncSession, subject: Subject, case: Case, form: ClassProposalForm) -> Done:
    """Only to the class that the facts prove; nothing changes before a second person agrees."""
    wanted = _wanted(case, form.to_class)
    persons = case.persons_at_acceptance if case.persons_at_acceptance is not None else case.person_count
    classified = classify(facts_from(form.facts, persons))
    if classified.case_class is not wanted:
        message = N_("所列情形和受理时的人数证明的类别是“%(proved)s”")
        raise invalid("to_class", "not_proved", message, proved=classified.case_class.label)
    effect = await effect_of(session, case, wanted)
    found(session, subject, case, classified, first=False)
    await issue(session, subject, case, PROPOSAL, _with_effect(form, worded(effect)))
    return Done(data={"from": case.case_class, "to": wanted.value})


def _wanted(case: Case, chosen: str) -> CaseClass:
    if chosen not in set(CaseClass) or chosen == case.case_class:
        raise invalid("to_class", "not_a_choice", N_("请从所列项目中选择"))
    return CaseClass(chosen)


def _with_effect(form: ClassProposalForm, effect: str) -> dict[str, object]:
    """The proposal keeps what its author was shown."""
    facts = [{"fact": row.fact.value, "proof": row.proof} for row in form.facts]
    return {"to_class": CaseClass(form.to_class).label, "facts": facts, "reason": form.reason, "effect": effect}


async def decide_class(session: AsyncSession, subject: Subject, case: Case, form: ClassVerdictForm) -> Done:
    change = await proposed(session, case.id)
    if change is None or str(change.id) != form.change:
        raise invalid("change", "not_a_choice", N_("请从所列项目中选择"))
    if form.verdict is Verdict.REJECT and not form.reason:
        raise invalid("reason", "required", N_("不同意的须写明理由"))
    change.confirmed = form.verdict is Verdict.CONFIRM
    change.decided_at, change.decided_by = instant(session), subject.person_id
    data = {"from": change.from_class, "to": change.to_class, "confirmed": change.confirmed}
    if not change.confirmed:
        return Done(data=data)
    case.case_class, case.class_clause = change.to_class, change.clause
    await _tell(
        session,
        subject,
        case,
        CaseClass(change.from_class or change.to_class),
        CaseClass(change.to_class),
        change.clause,
    )
    return Done(data=data, audience="parties")


async def _tell(
    session: AsyncSession, subject: Subject, case: Case, before: CaseClass, after: CaseClass, clause: str
) -> None:
    """Both sides get the same notice, each its own (1a)."""
    content = {"class_before": before.label, "class_after": after.label, "clause": clause, "remark": UNTOUCHED}
    content |= await clock_and_helpers(session, case.id)
    for party in await parties_of(session, case.id):
        if party.status == "active":
            await issue(session, subject, case, NOTICE, content, party_id=party.id)


PROPOSER = Fact("select recorded_by from class_findings where case_id = :case and confirmed is null")


@by_facts(PROPOSER)
def no_class_proposed(subject: Subject, case: Case, proposer: UUID | None) -> DomainError | None:
    return ClassProposalPending() if proposer else None


@by_facts(PROPOSER)
def class_proposed(subject: Subject, case: Case, proposer: UUID | None) -> DomainError | None:
    """A second person's to decide: persons are counted, not posts (31b)."""
    if proposer is None:
        return NoClassProposal()
    return SamePerson() if proposer == subject.person_id else None


async def change_options(session: AsyncSession, subject: Subject, case: Case) -> list[Option]:
    """The proposal with its effect: who confirms reads what who proposed it has read."""
    change = await proposed(session, case.id)
    if change is None:
        return []
    before, after = CaseClass(change.from_class or change.to_class), CaseClass(change.to_class)
    was, becomes = [worded(await effect_of(session, case, one)) for one in (before, after)]
    return [Option(str(change.id), f"{translate(before.label)}（{was}） → {translate(after.label)}（{becomes}）")]


ACTS = (
    Act("propose-class", N_("提出类别变更"), Action.CASE_ACCEPT, ClassProposalForm, propose_class, step=2),
    Act("decide-class", N_("确认类别变更"), Action.CASE_ACCEPT, ClassVerdictForm, decide_class, step=2),
)
GUARDS = {"no_class_proposed": no_class_proposed, "class_proposed": class_proposed}
OPTIONS = {**EFFECTS, "class_change": change_options}
PAPERS = (PROPOSAL, NOTICE)
