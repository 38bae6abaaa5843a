"""换班: one asks, the other agrees; both must have a duty post at the station on the days that they take."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct
from sqlalchemy import ColumnElement, ForeignKey, Index, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from foundation.choice import Choice
from foundation.errors import Conflict, NotFound, invalid
from foundation.ids import new_id
from foundation.language import N_
from foundation.model import Base
from foundation.store import instant
from organisation.duty_attendance import DutyAttendance, NotYourShift
from organisation.duty_people import eligible
from organisation.duty_shifts import DutyShift, locked_shift
from organisation.subtree import note
from policies import gate
from policies.actions import Action
from policies.relations import Relation
from tenants.subject import Subject


class SwapState(Choice):
    ASKED = "asked", N_("等待对方答复")
    AGREED = "agreed", N_("对方同意，已换班")
    DECLINED = "declined", N_("对方不同意")
    WITHDRAWN = "withdrawn", N_("已撤回")


class DutySwap(Base):
    """Tells who had which shift before; the shifts themselves say who has it now."""

    __tablename__ = "duty_swaps"
    __table_args__ = (
        Index("uq_duty_swaps_asked", "shift_id", unique=True, postgresql_where=text("state = 'asked'")),
        Index("ix_duty_swaps_tenant", "tenant_id", "asked_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    tenant_id: Mapped[int] = mapped_column(ForeignKey("tenants.id"))
    shift_id: Mapped[UUID] = mapped_column(ForeignKey("duty_shifts.id"))
    other_shift_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("duty_shifts.id"), comment="given in return; null = the other takes the shift over"
    )
    asked_by: Mapped[UUID] = mapped_column(ForeignKey("persons.id"))
    asked_of: Mapped[UUID] = mapped_column(ForeignKey("persons.id"))
    state: Mapped[str] = mapped_column(comment="codes of organisation.duty_swaps.SwapState")
    asked_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]


class SwapForm(Struct, frozen=True, kw_only=True):
    person_id: Annotated[UUID, Meta(title=N_("与谁换班"), extra={"options": "duty_colleagues"})]
    shift_id: (
        Annotated[
            UUID,
            Meta(
                title=N_("换对方的哪一班"), description=N_("不选为请对方顶班"), extra={"options": "colleagues_shifts"}
            ),
        ]
        | None
    ) = None


class SwapAnswerForm(Struct, frozen=True, kw_only=True):
    agree: Annotated[bool, Meta(title=N_("同意换班"))]


class SwapAsked(Conflict):
    code = "swap_asked"
    message = N_("这一班已在等待换班答复")


class SwapAnswered(Conflict):
    code = "swap_answered"
    message = N_("这次换班已有结果")


class SwapImpossible(Conflict):
    code = "swap_impossible"
    message = N_("情况已变，不能换班：有人已签到、已无值班岗位，或者这一时段另有值班")


async def ask_swap(session: AsyncSession, subject: Subject, shift_id: UUID, form: SwapForm) -> DutySwap:
    """Raises Forbidden, NotFound, NotYourShift, InvalidInput, SwapAsked, SwapImpossible."""
    gate.require_role(subject, Action.DUTY_SWAP, Relation.NONE)
    shift = await locked_shift(session, subject, shift_id)
    if shift.person_id != subject.person_id:
        raise NotYourShift
    if form.person_id == subject.person_id:
        raise invalid("person_id", "self", N_("请选择另一人"))
    other = await _other(session, shift, form)
    if not await _possible(session, shift, form.person_id, other):
        raise SwapImpossible
    now = instant(session)
    swap = DutySwap(
        id=new_id(now),
        tenant_id=shift.tenant_id,
        shift_id=shift.id,
        other_shift_id=form.shift_id,
        asked_by=subject.person_id,
        asked_of=form.person_id,
        state=SwapState.ASKED.value,
        asked_at=now,
    )
    try:
        async with session.begin_nested():
            session.add(swap)
    except IntegrityError as twice:
        raise SwapAsked from twice
    await note(session, subject, Action.DUTY_SWAP, "duty_shift", shift.id, shift.tenant_id, state=swap.state)
    return swap


async def answer_swap(session: AsyncSession, subject: Subject, swap_id: UUID, form: SwapAnswerForm) -> DutySwap:
    """By the one who was asked; on agreement the shifts change hands. Raises NotFound, SwapAnswered, SwapImpossible."""
    gate.require_role(subject, Action.DUTY_SWAP, Relation.NONE)
    swap = await _waiting(session, swap_id, DutySwap.asked_of == subject.person_id)
    if form.agree:
        await _exchange(session, subject, swap)
    return await _end(session, subject, swap, SwapState.AGREED if form.agree else SwapState.DECLINED)


async def withdraw_swap(session: AsyncSession, subject: Subject, swap_id: UUID) -> DutySwap:
    """By the one who asked. Raises NotFound, SwapAnswered."""
    gate.require_role(subject, Action.DUTY_SWAP, Relation.NONE)
    swap = await _waiting(session, swap_id, DutySwap.asked_by == subject.person_id)
    return await _end(session, subject, swap, SwapState.WITHDRAWN)


async def _waiting(session: AsyncSession, swap_id: UUID, whose: ColumnElement[bool]) -> DutySwap:
    query = select(DutySwap).where(DutySwap.id == swap_id, whose)
    swap = (await session.scalars(query.with_for_update())).one_or_none()
    if swap is None:
        raise NotFound
    if swap.state != SwapState.ASKED:
        raise SwapAnswered
    return swap


async def _end(session: AsyncSession, subject: Subject, swap: DutySwap, state: SwapState) -> DutySwap:
    swap.state, swap.answered_at = state.value, instant(session)
    await session.flush()
    await note(session, subject, Action.DUTY_SWAP, "duty_shift", swap.shift_id, swap.tenant_id, state=swap.state)
    return swap


async def _other(session: AsyncSession, shift: DutyShift, form: SwapForm) -> DutyShift | None:
    """The shift asked in return: of that person, at the same station."""
    if form.shift_id is None:
        return None
    other = await session.get(DutyShift, form.shift_id)
    if (
        other is None
        or other.cancelled_at is not None
        or (other.person_id, other.office_id) != (form.person_id, shift.office_id)
    ):
        raise invalid("shift_id", "not_a_choice", N_("请从所列项目中选择"))
    return other


async def _possible(session: AsyncSession, shift: DutyShift, taker: UUID, other: DutyShift | None) -> bool:
    """Neither shift has begun to be done or is over, and each may do the other's."""
    given = [one for one in (shift, other) if one is not None]
    if any(instant(session) > one.ends_at for one in given) or (other is not None and shift.meets(other)):
        return False
    done = select(DutyAttendance.id).where(DutyAttendance.shift_id.in_([one.id for one in given])).limit(1)
    if await session.scalar(done) is not None:
        return False
    back = other is None or await eligible(session, shift.person_id, other.office_id, other.day)
    return back and await eligible(session, taker, shift.office_id, shift.day)


async def _exchange(session: AsyncSession, subject: Subject, swap: DutySwap) -> None:
    """Everything is asked again: days have passed since the other was asked."""
    wanted = sorted(one for one in (swap.shift_id, swap.other_shift_id) if one is not None)
    try:
        held = {one: await locked_shift(session, subject, one) for one in wanted}
    except NotFound as gone:
        raise SwapImpossible from gone
    shift, other = held[swap.shift_id], held[swap.other_shift_id] if swap.other_shift_id else None
    changed = shift.person_id != swap.asked_by or (other is not None and other.person_id != swap.asked_of)
    if changed or not await _possible(session, shift, swap.asked_of, other):
        raise SwapImpossible
    try:
        async with session.begin_nested():
            shift.person_id = swap.asked_of
            if other is not None:
                other.person_id = swap.asked_by
    except IntegrityError as busy:
        raise SwapImpossible from busy
