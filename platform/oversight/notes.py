"""指导、监督意见: written words of those who oversee. An object of its own; the case stays as it is."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct
from sqlalchemy import ForeignKey, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from cases.catalogue import Act, Done
from cases.models import Case
from foundation.choice import Choice
from foundation.cipher import Sealed
from foundation.errors import Forbidden
from foundation.ids import new_id
from foundation.language import N_
from foundation.model import Base
from foundation.store import instant
from policies.actions import Action
from policies.gate import Permissions
from policies.relations import Relation
from tenants.subject import Subject


class NoteKind(Choice):
    GUIDANCE = "guidance", N_("业务指导")
    SUPERVISION = "supervision", N_("监督意见")
    UNIT_URGING = "unit_urging", N_("信访部门督办责任单位")


class OversightNote(Base):
    """Written once, by an office, to the holder; read by those two. `unit`, `ground`: of a unit's urging before 0059,
    which is an order since."""

    __tablename__ = "oversight_notes"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), index=True)
    kind: Mapped[str]
    tenant_id: Mapped[int] = mapped_column(ForeignKey("tenants.id"))
    office_id: Mapped[int] = mapped_column(ForeignKey("offices.id"))
    ground: Mapped[str | None]
    unit: Mapped[str | None] = mapped_column(comment="the unit urged, never a person")
    text: Mapped[str] = mapped_column(Sealed("oversight_notes.text"))
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[UUID]


class GuidanceForm(Struct, frozen=True, kw_only=True):
    text: Annotated[
        str,
        Meta(
            title=N_("意见"),
            description=N_("由承办机构和发出单位查看，发出后不能修改；不得指定调解结果和金额"),
            min_length=2,
            max_length=2000,
            extra={"widget": "textarea"},
        ),
    ]


async def guide_case(session: AsyncSession, subject: Subject, case: Case, form: GuidanceForm) -> Done:
    return _written(session, subject, case, NoteKind.GUIDANCE, form.text)


async def supervise_case(session: AsyncSession, subject: Subject, case: Case, form: GuidanceForm) -> Done:
    return _written(session, subject, case, NoteKind.SUPERVISION, form.text)


def _written(
    session: AsyncSession,
    subject: Subject,
    case: Case,
    kind: NoteKind,
    text: str,
) -> Done:
    if subject.office_id is None or subject.tenant_id is None:
        raise Forbidden
    now = instant(session)
    row = OversightNote(
        id=new_id(now),
        case_id=case.id,
        kind=kind.value,
        tenant_id=subject.tenant_id,
        office_id=subject.office_id,
        text=text,
        recorded_at=now,
        recorded_by=subject.person_id,
    )
    session.add(row)
    return Done(data={"kind": kind.value})


HOLDING = frozenset({Relation.HOLDS, Relation.HANDLER, Relation.TEAM})


def reads(subject: Subject, permissions: Permissions, office_id: int) -> bool:
    """What one office tells the holder is read by that office, and by the holder's own people who read the case."""
    to_us = Action.CASE_READ in permissions.actions and bool(permissions.relations & HOLDING)
    return to_us or subject.office_id == office_id


async def notes_for(
    session: AsyncSession, subject: Subject, case_id: UUID, permissions: Permissions
) -> Sequence[OversightNote]:
    """Oldest first, as far as the reader may see them."""
    query = select(OversightNote).where(OversightNote.case_id == case_id).order_by(OversightNote.recorded_at)
    return [one for one in await session.scalars(query) if reads(subject, permissions, one.office_id)]


ACTS = (
    Act("guide-case", N_("业务指导"), Action.CASE_GUIDE, GuidanceForm, guide_case, writes=False),
    Act("supervise-case", N_("提出监督意见"), Action.CASE_SUPERVISE, GuidanceForm, supervise_case, writes=False),
)
