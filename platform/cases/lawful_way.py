"""The lawful channel that a refusal names: what, before whom, until which day, or that the day is not known (5a)."""

from datetime import date

from sqlalchemy.ext.asyncio import AsyncSession

from cases.models import Case
from cases.remedies import TERM_OF_WAY
from cases.suitability import Ground, Nature, Way, grounds_for, ways_for
from cases.timers import running
from foundation.clock import local_date
from foundation.errors import FieldError
from foundation.language import N_
from foundation.store import instant


def last_day_errors(last_day: date | None, unknown: bool, today: date, field: str = "last_day") -> list[FieldError]:
    """The last day is said, or said to be unknown: silence would read as "no hurry"."""
    if last_day is None and not unknown:
        return [FieldError(field, "required", N_("写明该途径的最后一日；不知道的，须注明不明"))]
    if last_day is not None and unknown:
        return [FieldError(field, "contradicts", N_("最后一日已填，不能又注明不明"))]
    if last_day is not None and last_day < today:
        return [FieldError(field, "passed", N_("该途径的期限已过，请写明仍可走的途径"))]
    return []


async def reckoned_last_day(session: AsyncSession, case: Case, way: Way) -> date | None:
    """What the case's own remedy clock says of that channel, for an officer who does not know it."""
    kind = TERM_OF_WAY.get(way)
    today = local_date(instant(session))
    days = [local_date(timer.due_at) for timer in await running(session, case.id, kind)] if kind else []
    return next((day for day in days if day >= today), None)


def fit_errors(nature: Nature, ground: Ground | None, way: Way | None) -> list[FieldError]:
    """A ground or a channel that does not fit what the claim is about is refused by name."""
    errors = []
    if ground is not None and ground not in grounds_for(nature):
        message = N_("“%(ground)s”不能作为“%(nature)s”类诉求不予受理的理由")
        errors.append(FieldError("ground", "unfit", message, {"ground": ground.label, "nature": nature.label}))
    if way is not None and way not in ways_for(nature):
        message = N_("“%(way)s”不是“%(nature)s”类诉求的法定途径")
        errors.append(FieldError("way", "unfit", message, {"way": way.label, "nature": nature.label}))
    return errors
