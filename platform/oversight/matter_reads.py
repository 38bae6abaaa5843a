"""Matters as their issuer, those addressed and the holders of their cases read them."""

from datetime import date
from uuid import UUID

from msgspec import Struct
from sqlalchemy import ColumnElement, and_, false, func, or_, select, true, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from cases.models import Case
from foundation.clock import local_date
from foundation.errors import Forbidden, NotFound
from foundation.store import instant
from oversight.matter_models import Matter, MatterDeed, MatterEntry, deeds_open
from oversight.models import Order
from oversight.paging import PAGE, goes_on, seen
from policies import gate
from policies.actions import Action
from tenants.models import Office, Tenant
from tenants.subject import Subject

ORDER = (Matter.struck_off_at.is_not(None), Matter.deadline, Matter.id)
READERS = (Action.ORDER_ISSUE, Action.ORDER_REPLY, Action.ORDER_URGE)


class MatterLine(Struct, frozen=True):
    """`cases` and `over`: how many of those that the reader sees. `state`: open, replied, struck_off."""

    id: UUID
    name: str
    kind: str
    ground: str
    issuer: str
    addressee: str | None
    deadline: date
    overdue: bool
    state: str
    cases: int
    over: int


class MatterPage(Struct, frozen=True):
    """`after`: the last row, where there are more."""

    matters: list[MatterLine]
    after: UUID | None


class MatterCase(Struct, frozen=True):
    """How far one case is."""

    case_id: UUID
    registration_no: str
    holder: str
    state: str
    deadline: date
    overdue: bool
    urged: int
    asks: bool


class MatterStep(Struct, frozen=True):
    deed: str
    on: date
    words: str | None
    deadline: date | None


class MatterView(Struct, frozen=True):
    """`requirements` and the words of `steps` for the issuer and those addressed; null for who only sees progress.
    `deeds`: what the issuer may do now with the whole."""

    line: MatterLine
    contact: str
    requirements: str | None
    members: list[MatterCase]
    steps: list[MatterStep]
    own: bool
    deeds: list[MatterDeed]


def may_read(subject: Subject) -> bool:
    return any(gate.may(subject, action) for action in READERS)


async def matters_of(
    session: AsyncSession, subject: Subject, after: UUID | None = None, size: int = PAGE
) -> MatterPage:
    """Those that concern the reader: what stands first, by its deadline; then what is over.

    Raises Forbidden; InvalidInput at `after` for one that the reader does not see.
    """
    if not may_read(subject):
        raise Forbidden
    cases = func.count(Case.id)
    over = cases.filter(Order.struck_off_at.is_not(None))
    query = (
        select(Matter, Office.name, Tenant.name, cases, over)
        .join(Office, Office.id == Matter.issuer_office_id)
        .outerjoin(Tenant, Tenant.id == Matter.addressee_tenant_id)
        .outerjoin(Order, Order.matter_id == Matter.id)
        .outerjoin(Case, and_(Case.id == Order.case_id, _seen(subject)))
        .group_by(Matter.id, Office.name, Tenant.name)
        .having(or_(_concerned(subject), cases > 0))
        .order_by(*ORDER)
        .limit(size + 1)
    )
    if after is not None:
        last = await seen(session, Matter, after)
        query = query.where(tuple_(*ORDER) > tuple_(last.struck_off_at is not None, last.deadline, last.id))
    rows = (await session.execute(query)).all()
    shown = [_line(session, *row) for row in rows[:size]]
    return MatterPage(shown, goes_on([row[0].id for row in rows], size))


def _seen(subject: Subject) -> ColumnElement[bool]:
    """Of the cases whose status the reader may see."""
    return or_(false(), *gate.visible(subject, Action.CASE_STATUS))


def _concerned(subject: Subject) -> ColumnElement[bool]:
    """By itself: who issued it, whose leadership it is about, and whoever supervises there or above, as the database
    lets them. All others by a case of it that they see."""
    if gate.may(subject, Action.ORDER_ISSUE):
        return true()
    return or_(Matter.issuer_office_id == subject.office_id, Matter.addressee_tenant_id == subject.tenant_id)


async def matter_of(session: AsyncSession, subject: Subject, matter_id: UUID) -> MatterView:
    """Raises NotFound for whom it does not concern."""
    if not may_read(subject):
        raise Forbidden
    matter = await session.get(Matter, matter_id)
    if matter is None:
        raise NotFound
    members = await _members(session, subject, matter)
    if not members and not await session.scalar(select(Matter.id).where(Matter.id == matter_id, _concerned(subject))):
        raise NotFound
    issuer = await session.get_one(Office, matter.issuer_office_id)
    addressed = await session.get(Tenant, matter.addressee_tenant_id) if matter.addressee_tenant_id else None
    reads = subject.office_id == matter.issuer_office_id or subject.tenant_id == matter.addressee_tenant_id
    over = sum(one.state in ("struck_off", "left") for one in members)
    name = addressed.name if addressed else None
    own = subject.office_id == matter.issuer_office_id and gate.may(subject, Action.ORDER_ISSUE)
    return MatterView(
        line=_line(session, matter, issuer.name, name, len(members), over),
        contact=matter.contact,
        requirements=matter.requirements if reads else None,
        members=members,
        steps=await _steps(session, matter, reads),
        own=own,
        deeds=list(deeds_open(matter)) if own and matter.struck_off_at is None else [],
    )


def _line(
    session: AsyncSession, matter: Matter, issuer: str, addressee: str | None, cases: int, over: int
) -> MatterLine:
    ended = "struck_off" if matter.struck_off_at else None
    return MatterLine(
        id=matter.id,
        name=matter.name,
        kind=matter.kind,
        ground=matter.ground,
        issuer=issuer,
        addressee=addressee,
        deadline=local_date(matter.deadline),
        overdue=ended is None and matter.replied_at is None and matter.deadline < instant(session),
        state=ended or ("replied" if matter.replied_at else "open"),
        cases=cases,
        over=over,
    )


async def _members(session: AsyncSession, subject: Subject, matter: Matter) -> list[MatterCase]:
    query = (
        select(Order, Case.registration_no, Office.name)
        .join(Case, Case.id == Order.case_id)
        .join(Office, Office.id == Case.holder_office_id)
        .where(Order.matter_id == matter.id, _seen(subject))
        .order_by(Order.struck_off_at.is_not(None), Order.deadline, Order.id)
    )
    now = instant(session)
    return [
        MatterCase(
            case_id=order.case_id,
            registration_no=number,
            holder=holder,
            state=order.state,
            deadline=local_date(order.deadline),
            overdue=order.state == "open" and order.deadline < now,
            urged=order.urged,
            asks=order.asked_deadline is not None,
        )
        for order, number, holder in (await session.execute(query)).all()
    ]


async def _steps(session: AsyncSession, matter: Matter, reads: bool) -> list[MatterStep]:
    query = select(MatterEntry).where(MatterEntry.matter_id == matter.id).order_by(MatterEntry.recorded_at)
    return [
        MatterStep(
            deed=row.deed,
            on=local_date(row.recorded_at),
            words=row.words if reads else None,
            deadline=local_date(row.deadline) if row.deadline else None,
        )
        for row in await session.scalars(query)
    ]
