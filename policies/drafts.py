"""Drafts of rules: a whole set in the making, beside the edition it began from. Read by those who keep the rules.

Row-level security shows a draft to security and audit administrators; a trigger notes whoever wrote one, so that the
approval can ask the database itself who must not approve.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct
from sqlalchemy import ForeignKey, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from foundation import audit
from foundation.choice import Choice
from foundation.errors import Conflict, Forbidden, NotFound, VersionRequired, VersionStale
from foundation.ids import new_id
from foundation.language import N_
from foundation.model import Base
from foundation.store import instant
from policies import gate
from policies.actions import Action
from policies.editions import content_in_force, digest
from policies.relations import Relation
from tenants.models import Person, Tenant
from tenants.subject import Subject
from tenants.tiers import Tier
from tenants.tokens import require_session

MOST_OPEN = 20
"""Drafts at the same time, of the whole province."""


class DraftState(Choice):
    OPEN = "open", N_("起草中")
    APPROVED = "approved", N_("已批准生效")
    WITHDRAWN = "withdrawn", N_("已撤回")


class RuleDraft(Base):
    __tablename__ = "rule_drafts"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(comment="what is to change, and why")
    state: Mapped[str] = mapped_column(comment="open approved withdrawn")
    version: Mapped[int] = mapped_column(comment="counts its changes")
    """What was seen must be what is changed or approved."""
    content: Mapped[str] = mapped_column(comment="as rules.csv")
    base_edition: Mapped[int] = mapped_column(comment="0 = the rules that came with the program")
    base_digest: Mapped[str] = mapped_column(comment="sha256 of the rules it began from")
    base_content: Mapped[str] = mapped_column(comment="as rules.csv")
    made_by: Mapped[UUID] = mapped_column(ForeignKey("persons.id"))
    made_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    edition: Mapped[int | None] = mapped_column(comment="that it became")


class RuleDraftEditor(Base):
    """Who wrote in a draft, its maker included: none of them approves it. Written by a trigger alone."""

    __tablename__ = "rule_draft_editors"

    draft_id: Mapped[UUID] = mapped_column(ForeignKey("rule_drafts.id"), primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id"), primary_key=True)
    since: Mapped[datetime]


class DraftForm(Struct, frozen=True):
    title: Annotated[
        str, Meta(title=N_("修改什么、为什么"), description=N_("写给批准人看"), min_length=2, max_length=200)
    ]


class DraftClosed(Conflict):
    code = "draft_closed"
    message = N_("这份草案已批准或已撤回，不能再改")


class TooManyDrafts(Conflict):
    code = "too_many_drafts"
    message = N_("起草中的草案已有 %(most)s 份，请先撤回不用的")


def may_see(subject: Subject) -> bool:
    """Those who draft, those who approve, and the audit administrators."""
    return any(gate.may(subject, one, Relation.NONE) for one in (Action.POLICY_DRAFT, Action.AUDIT_READ))


def require_sight(subject: Subject) -> None:
    if not may_see(subject):
        raise Forbidden


def require_pen(subject: Subject) -> None:
    """By a signed-in person only: no program drafts rules."""
    require_session(subject)
    gate.require_role(subject, Action.POLICY_DRAFT, Relation.NONE)


async def open_draft(session: AsyncSession, subject: Subject, form: DraftForm) -> RuleDraft:
    """A copy of the edition in force. Raises Forbidden, TooManyDrafts."""
    number, content = await content_in_force(session)
    return await draft_of(session, subject, form.title, content, number, content)


async def draft_of(
    session: AsyncSession, subject: Subject, title: str, content: str, base: int, base_content: str
) -> RuleDraft:
    """A new draft of `content` over the edition `base`."""
    require_pen(subject)
    if len(await drafts(session, subject, DraftState.OPEN)) >= MOST_OPEN:
        raise TooManyDrafts(most=MOST_OPEN)
    now = instant(session)
    draft = RuleDraft(
        id=new_id(now),
        title=title,
        state=DraftState.OPEN.value,
        version=1,
        content=content,
        base_edition=base,
        base_digest=digest(base_content),
        base_content=base_content,
        made_by=subject.person_id,
        made_at=now,
        changed_at=now,
    )
    session.add(draft)
    await session.flush()
    await note(session, subject, Action.POLICY_DRAFT, draft, did="open", base=base)
    return draft


async def drafts(session: AsyncSession, subject: Subject, state: DraftState | None = None) -> Sequence[RuleDraft]:
    """The newest fifty, or those in one state."""
    require_sight(subject)
    query = select(RuleDraft).order_by(RuleDraft.made_at.desc(), RuleDraft.id).limit(50)
    return (await session.scalars(query.where(RuleDraft.state == state.value) if state else query)).all()


async def draft_seen(session: AsyncSession, subject: Subject, draft_id: UUID) -> RuleDraft:
    """Raises Forbidden, NotFound."""
    require_sight(subject)
    draft = await session.get(RuleDraft, draft_id)
    if draft is None:
        raise NotFound
    return draft


async def draft_to_change(session: AsyncSession, subject: Subject, draft_id: UUID, version: int | None) -> RuleDraft:
    """Locked until the transaction ends. Raises VersionRequired, VersionStale, DraftClosed."""
    await draft_seen(session, subject, draft_id)
    if version is None:
        raise VersionRequired
    still_open = select(RuleDraft).where(RuleDraft.id == draft_id, RuleDraft.state == DraftState.OPEN.value)
    draft = await session.scalar(still_open.with_for_update().execution_options(populate_existing=True))
    if draft is None:
        raise DraftClosed
    if draft.version != version:
        raise VersionStale
    return draft


async def editors(session: AsyncSession, draft: RuleDraft) -> Sequence[UUID]:
    query = select(RuleDraftEditor.person_id).where(RuleDraftEditor.draft_id == draft.id)
    return (await session.scalars(query.order_by(RuleDraftEditor.since, RuleDraftEditor.person_id))).all()


async def withdraw(session: AsyncSession, subject: Subject, draft_id: UUID, version: int | None) -> None:
    """Given up; it stays readable. Raises Forbidden, and as `draft_to_change`."""
    require_pen(subject)
    draft = await draft_to_change(session, subject, draft_id, version)
    draft.state, draft.version, draft.changed_at = DraftState.WITHDRAWN.value, draft.version + 1, instant(session)
    await session.flush()
    await note(session, subject, Action.POLICY_DRAFT, draft, did="withdraw")


async def names_of(session: AsyncSession, persons: Sequence[UUID]) -> dict[UUID, str]:
    query = select(Person.id, Person.name).where(Person.id.in_(persons))
    return {person: name for person, name in await session.execute(query)}


async def note(session: AsyncSession, subject: Subject, action: Action, draft: RuleDraft, **detail: object) -> None:
    """In the chain of the province, whose rules they are, and of the actor's own tenant."""
    province = await session.scalar(select(Tenant.id).where(Tenant.tier == Tier.PROVINCE, Tenant.valid_to.is_(None)))
    entry = audit.Entry(subject.actor, subject.post_id, action, "rule_draft", str(draft.id), detail=detail)
    chains = {tenant for tenant in (province, subject.tenant_id) if tenant is not None}
    await audit.append(session, entry, *chains)
