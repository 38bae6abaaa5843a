"""The return visit: only about performance, refusable; a complaint about pressure freezes closing and payout (N8)."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct
from sqlalchemy import ForeignKey, Index, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from cases.catalogue import Act, Done
from cases.issue import issue
from cases.models import Case
from cases.papers import Group, PaperKind
from dossiers.parties import party_at
from foundation.choice import Choice
from foundation.errors import Conflict, invalid
from foundation.ids import new_id
from foundation.language import N_
from foundation.model import Base
from foundation.store import instant
from policies.actions import Action
from teams.models import TeamMember
from tenants.subject import Subject


class Pressure(Choice):
    NONE = "none", N_("未反映受到压力")
    COMPLAINED = "complained", N_("反映受到压力或者并非自愿")
    CLEARED = "cleared", N_("此前的反映已经查清，本人认可")


class NotIndependent(Conflict):
    code = "not_independent"
    message = N_("压力反映须由未参加本案办理的人员查清")


class VisitRefused(Conflict):
    code = "visit_refused"
    message = N_("本人已表示不愿接受回访，不再回访")


PRESSED = text("select pressure_open(:case)")


class ReturnVisit(Base):
    __tablename__ = "return_visits"
    __table_args__ = (Index("ix_return_visits_case", "case_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    party_id: Mapped[UUID] = mapped_column(ForeignKey("parties.id"))
    refused: Mapped[bool] = mapped_column(comment="the person did not wish to be visited: that is an answer too")
    performed: Mapped[bool | None]
    satisfied: Mapped[bool | None]
    pressure: Mapped[str]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[UUID]


class VisitForm(Struct, frozen=True, kw_only=True):
    """No field for anything but performance, satisfaction and pressure: a visit is no supervision of the person."""

    party: Annotated[UUID, Meta(title=N_("回访对象"), extra={"options": "parties"})]
    refused: Annotated[bool, Meta(title=N_("本人不愿接受回访"), description=N_("可以不接受，不需要理由"))] = False
    performed: Annotated[bool, Meta(title=N_("协议是否已经履行"))] | None = None
    satisfied: Annotated[bool, Meta(title=N_("对调解是否满意"))] | None = None
    pressure: Annotated[Pressure, Meta(title=N_("是否受到压力"))] = Pressure.NONE


VISIT = PaperKind("return_visit", N_("人民调解回访记录"), Group.STATEMENT, dossier_item=10, form=VisitForm)


async def return_visit(session: AsyncSession, subject: Subject, case: Case, form: VisitForm) -> Done:
    await party_at(session, case, "party", form.party)
    if not form.refused and form.performed is None:
        raise invalid("performed", "required", N_("请填写"))
    if form.refused and (form.performed is not None or form.satisfied is not None):
        raise invalid("refused", "contradiction", N_("本人不愿回访的，不填其他内容"))
    if form.pressure is Pressure.NONE and await _has_refused(session, case, form.party):
        raise VisitRefused
    if form.pressure is Pressure.CLEARED and await _took_part(session, case, subject.person_id):
        raise NotIndependent
    if form.pressure is Pressure.CLEARED and not await _complained(session, case, form.party):
        raise invalid("pressure", "nothing_to_clear", N_("本人在回访中没有未查清的压力反映"))
    now = instant(session)
    session.add(
        ReturnVisit(
            id=new_id(now),
            case_id=case.id,
            party_id=form.party,
            refused=form.refused,
            performed=form.performed,
            satisfied=form.satisfied,
            pressure=form.pressure.value,
            recorded_at=now,
            recorded_by=subject.person_id,
        )
    )
    await issue(session, subject, case, VISIT, form, party_id=form.party)
    return Done(data={"refused": form.refused, "pressure": form.pressure.value})


async def _has_refused(session: AsyncSession, case: Case, party_id: UUID) -> bool:
    return any(visit.refused for visit in await visits_of(session, case.id) if visit.party_id == party_id)


async def _complained(session: AsyncSession, case: Case, party_id: UUID) -> bool:
    """What was told to the tier above is answered there, not by a visit."""
    told = [visit.pressure for visit in await visits_of(session, case.id) if visit.party_id == party_id]
    spoken = [pressure for pressure in told if pressure != Pressure.NONE]
    return spoken[-1:] == [Pressure.COMPLAINED.value]


async def _took_part(session: AsyncSession, case: Case, person_id: UUID) -> bool:
    if person_id == case.handler_id:
        return True
    query = select(TeamMember.id).where(TeamMember.case_id == case.id, TeamMember.person_id == person_id).limit(1)
    return await session.scalar(query) is not None


async def visits_of(session: AsyncSession, case_id: UUID) -> list[ReturnVisit]:
    query = select(ReturnVisit).where(ReturnVisit.case_id == case_id).order_by(ReturnVisit.id)
    return list(await session.scalars(query))


async def pressure_open(session: AsyncSession, case_id: UUID) -> bool:
    """Someone complained of pressure, at a visit or to the tier above, and it has not been cleared since (N8)."""
    return bool(await session.scalar(PRESSED, {"case": case_id}))


ACTS = (Act("return-visit", N_("回访"), Action.VISIT_RETURN, VisitForm, return_visit, step=7),)
