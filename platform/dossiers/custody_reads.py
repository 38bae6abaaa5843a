"""Objects with their chains, worded: our people by name, parties by their place in the case, others as written."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from msgspec import Struct
from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from cases.consent import unnamed
from cases.models import Case
from cases.parties import Party
from cases.timeline import holder_tenant
from dossiers.objects import FINAL, CustodyLink, Exhibit
from foundation.store import instant
from policies.actions import Action
from policies.gate import Permissions
from tenants.models import Office, Person, Post


class LinkView(Struct, frozen=True):
    """`giver` is the receiver of the link before; of the first, whoever brought the object."""

    change: str
    giver: str
    receiver: str
    kept_at: str | None
    reason: str | None
    moved_at: datetime


class ObjectView(Struct, frozen=True):
    id: UUID
    ordinal: int
    name: str
    marks: str | None
    held: bool
    keeper_id: UUID | None
    """Of ours, who has it now."""
    links: tuple[LinkView, ...]


async def objects_of(session: AsyncSession, case_id: UUID, permissions: Permissions) -> Sequence[ObjectView]:
    return await chains(session, case_id) if Action.CASE_READ_STATEMENT in permissions.actions else ()


async def chains(session: AsyncSession, case_id: UUID) -> list[ObjectView]:
    """Every object of the case with all its links, in order; two statements, and two more when there are any."""
    query = select(Exhibit).where(Exhibit.case_id == case_id).order_by(Exhibit.ordinal)
    exhibits = (await session.scalars(query)).all()
    if not exhibits:
        return []
    ordered = select(CustodyLink).where(CustodyLink.case_id == case_id)
    links = (await session.scalars(ordered.order_by(CustodyLink.exhibit_id, CustodyLink.ordinal))).all()
    names = await _names(session, case_id, links)
    return [_view(one, [link for link in links if link.exhibit_id == one.id], names) for one in exhibits]


def _view(exhibit: Exhibit, links: Sequence[CustodyLink], names: Mapping[UUID, str]) -> ObjectView:
    hands = [_hand(names, exhibit.from_party_id, exhibit.from_name)]
    hands += [_hand(names, link.to_person_id or link.to_party_id, link.to_name) for link in links]
    shown = tuple(
        LinkView(link.change, giver, receiver, link.kept_at, link.reason, link.moved_at)
        for link, giver, receiver in zip(links, hands, hands[1:], strict=False)
    )
    last = links[-1]
    return ObjectView(
        id=exhibit.id,
        ordinal=exhibit.ordinal,
        name=exhibit.name,
        marks=exhibit.marks,
        held=last.change not in FINAL,
        keeper_id=last.to_person_id,
        links=shown,
    )


def _hand(names: Mapping[UUID, str], known: UUID | None, written: str | None) -> str:
    return names[known] if known is not None else written or ""


async def _names(session: AsyncSession, case_id: UUID, links: Sequence[CustodyLink]) -> dict[UUID, str]:
    query = select(Party.id, Party.side, Party.ordinal).where(Party.case_id == case_id)
    parties = {party: unnamed(side, ordinal) for party, side, ordinal in await session.execute(query)}
    people = {link.to_person_id for link in links if link.to_person_id}
    found = await session.execute(select(Person.id, Person.name).where(Person.id.in_(people)))
    return parties | {person: name for person, name in found}


async def custodians(session: AsyncSession, case: Case) -> dict[UUID, str]:
    """Who may keep an object: everybody with a post at the holder's tenant, by name."""
    now = instant(session)
    query = (
        select(Person.id, Person.name)
        .join(Post, Post.person_id == Person.id)
        .join(Office, Office.id == Post.office_id)
        .where(Office.tenant_id == holder_tenant(case), Post.since <= now, or_(Post.until.is_(None), Post.until > now))
        .order_by(Person.name, Person.id)
    )
    return {person: name for person, name in await session.execute(query)}
