"""A plan that is carried out after its day writes no history anew: whatever it touches has not changed since."""

from collections.abc import Mapping, Sequence
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from foundation.errors import FieldError, InvalidInput
from foundation.language import N_
from organisation.tree_checks import Effect
from organisation.tree_history import PlaceVersion, TenantVersion
from organisation.tree_model import Unit


async def refuse_later_changes(
    session: AsyncSession, effective_on: date, known: Mapping[int, Unit], effects: Sequence[Effect]
) -> None:
    """Raises InvalidInput at the lines that speak of a unit with a version later than that day: what was so in between
    would be told otherwise than it was."""
    touched = {number: _touched(effect) & known.keys() for number, effect in enumerate(effects)}
    later = await _changed_after(session, effective_on, [known[one] for units in touched.values() for one in units])
    message = N_("%(name)s在方案的生效日期之后又有变动（%(on)s），不能再按原日期执行，请另行起草")
    errors = [
        FieldError(f"changes.{number}.code", "later_change", message, {"name": known[one].name, "on": str(later[one])})
        for number, units in touched.items()
        for one in sorted(units)
        if one in later
    ]
    if errors:
        raise InvalidInput(*errors)


def _touched(effect: Effect) -> set[int]:
    units = (effect.subject, effect.into, effect.after.parent if effect.after else None, *effect.moved)
    return {one for one in units if one is not None}


async def _changed_after(session: AsyncSession, day: date, units: Sequence[Unit]) -> dict[int, date]:
    """By tenant, the last day on which it or its place became what it is."""
    places = {unit.place_id: unit.id for unit in units}
    of_tenants = select(TenantVersion.tenant_id, func.max(TenantVersion.since)).where(
        TenantVersion.tenant_id.in_(places.values()), TenantVersion.since > day
    )
    of_places = select(PlaceVersion.place_id, func.max(PlaceVersion.since)).where(
        PlaceVersion.place_id.in_(places), PlaceVersion.since > day
    )
    found = {one: since for one, since in await session.execute(of_tenants.group_by(TenantVersion.tenant_id))}
    for place, since in await session.execute(of_places.group_by(PlaceVersion.place_id)):
        found[places[place]] = max(since, found.get(places[place], since))
    return found
