"""Answering a complaint: by the officer of the tier above, who sees what is complained of until then (58, 58b)."""

from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct
from sqlalchemy.ext.asyncio import AsyncSession

from cases import relations
from cases.catalogue import Act, Done, Option
from cases.facts import Fact, by_facts
from cases.models import Case
from foundation.clock import local_date
from foundation.errors import Conflict, DomainError, invalid
from foundation.language import N_, in_brackets, translate
from foundation.store import instant
from oversight.complaints import Complaint, ComplaintFinding, ComplaintKind, complaints_to, may_answer, source_of
from policies.actions import Action
from policies.relations import Relation
from tenants.subject import Subject

STANDING = Fact("""exists (select from complaints where case_id = :case and office_id = :office and decided_at is null
    and person_id is distinct from :person)""")


class AnswerForm(Struct, frozen=True, kw_only=True):
    complaint_id: Annotated[UUID, Meta(title=N_("投诉"), extra={"options": "open_complaints"})]
    finding: Annotated[ComplaintFinding, Meta(title=N_("核查结论"))]
    answer: Annotated[
        str,
        Meta(
            title=N_("答复"),
            description=N_("投诉人在自己的查询页看到"),
            min_length=2,
            max_length=4000,
            extra={"widget": "textarea"},
        ),
    ]


class NoComplaint(Conflict):
    code = "no_complaint"
    message = N_("没有待您的单位答复的投诉")


async def answer_complaint(session: AsyncSession, subject: Subject, case: Case, form: AnswerForm) -> Done:
    complaint = await session.get(Complaint, form.complaint_id)
    if complaint is None or complaint.case_id != case.id or complaint.decided_at is not None:
        raise invalid("complaint_id", "not_a_choice", N_("请从所列项目中选择"))
    may_answer(subject, complaint)
    complaint.finding, complaint.answer = form.finding.value, form.answer
    complaint.decided_at, complaint.decided_by = instant(session), subject.person_id

    async def sight_gone() -> None:
        await relations.end(session, case, Relation.HEARS, source=source_of(complaint))

    return Done(data={"finding": form.finding.value}, closing=sight_gone)


@by_facts(STANDING)
def complaint_standing(subject: Subject, case: Case, standing: bool) -> DomainError | None:
    return None if standing else NoComplaint()


async def open_options(session: AsyncSession, subject: Subject, case: Case) -> list[Option]:
    return [
        Option(str(one.id), translate(ComplaintKind(one.kind).label) + in_brackets(local_date(one.recorded_at)))
        for one in await complaints_to(session, subject, case.id)
        if one.decided_at is None
    ]


ACTS = (Act("answer-complaint", N_("答复投诉"), Action.COMPLAINT_HANDLE, AnswerForm, answer_complaint, writes=False),)
GUARDS = {"complaint_standing": complaint_standing}
OPTIONS = {"open_complaints": open_options}
