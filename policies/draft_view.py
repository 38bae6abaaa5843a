"""A draft as it is shown: what it changes, what is wrong with it as a whole, whether it may be approved and by whom."""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from msgspec import Struct
from sqlalchemy.ext.asyncio import AsyncSession

from policies import gate
from policies.actions import Action
from policies.difference import RowChange, row_changes
from policies.drafts import DraftState, RuleDraft, draft_seen, drafts, editors, names_of
from policies.editions import content_in_force, digest
from policies.faults import Fault, PolicyBroken
from policies.invariants import require_sound
from policies.relations import Relation
from policies.rules import parse
from tenants.subject import Subject


class FaultView(Struct, frozen=True):
    """`no` and `column` name the row and its column; empty = the set as a whole."""

    code: str
    no: str
    column: str
    message: str


class DraftRow(Struct, frozen=True):
    """A draft in a list."""

    id: UUID
    title: str
    state: DraftState
    version: int
    base_edition: int
    made_by: str
    made_at: datetime
    changed_at: datetime
    edition: int | None


class DraftView(Struct, frozen=True):
    """`outdated`: another edition came into force, rebase it first. `may_approve`: whether the reader may."""

    draft: DraftRow
    editors: tuple[str, ...]
    outdated: bool
    may_approve: bool
    faults: tuple[FaultView, ...]
    changes: tuple[RowChange, ...]


async def list_drafts(session: AsyncSession, subject: Subject) -> list[DraftRow]:
    """The newest first. Raises Forbidden."""
    found = await drafts(session, subject)
    names = await names_of(session, [draft.made_by for draft in found])
    return [row_of(draft, names) for draft in found]


async def view(session: AsyncSession, subject: Subject, draft_id: UUID, language: str) -> DraftView:
    """Raises Forbidden, NotFound."""
    draft = await draft_seen(session, subject, draft_id)
    writers = await editors(session, draft)
    names = await names_of(session, [draft.made_by, *writers])
    found = await asyncio.to_thread(faults, draft.content)
    return DraftView(
        draft=row_of(draft, names),
        editors=tuple(names.get(person, "") for person in writers),
        outdated=draft.state == DraftState.OPEN and await is_outdated(session, draft),
        may_approve=draft.state == DraftState.OPEN and may_approve(subject, draft, writers),
        faults=tuple(FaultView(one.code, one.no, one.column, one.text(language)) for one in found),
        changes=tuple(row_changes(draft.base_content, draft.content)),
    )


def faults(content: str) -> tuple[Fault, ...]:
    """Of the set as a whole: words, cells said twice, invariants. Twenty milliseconds: not in the loop."""
    try:
        require_sound(parse(content))
    except PolicyBroken as broken:
        return broken.faults
    return ()


async def is_outdated(session: AsyncSession, draft: RuleDraft) -> bool:
    number, content = await content_in_force(session)
    return (draft.base_edition, draft.base_digest) != (number, digest(content))


def may_approve(subject: Subject, draft: RuleDraft, writers: Sequence[UUID]) -> bool:
    """Counted by persons: nobody who wrote one word of it."""
    wrote = subject.person_id == draft.made_by or subject.person_id in writers
    return not wrote and gate.may(subject, Action.POLICY_APPROVE, Relation.NONE)


def row_of(draft: RuleDraft, names: dict[UUID, str]) -> DraftRow:
    return DraftRow(
        id=draft.id,
        title=draft.title,
        state=DraftState(draft.state),
        version=draft.version,
        base_edition=draft.base_edition,
        made_by=names.get(draft.made_by, ""),
        made_at=draft.made_at,
        changed_at=draft.changed_at,
        edition=draft.edition,
    )
