"""A person's notices: pages by key, the newest first; reading receipts; and who has read what the person told."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from msgspec import Struct
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from foundation.language import translate
from foundation.store import instant
from oversight.notice_kinds import NoticeKind
from oversight.notice_models import Notice
from oversight.notice_sight import Shown, shown_of
from oversight.paging import no_page, seen
from tenants import names
from tenants.subject import Subject

SIZE = 30
MOST_MARKED = 5000
"""In one go: what more there is stays unread and is marked by asking again."""


class NoticeView(Struct, frozen=True):
    """`number` and `address` are empty when the reader may not see the case, or not in the present post."""

    id: UUID
    kind: str
    title: str
    office: str
    number: str
    address: str
    made_at: datetime
    read_at: datetime | None


class NoticePage(Struct, frozen=True):
    """`after`: where the next page begins; None = this is the last."""

    notices: Sequence[NoticeView]
    after: UUID | None


class Receipt(Struct, frozen=True):
    """One person who was told, and when it was read."""

    name: str
    office: str
    read_at: datetime | None


class ToldView(Struct, frozen=True):
    """One fact that the reader told others of."""

    title: str
    number: str
    address: str
    made_at: datetime
    receipts: Sequence[Receipt]


async def inbox(
    session: AsyncSession, subject: Subject, *, after: UUID | None = None, unread_only: bool = False, size: int = SIZE
) -> NoticePage:
    """Of all posts of the person; the newest first. Raises InvalidInput at `after` for what is no notice of theirs."""
    query = select(Notice).where(Notice.person_id == subject.person_id, Notice.ends > instant(session))
    if unread_only:
        query = query.where(Notice.read_at.is_(None))
    if after is not None:
        if (await seen(session, Notice, after)).person_id != subject.person_id:
            raise no_page()  # one that the person told somebody else
        query = query.where(Notice.id < after)
    rows = (await session.scalars(query.order_by(Notice.id.desc()).limit(size + 1))).all()
    page = rows[:size]
    shown, offices = await _beside(session, subject, page)
    views = [_view(row, shown, offices) for row in page]
    return NoticePage(views, page[-1].id if len(rows) > size else None)


async def since(session: AsyncSession, person_id: UUID, last: UUID, most: int) -> Sequence[Notice]:
    """What was made after a notice that the person's page knows of, oldest first."""
    query = select(Notice).where(Notice.person_id == person_id, Notice.id > last, Notice.ends > instant(session))
    return (await session.scalars(query.order_by(Notice.id).limit(most))).all()


async def mark_read(session: AsyncSession, subject: Subject, notice_ids: Iterable[UUID]) -> int:
    """Those of the subject's own among them that were unread; returns how many."""
    mine = (Notice.person_id == subject.person_id, Notice.read_at.is_(None), Notice.id.in_(list(notice_ids)))
    marked = await session.execute(update(Notice).where(*mine).values(read_at=instant(session)).returning(Notice.id))
    return len(marked.all())


async def mark_all_read(session: AsyncSession, subject: Subject) -> int:
    """Every unread one, up to a bound; returns how many."""
    unread = select(Notice.id).where(Notice.person_id == subject.person_id, Notice.read_at.is_(None))
    return await mark_read(session, subject, await session.scalars(unread.limit(MOST_MARKED)))


async def told_by(session: AsyncSession, subject: Subject, most: int = 200) -> list[ToldView]:
    """What the subject's own acts told to others, and who has read it; seen by nobody else."""
    query = select(Notice).where(Notice.told_by == subject.person_id, Notice.ends > instant(session))
    rows = (await session.scalars(query.order_by(Notice.id.desc()).limit(most))).all()
    shown, offices = await _beside(session, subject, rows)
    people = await names.people(session, {row.person_id for row in rows})
    by_cause: dict[str, list[Notice]] = {}
    for row in rows:
        by_cause.setdefault(row.cause, []).append(row)
    return [_told(told, shown, offices, people) for told in by_cause.values()]


async def _beside(
    session: AsyncSession, subject: Subject, rows: Sequence[Notice]
) -> tuple[dict[UUID, Shown], Mapping[int, str]]:
    """What may be shown of the cases, and what the offices are called."""
    cases = {row.case_id for row in rows if row.case_id is not None}
    offices = {row.office_id for row in rows if row.office_id is not None}
    return await shown_of(session, subject, cases), await names.offices(session, offices) if offices else {}


def _view(row: Notice, shown: dict[UUID, Shown], offices: Mapping[int, str]) -> NoticeView:
    case = _case(row, shown)
    office = offices.get(row.office_id, "") if row.office_id is not None else ""
    title = translate(NoticeKind(row.kind).label)
    return NoticeView(row.id, row.kind, title, office, case.number, case.address, row.made_at, row.read_at)


def _case(row: Notice, shown: dict[UUID, Shown]) -> Shown:
    """A notice of no case has its own page; one of a case that may no longer be seen has neither number nor page."""
    if row.case_id is None:
        return Shown("", row.address)
    found = shown.get(row.case_id)
    if found is None:
        return Shown("", "")
    return Shown(found.number, row.address or found.address)


def _told(
    rows: Sequence[Notice], shown: dict[UUID, Shown], offices: Mapping[int, str], people: Mapping[UUID, str]
) -> ToldView:
    first, case = rows[0], _case(rows[0], shown)
    receipts = [
        Receipt(people.get(row.person_id, ""), offices.get(row.office_id or 0, ""), row.read_at) for row in rows
    ]
    return ToldView(translate(NoticeKind(first.kind).label), case.number, case.address, first.made_at, receipts)
