"""What every paper for a party carries: the remedy clock and the free helpers (N11), as it stood on that day."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from cases.clock_notes import SEEN
from cases.history import Timer
from cases.models import Case
from cases.registration_form import ClaimRow
from cases.remedies import Remedy, clock_of, remedies
from cases.timers import NO_DAYS_OFF
from foundation.clock import local_date
from foundation.language import N_
from foundation.store import instant
from foundation.working_days import calendar_of_place

FREE_HELPERS = (
    N_("法律援助：可向法律援助机构申请，免费"),
    N_("12348 公共法律服务热线，免费"),
)
MEDIATION_STOPS_NOTHING = N_(
    "调解不影响您依法通过仲裁、行政、司法途径维护权利；除民事诉讼时效自您提出请求之日起重新计算外，不使法定期限中止或者延长"
)
PETITIONERS_OWN = frozenset({"remedy_clock", "undated_remedies"})
PROVISIONAL = N_("当年放假安排尚未公布，最后一日可能顺延")
AID_FIRST = N_("距最后一日不足七日，可以请求法律援助机构先行提供法律援助（法律援助法第44条）")
PASSED = N_("按登记的日期，最后一日已过；是否仍可主张由受理机关决定，请尽快咨询")


async def clock_and_helpers(session: AsyncSession, case_id: UUID) -> dict[str, Any]:
    """Read once for all papers of an act, until a clock changes."""
    seen: dict[UUID, dict[str, Any]] = session.info.setdefault(SEEN, {})
    if case_id not in seen:
        seen[case_id] = in_words(await clock_of(session, await session.get_one(Case, case_id)))
    return seen[case_id]


async def clock_at_opening(
    session: AsyncSession, case: Case, running: Sequence[Timer], claims: Sequence[ClaimRow]
) -> dict[str, Any]:
    """Of a case that is being registered: its rows are not in the database yet."""
    natures = [claim.nature for claim in claims]
    days_off = await calendar_of_place(session, case.place_id) if len(running) > 1 else NO_DAYS_OFF
    return in_words(remedies(running, natures, case.dispute_type, local_date(instant(session)), days_off))


def in_words(clock: Iterable[Remedy]) -> dict[str, Any]:
    """As a paper holds it: dated ways and those whose last day can't be reckoned, apart."""
    rows = list(clock)
    return {
        "remedy_clock": [_dated(one) for one in rows if one.last_day is not None],
        "undated_remedies": [_undated(one) for one in rows if one.last_day is None],
        **helpers(),
    }


def helpers() -> dict[str, Any]:
    """What both sides may read of it (N3b), and so nobody need ask for."""
    return {"mediation": MEDIATION_STOPS_NOTHING, "free_helpers": list(FREE_HELPERS)}


def with_clock(content: Mapping[str, Any], clock: Mapping[str, Any], others_read: bool) -> dict[str, Any]:
    """`others_read`: the other side gets it too, so it names no last day of the petitioner's (N3b)."""
    whole = {**content, **clock}
    return {name: value for name, value in whole.items() if name not in PETITIONERS_OWN} if others_read else whole


def warnings(remedy: Remedy) -> list[str]:
    """What must be said beside a last day."""
    return [*([PROVISIONAL] if remedy.provisional else []), *urgent(remedy)]


def urgent(remedy: Remedy) -> list[str]:
    """What the person should act upon at once."""
    found = {AID_FIRST: remedy.aid_first, PASSED: remedy.passed}
    return [text for text, holds in found.items() if holds]


def _dated(remedy: Remedy) -> dict[str, Any]:
    row = {"term": remedy.title, "last_day": str(remedy.last_day), "note": remedy.mediation, "source": remedy.source}
    return row | ({"beware": warnings(remedy)} if warnings(remedy) else {})


def _undated(remedy: Remedy) -> dict[str, Any]:
    return {
        "term": remedy.title,
        "length": str(remedy.length),
        "unit": remedy.unit,
        "counted_from": remedy.counted_from,
        "note": remedy.mediation,
        "source": remedy.source,
    }
