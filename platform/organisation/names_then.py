"""What an office was called at a moment: past events keep the names of their time."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from foundation.clock import local_date
from organisation.tree_history import OfficeVersion, TenantVersion

Spell = tuple[date, str]
"""From that day on it was called so."""


class OfficeNames(dict[int, str]):
    """Office id -> `tenant · office` as it is called now, or was called last; `at` says what it was called then."""

    def __init__(self, spells: dict[int, Sequence[Spell]]) -> None:
        super().__init__({office: called[-1][1] for office, called in spells.items()})
        self._spells = spells

    def at(self, office_id: int | None, moment: datetime) -> str:
        """Before its first version as in it; empty when there is no such office."""
        called = self._spells.get(office_id or 0, ())
        day = local_date(moment)
        return next((name for since, name in reversed(called) if since <= day), called[0][1] if called else "")


async def office_names(session: AsyncSession, ids: Iterable[int | None]) -> OfficeNames:
    """Of all times, in one statement."""
    wanted = {one for one in ids if one is not None}
    if not wanted:
        return OfficeNames({})
    began = func.greatest(OfficeVersion.since, TenantVersion.since)
    same_time = (TenantVersion.since < OfficeVersion.until) & (OfficeVersion.since < TenantVersion.until)
    query = (
        select(OfficeVersion.office_id, began, TenantVersion.name, OfficeVersion.name)
        .join(TenantVersion, (TenantVersion.tenant_id == OfficeVersion.tenant_id) & same_time)
        .where(OfficeVersion.office_id.in_(wanted))
        .order_by(OfficeVersion.office_id, began)
    )
    spells: dict[int, list[Spell]] = {}
    for office, since, tenant, name in await session.execute(query):
        spells.setdefault(office, []).append((since, f"{tenant} · {name}"))
    return OfficeNames(dict(spells))
