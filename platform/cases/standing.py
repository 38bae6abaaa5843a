"""Where the dispute stands (解二(五)): new or old, and how far it has been petitioned. A fact of the dispute alone.

Its only proof is the petition office's register: no itinerary of a person is asked for or kept (obligation 19, N1).
"""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct
from sqlalchemy import ForeignKey, Index
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from cases.catalogue import Act, Done
from cases.facts import Fact
from cases.models import Case
from foundation.choice import Choice
from foundation.errors import FieldError, InvalidInput
from foundation.ids import new_id
from foundation.language import N_
from foundation.model import Base
from foundation.store import instant
from policies.actions import Action
from tenants.subject import Subject


class Phase(Choice):
    NOW = "now", N_("现在发生")
    UNSOLVED = "unsolved", N_("以前发生、至今未解决")
    MAY_LEAD = "may_lead", N_("可能引发信访")
    PETITIONED = "petitioned", N_("已经信访")


class Level(Choice):
    VILLAGE = "village", N_("村（社区）")
    TOWNSHIP = "township", N_("乡镇（街道）")
    COUNTY = "county", N_("县（市、区）")
    PREFECTURE = "prefecture", N_("州（市）")
    PROVINCE = "province", N_("省")
    BEIJING = "beijing", N_("国家")


class Between(Choice):
    """Who stands against whom (解二(五))."""

    PERSONS = "persons", N_("个人之间")
    PERSON_UNIT = "person_unit", N_("个人与单位、组织、集体")
    UNITS = "units", N_("单位、组织、集体之间")


class DisputeStanding(Base):
    """A newer row takes the place of an older one."""

    __tablename__ = "dispute_standings"
    __table_args__ = (Index("ix_dispute_standings_case", "case_id", "recorded_at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    between: Mapped[str]
    phase: Mapped[str]
    level: Mapped[str | None]
    register_no: Mapped[str | None] = mapped_column(comment="of the petition office's register: the only proof")
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[UUID]


class StandingForm(Struct, frozen=True, kw_only=True):
    between: Annotated[Between, Meta(title=N_("纠纷双方"))]
    phase: Annotated[Phase, Meta(title=N_("纠纷状态"))]
    level: Annotated[Level, Meta(title=N_("已反映到的层级"))] | None = None
    register_no: (
        Annotated[str, Meta(title=N_("信访部门登记号"), description=N_("层级只凭信访部门登记认定"), max_length=60)]
        | None
    ) = None


async def record_standing(session: AsyncSession, subject: Subject, case: Case, form: StandingForm) -> Done:
    if errors := _errors(form):
        raise InvalidInput(*errors)
    session.add(
        DisputeStanding(
            id=new_id(instant(session)),
            case_id=case.id,
            between=form.between.value,
            phase=form.phase.value,
            level=form.level and form.level.value,
            register_no=form.register_no,
            recorded_at=instant(session),
            recorded_by=subject.person_id,
        )
    )
    return Done(data={"phase": form.phase.value, "level": form.level and form.level.value})


def _errors(form: StandingForm) -> list[FieldError]:
    petitioned = form.phase is Phase.PETITIONED
    if not petitioned:
        message = N_("只有“已经信访”的才填")
        return [
            FieldError(name, "not_wanted", message)
            for name in ("level", "register_no")
            if getattr(form, name) is not None
        ]
    message = N_("已经信访的，须写明层级和信访部门登记号")
    return [FieldError(name, "required", message) for name in ("level", "register_no") if getattr(form, name) is None]


STANDING = Fact(
    "select row(between, phase, level, register_no) from dispute_standings"
    " where case_id = :case order by recorded_at desc, id desc limit 1"
)
ACTS = (Act("record-standing", N_("登记纠纷状态"), Action.CASE_ASSESS, StandingForm, record_standing, step=2),)
