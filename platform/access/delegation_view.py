"""A delegation as its readers see it: names for ids, how it stands, how many cases a class reaches."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from msgspec import Struct
from sqlalchemy import false, or_, select, text
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
from tenants import names
from tenants.subject import Subject

UNNAMED = ALWAYS | {Action.CASE_DELEGATE}
MOST_CASES = 100
"""So many cases of a class are counted, then it says "and more"."""
CASES_LENT = text("select one.id, cases_lent(one.id, :most) from unnest(cast(:wanted as uuid[])) one(id)")


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


class Names(Struct, frozen=True):
    """What the rows name, looked up for a page at once."""

    people: Mapping[UUID, str]
    offices: Mapping[int, str]
    tenants: Mapping[int, str]
    cases: Mapping[UUID, str]
    counted: Mapping[UUID, int]


async def views(
    session: AsyncSession, subject: Subject, rows: Sequence[Delegation], may_revoke: Callable[[Delegation], bool]
) -> list[DelegationView]:
    """In the order of the rows."""
    now = instant(session)
    classes = [row.id for row in rows if row.case_id is None and _is_alive(row, now)]
    called = Names(
        await names.people(session, [row.to_person_id for row in rows]),
        await names.offices(session, [one for row in rows for one in (row.lender_office_id, row.to_office_id)]),
        await names.tenants(session, [row.to_tenant_id for row in rows]),
        await _numbers(session, subject, [row.case_id for row in rows]),
        await _counted(session, classes),
    )
    return [_view(row, now, called, _is_alive(row, now) and may_revoke(row)) for row in rows]


def _view(row: Delegation, now: datetime, called: Names, revocable: bool) -> DelegationView:
    return DelegationView(
        id=row.id,
        case_id=row.case_id,
        number=called.cases.get(row.case_id) if row.case_id else None,
        case_class=row.case_class,
        dispute_type=row.dispute_type,
        cases=called.counted.get(row.id),
        actions=[action for action in row.actions if action not in UNNAMED],
        lender=called.offices.get(row.lender_office_id, ""),
        to=_to(row, called),
        since=row.since,
        until=row.until,
        onward=row.onward,
        parent_id=row.parent_id,
        purpose=row.purpose,
        standing=_standing(row, now),
        ended_as=Cause(row.revoke_cause) if row.revoke_cause else None,
        revoked_at=row.revoked_at,
        revoke_reason=row.revoke_reason,
        revocable=revocable,
    )


def _to(row: Delegation, called: Names) -> str:
    if row.to_person_id is not None:
        return called.people.get(row.to_person_id, "")
    if row.to_office_id is not None:
        return called.offices.get(row.to_office_id, "")
    return called.tenants.get(row.to_tenant_id or 0, "")


def _is_alive(row: Delegation, now: datetime) -> bool:
    return row.revoked_at is None and row.until > now


def _standing(row: Delegation, now: datetime) -> Standing:
    if row.revoked_at is not None:
        return Standing.REVOKED
    if row.until <= now:
        return Standing.ENDED
    return Standing.AHEAD if row.since > now else Standing.STANDING


async def _numbers(session: AsyncSession, subject: Subject, ids: Sequence[UUID | None]) -> dict[UUID, str]:
    """Of the cases that the reader sees now: the database shows more of them than the rules do."""
    wanted = {one for one in ids if one is not None}
    if not wanted or subject.role not in gate.opened().table.case_roles:
        return {}
    query = select(Case.id, Case.case_no, Case.registration_no)
    query = query.where(Case.id.in_(wanted), or_(false(), *gate.visible(subject)))
    return {case_id: case_no or registration for case_id, case_no, registration in await session.execute(query)}


async def _counted(session: AsyncSession, ids: Sequence[UUID]) -> dict[UUID, int]:
    if not ids:
        return {}
    rows = await session.execute(CASES_LENT, {"wanted": list(ids), "most": MOST_CASES + 1})
    return {one: int(count) for one, count in rows}
