"""Telling persons of a fact: what a room leaves for the worker, who makes one notice for each person it concerns."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from foundation import outbox
from oversight.notice_kinds import NoticeKind

TOPIC = "notice.told"


async def tell(
    session: AsyncSession,
    kind: NoticeKind,
    cause: str,
    *,
    case_id: UUID | None = None,
    address: str = "",
    offices: Sequence[int] = (),
    persons: Sequence[UUID] = (),
    doer: UUID | None = None,
) -> None:
    """Tell these persons, and those of these offices whom the routing names for `kind`; nobody twice for one `cause`.

    `cause` names the fact itself, so that it is the same when a job runs again (`supervision_orders:ID:overdue`).
    `address` is the page to open, its path only; without it the case's. Ids and codes only, never personal data.
    `doer`: whose deed it is; hears nothing, and sees who has read.
    """
    await outbox.publish(
        session,
        TOPIC,
        kind=kind.value,
        cause=cause,
        case=str(case_id) if case_id else None,
        address=address,
        offices=list(offices),
        persons=[str(person) for person in persons],
        doer=str(doer) if doer else None,
    )
