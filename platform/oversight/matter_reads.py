"""Matters as their issuer, those addressed and the holders of their cases read them."""

from datetime import date
from uuid import UUID

from msgspec import Struct
from sqlalchemy import func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from cases.models import Case
from foundation.clock import local_date
from foundation.errors import Forbidden, NotFound
from foundation.store import instant
from oversight.matter_models import Matter, MatterEntry
from oversight.models import Order
from policies import gate
from policies.actions import Action
from tenants.models import Office, Tenant
from tenants.subject import Subject

MOST = 200
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


class MatterCase(Struct, frozen=True):
    """How far one case is."""

    case_id: UUID
    registration_no: str
    holder: str
    state: str
    deadline: date
    overdue: bool
    urged: int


class MatterStep(Struct, frozen=True):
    deed: str
    on: date
    words: str | None
    deadline: date | None


class MatterView(Struct, frozen=True):
    """`requirements` and the words of `steps` for the issuer and those addressed; null for who only sees progress."""

    line: MatterLine
    contact: str
    requirements: str | None
    members: list[MatterCase]
    steps: list[MatterStep]
    own: bool


def may_read(subject: Subject) -> bool:
    return any(gate.may(subject, action) for action in READERS)


async def matters_of(session: AsyncSession, subject: Subject) -> list[MatterLine]:
    """What stands first, by its deadline; then what is over."""
    if not may_read(subject):
        raise Forbidden
    over = func.count(Order.id).filter(Order.struck_off_at.is_not(None))
    query = (
        select(Matter, Office.name, Tenant.name, func.count(Order.id), over)
        .join(Office, Office.id == Matter.issuer_office_id)
        .outerjoin(Tenant, Tenant.id == Matter.addressee_tenant_id)
        .outerjoin(Order, Order.matter_id == Matter.id)
        .group_by(Matter.id, Office.name, Tenant.name)
        .order_by(Matter.struck_off_at.is_not(None), Matter.deadline, Matter.id)
        .limit(MOST)
    )
    return [_line(session, *row) for row in (await session.execute(query)).all()]


async def matter_of(session: AsyncSession, subject: Subject, matter_id: UUID) -> MatterView:
    """Raises NotFound for whom it does not concern."""
    if not may_read(subject):
        raise Forbidden
    matter = await session.get(Matter, matter_id)
    if matter is None:
        raise NotFound
    issuer = await session.get_one(Office, matter.issuer_office_id)
    addressed = await session.get(Tenant, matter.addressee_tenant_id) if matter.addressee_tenant_id else None
    members = await _members(session, subject, matter)
    reads = subject.office_id == matter.issuer_office_id or subject.tenant_id == matter.addressee_tenant_id
    over = sum(one.state in ("struck_off", "left") for one in members)
    name = addressed.name if addressed else None
    return MatterView(
        line=_line(session, matter, issuer.name, name, len(members), over),
        contact=matter.contact,
        requirements=matter.requirements if reads else None,
        members=members,
        steps=await _steps(session, matter, reads),
        own=subject.office_id == matter.issuer_office_id and gate.may(subject, Action.ORDER_ISSUE),
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
    """Of the cases whose status the reader may see."""
    query = (
        select(Order, Case.registration_no, Office.name)
        .join(Case, Case.id == Order.case_id)
        .join(Office, Office.id == Case.holder_office_id)
        .where(Order.matter_id == matter.id, or_(*gate.visible(subject, Action.CASE_STATUS)))
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
