"""Who leads what, until when, how far it has come: of one case, over the cases one may see, and counted by tenant."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from msgspec import Struct
from sqlalchemy import ColumnElement, func, or_, select, tuple_
from sqlalchemy import case as either
from sqlalchemy.ext.asyncio import AsyncSession

from cases.models import Case
from cases.steps import ENDED
from foundation.errors import Forbidden, invalid
from foundation.language import N_
from foundation.store import instant
from oversight.leader_charges import LeaderCharge
from oversight.leader_work import LeaderWork, WorkKind
from policies import gate
from policies.actions import Action
from policies.gate import Permissions
from tenants.models import Person, Place, Tenant
from tenants.subject import Subject
from tenants.tiers import Tier

PAGE = 100
LONGEST = 5000
"""So many lines a table has at most; it says so when there are more."""
READERS = (Action.LEADER_CHARGE, Action.CASE_GUIDE, Action.CASE_SUPERVISE)
"""Who puts in charge, who guides (the leader too), who supervises."""


class WorkView(Struct, frozen=True):
    """`text` None = not the reader's to read."""

    kind: str
    on_date: date
    text: str | None


class ChargeView(Struct, frozen=True):
    """One leader of one case; `overdue`: the term has run out and the dispute is not settled."""

    id: UUID
    leader: str
    tenant: str
    tier: str
    basis: str
    since: datetime
    until: datetime
    prolonged: int
    overdue: bool
    ended_at: datetime | None
    end_reason: str | None
    work: tuple[WorkView, ...]


class Charged(Struct, frozen=True):
    """One line of the list."""

    case_id: UUID
    number: str
    place: str
    dispute_type: int
    case_class: str | None
    state: str
    leader: str
    tenant: str
    tier: str
    since: datetime
    until: datetime
    overdue: bool
    ended_at: datetime | None
    meetings: int
    reports: int
    last_on: date | None


class ChargedPage(Struct, frozen=True):
    """`after` leads on; None = these were the last."""

    rows: list[Charged]
    after: UUID | None


class Taking(Struct, frozen=True):
    """九(三) 主动参与包案, of one tenant: counts of cases and of what was done, never of a person (obligation 60)."""

    tenant: str
    charges: int
    standing: int
    overdue: int
    settled: int
    meetings: int


async def charges_of(session: AsyncSession, case: Case, permissions: Permissions) -> Sequence[ChargeView]:
    """Of one case, those that stand first; what was said at meetings for who reads statements."""
    query = (
        select(LeaderCharge, Person.name, Tenant.name)
        .join(Person, Person.id == LeaderCharge.person_id)
        .join(Tenant, Tenant.id == LeaderCharge.tenant_id)
        .where(LeaderCharge.case_id == case.id)
        .order_by(LeaderCharge.ended_at.is_(None).desc(), LeaderCharge.recorded_at.desc(), LeaderCharge.id)
    )
    rows = (await session.execute(query)).all()
    work = await _work(session, case.id, texts=Action.CASE_READ_STATEMENT in permissions.actions)
    open_, now = case.state not in ENDED, instant(session)
    return [
        ChargeView(
            one.id, leader, tenant, one.tier, one.basis, one.since, one.until, one.prolonged,
            one.ended_at is None and one.until <= now and open_, one.ended_at, one.end_reason,
            tuple(work.get(one.id, ())),
        )
        for one, leader, tenant in rows
    ]  # fmt: skip


async def _work(session: AsyncSession, case_id: UUID, *, texts: bool) -> Mapping[UUID, list[WorkView]]:
    query = select(LeaderWork).where(LeaderWork.case_id == case_id)
    found: dict[UUID, list[WorkView]] = {}
    for row in await session.scalars(query.order_by(LeaderWork.recorded_at.desc(), LeaderWork.id)):
        found.setdefault(row.charge_id, []).append(WorkView(row.kind, row.on_date, row.text if texts else None))
    return found


async def charged(session: AsyncSession, subject: Subject, after: UUID | None = None, size: int = PAGE) -> ChargedPage:
    """Those that stand first, by their last day; over the cases that the rules show the reader.

    `after`: the charge that the page before ended with. Raises Forbidden; InvalidInput for one the reader can't see.
    """
    seen, ended = _seen(subject), LeaderCharge.ended_at.is_not(None)
    meetings, reports = _counted(WorkKind.RECEPTION, WorkKind.VISIT), _counted(WorkKind.PROGRESS)
    last = select(func.max(LeaderWork.on_date)).where(LeaderWork.charge_id == LeaderCharge.id).scalar_subquery()
    query = (
        select(
            Case.id, func.coalesce(Case.case_no, Case.registration_no), Place.name, Case.dispute_type, Case.case_class,
            Case.state, Person.name, Tenant.name, LeaderCharge.tier, LeaderCharge.since, LeaderCharge.until,
            _overdue(session), LeaderCharge.ended_at, meetings, reports, last, LeaderCharge.id,
        )
        .join(Case, Case.id == LeaderCharge.case_id)
        .join(Place, Place.id == Case.place_id)
        .join(Person, Person.id == LeaderCharge.person_id)
        .join(Tenant, Tenant.id == LeaderCharge.tenant_id)
        .where(seen)
        .order_by(ended, LeaderCharge.until, LeaderCharge.id)
        .limit(size + 1)
    )  # fmt: skip
    if after is not None:
        query = query.where(
            tuple_(ended, LeaderCharge.until, LeaderCharge.id) > tuple_(*await _place(session, seen, after))
        )
    rows = (await session.execute(query)).all()
    page = [Charged(*tuple(row)[:-1]) for row in rows[:size]]
    ends_with: UUID | None = tuple(rows[size - 1])[-1] if len(rows) > size else None
    return ChargedPage(page, ends_with)


async def _place(session: AsyncSession, seen: ColumnElement[bool], after: UUID) -> tuple[bool, datetime, UUID]:
    """Where a charge stands in the list."""
    query = select(LeaderCharge.ended_at, LeaderCharge.until).join(Case, Case.id == LeaderCharge.case_id)
    last = (await session.execute(query.where(LeaderCharge.id == after, seen))).one_or_none()
    if last is None:
        raise invalid("after", "not_a_choice", N_("没有这一页，请从头看起"))
    return last.ended_at is not None, last.until, after


async def taking_part(session: AsyncSession, subject: Subject) -> Sequence[Taking]:
    """By the tenant whose leaders they are, in the order of the tree; unranked."""
    settled = either((LeaderCharge.end_reason == "settled", 1), (Case.closed_at.is_not(None), 1), else_=0)
    query = (
        select(
            Tenant.name,
            func.count(),
            func.count().filter(LeaderCharge.ended_at.is_(None)),
            func.count().filter(_overdue(session)),
            func.sum(settled),
            func.sum(_counted(WorkKind.RECEPTION, WorkKind.VISIT)),
        )
        .select_from(LeaderCharge)
        .join(Case, Case.id == LeaderCharge.case_id)
        .join(Tenant, Tenant.id == LeaderCharge.tenant_id)
        .where(_seen(subject))
        .group_by(Tenant.id)
        .order_by(func.array_position(list(Tier), Tenant.tier), Tenant.id)
    )
    return [Taking(*row) for row in (await session.execute(query)).all()]


def _seen(subject: Subject) -> ColumnElement[bool]:
    if not any(gate.may(subject, action) for action in READERS):
        raise Forbidden
    return or_(*gate.visible(subject, Action.CASE_STATUS))


def _overdue(session: AsyncSession) -> ColumnElement[bool]:
    return (
        LeaderCharge.ended_at.is_(None)
        & (LeaderCharge.until <= instant(session))
        & Case.state.not_in([state.value for state in ENDED])
    )


def _counted(*kinds: WorkKind) -> ColumnElement[int]:
    query = select(func.count()).where(
        LeaderWork.charge_id == LeaderCharge.id, LeaderWork.kind.in_([kind.value for kind in kinds])
    )
    return query.scalar_subquery()


async def leading(session: AsyncSession, cases: Sequence[UUID]) -> Mapping[UUID, Sequence[tuple[str, datetime]]]:
    """Case -> (leader, until) of every charge that stands: for the list of responsibilities, in one query."""
    query = (
        select(LeaderCharge.case_id, Person.name, LeaderCharge.until)
        .join(Person, Person.id == LeaderCharge.person_id)
        .where(LeaderCharge.case_id.in_(cases), LeaderCharge.ended_at.is_(None))
        .order_by(LeaderCharge.recorded_at, LeaderCharge.id)
    )
    found: dict[UUID, list[tuple[str, datetime]]] = {}
    for case_id, name, until in (await session.execute(query)).all():
        found.setdefault(case_id, []).append((name, until))
    return found


async def provincial_order(session: AsyncSession, case: Case) -> str | None:
    """The order by which a leader of the province is in charge."""
    query = select(LeaderCharge.basis).where(
        LeaderCharge.case_id == case.id, LeaderCharge.tier == Tier.PROVINCE.value, LeaderCharge.ended_at.is_(None)
    )
    order: str | None = await session.scalar(query.limit(1))
    return order
