"""Reading what was lent: by an office, to a person or an office, and on one case. Keyset pages, never a count."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import Struct
from sqlalchemy import ColumnElement, and_, or_, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from access.delegation import Cause, Delegation
from access.lending import ALWAYS
from cases.models import Case
from foundation.choice import Choice
from foundation.clock import local_date
from foundation.language import N_
from foundation.store import instant
from policies import gate
from policies.actions import Action
from policies.relations import Relation
from tenants import names
from tenants.subject import Subject

PAGE = 50
UNNAMED = ALWAYS | {Action.CASE_DELEGATE}
MOST_CASES = 100
"""So many cases of a class are counted, then it says "and more"."""
CASES_LENT = text(
    "select d.id, (select count(*) from (select from case_relations r where r.relation = 'delegated'"
    "   and r.source = 'delegations:' || d.id and r.until > scope_now() limit :most) counted)"
    " from delegations d where d.id = any (:wanted)"
)


class Side(Choice):
    LENT = "lent", N_("本机构授出")
    BORROWED = "borrowed", N_("授给我或本机构")


class Standing(Choice):
    AHEAD = "ahead", N_("尚未开始")
    STANDING = "standing", N_("有效")
    ENDED = "ended", N_("已到期")
    REVOKED = "revoked", N_("已终止")


class DelegationView(Struct, frozen=True):
    """`number` null where the reader does not see the case (any more); `cases` of a class, at most MOST_CASES + 1;
    `actions` are those that were named: what always goes along and the leave to lend on (`onward`) left out."""

    id: UUID
    case_id: UUID | None
    number: str | None
    case_class: str | None
    dispute_type: int | None
    cases: int | None
    actions: list[str]
    lender: str
    to: str
    since: datetime
    until: datetime
    onward: bool
    parent_id: UUID | None
    purpose: str
    standing: Standing
    ended_as: Cause | None
    revoked_at: datetime | None
    revoke_reason: str | None
    revocable: bool

    @property
    def days(self) -> str:
        return f"{local_date(self.since)} – {local_date(self.until)}"


async def page(
    session: AsyncSession, subject: Subject, side: Side, before: UUID | None = None, size: int = PAGE
) -> list[DelegationView]:
    """The newest first; `before` is the id of the last one of the page before."""
    where = _lent(subject) if side is Side.LENT else _borrowed(subject)
    older = [Delegation.id < before] if before else []
    return await _views(session, subject, select(Delegation).where(where, *older).limit(size))


async def of_case(session: AsyncSession, subject: Subject, case: Case) -> list[DelegationView]:
    """What is lent on the case now or will be, of the case alone or with its class; as far as the reader may know."""
    now = instant(session)
    reach = text(
        "exists (select from case_relations r where r.case_id = :case and r.relation = 'delegated'"
        " and r.source = 'delegations:' || delegations.id and r.until > :now)"
    ).bindparams(case=case.id, now=now)
    return await _views(session, subject, select(Delegation).where(reach, _alive(now)).limit(PAGE))


async def one(session: AsyncSession, subject: Subject, delegation_id: UUID) -> DelegationView | None:
    """None for who is on neither side of it."""
    concerned = or_(_lent(subject), _borrowed(subject))
    found = await _views(session, subject, select(Delegation).where(Delegation.id == delegation_id, concerned))
    return found[0] if found else None


async def revocable(session: AsyncSession, subject: Subject, case_id: UUID) -> list[DelegationView]:
    """Of this case alone, what the subject may take back."""
    query = select(Delegation).where(Delegation.case_id == case_id, _alive(instant(session))).limit(PAGE)
    return [one for one in await _views(session, subject, query) if one.revocable]


def may_revoke(subject: Subject, row: Delegation) -> bool:
    """Who lent it; who directs the office that lent it, or whose case it is."""
    office = _directed(subject)
    directs = office is not None and office in (row.holder_office_id, row.lender_office_id)
    return directs or row.recorded_by == subject.person_id


def _lent(subject: Subject) -> ColumnElement[bool]:
    """Whose delegations `may_revoke` lets the subject take back."""
    mine = Delegation.recorded_by == subject.person_id
    office = _directed(subject)
    if office is None:
        return mine
    return or_(mine, Delegation.holder_office_id == office, Delegation.lender_office_id == office)


def _directed(subject: Subject) -> int | None:
    """The office whose cases the subject may lend; its other people are told nothing of what it lent."""
    return subject.office_id if gate.may(subject, Action.CASE_DELEGATE, Relation.HOLDS) else None


def _borrowed(subject: Subject) -> ColumnElement[bool]:
    desk = or_(Delegation.to_office_id.is_(None), Delegation.to_office_id == subject.office_id)
    tenant = and_(Delegation.to_tenant_id == subject.tenant_id, desk)
    return or_(Delegation.to_person_id == subject.person_id, tenant)


def _alive(now: datetime) -> ColumnElement[bool]:
    return and_(Delegation.revoked_at.is_(None), Delegation.until > now)


async def _views(session: AsyncSession, subject: Subject, query: Any) -> list[DelegationView]:
    rows: Sequence[Delegation] = (await session.scalars(query.order_by(Delegation.id.desc()))).all()
    now = instant(session)
    people = await names.people(session, [row.to_person_id for row in rows])
    offices = await names.offices(session, [one for row in rows for one in (row.lender_office_id, row.to_office_id)])
    tenants = await names.tenants(session, [row.to_tenant_id for row in rows])
    numbers = await _numbers(session, [row.case_id for row in rows])
    counted = await _counted(session, [row.id for row in rows if row.case_id is None and _is_alive(row, now)])
    return [
        _view(subject, row, now, _to(row, people, offices, tenants), offices, numbers, counted.get(row.id))
        for row in rows
    ]


def _view(
    subject: Subject,
    row: Delegation,
    now: datetime,
    to: str,
    offices: Any,
    numbers: dict[UUID, str],
    cases: int | None,
) -> DelegationView:
    return DelegationView(
        id=row.id,
        case_id=row.case_id,
        number=numbers.get(row.case_id) if row.case_id else None,
        case_class=row.case_class,
        dispute_type=row.dispute_type,
        cases=cases,
        actions=[action for action in row.actions if action not in UNNAMED],
        lender=offices.get(row.lender_office_id, ""),
        to=to,
        since=row.since,
        until=row.until,
        onward=row.onward,
        parent_id=row.parent_id,
        purpose=row.purpose,
        standing=_standing(row, now),
        ended_as=Cause(row.revoke_cause) if row.revoke_cause else None,
        revoked_at=row.revoked_at,
        revoke_reason=row.revoke_reason,
        revocable=_is_alive(row, now) and may_revoke(subject, row),
    )


def _to(row: Delegation, people: Any, offices: Any, tenants: Any) -> str:
    if row.to_person_id is not None:
        return str(people.get(row.to_person_id, ""))
    if row.to_office_id is not None:
        return str(offices.get(row.to_office_id, ""))
    return str(tenants.get(row.to_tenant_id, ""))


def _is_alive(row: Delegation, now: datetime) -> bool:
    return row.revoked_at is None and row.until > now


def _standing(row: Delegation, now: datetime) -> Standing:
    if row.revoked_at is not None:
        return Standing.REVOKED
    if row.until <= now:
        return Standing.ENDED
    return Standing.AHEAD if row.since > now else Standing.STANDING


async def _numbers(session: AsyncSession, ids: Sequence[UUID | None]) -> dict[UUID, str]:
    """Of the cases that the reader sees: the database shows no others."""
    wanted = {one for one in ids if one is not None}
    if not wanted:
        return {}
    query = select(Case.id, Case.case_no, Case.registration_no).where(Case.id.in_(wanted))
    return {case_id: case_no or registration for case_id, case_no, registration in await session.execute(query)}


async def _counted(session: AsyncSession, ids: Sequence[UUID]) -> dict[UUID, int]:
    if not ids:
        return {}
    rows = await session.execute(CASES_LENT, {"wanted": list(ids), "most": MOST_CASES + 1})
    return {one: int(count) for one, count in rows}
