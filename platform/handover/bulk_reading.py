"""Reading batches: those of the own office and, in each, what became of every case. Keyset pages."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import Struct
from sqlalchemy import ColumnElement, false, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from cases.models import Case
from foundation.errors import NotFound, translate_param
from foundation.language import current_language, mark, translate
from handover.bulk_kinds import WORKS
from handover.bulk_models import Batch, BatchItem, BatchKind, BatchState, ItemState
from policies import gate
from tenants import names
from tenants.subject import Subject

PAGE = 50


class BatchView(Struct, frozen=True):
    id: UUID
    kind: BatchKind
    state: BatchState
    total: int
    person: str
    recorded_at: datetime
    ended_at: datetime | None


class Progress(Struct, frozen=True):
    """How many are in which state; what waited when the batch ended stays undone, and is `cancelled`."""

    waiting: int = 0
    done: int = 0
    refused: int = 0
    not_found: int = 0
    cancelled: int = 0

    @property
    def total(self) -> int:
        return self.waiting + self.done + self.refused + self.not_found + self.cancelled


class ItemView(Struct, frozen=True):
    """`number` as it was named; `case_no` and the link only where the reader sees the case now."""

    ordinal: int
    number: str
    case_id: UUID | None
    case_no: str | None
    state: ItemState
    code: str | None
    reason: str
    decided_at: datetime | None


async def batches(
    session: AsyncSession, subject: Subject, before: UUID | None = None, size: int = PAGE
) -> list[BatchView]:
    """The newest first; `before` is the id of the last one of the page before."""
    older = [Batch.id < before] if before else []
    query = select(Batch).where(_own(subject), *older).order_by(Batch.id.desc()).limit(size)
    rows = (await session.scalars(query)).all()
    people = await names.people(session, [row.person_id for row in rows])
    return [_view(row, people) for row in rows]


async def batch_of(session: AsyncSession, subject: Subject, batch_id: UUID) -> Batch:
    """Raises NotFound for everyone outside the office, and for who may not do the same there."""
    query = select(Batch).where(Batch.id == batch_id, _own(subject))
    found: Batch | None = (await session.scalars(query)).one_or_none()
    if found is None:
        raise NotFound
    return found


async def view_of(session: AsyncSession, batch: Batch) -> BatchView:
    return _view(batch, await names.people(session, [batch.person_id]))


async def progress_of(session: AsyncSession, batch: Batch) -> Progress:
    query = select(BatchItem.state, func.count()).where(BatchItem.batch_id == batch.id).group_by(BatchItem.state)
    numbers = Counter[str]()
    for state, number in await session.execute(query):
        numbers[_shown(batch, ItemState(state)).value] += number
    return Progress(**numbers)


async def items_of(
    session: AsyncSession,
    subject: Subject,
    batch: Batch,
    *,
    state: ItemState | None = None,
    after: int = 0,
    size: int | None = PAGE,
) -> list[ItemView]:
    """In the order of the list; `after` is the ordinal where the page before ended, `size` None = all the rest."""
    seen = or_(false(), *gate.visible(subject)) if subject.tenant_id else false()
    query = (
        select(BatchItem, Case.id, Case.case_no, Case.registration_no)
        .outerjoin(Case, (Case.id == BatchItem.case_id) & seen)
        .where(BatchItem.batch_id == batch.id, BatchItem.ordinal > after)
        .order_by(BatchItem.ordinal)
        .limit(size)
    )
    if state is not None:
        query = query.where(BatchItem.state.in_([one.value for one in ItemState if _shown(batch, one) == state]))
    return [_item(batch, *row) for row in await session.execute(query)]


def reason_in_words(refusal: Mapping[str, Any] | None) -> str:
    language = current_language.get()
    says: Sequence[Any] = refusal["says"] if refusal else ()
    return mark("；").join(
        translate(text, language, **{name: translate_param(value, language) for name, value in params.items()})
        for text, params in says
    )


def _own(subject: Subject) -> ColumnElement[bool]:
    """One's own, and of the same office what one may do oneself: a successor takes over what was ordered."""
    kinds = [str(kind) for kind, work in WORKS.items() if gate.may(subject, work.action)]
    return (Batch.office_id == subject.office_id) & or_(Batch.person_id == subject.person_id, Batch.kind.in_(kinds))


def _view(row: Batch, people: Mapping[UUID, str]) -> BatchView:
    return BatchView(
        row.id,
        BatchKind(row.kind),
        BatchState(row.state),
        row.total,
        people.get(row.person_id, ""),
        row.recorded_at,
        row.ended_at,
    )


def _shown(batch: Batch, state: ItemState) -> ItemState:
    """Whoever ordered it has left, or the office is no more: nothing waits any longer."""
    return ItemState.CANCELLED if state == ItemState.WAITING and batch.state != BatchState.RUNNING else state


def _item(
    batch: Batch, item: BatchItem, case_id: UUID | None, case_no: str | None, registration_no: str | None
) -> ItemView:
    return ItemView(
        ordinal=item.ordinal,
        number=registration_no or item.asked,
        case_id=case_id,
        case_no=case_no,
        state=_shown(batch, ItemState(item.state)),
        code=item.refusal["code"] if item.refusal else None,
        reason=reason_in_words(item.refusal),
        decided_at=item.decided_at,
    )
