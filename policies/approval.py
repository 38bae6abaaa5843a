"""The second person's word: a draft becomes the edition in force, or nothing happens at all.

Two persons, counted as persons: the database function asks again what is asked here, and takes the text from the draft
itself. The table is compiled and stored in the same transaction; every process takes it within a second.
"""

import asyncio
from collections.abc import Iterator
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from foundation.errors import Conflict, DomainError, Forbidden, VersionStale
from foundation.language import N_
from policies import gate
from policies.actions import Action
from policies.draft_edits import RulesRefused
from policies.draft_view import is_outdated
from policies.drafts import RuleDraft, draft_to_change, editors, note, require_sight
from policies.editions import RuleEdition, compiled, digest
from policies.faults import PolicyBroken
from policies.invariants import require_sound
from policies.relations import Relation
from policies.rules import RuleBook, parse
from policies.touched import persons_able
from tenants.subject import Subject
from tenants.tokens import require_session

MAKE = text("select approve_rules(:draft, :version, :digest, :rules, :reason)")


class ApprovalForm(Struct, frozen=True):
    reason: Annotated[str, Meta(title=N_("批准理由"), description=N_("将随该版规则公开"), min_length=4, max_length=400)]


class OwnDraft(Forbidden):
    code = "own_draft"
    message = N_("起草或改过这份草案的人不能批准它，须由另一名省级安全管理员批准")


class DraftOutdated(Conflict):
    code = "draft_outdated"
    message = N_("草案所依据的规则已不是现行规则，请先合并现行规则")


class NothingChanged(Conflict):
    code = "nothing_changed"
    message = N_("草案与现行规则相同，没有可批准的内容")


class LockedOut(Conflict):
    code = "locked_out"
    message = N_("按这份草案，在岗且账号可用（已设两步验证）的人中没有两人可以一人起草、另一人批准，规则将再也不能修改")


NAMED: dict[str, type[DomainError]] = {"TJ412": VersionStale, "TJ403": OwnDraft, "TJ409": DraftOutdated}
"""What the database function refuses with."""


async def approve(
    session: AsyncSession, subject: Subject, draft_id: UUID, version: int | None, form: ApprovalForm
) -> RuleEdition:
    """Raises Forbidden, OwnDraft, NotFound, VersionRequired, VersionStale, DraftClosed, DraftOutdated, NothingChanged,
    RulesRefused, LockedOut; then nothing has changed."""
    require_sight(subject)
    require_session(subject)
    gate.require_role(subject, Action.POLICY_APPROVE, Relation.NONE)
    draft = await draft_to_change(session, subject, draft_id, version)
    if subject.person_id in {draft.made_by, *await editors(session, draft)}:
        raise OwnDraft
    if await is_outdated(session, draft):
        raise DraftOutdated
    if draft.content == draft.base_content:
        raise NothingChanged
    book = await _sound(draft)
    await require_two_hands(session, book)
    await compiled(session, book)
    number = await _make(session, draft, book, form.reason)
    made = {"edition": number, "version": book.version[:12], "drafted_by": str(draft.made_by)}
    await note(session, subject, Action.POLICY_APPROVE, draft, **made)
    return await session.get_one(RuleEdition, number)


async def _sound(draft: RuleDraft) -> RuleBook:
    try:
        return await asyncio.to_thread(lambda: require_sound(parse(draft.content)))
    except PolicyBroken as broken:
        raise RulesRefused("rules", broken.faults) from broken


async def require_two_hands(session: AsyncSession, book: RuleBook) -> None:
    """Under these rules somebody in post who can sign in may approve, and somebody else draft."""
    approving, drafting = set(posts_with(book, Action.POLICY_APPROVE)), set(posts_with(book, Action.POLICY_DRAFT))
    approvers = await persons_able(session, sorted(approving))
    if not approvers or await persons_able(session, sorted(approving | drafting)) < 2:
        raise LockedOut


async def lone_approver(session: AsyncSession) -> bool:
    """Whether only one person may approve and can sign in: what that person drafts, nobody can put in force."""
    return await persons_able(session, sorted(posts_with(gate.opened().book, Action.POLICY_APPROVE))) < 2


def posts_with(book: RuleBook, action: Action) -> Iterator[tuple[str, str]]:
    """(role, tier) that may do an administrator's action."""
    return ((role, tier) for role, tier, relation, one in book.cells() if (relation, one) == (Relation.NONE, action))


async def _make(session: AsyncSession, draft: RuleDraft, book: RuleBook, reason: str) -> int:
    seen = {"draft": draft.id, "version": draft.version, "digest": digest(draft.content)}
    try:
        return int((await session.execute(MAKE, {**seen, "rules": book.version, "reason": reason})).scalar_one())
    except DBAPIError as error:
        named = NAMED.get(str(getattr(error.orig, "sqlstate", None)))
        if named is None:
            raise
        raise named from error
