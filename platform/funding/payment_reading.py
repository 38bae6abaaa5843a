"""Batches as the page and the API show them: accounts masked, nothing of any case; what is due names the case that its
reader may open."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from msgspec import Struct
from sqlalchemy import BigInteger, Select, cast, false, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from cases.models import Case
from foundation.errors import DomainError, Forbidden, NotFound
from foundation.language import current_language
from funding import payouts
from funding.payment_accounts import PayeeAccount, account_ids
from funding.payment_batches import LineState, PaymentBatch, PaymentLine
from funding.payment_making import name_of, waiting_outside
from funding.payouts import Waiting
from policies import gate
from policies.actions import Action
from policies.relations import Relation
from tenants.models import Person
from tenants.subject import Subject

READERS = (
    (Action.SUBSIDY_PAY, Relation.GOVERNS),
    (Action.BATCH_RECONCILE, Relation.GOVERNS),
    (Action.VOUCHER_READ, Relation.GOVERNS),
)
NEWEST = 100


class DueView(Struct, frozen=True):
    """`name`: by which a batch takes it. `hindrance`: why it is held, in the reader's language. `case_id` and
    `case_number`: only where the reader may open the case; `gone`: there is one that the reader may not."""

    name: str
    ground: str
    ground_id: UUID
    person_id: UUID
    person: str
    fen: int
    has_account: bool
    hindrance: str | None
    last_failure: str | None
    case_id: UUID | None = None
    case_number: str | None = None
    gone: bool = False


class BatchView(Struct, frozen=True):
    id: UUID
    number: str
    state: str
    made_at: datetime
    made_by: str
    sent_at: datetime | None
    answered_at: datetime | None
    lines: int
    fen: int
    paid_fen: int


class LineView(Struct, frozen=True):
    id: UUID
    position: int
    reference: str
    ground: str
    ground_id: UUID
    person_id: UUID
    person: str
    account_id: UUID
    account: str
    bank: str
    fen: int
    state: str
    voucher_no: str | None
    reason: str | None
    source: str
    """By which the ledger names it."""


class OneBatch(Struct, frozen=True):
    batch: BatchView
    digest: str | None
    lines: list[LineView]


SOURCES = {"settlement": "settlement_shares", "trip": "travel_requests", "duty": "duty_pays"}


def sees_batches(subject: Subject) -> bool:
    return any(gate.may(subject, action, relation) for action, relation in READERS)


async def due_list(session: AsyncSession, subject: Subject) -> Sequence[DueView]:
    """All that waits and is in no live batch, what is held last; raises Forbidden."""
    found = await waiting_outside(session, subject)
    people = {one.payout.person_id for one in found}
    names = {
        person: name
        for person, name in await session.execute(select(Person.id, Person.name).where(Person.id.in_(people)))
    }
    accounts = await account_ids(session, people)
    failures = await payouts.last_failures(session, [one.payout.ground_id for one in found])
    numbers = await _numbers(session, subject, {case for one in found if (case := one.payout.case_id)})
    views = [
        _due(
            one,
            names[one.payout.person_id],
            one.payout.person_id in accounts,
            failures.get(one.payout.ground_id),
            numbers,
        )
        for one in found
    ]
    return sorted(views, key=lambda one: (one.hindrance is not None, one.person, one.ground))


async def _numbers(session: AsyncSession, subject: Subject, cases: Iterable[UUID]) -> dict[UUID, str]:
    """Of those among them that the subject may open."""
    seen = or_(false(), *gate.visible(subject))
    query = select(Case.id, func.coalesce(Case.case_no, Case.registration_no)).where(Case.id.in_(cases), seen)
    return {case: number for case, number in await session.execute(query)}


def _due(one: Waiting, person: str, has_account: bool, failure: str | None, numbers: Mapping[UUID, str]) -> DueView:
    payout = one.payout
    number = None if payout.case_id is None else numbers.get(payout.case_id)
    return DueView(
        name=name_of(payout),
        ground=payout.ground.value,
        ground_id=payout.ground_id,
        person_id=payout.person_id,
        person=person,
        fen=payout.fen,
        has_account=has_account,
        hindrance=_said(one.hindrance),
        last_failure=failure,
        case_id=payout.case_id if number else None,
        case_number=number,
        gone=payout.case_id is not None and number is None,
    )


async def batches(session: AsyncSession, subject: Subject) -> Sequence[BatchView]:
    """The newest of the own tenant; raises Forbidden."""
    _require(subject)
    query = _listed().where(PaymentBatch.tenant_id == subject.tenant_id)
    rows = await session.execute(query.order_by(PaymentBatch.made_at.desc(), PaymentBatch.id.desc()).limit(NEWEST))
    return [_batch(*row) for row in rows]


async def one_batch(session: AsyncSession, subject: Subject, batch_id: UUID) -> OneBatch:
    """Raises Forbidden, NotFound."""
    _require(subject)
    query = _listed().where(PaymentBatch.tenant_id == subject.tenant_id, PaymentBatch.id == batch_id)
    row = (await session.execute(query)).one_or_none()
    if row is None:
        raise NotFound
    lines = (
        select(PaymentLine, PayeeAccount, Person.name)
        .join(PayeeAccount, PayeeAccount.id == PaymentLine.account_id)
        .join(Person, Person.id == PaymentLine.person_id)
        .where(PaymentLine.batch_id == batch_id)
        .order_by(PaymentLine.position)
    )
    found = [_line(line, account, person) for line, account, person in await session.execute(lines)]
    return OneBatch(_batch(*row), row[0].digest, found)


def _listed() -> Select[PaymentBatch, str, int, int, int]:
    paid = func.sum(PaymentLine.fen).filter(PaymentLine.state == LineState.PAID)
    return (
        select(
            PaymentBatch,
            Person.name,
            func.count(PaymentLine.id),
            cast(func.sum(PaymentLine.fen), BigInteger),
            cast(func.coalesce(paid, 0), BigInteger),
        )
        .join(PaymentLine, PaymentLine.batch_id == PaymentBatch.id)
        .join(Person, Person.id == PaymentBatch.made_by)
        .group_by(PaymentBatch.id, Person.name)
    )


def _batch(row: PaymentBatch, made_by: str, lines: int, fen: int, paid_fen: int) -> BatchView:
    return BatchView(
        id=row.id,
        number=row.number,
        state=row.state,
        made_at=row.made_at,
        made_by=made_by,
        sent_at=row.sent_at,
        answered_at=row.answered_at,
        lines=lines,
        fen=fen,
        paid_fen=paid_fen,
    )


def _line(line: PaymentLine, account: PayeeAccount, person: str) -> LineView:
    return LineView(
        id=line.id,
        position=line.position,
        reference=line.reference,
        ground=line.ground,
        ground_id=line.ground_id,
        person_id=line.person_id,
        person=person,
        account_id=account.id,
        account=account.masked,
        bank=account.bank,
        fen=line.fen,
        state=line.state,
        voucher_no=line.voucher_no,
        reason=line.reason,
        source=f"{SOURCES[line.ground]}:{line.ground_id}",
    )


def _said(hindrance: DomainError | None) -> str | None:
    return None if hindrance is None else hindrance.text(current_language.get())


def _require(subject: Subject) -> None:
    if not sees_batches(subject):
        raise Forbidden
