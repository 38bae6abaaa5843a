"""投诉 (九(四), 61a): about the process or a person, to the tier above the holder. It never delays the mediation.

Read by whoever decides it and by the one who complains; never by the holder, where the person complained of works.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct
from sqlalchemy import ForeignKey, Index, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from cases import relations
from cases.catalogue import Act, Done, Option
from cases.models import Case
from cases.parties import Party
from cases.timeline import holder_tenant
from cases.timers import end_of_day
from foundation.choice import Choice
from foundation.cipher import Sealed
from foundation.errors import Conflict, Forbidden, invalid
from foundation.ids import new_id
from foundation.language import N_
from foundation.model import Base
from foundation.store import instant
from policies.actions import Action
from policies.relations import Relation
from tenants.models import Office, Tenant
from tenants.subject import Subject
from tenants.tiers import OfficeKind

ANSWER_DAYS = 15
"""Days until the complaint is answered (九(四) names no term; by analogy with 条例 22, 23); configurable later."""


PEOPLE = text("select person_id, name from case_people(:case) order by name, person_id")
MOST = 200


class ComplaintKind(Choice):
    """What a mediator may not do (人民调解法 15), pressure (N8), and the process."""

    PRESSURE = "pressure", N_("施加压力、违背自愿")
    PARTIALITY = "partiality", N_("偏袒一方")
    INSULT = "insult", N_("侮辱当事人")
    PROPERTY = "property", N_("索取、收受财物或者其他不正当利益")
    DISCLOSURE = "disclosure", N_("泄露个人隐私、商业秘密")
    DELAY = "delay", N_("推诿、拖延")
    PROCEDURE = "procedure", N_("未按程序办理、未告知权利")


class About(Choice):
    PROCESS = "process", N_("办理过程")
    PERSON = "person", N_("办理人员")


class ComplaintFinding(Choice):
    UPHELD = "upheld", N_("投诉属实")
    PARTLY = "partly", N_("部分属实")
    NOT_UPHELD = "not_upheld", N_("不属实")


class Complaint(Base):
    """`tenant_id` and `office_id` decide it. `person_id`: the member complained of, when one is named."""

    __tablename__ = "complaints"
    __table_args__ = (Index("ix_complaints_office", "office_id", "answer_by"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), index=True)
    party_id: Mapped[UUID] = mapped_column(ForeignKey("parties.id"))
    oral: Mapped[bool] = mapped_column(comment="recorded at the window")
    kind: Mapped[str]
    about: Mapped[str]
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("persons.id"))
    text: Mapped[str] = mapped_column(Sealed("complaints.text"))
    tenant_id: Mapped[int] = mapped_column(ForeignKey("tenants.id"))
    office_id: Mapped[int] = mapped_column(ForeignKey("offices.id"))
    answer_by: Mapped[datetime]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[UUID]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[UUID | None]
    finding: Mapped[str | None]
    answer: Mapped[str | None] = mapped_column(Sealed("complaints.answer"))


class ComplaintForm(Struct, frozen=True, kw_only=True):
    kind: Annotated[ComplaintKind, Meta(title=N_("投诉事由"))]
    about: Annotated[About, Meta(title=N_("投诉对象"))]
    person_id: (
        Annotated[
            UUID,
            Meta(title=N_("被投诉人"), description=N_("可以不选"), extra={"options": "complained_of_people"}),
        ]
        | None
    ) = None
    text: Annotated[
        str,
        Meta(
            title=N_("投诉内容"),
            description=N_("由上一级受理，承办机构看不到；不影响调解继续进行"),
            min_length=2,
            max_length=4000,
            extra={"widget": "textarea"},
        ),
    ]


class OralComplaintForm(ComplaintForm, frozen=True, kw_only=True):
    party_id: Annotated[UUID, Meta(title=N_("投诉人"), extra={"options": "parties_by_number"})]
    read_back: Annotated[bool, Meta(title=N_("已宣读并经投诉人确认"))] = False


class NobodyAbove(Conflict):
    code = "nobody_above"
    message = N_("上一级没有受理投诉的机构")


async def file_complaint(session: AsyncSession, subject: Subject, case: Case, form: ComplaintForm) -> Done:
    """By the petitioner, whose id stands where a person's would."""
    return await _file(session, subject, case, form, subject.person_id, oral=False)


async def record_complaint(session: AsyncSession, subject: Subject, case: Case, form: OralComplaintForm) -> Done:
    """What somebody said at the window, read back."""
    if not form.read_back:
        raise invalid("read_back", "required", N_("口头投诉须宣读并经确认"))
    if form.person_id == subject.person_id:
        raise invalid("person_id", "own", N_("投诉您本人的，须由他人记录"))
    return await _file(session, subject, case, form, form.party_id, oral=True)


async def _file(
    session: AsyncSession, subject: Subject, case: Case, form: ComplaintForm, party_id: UUID, *, oral: bool
) -> Done:
    if form.about is About.PROCESS and form.person_id is not None:
        raise invalid("person_id", "not_wanted", N_("投诉办理过程时不选被投诉人"))
    await _check_people(session, case, form.person_id, party_id)
    now, office = instant(session), await deciding_office(session, case)
    complaint = Complaint(
        id=new_id(now),
        case_id=case.id,
        party_id=party_id,
        oral=oral,
        kind=form.kind.value,
        about=form.about.value,
        person_id=form.person_id,
        text=form.text,
        tenant_id=office.tenant_id,
        office_id=office.id,
        answer_by=end_of_day(now, ANSWER_DAYS),
        recorded_at=now,
        recorded_by=subject.person_id,
    )
    session.add(complaint)
    await session.flush()
    await relations.grant(
        session,
        case,
        Relation.HEARS,
        tenant_id=office.tenant_id,
        office_id=office.id,
        source=source_of(complaint),
    )
    return Done(also_tenants=(office.tenant_id,))


async def _check_people(session: AsyncSession, case: Case, person_id: UUID | None, party_id: UUID) -> None:
    party = await session.get(Party, party_id)
    if party is None or party.case_id != case.id or party.side != "petitioner":
        raise invalid("party_id", "not_a_choice", N_("请从所列项目中选择"))
    if person_id is not None and person_id not in {person for person, _ in await people_of_case(session, case)}:
        raise invalid("person_id", "not_a_choice", N_("请从所列项目中选择"))


async def people_of_case(session: AsyncSession, case: Case) -> list[tuple[UUID, str]]:
    """Who may be complained of: the team, and who leads the office that holds the case."""
    return [(row.person_id, row.name) for row in await session.execute(PEOPLE, {"case": case.id})]


async def people_options(session: AsyncSession, subject: Subject, case: Case) -> list[Option]:
    return [Option(str(person), name) for person, name in await people_of_case(session, case)]


async def deciding_office(session: AsyncSession, case: Case) -> Office:
    """The leading group's office of the tier above the holder; of the province itself where nothing lies above."""
    holder = await session.get_one(Tenant, holder_tenant(case))
    query = select(Office).where(
        Office.tenant_id == (holder.parent_id or holder.id),
        Office.kind == OfficeKind.LEADING_GROUP,
        Office.valid_to.is_(None),
    )
    office: Office | None = await session.scalar(query.order_by(Office.id).limit(1))
    if office is None:
        raise NobodyAbove
    return office


def source_of(complaint: Complaint) -> str:
    return f"complaints:{complaint.id}"


async def complaints_to(session: AsyncSession, subject: Subject, case_id: UUID | None = None) -> Sequence[Complaint]:
    """Those that the subject's office decides and the subject may: open ones first, by the day to answer."""
    query = select(Complaint).where(Complaint.office_id == subject.office_id)
    query = query.where(Complaint.person_id.is_distinct_from(subject.person_id))
    if case_id is not None:
        query = query.where(Complaint.case_id == case_id)
    query = query.order_by(Complaint.decided_at.is_not(None), Complaint.answer_by, Complaint.id)
    return (await session.scalars(query.limit(MOST))).all()


async def numbers_of(session: AsyncSession, complaints: Sequence[Complaint]) -> dict[UUID, str]:
    """Case id -> the number by which people call it."""
    query = select(Case.id, Case.case_no, Case.registration_no).where(Case.id.in_({one.case_id for one in complaints}))
    return {case: number or registered for case, number, registered in await session.execute(query)}


async def own_complaints(session: AsyncSession, subject: Subject, case_id: UUID) -> Sequence[Complaint]:
    """A petitioner's own, newest first, with their answers."""
    query = select(Complaint).where(Complaint.case_id == case_id, Complaint.party_id == subject.person_id)
    return (await session.scalars(query.order_by(Complaint.recorded_at.desc()))).all()


def may_answer(subject: Subject, complaint: Complaint) -> None:
    """Raises Forbidden for another office, and for the very person complained of (rule 58)."""
    if complaint.office_id != subject.office_id or complaint.person_id == subject.person_id:
        raise Forbidden


ACTS = (
    Act("file-complaint", N_("投诉"), Action.COMPLAINT_FILE, ComplaintForm, file_complaint, writes=False),
    Act(
        "record-complaint",
        N_("记录口头投诉"),
        Action.COMPLAINT_RECORD,
        OralComplaintForm,
        record_complaint,
        writes=False,
    ),
)
OPTIONS = {"complained_of_people": people_options}
