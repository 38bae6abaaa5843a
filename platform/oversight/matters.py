"""One order on a matter of many cases: opened, urged, extended, answered and struck off as a whole, case by case below.

Each case has an order of its own in the matter, by the acts of any order: its progress, its sight, its custody.
"""

from collections.abc import Callable, Coroutine, Sequence
from typing import Any
from uuid import UUID

from msgspec import Struct
from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from cases.acts import perform
from cases.catalogue import Catalogue
from cases.lookup import by_number
from cases.models import Case
from cases.reckoning import LastDay
from foundation import audit
from foundation.clock import local_date
from foundation.errors import Conflict, DomainError, Forbidden, InvalidInput, NotFound, invalid
from foundation.ids import new_id
from foundation.language import N_, current_language
from foundation.store import instant
from oversight.matter_models import DeedForm, GatherForm, Matter, MatterDeed, MatterEntry, MatterForm
from oversight.models import JOINT_GROUNDS, Order, OrderGround, OrderKind, OrderState
from oversight.notice_kinds import NoticeKind
from oversight.orders import JOINT_CONFERENCE, ExtendForm, OrderForm, UrgeForm
from oversight.telling import tell
from policies import gate
from policies.actions import Action
from tenants.models import Office, Place, Tenant
from tenants.subject import Subject
from tenants.tiers import OfficeKind

MOST_CASES = 100


class NotAllStruckOff(Conflict):
    code = "matter_not_done"
    message = N_("还有 %(n)s 件没有销号，不能整体销号")


class MatterNotAnswered(Conflict):
    code = "matter_not_answered"
    message = N_("尚未收到书面回复，不能销号")


class NobodyAddressed(Conflict):
    code = "matter_answered_by_case"
    message = N_("本事项逐件回复、逐件销号，没有整体的书面回复")


class CaseRefuses(Conflict):
    code = "matter_case_refuses"
    message = N_("%(number)s：%(why)s")


class MatterOver(Conflict):
    code = "matter_over"
    message = N_("督办事项已销号")


async def open_matter(session: AsyncSession, subject: Subject, catalogue: Catalogue, form: MatterForm) -> Matter:
    gate.require_role(subject, Action.ORDER_ISSUE)
    if subject.office_id is None or subject.tenant_id is None:
        raise Forbidden
    now, joint = instant(session), subject.role == JOINT_CONFERENCE
    if form.deadline < local_date(now):
        raise invalid("deadline", "too_small", N_("日期已过"))
    if (form.ground in JOINT_GROUNDS) is not joint:
        raise invalid("ground", "not_a_choice", N_("这项理由不由您的单位使用"))
    matter = Matter(
        id=new_id(now),
        name=form.name,
        kind=(OrderKind.JOINT if joint else _kind(subject)).value,
        ground=form.ground.value,
        requirements=form.requirements,
        contact=form.contact,
        deadline=LastDay(form.deadline).moment,
        addressee_tenant_id=await _addressee(session, subject, form.addressee.strip()),
        issuer_office_id=subject.office_id,
        issuer_tenant_id=subject.tenant_id,
        recorded_at=now,
        recorded_by=subject.person_id,
    )
    if not form.numbers.strip() and matter.addressee_tenant_id is None:
        raise invalid("numbers", "required", N_("请填写案件；联席会议督办领导班子的，请填写被督办地区"))
    session.add(matter)
    await session.flush()
    await _add_cases(session, subject, catalogue, matter, form.numbers)
    await _on_record(session, subject, matter, "opened")
    await _tell_addressee(session, subject, matter, "opened")
    return matter


def _kind(subject: Subject) -> OrderKind:
    own_house = subject.role == "lgo_director"
    return OrderKind.BUSINESS if own_house else OrderKind.OVERSEEING


async def _addressee(session: AsyncSession, subject: Subject, code: str) -> int | None:
    """The tenant of that division below the issuer's; only a joint conference supervises a leadership."""
    if not code:
        return None
    below = (Tenant.province_id, Tenant.prefecture_id, Tenant.county_id)
    query = (
        select(Tenant.id)
        .join(Place, Place.id == Tenant.place_id)
        .where(Place.code_mca == code, Tenant.valid_to.is_(None), Tenant.id != subject.tenant_id)
        .where(or_(*(column == subject.tenant_id for column in below)))
    )
    found: int | None = await session.scalar(query) if subject.role == JOINT_CONFERENCE else None
    if found is None:
        raise invalid("addressee", "not_a_choice", N_("须为本级联席会议辖区内的下级地区"))
    return found


async def gather(
    session: AsyncSession, subject: Subject, catalogue: Catalogue, matter_id: UUID, form: GatherForm
) -> Matter:
    """More cases, each with an order of its own by the same deadline."""
    matter = await own_matter(session, subject, matter_id)
    await _add_cases(session, subject, catalogue, matter, form.numbers)
    await _on_record(session, subject, matter, "gathered")
    return matter


async def _add_cases(
    session: AsyncSession, subject: Subject, catalogue: Catalogue, matter: Matter, numbers: str
) -> None:
    """By the act of any order, so that it is refused where that would be; all of them or none."""
    wanted = list(dict.fromkeys(filter(None, (line.strip() for line in numbers.splitlines()))))
    if len(wanted) > MOST_CASES:
        raise invalid("numbers", "too_long", N_("一次最多 %(most)s 件"), most=MOST_CASES)
    there = set(await session.scalars(select(Order.case_id).where(Order.matter_id == matter.id)))
    form = OrderForm(
        ground=OrderGround(matter.ground),
        requirements=matter.requirements,
        deadline=local_date(matter.deadline),
        contact=matter.contact,
        matter_id=matter.id,
    )
    for number in wanted:
        case_id = await by_number(session, subject, number, Action.ORDER_ISSUE)
        if case_id is None or case_id in there:
            raise invalid(
                "numbers", "not_a_choice", N_("%(number)s：不是您可以督办的案件，或者已在本事项中"), number=number
            )
        there.add(case_id)
        try:
            await perform(session, subject, catalogue, case_id, "issue-order", form, None)
        except DomainError as refused:
            raise invalid("numbers", "refused", CaseRefuses.message, number=number, why=_why(refused)) from None


def _why(refused: DomainError) -> str:
    """In the reader's language: of many cases, what one of them is refused for."""
    errors = refused.fields if isinstance(refused, InvalidInput) else (refused,)
    return errors[0].text(current_language.get())


async def act(session: AsyncSession, subject: Subject, catalogue: Catalogue, matter_id: UUID, form: DeedForm) -> Matter:
    matter = await own_matter(session, subject, matter_id)
    await _DEEDS[form.deed](session, subject, catalogue, matter, form)
    now = instant(session)
    session.add(
        MatterEntry(
            id=new_id(now),
            matter_id=matter.id,
            deed=form.deed.value,
            words=form.words,
            deadline=matter.deadline if form.deed is MatterDeed.EXTENDED else None,
            recorded_at=now,
            recorded_by=subject.person_id,
        )
    )
    await _on_record(session, subject, matter, form.deed.value)
    await _tell_addressee(session, subject, matter, f"{form.deed.value}:{now.isoformat()}")
    return matter


async def _urge(session: AsyncSession, subject: Subject, catalogue: Catalogue, matter: Matter, form: DeedForm) -> None:
    for order in await _standing(session, matter, OrderState.OPEN):
        await _with_case(session, subject, catalogue, order, "urge-order", UrgeForm(order_id=order.id))


async def _with_case(
    session: AsyncSession, subject: Subject, catalogue: Catalogue, order: Order, act: str, form: Struct
) -> None:
    """Raises CaseRefuses, which says which of the many it is."""
    try:
        await perform(session, subject, catalogue, order.case_id, act, form, None)
    except DomainError as refused:
        number = await session.scalar(select(Case.registration_no).where(Case.id == order.case_id))
        raise CaseRefuses(number=number, why=_why(refused)) from None


async def _reply(session: AsyncSession, subject: Subject, catalogue: Catalogue, matter: Matter, form: DeedForm) -> None:
    """Of the leadership addressed; the holders of cases answer in their cases."""
    if matter.addressee_tenant_id is None:
        raise NobodyAddressed
    matter.replied_at = instant(session)


async def _extend(
    session: AsyncSession, subject: Subject, catalogue: Catalogue, matter: Matter, form: DeedForm
) -> None:
    """Its deadline and that of every order in it that would be earlier."""
    if form.deadline is None:
        raise invalid("deadline", "required", N_("请填写新的期限"))
    if form.deadline <= local_date(matter.deadline) or form.deadline < local_date(instant(session)):
        raise invalid("deadline", "too_small", N_("只能延后，须晚于原督办期限"))
    matter.deadline = LastDay(form.deadline).moment
    for order in await _standing(session, matter, OrderState.OPEN, OrderState.REPLIED):
        if order.deadline < matter.deadline:
            longer = ExtendForm(order_id=order.id, deadline=form.deadline, reason=form.words[:300])
            await _with_case(session, subject, catalogue, order, "extend-order", longer)


async def _refuse(
    session: AsyncSession, subject: Subject, catalogue: Catalogue, matter: Matter, form: DeedForm
) -> None:
    if matter.addressee_tenant_id is None:
        raise NobodyAddressed
    if matter.replied_at is None:
        raise MatterNotAnswered
    matter.replied_at = None


async def _strike_off(
    session: AsyncSession, subject: Subject, catalogue: Catalogue, matter: Matter, form: DeedForm
) -> None:
    """When every case in it is; a matter without cases when it has been answered."""
    left = await _standing(session, matter, OrderState.OPEN, OrderState.REPLIED)
    if left:
        raise NotAllStruckOff(n=len(left))
    if matter.addressee_tenant_id is not None and matter.replied_at is None:
        raise MatterNotAnswered
    matter.struck_off_at = instant(session)


_DEEDS: dict[MatterDeed, Callable[..., Coroutine[Any, Any, None]]] = {
    MatterDeed.URGED: _urge,
    MatterDeed.REPLIED: _reply,
    MatterDeed.EXTENDED: _extend,
    MatterDeed.REFUSED: _refuse,
    MatterDeed.STRUCK_OFF: _strike_off,
}


async def _standing(session: AsyncSession, matter: Matter, *states: OrderState) -> Sequence[Order]:
    query = select(Order).where(Order.matter_id == matter.id, Order.state.in_([state.value for state in states]))
    return (await session.scalars(query.order_by(Order.id))).all()


async def _on_record(session: AsyncSession, subject: Subject, matter: Matter, deed: str) -> None:
    entry = audit.Entry(
        subject.actor, subject.post_id, Action.ORDER_ISSUE, "matter", str(matter.id), detail={"deed": deed}
    )
    await audit.append(session, entry, matter.issuer_tenant_id)


async def _tell_addressee(session: AsyncSession, subject: Subject, matter: Matter, what: str) -> None:
    """The holders of the cases hear of their orders; a leadership hears at its own offices."""
    if matter.addressee_tenant_id is None:
        return
    desks = select(Office.id).where(
        Office.tenant_id == matter.addressee_tenant_id,
        Office.kind.in_([OfficeKind.LEADING_GROUP, OfficeKind.PETITION_BUREAU]),
        Office.valid_to.is_(None),
    )
    await tell(
        session,
        NoticeKind.MATTER_CHANGED,
        f"supervision_matters:{matter.id}:{what}",
        address=f"/matters/{matter.id}",
        offices=list(await session.scalars(desks)),
        doer=subject.person_id,
    )


async def own_matter(session: AsyncSession, subject: Subject, matter_id: UUID) -> Matter:
    """For its issuer to act on. Raises NotFound, Forbidden, MatterOver."""
    gate.require_role(subject, Action.ORDER_ISSUE)
    matter = await session.get(Matter, matter_id, with_for_update=True)
    if matter is None:
        raise NotFound
    if matter.issuer_office_id != subject.office_id:
        raise Forbidden
    if matter.struck_off_at is not None:
        raise MatterOver
    return matter
