"""A warning goes with a receipt (二-5, obligation 5): the warned office says that it has read it, once."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct
from sqlalchemy import ForeignKey, Index, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from cases.catalogue import Act, Done, Option
from cases.facts import Fact, by_facts
from cases.models import Case
from foundation.errors import Conflict, DomainError, invalid
from foundation.ids import new_id
from foundation.language import N_
from foundation.model import Base
from foundation.store import instant
from oversight.models import CaseWarning
from policies.actions import Action
from tenants.subject import Subject


class WarningReceipt(Base):
    __tablename__ = "warning_receipts"
    __table_args__ = (Index("ix_warning_receipts_warning", "warning_id", unique=True),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), index=True)
    warning_id: Mapped[UUID] = mapped_column(ForeignKey("warnings.id"))
    office_id: Mapped[int] = mapped_column(ForeignKey("offices.id"))
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[UUID]


class ReceiptForm(Struct, frozen=True, kw_only=True):
    warning_id: Annotated[UUID, Meta(title=N_("预警"), extra={"options": "own_warnings"})]


class NothingToAcknowledge(Conflict):
    code = "nothing_to_acknowledge"
    message = N_("没有待签收的预警")


async def acknowledge_warning(session: AsyncSession, subject: Subject, case: Case, form: ReceiptForm) -> Done:
    if str(form.warning_id) not in {one.value for one in await own_warnings(session, subject, case)}:
        raise invalid("warning_id", "not_a_choice", N_("请从所列项目中选择"))
    receipt = WarningReceipt(
        id=new_id(instant(session)),
        case_id=case.id,
        warning_id=form.warning_id,
        office_id=subject.office_id,
        recorded_at=instant(session),
        recorded_by=subject.person_id,
    )
    session.add(receipt)
    return Done(data={"warning": str(form.warning_id)})


async def own_warnings(session: AsyncSession, subject: Subject, case: Case) -> list[Option]:
    """Those to the subject's office that run and have no receipt yet."""
    received = select(WarningReceipt.id).where(WarningReceipt.warning_id == CaseWarning.id).exists()
    query = select(CaseWarning).where(
        CaseWarning.case_id == case.id,
        CaseWarning.receiver_office_id == subject.office_id,
        CaseWarning.ends_at > instant(session),
        ~received,
    )
    found = await session.scalars(query.order_by(CaseWarning.recorded_at, CaseWarning.id))
    return [Option(str(one.id), one.help_needed) for one in found]


UNREAD = Fact("""exists (select from warnings w where w.case_id = :case and w.receiver_office_id = :office
    and w.ends_at > :now and not exists (select from warning_receipts r where r.warning_id = w.id))""")


@by_facts(UNREAD)
def warning_unread(subject: Subject, case: Case, unread: bool) -> DomainError | None:
    return None if unread else NothingToAcknowledge()


ACTS = (
    Act(
        "acknowledge-warning",
        N_("签收预警"),
        Action.WARNING_ACK,
        ReceiptForm,
        acknowledge_warning,
        writes=False,
        while_frozen=True,
    ),
)
GUARDS = {"warning_unread": warning_unread}
OPTIONS = {"own_warnings": own_warnings}
