"""督办: an object of its own beside the case. It opens the facts to its issuer for as long as it stands."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from cases import relations
from cases.catalogue import Act, Done, Option
from cases.facts import Fact, by_facts
from cases.models import TIER_COLUMNS, Case
from cases.reckoning import LastDay
from cases.term_settings import settings_of
from cases.timeline import holder_tenant
from cases.timers import end_of_day
from foundation.choice import Choice
from foundation.clock import local_date
from foundation.errors import Conflict, DomainError, Forbidden, invalid
from foundation.ids import new_id
from foundation.language import N_, in_brackets, translate
from foundation.store import instant
from oversight.matter_models import Matter
from oversight.models import JOINT_GROUNDS, Order, OrderExtension, OrderGround, OrderKind, OrderState
from oversight.opened import OPENED
from oversight.order_entries import OrderDeed, OrderEntry, entries_of, note
from policies.actions import Action
from policies.gate import Permissions
from policies.relations import Relation
from tenants.subject import Subject
from tenants.tiers import OfficeKind


class OrderForm(Struct, frozen=True, kw_only=True):
    ground: Annotated[OrderGround, Meta(title=N_("督办理由"))]
    requirements: Annotated[
        str, Meta(title=N_("督办要求"), min_length=2, max_length=2000, extra={"widget": "textarea"})
    ]
    deadline: (
        Annotated[
            date,
            Meta(title=N_("办结期限"), description=N_("不填按本单位的限时销号设置；督办期限不改变法定期限")),
        ]
        | None
    ) = None
    contact: Annotated[str, Meta(title=N_("联系处室"), min_length=2, max_length=120)]
    matter_id: (
        Annotated[
            UUID, Meta(title=N_("督办事项"), description=N_("多案合并督办的选"), extra={"options": "own_matters"})
        ]
        | None
    ) = None


class UrgeForm(Struct, frozen=True, kw_only=True):
    order_id: Annotated[UUID, Meta(title=N_("督办单"), extra={"options": "open_orders"})]


class ExtendForm(Struct, frozen=True, kw_only=True):
    order_id: Annotated[UUID, Meta(title=N_("督办单"), extra={"options": "open_orders"})]
    deadline: Annotated[date, Meta(title=N_("新的督办期限"), description=N_("只延长督办期限，不改变任何法定期限"))]
    reason: Annotated[str, Meta(title=N_("延长理由"), min_length=2, max_length=300)]


class Verdict(Choice):
    STRIKE_OFF = "strike_off", N_("同意销号")
    REFUSE = "refuse", N_("不予销号，继续督办")


class StrikeOffForm(Struct, frozen=True, kw_only=True):
    order_id: Annotated[UUID, Meta(title=N_("督办单"), extra={"options": "open_orders"})]
    verdict: Annotated[Verdict, Meta(title=N_("销号意见"))]
    proof: Annotated[str, Meta(title=N_("依据或理由"), min_length=2, max_length=300)]


JOINT_CONFERENCE = "joint_conference"
MOST_MATTERS = 100


class NotYourOrder(Forbidden):
    code = "not_your_order"
    message = N_("这份督办单不是您的单位发出的")


class NotReplied(Conflict):
    code = "not_replied"
    message = N_("督办单尚未回复，不能销号")


async def issue_order(session: AsyncSession, subject: Subject, case: Case, form: OrderForm) -> Done:
    kind = _kind(subject, case)
    if (form.ground in JOINT_GROUNDS) is not (kind is OrderKind.JOINT):
        raise invalid("ground", "not_a_choice", N_("这项理由不由您的单位使用"))
    if form.matter_id is not None:
        await _own_matter(session, subject, form.matter_id)
    order = await written(session, subject, case, kind, form.ground.value, form.requirements, form.deadline)
    order.contact, order.matter_id = form.contact, form.matter_id
    await session.flush()
    await relations.grant(
        session,
        case,
        Relation.SUPERVISES,
        tenant_id=subject.tenant_id,
        office_id=subject.office_id,
        actions=OPENED,
        source=f"supervision_orders:{order.id}",
    )
    return Done(data={"kind": order.kind, "ground": order.ground, "deadline": str(local_date(order.deadline))})


async def written(
    session: AsyncSession,
    subject: Subject,
    case: Case,
    kind: OrderKind,
    ground: str,
    requirements: str,
    deadline: date | None,
) -> Order:
    """A new order of any kind, not flushed yet; without a deadline it has the issuer's usual days."""
    now = instant(session)
    last = deadline or await _usual_deadline(session, subject)
    if last < local_date(now):
        raise invalid("deadline", "too_small", N_("日期已过"))
    if subject.office_id is None or subject.tenant_id is None:
        raise Forbidden
    order = Order(
        id=new_id(now),
        case_id=case.id,
        kind=kind.value,
        ground=ground,
        requirements=requirements,
        contact="",
        deadline=LastDay(last).moment,
        state=OrderState.OPEN.value,
        urged=0,
        issuer_office_id=subject.office_id,
        issuer_tenant_id=subject.tenant_id,
        recorded_at=now,
        recorded_by=subject.person_id,
        **{column: getattr(case, column) for column in TIER_COLUMNS},
    )
    session.add(order)
    return order


async def _own_matter(session: AsyncSession, subject: Subject, matter_id: UUID) -> None:
    matter = await session.get(Matter, matter_id)
    if matter is None or matter.issuer_office_id != subject.office_id or matter.struck_off_at is not None:
        raise invalid("matter_id", "not_a_choice", N_("请从所列项目中选择"))


async def _usual_deadline(session: AsyncSession, subject: Subject) -> date:
    """限时销号 has no number in the plan: so many days as the issuer's tenant has set (obligation 34)."""
    days = (await settings_of(session, subject.tenant_id))["strike_off"].length
    return local_date(instant(session)) + timedelta(days=days)


def _kind(subject: Subject, case: Case) -> OrderKind:
    """Three issuers, three kinds (domain.md 13.1-4)."""
    if subject.role == JOINT_CONFERENCE:
        return OrderKind.JOINT
    own_house = subject.tenant_id == holder_tenant(case) and subject.office_kind == OfficeKind.LEADING_GROUP
    return OrderKind.BUSINESS if own_house else OrderKind.OVERSEEING


async def urge_order(session: AsyncSession, subject: Subject, case: Case, form: UrgeForm) -> Done:
    order = await standing(session, case, form.order_id)
    own(subject, order)
    order.urged += 1
    note(session, subject, order, OrderDeed.URGED)
    return Done(data={"times": order.urged})


async def strike_off_order(session: AsyncSession, subject: Subject, case: Case, form: StrikeOffForm) -> Done:
    """销号 with proof ends the issuer's sight of the facts; a refusal sets the order back to open."""
    order = await standing(session, case, form.order_id)
    own(subject, order)
    if order.state != OrderState.REPLIED:
        raise NotReplied
    judge(session, subject, order, form.verdict, form.proof)
    if form.verdict is Verdict.REFUSE:
        return Done(data={"verdict": form.verdict.value})

    async def sight_gone() -> None:
        await relations.end(session, case, Relation.SUPERVISES, source=f"supervision_orders:{order.id}")

    return Done(data={"verdict": form.verdict.value}, closing=sight_gone)


def judge(session: AsyncSession, subject: Subject, order: Order, verdict: Verdict, proof: str) -> None:
    """The issuer's word on a reply. Who judges before the holder's request for more time has answered it too."""
    order.strike_off_proof, order.asked_deadline = proof, None
    if verdict is Verdict.REFUSE:
        order.state = OrderState.OPEN.value
        note(session, subject, order, OrderDeed.REFUSED, proof=proof)
        return
    order.state, order.struck_off_at = OrderState.STRUCK_OFF.value, instant(session)
    note(session, subject, order, OrderDeed.STRUCK_OFF, proof=proof)


async def extend_order(session: AsyncSession, subject: Subject, case: Case, form: ExtendForm) -> Done:
    """Only the issuer, only the own order's deadline, never backwards."""
    order = await standing(session, case, form.order_id)
    own(subject, order)
    before = order.deadline
    later = postponed(session, order, form.deadline)
    put_off(session, subject, order, later, form.reason)
    return Done(data={"from": str(local_date(before)), "to": str(form.deadline)})


def postponed(session: AsyncSession, order: Order, day: date) -> datetime:
    """The end of that day, if it lies behind the order's deadline and is not over."""
    now = instant(session)
    later = end_of_day(now, (day - local_date(now)).days)
    if later <= order.deadline or day < local_date(now):
        raise invalid("deadline", "too_small", N_("只能延后，须晚于原督办期限"))
    return later


def put_off(session: AsyncSession, subject: Subject, order: Order, later: datetime, reason: str) -> None:
    """With its row of the extensions; a request for more time is answered by it."""
    now = instant(session)
    session.add(
        OrderExtension(
            id=new_id(now),
            order_id=order.id,
            case_id=order.case_id,
            before=order.deadline,
            after=later,
            reason=reason,
            recorded_at=now,
            recorded_by=subject.person_id,
        )
    )
    order.deadline, order.asked_deadline = later, None


def own(subject: Subject, order: Order) -> None:
    if order.issuer_office_id != subject.office_id:
        raise NotYourOrder


async def standing(session: AsyncSession, case: Case, order_id: UUID) -> Order:
    """An order to the holder of this case that is not struck off; held, for what was read of it before may be old."""
    order = await session.get(Order, order_id, with_for_update=True, populate_existing=True)
    gone = order is None or order.case_id != case.id or order.struck_off_at is not None
    if order is None or gone or order.kind == OrderKind.UNIT:
        raise invalid("order_id", "not_a_choice", N_("请从所列项目中选择"))
    return order


async def extensions_for(
    session: AsyncSession, subject: Subject, case_id: UUID, permissions: Permissions, orders: Sequence[Order]
) -> Sequence[OrderExtension]:
    """Oldest first; of those of the case's `orders` whose words the reader may read."""
    readable = {order.id for order in orders if reads_words(subject, permissions, order)}
    query = select(OrderExtension).where(OrderExtension.case_id == case_id).order_by(OrderExtension.recorded_at)
    return [one for one in await session.scalars(query) if one.order_id in readable]


async def entries_for(
    session: AsyncSession, subject: Subject, case_id: UUID, permissions: Permissions, orders: Sequence[Order]
) -> Sequence[OrderEntry]:
    """As `extensions_for`."""
    readable = {order.id for order in orders if reads_words(subject, permissions, order)}
    return [one for one in await entries_of(session, case_id) if one.order_id in readable]


def reads_words(subject: Subject, permissions: Permissions, order: Order) -> bool:
    """An order's words may tell the facts: for who reads the statements, and for the office that wrote it."""
    return Action.CASE_READ_STATEMENT in permissions.actions or order.issuer_office_id == subject.office_id


async def orders_for(
    session: AsyncSession, subject: Subject, case_id: UUID, permissions: Permissions
) -> Sequence[Order]:
    """Oldest first: all for who follows the case; who urges units has the own office's (条例 40)."""
    orders = await orders_of(session, case_id)
    if Action.CASE_READ_TIMELINE in permissions.actions:
        return orders
    urges = Action.UNIT_URGE in permissions.actions
    return [order for order in orders if urges and order.issuer_office_id == subject.office_id]


async def orders_of(session: AsyncSession, case_id: UUID) -> Sequence[Order]:
    return (await session.scalars(select(Order).where(Order.case_id == case_id).order_by(Order.recorded_at))).all()


class NoOrder(Conflict):
    code = "no_order"
    message = N_("本案没有未销号的督办单")


@by_facts(
    Fact("exists (select from supervision_orders where case_id = :case and struck_off_at is null and kind <> 'unit')")
)
def order_standing(subject: Subject, case: Case, standing: bool) -> DomainError | None:
    return None if standing else NoOrder()


async def order_options(session: AsyncSession, subject: Subject, case: Case) -> list[Option]:
    return [
        Option(str(order.id), translate(OrderGround(order.ground).label) + in_brackets(local_date(order.deadline)))
        for order in await orders_of(session, case.id)
        if order.struck_off_at is None and order.kind != OrderKind.UNIT
    ]


async def matter_options(session: AsyncSession, subject: Subject, case: Case) -> list[Option]:
    query = select(Matter).where(Matter.issuer_office_id == subject.office_id, Matter.struck_off_at.is_(None))
    matters = await session.scalars(query.order_by(Matter.deadline, Matter.id).limit(MOST_MATTERS))
    return [Option(str(one.id), one.name) for one in matters]


ACTS = (
    Act("issue-order", N_("督办"), Action.ORDER_ISSUE, OrderForm, issue_order, writes=False),
    Act("urge-order", N_("催办"), Action.ORDER_URGE, UrgeForm, urge_order, writes=False),
    Act("extend-order", N_("延长督办期限"), Action.ORDER_EXTEND, ExtendForm, extend_order, writes=False),
    Act(
        "strike-off-order",
        N_("销号"),
        Action.ORDER_STRIKE_OFF,
        StrikeOffForm,
        strike_off_order,
        writes=False,
        verdicts={Verdict.REFUSE.value: OrderDeed.REFUSED.label},
    ),
)
GUARDS = {"order_standing": order_standing}
OPTIONS = {"open_orders": order_options, "own_matters": matter_options}
