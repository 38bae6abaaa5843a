"""督办台账: the orders of a tier on one board. What stands comes by its deadline, so that what is overdue is first."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Annotated, Any
from uuid import UUID

from msgspec import Meta, Struct
from sqlalchemy import ColumnElement, and_, false, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from cases.models import Case
from foundation.choice import Choice
from foundation.clock import local_date
from foundation.errors import Forbidden, invalid
from foundation.language import N_
from foundation.store import instant
from oversight.matter_models import Matter
from oversight.models import Order, OrderKind, OrderState
from oversight.order_counts import OrderCount
from policies import gate
from policies.actions import Action
from tenants.models import Office
from tenants.subject import Subject

PAGE, LONGEST = 50, 5000
OPENED_BY = (Action.ORDER_ISSUE, Action.ORDER_REPLY, Action.ORDER_URGE, Action.UNIT_URGE)
TIER = {"P": Order.province_id, "F": Order.prefecture_id, "C": Order.county_id, "T": Order.township_id}


class BoardState(Choice):
    STANDING = "standing", N_("未销号")
    OVERDUE = "overdue", N_("已逾期")
    OPEN = "open", N_("督办中")
    REPLIED = "replied", N_("待销号")
    OVER = "over", N_("已销号或者终止")


class BoardQuery(Struct, frozen=True, kw_only=True):
    state: Annotated[BoardState, Meta(title=N_("状态"))] = BoardState.STANDING
    kind: Annotated[OrderKind, Meta(title=N_("督办种类"))] | None = None
    after: Annotated[str, Meta(title=N_("接着上一页"), max_length=100)] | None = None


class BoardLine(Struct, frozen=True):
    """No words of the order and no person: those stand on the case's page, for who may read them."""

    id: UUID
    case_id: UUID
    registration_no: str
    kind: str
    ground: str
    issuer: str
    holder: str
    unit: str | None
    matter: str | None
    matter_id: UUID | None
    issued_on: date
    deadline: date
    state: str
    overdue: bool
    urged: int
    asks: bool


class Board(Struct, frozen=True):
    """`after` = there is more."""

    lines: list[BoardLine]
    after: str | None


class Count(Struct, frozen=True):
    """Of one kind, over the cases that the tenant has in custody; kept by the database, never counted anew."""

    kind: str
    open: int
    replied: int
    overdue: int
    struck_off: int
    left: int


def may_open(subject: Subject) -> bool:
    return any(gate.may(subject, action) for action in OPENED_BY)


async def board(session: AsyncSession, subject: Subject, asked: BoardQuery, size: int = PAGE) -> Board:
    """By the deadline, or what is over by its end, the newest first. Raises Forbidden for a post without orders."""
    if not may_open(subject) or subject.tenant_id is None:
        raise Forbidden
    over = asked.state is BoardState.OVER
    by: ColumnElement[Any] = Order.struck_off_at if over else Order.deadline  # type: ignore[assignment]  # of the model
    query = _lines().where(_mine(subject), *_asked(asked, instant(session)))
    if asked.after:
        at, row_id = _after(asked.after)
        behind = tuple_(by, Order.id) < (at, row_id) if over else tuple_(by, Order.id) > (at, row_id)
        query = query.where(behind)
    order = (by.desc(), Order.id.desc()) if over else (by, Order.id)
    rows = (await session.execute(query.order_by(*order).limit(size + 1))).all()
    lines = [_line(row, instant(session)) for row in rows[:size]]
    return Board(lines, _key(rows[size - 1][0], over) if len(rows) > size else None)


def _lines() -> Any:
    issuer, holder = aliased(Office), aliased(Office)
    return (
        select(Order, Case.registration_no, issuer.name, holder.name, Matter.name)
        .join(Case, Case.id == Order.case_id)
        .join(issuer, issuer.id == Order.issuer_office_id)
        .join(holder, holder.id == Case.holder_office_id)
        .outerjoin(Matter, Matter.id == Order.matter_id)
    )


def _mine(subject: Subject) -> ColumnElement[bool]:
    """Who urges units has the own office's orders; others those of cases they may read, which no former holder may."""
    own = Order.issuer_office_id == subject.office_id
    if subject.tier not in TIER:
        return false()
    followed = gate.visible(subject, Action.CASE_READ)
    if not followed:
        return own
    return and_(TIER[subject.tier] == subject.tenant_id, or_(own, *followed))


def _asked(asked: BoardQuery, now: datetime) -> list[ColumnElement[bool]]:
    state = {
        BoardState.STANDING: (Order.struck_off_at.is_(None),),
        BoardState.OPEN: (Order.struck_off_at.is_(None), Order.state == OrderState.OPEN.value),
        BoardState.REPLIED: (Order.struck_off_at.is_(None), Order.state == OrderState.REPLIED.value),
        BoardState.OVERDUE: (
            Order.struck_off_at.is_(None),
            Order.state == OrderState.OPEN.value,
            Order.deadline < now,
        ),
        BoardState.OVER: (Order.struck_off_at.is_not(None),),
    }[asked.state]
    return [*state, *((Order.kind == asked.kind.value,) if asked.kind else ())]


def _after(text: str) -> tuple[datetime, UUID]:
    try:
        at, _, row_id = text.partition("_")
        moment = datetime.fromisoformat(at)
        if moment.tzinfo is None:
            raise ValueError(at)
        return moment.astimezone(UTC), UUID(row_id)
    except (ValueError, OverflowError):
        raise invalid("after", "invalid", N_("不是本列表给出的位置")) from None


def _key(order: Order, over: bool) -> str:
    at = order.struck_off_at if over else order.deadline
    assert at is not None  # of who is over, by its end
    return f"{at.isoformat()}_{order.id}"


def _line(row: Sequence[Any], now: datetime) -> BoardLine:
    order, number, issuer, holder, matter = row
    return BoardLine(
        id=order.id,
        case_id=order.case_id,
        registration_no=number,
        kind=order.kind,
        ground=order.ground,
        issuer=issuer,
        holder=holder,
        unit=order.unit,
        matter=matter,
        matter_id=order.matter_id,
        issued_on=local_date(order.recorded_at),
        deadline=local_date(order.deadline),
        state=order.state,
        overdue=order.state == OrderState.OPEN and order.deadline < now,
        urged=order.urged,
        asks=order.asked_deadline is not None,
    )


async def counts(session: AsyncSession, subject: Subject) -> list[Count]:
    """Of the own tenant."""
    if not may_open(subject):
        raise Forbidden
    query = select(OrderCount.kind, OrderCount.standing, OrderCount.cases).where(
        OrderCount.tenant_id == subject.tenant_id, OrderCount.cases != 0
    )
    found = defaultdict[str, dict[str, int]](dict)
    for kind, standing, orders in await session.execute(query):
        found[kind][standing] = orders
    standings = Count.__struct_fields__[1:]
    return [Count(kind, *(stands.get(one, 0) for one in standings)) for kind, stands in sorted(found.items())]


async def due_orders(session: AsyncSession, subject: Subject, size: int) -> Sequence[BoardLine]:
    """For the desk: what stands, the first due first."""
    if not may_open(subject) or subject.tenant_id is None:
        return ()
    return (await board(session, subject, BoardQuery(), size)).lines
