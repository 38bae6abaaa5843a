"""The editions one after the other: who drafted, who approved, when, why; and what any two do differently."""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from msgspec import Struct
from sqlalchemy.ext.asyncio import AsyncSession

from policies.difference import CellDifference, RowChange, cell_difference, row_changes
from policies.draft_edits import RulesRefused
from policies.drafts import names_of
from policies.editions import RuleEdition, content_of, editions
from policies.faults import PolicyBroken
from policies.rules import parse


class EditionView(Struct, frozen=True):
    """`approved_by` empty = put in force by the operator on the machine, `made_by` then names the system subject."""

    number: int
    version: str
    made_at: datetime
    made_by: str
    approved_by: str
    reason: str


class Comparison(Struct, frozen=True):
    """What `later` does otherwise than `earlier`."""

    earlier: int
    later: int
    rows: tuple[RowChange, ...]
    cells: CellDifference


async def list_editions(session: AsyncSession) -> list[EditionView]:
    """The newest first; the program's own rules, edition 0, are not among them."""
    found = await editions(session)
    names = await names_of(session, list(_persons(found)))
    return [_view(edition, names) for edition in found]


async def compare(session: AsyncSession, earlier: int, later: int) -> Comparison:
    """Raises NotFound, and RulesRefused for an edition with a word that this program does not know."""
    before, after = await content_of(session, earlier), await content_of(session, later)
    try:
        rows, cells = await asyncio.to_thread(lambda: (row_changes(before, after), _cells(before, after)))
    except PolicyBroken as broken:
        raise RulesRefused("edition", broken.faults) from broken
    return Comparison(earlier, later, tuple(rows), cells)


def _cells(before: str, after: str) -> CellDifference:
    return cell_difference(parse(before), parse(after))


def _persons(found: Sequence[RuleEdition]) -> set[UUID]:
    by_drafts = {UUID(edition.made_by) for edition in found if edition.draft_id is not None}
    return by_drafts | {edition.approved_by for edition in found if edition.approved_by is not None}


def _view(edition: RuleEdition, names: dict[UUID, str]) -> EditionView:
    drafted = edition.draft_id is not None
    return EditionView(
        number=edition.number,
        version=edition.version,
        made_at=edition.made_at,
        made_by=names.get(UUID(edition.made_by), edition.made_by) if drafted else edition.made_by,
        approved_by=names.get(edition.approved_by, "") if edition.approved_by is not None else "",
        reason=edition.reason or "",
    )
