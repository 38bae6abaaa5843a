"""报备审批 (obligation 21a): by another person than the registrar. It may set back for completion, never refuse."""

from typing import Annotated

from msgspec import Meta, Struct
from sqlalchemy.ext.asyncio import AsyncSession

from cases import timers
from cases.catalogue import Act, Done
from cases.facts import Fact, by_facts
from cases.interview import MaterialRow
from cases.issue import issue
from cases.models import Case
from cases.papers import Group, PaperKind
from cases.steps import State
from foundation.choice import Choice
from foundation.errors import DomainError, Forbidden, invalid
from foundation.language import N_
from policies.actions import Action
from policies.relations import Relation
from tenants.subject import Subject


class SamePerson(Forbidden):
    """Separation of duties counts persons, not posts (31b)."""

    code = "same_person"
    message = N_("本人办理的上一环节，须由他人审批")


class OwnRegistration(SamePerson):
    """Decisions 20: where clerk and head of a township's window are one person, the county's director approves."""

    message = N_("本人登记的，须由他人审批；窗口只有本人的，移交县级工作室，由其主任审批")


class Answer(Choice):
    APPROVE = "approve", N_("同意")
    SET_BACK = "set_back", N_("退回补正")


class ApprovalForm(Struct, frozen=True, kw_only=True):
    answer: Annotated[Answer, Meta(title=N_("审批意见"), description=N_("登记是职责，只能同意或退回补正，不得拒绝"))]
    reason: Annotated[str, Meta(title=N_("说明"), max_length=1000, extra={"widget": "textarea"})] | None = None


class CompletionForm(Struct, frozen=True, kw_only=True):
    supplement: Annotated[str, Meta(title=N_("补正内容"), min_length=2, max_length=8000, extra={"widget": "textarea"})]
    materials: Annotated[list[MaterialRow], Meta(title=N_("补交的材料"), max_length=200)] = []


APPROVAL = PaperKind("approval", N_("报备审批表"), Group.NOTES, form=ApprovalForm)


COMPLETION = PaperKind("completion", N_("补正记录"), Group.STATEMENT, form=CompletionForm)


async def approve_registration(session: AsyncSession, subject: Subject, case: Case, form: ApprovalForm) -> Done:
    if form.answer is Answer.SET_BACK and not form.reason:
        raise invalid("reason", "required", N_("退回补正须写明要补什么"))
    await issue(session, subject, case, APPROVAL, form)
    await timers.finish(session, case, "registration_approval")
    state = State.ASSESSING if form.answer is Answer.APPROVE else State.SET_BACK
    return Done(to=state, data={"answer": form.answer.value}, audience="parties")


async def complete_registration(session: AsyncSession, subject: Subject, case: Case, form: CompletionForm) -> Done:
    await issue(session, subject, case, COMPLETION, form)
    await timers.start(session, case, "registration_approval")
    return Done(to=State.REGISTERED)


REGISTERED = Fact(f"""exists (select from case_relations
    where case_id = :case and relation = '{Relation.REGISTRAR}' and person_id = :person)""")


@by_facts(REGISTERED)
def other_person(subject: Subject, case: Case, registered: bool) -> DomainError | None:
    """The registrar never approves the own registration."""
    return OwnRegistration() if registered else None


ACTS = (
    Act(
        "approve-registration",
        N_("报备审批"),
        Action.CASE_APPROVE_REGISTRATION,
        ApprovalForm,
        approve_registration,
        step=1,
    ),
    Act("complete-registration", N_("补正登记"), Action.CASE_REGISTER, CompletionForm, complete_registration, step=1),
)
GUARDS = {"other_person": other_person}
PAPERS = (APPROVAL, COMPLETION)
