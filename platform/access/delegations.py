"""Reading what was lent: by an office, to a person or an office, and on one case. Keyset pages, never a count."""

from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from msgspec import Struct
from sqlalchemy import ColumnElement, and_, func, or_, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from access.delegation import Delegation
from access.delegation_view import DelegationView, views
from cases.models import Case
from foundation.choice import Choice
from foundation.language import N_
from foundation.store import instant
from policies import gate
from policies.actions import Action
from policies.relations import Relation
from tenants.subject import Subject

PAGE = 50


class Side(Choice):
    LENT = "lent", N_("本机构授出")
    BORROWED = "borrowed", N_("授给我或本机构")


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
    return [row for row in await _views(session, subject, query) if row.revocable]


class Lender(Struct, frozen=True):
    """What decides who may take back a delegation."""

    holder_office_id: int
    lender_office_id: int
    recorded_by: UUID


def may_revoke(subject: Subject, row: Delegation | Lender) -> bool:
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
    """Never of a case that the reader was removed from: nothing of it shows, and nothing of it is taken back."""
    kept = query.where(~func.removed(Delegation.case_id)).order_by(Delegation.id.desc())
    rows = (await session.scalars(kept)).all()
    return await views(session, subject, rows, partial(may_revoke, subject))
