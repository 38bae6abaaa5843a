"""What a leader in charge does, and what is reported to one: 接访, 下访, and the progress that the holder tells."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct
from sqlalchemy import ForeignKey, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from cases.catalogue import Act, Done
from cases.facts import Fact, by_facts
from cases.models import Case
from foundation.choice import Choice
from foundation.cipher import Sealed
from foundation.clock import local_date
from foundation.errors import DomainError, InvalidInput, invalid
from foundation.ids import new_id
from foundation.language import N_
from foundation.model import Base
from foundation.store import instant
from oversight import telling
from oversight.leader_charges import LeaderCharge, NoCharge
from oversight.notice_kinds import NoticeKind
from oversight.warning_words import watching_errors
from policies.actions import Action
from tenants.subject import Subject


class WorkKind(Choice):
    RECEPTION = "reception", N_("接访")
    VISIT = "visit", N_("下访")
    PROGRESS = "progress", N_("进展报告")


class Meeting(Choice):
    RECEPTION = WorkKind.RECEPTION.value, WorkKind.RECEPTION.label
    VISIT = WorkKind.VISIT.value, WorkKind.VISIT.label


class LeaderWork(Base):
    """Written once; one row for each charge that stands, where progress is told."""

    __tablename__ = "leader_work"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), index=True)
    charge_id: Mapped[UUID] = mapped_column(ForeignKey("leader_charges.id"), index=True)
    kind: Mapped[str]
    on_date: Mapped[date]
    text: Mapped[str] = mapped_column(Sealed("leader_work.text"))
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[UUID]


class MeetingForm(Struct, frozen=True, kw_only=True):
    kind: Annotated[Meeting, Meta(title=N_("方式"))]
    on_date: Annotated[date, Meta(title=N_("日期"))]
    text: Annotated[
        str,
        Meta(
            title=N_("听取的诉求和答复"),
            description=N_("如实记录；不得指定调解结果和金额，不得要求当事人作出承诺"),
            min_length=2,
            max_length=2000,
            extra={"widget": "textarea"},
        ),
    ]


class ProgressForm(Struct, frozen=True, kw_only=True):
    text: Annotated[str, Meta(title=N_("进展"), min_length=2, max_length=2000, extra={"widget": "textarea"})]


async def record_meeting(session: AsyncSession, subject: Subject, case: Case, form: MeetingForm) -> Done:
    """By the leader in person, of a day within the charge."""
    (charge,) = [one for one in await standing(session, case.id) if one.person_id == subject.person_id]
    if not local_date(charge.since) <= form.on_date <= local_date(instant(session)):
        raise invalid("on_date", "out_of_range", N_("须是包案以来、今天以前的日期"))
    session.add(_row(session, subject, charge, WorkKind(form.kind.value), form.on_date, form.text))
    return Done(data={"kind": form.kind.value, "on": str(form.on_date)})


async def report_progress(session: AsyncSession, subject: Subject, case: Case, form: ProgressForm) -> Done:
    """To every leader in charge of the case: what was done for the dispute, never against anybody (N6)."""
    if errors := watching_errors("text", form.text):
        raise InvalidInput(*errors)
    charges = await standing(session, case.id)
    today = local_date(instant(session))
    rows = [_row(session, subject, charge, WorkKind.PROGRESS, today, form.text) for charge in charges]
    session.add_all(rows)
    for row, charge in zip(rows, charges, strict=True):
        await telling.tell(
            session, NoticeKind.LEADER_PROGRESS, f"leader_work:{row.id}", case_id=case.id, persons=[charge.person_id]
        )
    return Done(data={"charges": len(charges)})


def _row(
    session: AsyncSession, subject: Subject, charge: LeaderCharge, kind: WorkKind, on: date, text: str
) -> LeaderWork:
    now = instant(session)
    return LeaderWork(
        id=new_id(now),
        case_id=charge.case_id,
        charge_id=charge.id,
        kind=kind.value,
        on_date=on,
        text=text,
        recorded_at=now,
        recorded_by=subject.person_id,
    )


async def standing(session: AsyncSession, case_id: UUID) -> list[LeaderCharge]:
    """Of every tier, in the order in which they came."""
    query = select(LeaderCharge).where(LeaderCharge.case_id == case_id, LeaderCharge.ended_at.is_(None))
    return list(await session.scalars(query.order_by(LeaderCharge.recorded_at, LeaderCharge.id)))


STANDS = Fact("exists (select from leader_charges where case_id = :case and ended_at is null)")
MINE = Fact("""exists (select from leader_charges
    where case_id = :case and person_id = :person and ended_at is null and until > :now)""")


@by_facts(STANDS)
def charge_stands(subject: Subject, case: Case, stands: bool) -> DomainError | None:
    return None if stands else NoCharge()


@by_facts(MINE)
def my_charge(subject: Subject, case: Case, mine: bool) -> DomainError | None:
    return None if mine else NoCharge()


ACTS = (
    Act("record-meeting", N_("记录接访、下访"), Action.VISIT_RECORD, MeetingForm, record_meeting, writes=False),
    Act("report-progress", N_("向包案领导报告进展"), Action.ORDER_REPLY, ProgressForm, report_progress, writes=False),
)
GUARDS = {"charge_stands": charge_stands, "my_charge": my_charge}
