"""Fictitious people in every workroom and every window, so that each tenant can work: no accounts, no passwords."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from organisation.fictitious import fictitious_name, fixed_id
from tenants.models import Office, Person, Post, Tenant
from tenants.tiers import OfficeKind, Tier

SINCE = datetime(2025, 1, 1, tzinfo=UTC)

STAFF: dict[OfficeKind, tuple[tuple[str, str | None], ...]] = {
    OfficeKind.WORKROOM: (("wr_director", None),),
    OfficeKind.COMMITTEE: (("mediator", "mediator"), ("mediator", "mediator")),
    OfficeKind.WINDOW: (("sfs_head", None), ("window_clerk", None)),
}
COUNTY_STAFF = (("lawyer", "lawyer"),)


async def staff_everyone(session: AsyncSession) -> int:
    """Give each office its STAFF, but for a role that somebody there has already; returns how many people came."""
    taken = {(office, role) for office, role in await session.execute(select(Post.office_id, Post.role).distinct())}
    offices = await session.execute(
        select(Office.id, Office.kind, Tenant.tier)
        .join(Tenant, Tenant.id == Office.tenant_id)
        .where(Office.valid_to.is_(None), Office.kind.in_(STAFF))
        .order_by(Office.id)
    )
    wanted = [
        (office, role, profession)
        for office, kind, tier in offices
        for role, profession in _staff(OfficeKind(kind), Tier(tier))
        if (office, role) not in taken
    ]
    if wanted:
        people, posts = zip(*_rows(wanted), strict=True)
        await session.execute(insert(Person), people)
        await session.execute(insert(Post), posts)
    return len(wanted)


def _staff(kind: OfficeKind, tier: Tier) -> tuple[tuple[str, str | None], ...]:
    """Mediators sit with the committee that posts a workroom; a township's own committee is the head's business."""
    if kind is OfficeKind.COMMITTEE and tier is Tier.TOWNSHIP:
        return ()
    return STAFF[kind] + (COUNTY_STAFF if kind is OfficeKind.WORKROOM and tier is Tier.COUNTY else ())


def _rows(wanted: list[tuple[int, str, str | None]]) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    for number, (office, role, profession) in enumerate(wanted):
        key = f"staff:{office}:{role}:{number}"
        person = fixed_id(SINCE, f"{key}:person")
        yield (
            {"id": person, "name": fictitious_name(number), "profession": profession},
            post_row(fixed_id(SINCE, f"{key}:post"), person, office, role),
        )


def post_row(post_id: UUID, person_id: UUID, office_id: int, role: str) -> dict[str, Any]:
    return {"id": post_id, "person_id": person_id, "office_id": office_id, "role": role, "since": SINCE}
